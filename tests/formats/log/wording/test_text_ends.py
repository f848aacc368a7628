"""A line that is too long keeps its beginning and its end."""

from __future__ import annotations

import pytest

from sestriage.formats.log import read_events
from sestriage.formats.log.wording.text import with_both_ends
from sestriage.model.source import SourceRef

CAUSE = (
    "javax.mail.MessagingException: Could not convert socket to TLS; nested exception is:"
    " javax.net.ssl.SSLHandshakeException: PKIX path building failed: no path"
)


@pytest.mark.parametrize("length", [5_000, 60_000, 200_000, 600_000])
def test_the_cause_at_the_end_of_a_long_line(length: int) -> None:
    line = (
        f"2026-11-29 10:00:00,000 ERROR [m] c.h.M - Failed to send e-mail {'x=1234 ' * (length // 7)} cause: {CAUSE}\n"
    )
    (event,) = read_events([line.encode()], SourceRef("x"))
    assert "PKIX path building failed" in event.text
    assert len(event.text) < 1 << 19


@pytest.mark.parametrize(("text", "limit", "kept"), [("abc", 3, "abc"), ("abc", 10, "abc"), ("abcdef", 4, "abcd")])
def test_short_ones_stay(text: str, limit: int, kept: str) -> None:
    assert with_both_ends(text, limit) == kept


def test_both_ends() -> None:
    kept = with_both_ends("a" * 500 + "z" * 500, 200)
    assert (len(kept), kept[:9], kept[-9:]) == (200, "a" * 9, "z" * 9)
    assert " [...] " in kept
