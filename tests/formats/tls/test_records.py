"""The record reader: any portions, gaps, resynchronisation, SSL 2.0 framing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.capture.wire import alert, client_hello, record
from sestriage.formats.tls.records import (
    MAX_RECORD,
    SSL2,
    RecordReader,
    TlsRecord,
    looks_like_client_hello,
    looks_like_record,
    looks_like_ssl2_hello,
)

CONTENTS = st.lists(st.tuples(st.sampled_from([20, 21, 22, 23]), st.binary(min_size=1, max_size=80)), max_size=6)
SSL2_HELLO = bytes.fromhex(
    "802e0100020015000000100700c00500800300800100800600400400800200801c30e2b12f4c04525476f280c07abee5"
)
"""The first record of a real SSL 2.0 client."""


def collect(keep: bool = True) -> tuple[RecordReader, list[TlsRecord]]:
    records: list[TlsRecord] = []
    return RecordReader(records.append, keep_data=keep), records


@given(CONTENTS, st.data())
def test_records_split_anywhere(contents: list[tuple[int, bytes]], more: st.DataObject) -> None:
    data = b"".join(record(kind, payload) for kind, payload in contents)
    reader, records = collect()
    pos = 0
    while pos < len(data):
        size = more.draw(st.integers(1, 30))
        reader.feed(data[pos : pos + size], pos + 1, None)
        pos += size
    assert [(r.kind, r.payload) for r in records] == contents
    assert all(r.complete for r in records)
    assert reader.buffered == 0
    assert reader.garbage is None


@given(CONTENTS)
def test_application_data_is_counted_without_being_kept(contents: list[tuple[int, bytes]]) -> None:
    reader, records = collect(keep=False)
    for byte in b"".join(record(kind, payload) for kind, payload in contents):
        reader.feed(bytes([byte]), 1, None)
        assert reader.buffered <= 85
    expected = [(kind, b"" if kind == 23 else payload, len(payload)) for kind, payload in contents]
    assert [(r.kind, r.payload, r.length) for r in records] == expected


def test_frames_of_begin_and_end() -> None:
    reader, records = collect()
    data = record(22, b"abcdef") + record(22, b"x")
    reader.feed(data[:4], 7, None)
    reader.feed(data[4:9], 8, None)
    reader.feed(data[9:], 9, None)
    assert [(r.frame, r.end_frame) for r in records] == [(7, 9), (9, 9)]


@pytest.mark.parametrize("kind", [22, 23])
@pytest.mark.parametrize("keep", [True, False])
def test_a_gap_inside_a_record_costs_that_record_only(kind: int, keep: bool) -> None:
    reader, records = collect(keep)
    data = record(kind, bytes(100)) + record(21, b"\x02\x28")
    reader.feed(data[:50], 1, None)
    reader.gap(30)
    reader.feed(data[80:], 2, None)
    assert records[-1].kind == 21
    assert records[-1].complete
    assert not reader.lost
    if kind == 22 or keep:
        assert (records[0].complete, records[0].length, len(records[0].payload)) == (False, 100, 45)


def test_a_gap_to_the_end_of_a_record() -> None:
    reader, records = collect()
    data = record(22, bytes(100)) + record(21, b"\x02\x28")
    reader.feed(data[:50], 1, None)
    reader.gap(55)
    reader.feed(data[105:], 2, None)
    assert [(r.kind, r.complete) for r in records] == [(22, False), (21, True)]


def test_after_a_gap_over_a_record_border_the_next_start_is_found() -> None:
    reader, records = collect()
    reader.feed(record(22, bytes(100))[:50], 1, None)
    reader.gap(500)
    assert reader.lost
    reader.feed(b"\x99" * 30 + record(23, b"\x98" * 40) + alert(2, 40), 3, None)
    assert [r.kind for r in records] == [22, 23, 21]
    assert not reader.lost


def test_the_end_gives_out_an_unfinished_record() -> None:
    reader, records = collect()
    reader.feed(record(22, b"abcdef")[:8], 1, None)
    assert records == []
    reader.flush()
    assert [(r.payload, r.complete, r.length) for r in records] == [(b"abc", False, 6)]


def test_bytes_that_are_no_record() -> None:
    reader, records = collect()
    reader.feed(record(22, b"a") + b"220 hello there\r\n", 1, None)
    assert len(records) == 1
    assert reader.lost
    assert reader.garbage == b"220 hello there\r\n"


def test_too_long_a_record_is_none() -> None:
    reader, _ = collect()
    reader.feed(b"\x16\x03\x03" + (MAX_RECORD + 1).to_bytes(2, "big") + b"xxx", 1, None)
    assert reader.lost


def test_ssl2_framing_then_tls() -> None:
    reader, records = collect()
    for byte in SSL2_HELLO + record(22, b"abc"):
        reader.feed(bytes([byte]), 1, None)
    assert [(r.kind, len(r.payload)) for r in records] == [(SSL2, 46), (22, 3)]


def test_what_looks_like_what() -> None:
    hello = record(22, client_hello(), 0x0301)
    assert looks_like_record(hello)
    assert looks_like_client_hello(hello)
    assert not looks_like_client_hello(alert(2, 40))
    assert looks_like_record(alert(2, 40))
    assert not looks_like_record(b"220 x")
    assert not looks_like_record(b"\x16\x04\x00\x00\x05")
    assert not looks_like_record(b"\x16\x03\x01\x00\x00")
    assert looks_like_ssl2_hello(SSL2_HELLO)
    assert not any(looks_like_ssl2_hello(SSL2_HELLO[:cut]) for cut in range(11))
    assert not looks_like_ssl2_hello(b"\x80\x2e\x02" + SSL2_HELLO[3:])
