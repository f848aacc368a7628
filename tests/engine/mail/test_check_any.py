"""Whatever the headers are, the assessment ends, and nothing but the recipient's record makes it say yes."""

from __future__ import annotations

import click
from hypothesis import given, settings
from hypothesis import strategies as st

from sestriage.cli.drawing import drawn
from sestriage.engine.mail.check import Known, assess
from sestriage.formats.mail_headers import parse_headers
from sestriage.model.source import Run, SourceRef
from sestriage.report.mail import outline, render_json
from support import SAMPLES

BLOCKS = [
    block
    for path in sorted((SAMPLES / "mail").glob("*.eml"))
    for block in path.read_text(encoding="utf-8")
    .split("\n\n")[0]
    .replace("\n ", "\0 ")
    .replace("\n\t", "\0\t")
    .split("\n")
]
"""All headers of the samples, folded lines joined by NUL."""

SENDERS = [
    block for block in BLOCKS if not block.startswith(("Received", "ARC-", "Authentication-Results", "Delivered"))
]


STRANGER = "Received: from evil.example (evil.example [203.0.113.9])\0 by {by}; Wed, 15 Jul 2026 00:10:06 +0200"


def text_of(blocks: list[str]) -> bytes:
    return "\n".join(blocks).replace("\0", "\n").encode() + b"\n\n"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(BLOCKS), max_size=25), st.binary(max_size=30), st.integers(0, 2000))
def test_any_mix_of_headers(blocks: list[str], noise: bytes, place: int) -> None:
    data = text_of(blocks)
    data = data[:place] + noise + data[place:]
    mail = assess(
        parse_headers(data, SourceRef("x.eml")), Known("email-smtp.eu-west-1.amazonaws.com", ("example.com",))
    )
    assert render_json(mail, Run("", 0)).isascii()
    with click.Context(click.Command("mail")).scope():
        for form in ("text", "markdown", "html"):
            assert "\x1b" not in drawn(outline(mail), form, None, "en")
    assert (mail.through_ses == "yes") is bool(mail.strong)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(SENDERS), max_size=25))
def test_what_a_sender_writes_proves_nothing(blocks: list[str]) -> None:
    """A stranger hands in a mail with any of SES's headers below the recipient's own."""
    received = (
        "Received: from evil.example (evil.example [203.0.113.9])\0 by mx.example.net; Wed, 15 Jul 2026 00:10:06 +0200"
    )
    mail = assess(parse_headers(text_of([received, *blocks]), SourceRef("x.eml")))
    assert mail.through_ses == "no"
    assert mail.strong == ()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(BLOCKS), max_size=25))
def test_a_forged_way_below_a_stranger_proves_nothing(blocks: list[str]) -> None:
    """Received lines and results of all kinds, under the names of other servers than the recipient's."""
    received = STRANGER.format(by="mx.recipient.example")
    forged = [
        "Delivered-To: somebody@evil.example",
        "Authentication-Results: mx.recipient.example; dkim=pass header.d=amazonses.com",
    ]
    mail = assess(parse_headers(text_of([received, *forged, *blocks]), SourceRef("x.eml")))
    assert mail.through_ses in ("no", "unproven")
    assert mail.strong == ()
