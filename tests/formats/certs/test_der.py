"""The DER reader: what it reads, and that it refuses everything else with DerError and nothing else."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pki.certgen import integer, oid, sequence, tlv
from sestriage.formats.certs import der


def walk_all(data: bytes, depth: int = 0) -> int:
    """Counts all elements, however deep."""
    count = 0
    for part in der.walk(data, 0, len(data)):
        count += 1
        if part.tag & der.CONSTRUCTED and depth < 20:
            count += walk_all(der.content(data, part), depth + 1)
    return count


def test_lengths() -> None:
    for size in (0, 1, 127, 128, 255, 256, 65535, 65536):
        data = tlv(4, bytes(size))
        part = der.element(data)
        assert (part.tag, part.stop - part.body, part.end) == (4, size, len(data))


@pytest.mark.parametrize(
    "data",
    [b"", b"\x30", b"\x30\x05abc", b"\x04\x84\xff\xff\xff\xff", b"\x04\x85\x00\x00\x00\x00\x01a", b"\x04\x80\x00\x00"],
)
def test_lying_lengths_are_refused(data: bytes) -> None:
    with pytest.raises(der.DerError):
        der.element(data)


def test_an_element_never_reaches_beyond_its_parent() -> None:
    data = b"\x30\x03\x04\x02a" + b"b"
    with pytest.raises(der.DerError, match="beyond its parent"):
        der.children(data, der.element(data))


def test_indefinite_length_of_ber() -> None:
    data = b"\x30\x80" + b"\x24\x80" + b"\x04\x02ab" + b"\x04\x01c" + b"\0\0" + b"\0\0"
    outer = der.element(data)
    assert outer.end == len(data)
    (inner,) = der.children(data, outer)
    assert der.octets(data, inner) == b"abc"


def test_deep_indefinite_nesting_is_refused() -> None:
    with pytest.raises(der.DerError):
        der.element(b"\x30\x80" * 5000)


@pytest.mark.parametrize("value", [0, 1, 127, 128, -1, -128, -129, 2**64, -(2**64)])
def test_integers(value: int) -> None:
    data = integer(value)
    assert der.integer(data, der.element(data)) == value


@pytest.mark.parametrize("dotted", ["1.2.840.113549.1.1.11", "2.5.4.3", "0.9.2342.19200300.100.1.25", "2.999.1"])
def test_object_identifiers(dotted: str) -> None:
    if dotted == "2.999.1":  # the encoder of the tests knows no first arc above 39
        assert der.dotted(b"\x88\x37\x01") == dotted
        return
    data = oid(dotted)
    assert der.oid(data, der.element(data)) == dotted


@pytest.mark.parametrize("raw", [b"", b"\x80", b"\x2a\x86", b"\x01" * 500])
def test_damaged_object_identifiers(raw: bytes) -> None:
    with pytest.raises(der.DerError):
        der.dotted(raw)


@pytest.mark.parametrize(
    ("tag", "text", "moment"),
    [
        (der.UTC_TIME, b"150526000000Z", datetime(2015, 5, 26, tzinfo=UTC)),
        (der.UTC_TIME, b"500101000000Z", datetime(1950, 1, 1, tzinfo=UTC)),
        (der.UTC_TIME, b"491231235959Z", datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (der.UTC_TIME, b"6901010000Z", datetime(1969, 1, 1, tzinfo=UTC)),
        (der.UTC_TIME, b"150526020000+0200", datetime(2015, 5, 26, tzinfo=UTC)),
        (der.GENERALIZED_TIME, b"19000101000000Z", datetime(1900, 1, 1, tzinfo=UTC)),
        (der.GENERALIZED_TIME, b"20500101000000.5Z", datetime(2050, 1, 1, tzinfo=UTC)),
        (der.GENERALIZED_TIME, b"99991231235959Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_times(tag: int, text: bytes, moment: datetime) -> None:
    data = tlv(tag, text)
    assert der.time(data, der.element(data)) == moment


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        (der.UTC_TIME, b""),
        (der.UTC_TIME, b"151326000000Z"),
        (der.UTC_TIME, b"150526000000"),
        (der.GENERALIZED_TIME, b"00000101000000Z"),
        (der.GENERALIZED_TIME, b"99991231235959-2300"),
        (der.GENERALIZED_TIME, "２０２００１０１００００００Z".encode()),
        (der.OCTET_STRING, b"150526000000Z"),
    ],
)
def test_impossible_times(tag: int, text: bytes) -> None:
    data = tlv(tag, text)
    with pytest.raises(der.DerError):
        der.time(data, der.element(data))


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_end_in_elements_or_dererror(data: bytes) -> None:
    with suppress(der.DerError):
        assert walk_all(data) >= 0


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=8))
def test_what_is_written_is_read(values: list[bytes]) -> None:
    data = sequence(*(tlv(4, value) for value in values))
    assert [der.content(data, part) for part in der.children(data, der.element(data))] == values
    for end in range(len(data)):
        with pytest.raises(der.DerError):
            der.element(data[:end])
