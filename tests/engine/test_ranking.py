"""A narrower finding replaces a general one, but not what that tells of another recipient."""

from __future__ import annotations

from pathlib import Path

import pytest

from sestriage import triage

MANY = "452 4.5.3 Error: too many recipients"
NOBODY = "550 5.1.1 <{name}@example.org>: Recipient address rejected: User unknown"
GREY = "450 4.2.0 <{name}@example.org>: Recipient address rejected: Greylisted"
RELAY = "554 5.7.1 <{name}@example.org>: Relay access denied"


def delivery(name: str, reply: str) -> str:
    return (
        f"Nov 20 09:12:44 relay postfix/smtp[811]: 5D1F21C00: to=<{name}@example.org>, "
        f"relay=mx.example.org[192.0.2.7]:25, delay=3, dsn={reply[4:9]}, status=deferred ("
        f"host mx.example.org[192.0.2.7] said: {reply.format(name=name)}"
        " (in reply to RCPT TO command))\n"
    )


def dialogue(*replies: str) -> str:
    said = "".join(
        f"RCPT TO:<{name}@example.org>\n{reply.format(name=name)}\n"
        for name, reply in zip("abcd", replies, strict=False)
    )
    return (
        'DEBUG SMTP: trying to connect to host "mx.example.org", port 25, isSSL false\n220 mx.example.org ESMTP\n'
        f"EHLO smc\n250 mx.example.org\nMAIL FROM:<s@example.org>\n250 ok\n{said}"
    )


def rules(text: str, tmp_path: Path) -> list[str]:
    log = tmp_path / "mail.log"
    log.write_text(text, encoding="utf-8")
    verdict = triage([str(log)]).verdict
    assert verdict.primary is not None
    return [verdict.primary.rule, *(finding.rule for finding in verdict.contributing)]


@pytest.mark.parametrize("replies", [(MANY, NOBODY), (NOBODY, MANY)])
@pytest.mark.parametrize("form", ["relay", "dialogue"])
def test_the_refusal_of_another_recipient_is_told(form: str, replies: tuple[str, ...], tmp_path: Path) -> None:
    text = dialogue(*replies) if form == "dialogue" else "".join(map(delivery, "ab", replies))
    assert rules(text, tmp_path) == ["too-many-recipients", "recipient-refused"]


@pytest.mark.parametrize(
    ("reply", "rule"), [(MANY, "too-many-recipients"), (GREY, "greylisted"), (RELAY, "relaying-denied")]
)
def test_the_same_refusal_of_several_is_one(reply: str, rule: str, tmp_path: Path) -> None:
    assert rules("".join(delivery(name, reply) for name in "abcd"), tmp_path) == [rule]
    assert rules(dialogue(reply, reply, reply), tmp_path) == [rule]
