"""A small rule as text, for tests that change one thing of it."""

from __future__ import annotations

GOOD = """\
schema = 1
id = "small"
title = "A small rule"
phase = "auth"
severity = "error"
why = "{logged.host|The server} said no."
aliases = ["smallest"]

[select]
logged = 'log.event where outcome == "failure" and reply_code == 535'
wire = "smtp.dialogue where any(replies, code == 535)"

[verdict]
when = "logged or wire"
likely = "logged or wire"
confirmed = "logged and wire"

[[fix]]
text = "Do it."
command = "echo {logged.host|none}"

[[example]]
expect = "likely"
[[example.facts."log.event"]]
outcome = "failure"
reply = { code = 535 }

[[example]]
expect = "none"
[[example.facts."log.event"]]
outcome = "other"
reply = { code = 535 }
"""


def changed(old: str, new: str) -> bytes:
    """The small rule with one piece of text replaced; the piece must be there."""
    assert old in GOOD
    return GOOD.replace(old, new).encode()
