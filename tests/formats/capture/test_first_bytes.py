"""The table of first bytes never hides what `protocols.guess` knows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.formats.capture.candidate import HOPELESS
from sestriage.formats.capture.first_bytes import FIRST_TWO, MAY_BE_HOPELESS, MAY_BE_SSL2, MAY_MATTER
from sestriage.formats.capture.protocols import OTHERS, guess, may_become

ENOUGH = 12
COMMANDS = [b"EHLO a", b"helo a", b"LHLO a", b"mail from:<a@b.example>", b"StartTLS\r\n"]
REPLIES = [b"220 a", b"554-a", b"421\r\n"]
RECORDS = [b"\x16\x03\x01\x00\x05\x01", b"\x15\x03\x03\x00\x02", b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10"]
BEGINNINGS = [*COMMANDS, *REPLIES, *RECORDS, b"0\x1d\x02\x01", *(start for start, _ in OTHERS), *HOPELESS]


def told(data: bytes) -> int:
    return FIRST_TWO[data[0] << 8 | data[1]]


def may_matter(data: bytes) -> bool:
    return told(data) == MAY_MATTER or (told(data) == MAY_BE_SSL2 and data[2] == 1)


@given(st.sampled_from(BEGINNINGS) | st.binary(max_size=4), st.binary(min_size=ENOUGH, max_size=80))
def test_nothing_that_is_known_is_hidden(beginning: bytes, rest: bytes) -> None:
    data = beginning + rest
    assert not may_become(data)
    if guess(data) not in (None, "http"):  # a web server's answer counts at ports of mail alone, where all is read
        assert may_matter(data)
    if data.startswith(HOPELESS):
        assert may_matter(data) or told(data) == MAY_BE_HOPELESS


@pytest.mark.parametrize("data", [b"\x00\x01binary", b"GET / HTTP/1.1", b"\x16\x02\x01", b"xyz", b"\x80\x80\x00"])
def test_most_is_told_at_once(data: bytes) -> None:
    assert not may_matter(data)
