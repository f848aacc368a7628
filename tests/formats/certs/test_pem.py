"""PEM blocks in whatever surrounds them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.certs.keystores import made_certificates, pem
from sestriage.formats.certs.pem import blocks, holds_certificates

ONE, TWO = made_certificates(2)
TEXT = pem([ONE, TWO])


def contents(data: bytes) -> list[bytes | None]:
    return [block.content for block in blocks(data)]


@pytest.mark.parametrize(
    "data",
    [
        TEXT,
        TEXT.replace(b"\n", b"\r\n"),
        TEXT.replace(b"\n", b"\n  "),
        b"# comment\nsubject=/CN=x\n" + TEXT + b"trailing text\n",
        b"\xef\xbb\xbf" + TEXT,
        b"\xff\xfe" + TEXT.decode().encode("utf-16-le"),
        TEXT.rstrip(),
        TEXT.replace(b"BEGIN CERT", b"BEGIN X509 CERT").replace(b"END CERT", b"END X509 CERT"),
        TEXT.replace(b"CATE-----\n", b"CATE-----\nProc-Type: 4\nX-Note: a\n more\n\n", 1),
    ],
    ids=["plain", "crlf", "indented", "comments", "bom", "utf-16", "no final newline", "x509", "headers"],
)
def test_blocks_are_found(data: bytes) -> None:
    assert contents(data) == [ONE, TWO]
    assert holds_certificates(data)


def test_lines_are_counted() -> None:
    found = list(blocks(b"a\nb\n" + TEXT))
    lines = TEXT.split(b"\n")
    assert found[0].line == 3
    assert found[0].end_line == 3 + lines.index(b"-----END CERTIFICATE-----")
    assert found[1].line == found[0].end_line + 1


def test_private_keys_are_left_alone() -> None:
    key = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
    found = list(blocks(key + TEXT))
    assert (found[0].label, found[0].content, found[0].problem) == ("PRIVATE KEY", None, None)
    assert [each.content for each in found[1:]] == [ONE, TWO]
    assert not holds_certificates(key)


def test_a_lost_end_does_not_swallow_the_next_block() -> None:
    broken = pem([ONE]).replace(b"-----END CERTIFICATE-----\n", b"") + pem([TWO])
    found = list(blocks(broken))
    assert [each.content for each in found] == [None, TWO]
    assert "line 1 has no END" in str(found[0].problem)


def test_rubbish_inside_is_told_with_its_line() -> None:
    found = list(blocks(b"\n" + pem([ONE]).replace(b"\nM", b"\n*", 1) + pem([TWO])))
    assert found[0].content is None
    assert "line 2 is no base64" in str(found[0].problem)
    assert found[1].content == TWO


def test_cut_anywhere() -> None:
    first = len(pem([ONE])) - 1
    for end in range(len(TEXT) - 1):  # the last byte is only a newline
        found = list(blocks(TEXT[:end]))
        good = [each.content for each in found if each.content is not None]
        assert good == ([ONE] if end >= first else []), end
        if b"-----BEGIN CERTIFICATE-----" in TEXT[:end] and not good:
            assert found[0].problem is not None


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 3000))
def test_any_text_around(noise: bytes, at: int) -> None:
    list(blocks(noise))
    list(blocks(TEXT[: at % len(TEXT)] + noise + TEXT[at % len(TEXT) :]))
    holds_certificates(noise)
