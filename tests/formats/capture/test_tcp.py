"""TCP reassembly: whatever the network did, each byte comes once and in order, or is reported missing."""

from __future__ import annotations

import random
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.capture.wire import ACK, PSH, SYN, Talk, ethernet, pcap, read
from sestriage.formats.capture.tcp import MAX_PENDING_BYTES, PATIENCE, ByteStream, distance


class Sink:
    """Collects what a stream delivers; a gap shows as that many NUL bytes."""

    def __init__(self) -> None:
        self.data = b""
        self.lost = 0
        self.stream = ByteStream(self.take, self.skip)

    def take(self, data: bytes, frame: int, time: datetime | None) -> None:
        self.data += data

    def skip(self, length: int) -> None:
        self.data += bytes(length)
        self.lost += length


@st.composite
def transfers(draw: st.DrawFn) -> tuple[bytes, int, list[tuple[int, int]]]:
    """Bytes, their first sequence number, and segments (start, end) that cover them, in any order and overlap."""
    data = draw(st.binary(min_size=1, max_size=400))
    first = draw(st.one_of(st.integers(0, 2**32 - 1), st.integers(2**32 - 300, 2**32 - 1)))
    cuts = sorted({0, len(data), *draw(st.lists(st.integers(0, len(data)), max_size=12))})
    segments = [(a, b) for a, b in pairwise(cuts) if a < b]
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(data) - 1))
        segments.append((start, draw(st.integers(start + 1, len(data)))))
    return data, first, draw(st.permutations(segments))


@given(transfers())
def test_any_order_and_overlap_gives_the_bytes_back(transfer: tuple[bytes, int, list[tuple[int, int]]]) -> None:
    data, first, segments = transfer
    sink = Sink()
    sink.stream.start(first)
    for frame, (start, end) in enumerate(segments, 1):
        sink.stream.segment((first + start) % 2**32, data[start:end], end - start, frame, None)
    sink.stream.close()
    assert sink.data == data
    assert sink.stream.missing == 0
    assert sink.stream.held == 0


@given(transfers(), st.data())
def test_lost_segments_are_counted_exactly(
    transfer: tuple[bytes, int, list[tuple[int, int]]], more: st.DataObject
) -> None:
    data, first, segments = transfer
    kept = [s for s in segments if more.draw(st.booleans())]
    sink = Sink()
    sink.stream.start(first)
    for frame, (start, end) in enumerate(kept, 1):
        sink.stream.segment((first + start) % 2**32, data[start:end], end - start, frame, None)
    sink.stream.acknowledged((first + len(data)) % 2**32)
    sink.stream.close()
    seen = {i for start, end in kept for i in range(start, end)}
    expected = bytes(b if i in seen else 0 for i, b in enumerate(data))
    if max(seen, default=-1) == len(data) - 2:  # one acknowledged byte beyond the last one is taken for the FIN
        expected = expected[:-1]
    assert sink.data == expected
    assert sink.stream.missing == len(expected) - len(seen)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.data())
def test_snaplen_cuts_are_gaps_in_their_place(sizes: list[int], more: st.DataObject) -> None:
    sink = Sink()
    sequence, expected = 100, b""
    for frame, size in enumerate(sizes, 1):
        captured = more.draw(st.integers(0, size))
        sink.stream.segment(sequence, b"x" * captured, size, frame, None)
        expected += b"x" * captured + bytes(size - captured)
        sequence += size
    assert sink.data == expected
    assert sink.stream.missing == expected.count(0)


def test_the_first_copy_counts() -> None:
    sink = Sink()
    sink.stream.start(0)
    sink.stream.segment(0, b"first", 5, 1, None)
    sink.stream.segment(0, b"OTHERlonger", 11, 2, None)
    assert sink.data == b"firstlonger"
    assert sink.stream.retransmissions == 1


def test_a_hole_that_the_receiver_filled_is_not_waited_for() -> None:
    sink = Sink()
    sink.stream.start(0)
    sink.stream.segment(0, b"aa", 2, 1, None)
    sink.stream.segment(4, b"cc", 2, 2, None)
    for _ in range(PATIENCE):
        sink.stream.acknowledged(6)
        assert sink.data == b"aa"
    sink.stream.acknowledged(6)
    assert sink.data == b"aa\0\0cc"


def test_waiting_bytes_are_bounded() -> None:
    sink = Sink()
    sink.stream.start(0)
    for number in range(400):
        sink.stream.segment(10 + number * 1400, bytes(1400), 1400, number, None)
        assert sink.stream.held <= MAX_PENDING_BYTES
    assert sink.lost == 10


def test_a_wild_sequence_number_does_not_move_the_stream() -> None:
    sink = Sink()
    sink.stream.start(0)
    sink.stream.segment(0, b"aa", 2, 1, None)
    sink.stream.segment(0x7000_0000, b"wild", 4, 2, None)
    sink.stream.segment(2, b"bb", 2, 3, None)
    sink.stream.close()
    assert sink.data == b"aabb"


@given(st.integers(0, 2**32 - 1), st.integers(-(2**31) + 1, 2**31 - 1))
def test_distance_wraps(start: int, step: int) -> None:
    assert distance((start + step) % 2**32, start) == step


DIALOGUE = [
    (False, b"220 email-smtp.amazonaws.com ESMTP SimpleEmailService\r\n"),
    (True, b"EHLO smc.example.com\r\n"),
    (False, b"250-email-smtp.amazonaws.com\r\n250-8BITMIME\r\n250-STARTTLS\r\n250 Ok\r\n"),
    (True, b"MAIL FROM:<alarm@example.com>\r\n"),
    (False, b"530 Must issue a STARTTLS command first\r\n"),
    (True, b"QUIT\r\n"),
    (False, b"221 Bye\r\n"),
]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(0, 2**32 - 1), st.integers(0, 10_000))
def test_a_dialogue_in_small_shuffled_segments(size: int, isn: int, seed: int) -> None:
    """Segments of a few bytes, sent twice and swapped with their neighbours, around the wrap of the numbers."""
    talk = Talk(client_seq=isn, server_seq=(isn + 77) % 2**32).connect()
    for from_client, data in DIALOGUE:
        talk.says(from_client, data, size)
    rng = random.Random(seed)
    packets = talk.packets[:3]
    for packet in talk.packets[3:]:
        packets.append(packet)
        if rng.random() < 0.2:
            packets.append(packet)
        if rng.random() < 0.3 and len(packets) > 5 and _same_side(packets[-1], packets[-2]):
            packets[-1], packets[-2] = packets[-2], packets[-1]
    (stream,) = read(pcap([ethernet(p) for p in packets])).streams
    assert stream.smtp is not None
    assert stream.smtp.reply_codes == (220, 250, 530, 221)
    assert [c.verb for c in stream.smtp.commands] == ["EHLO", "MAIL", "QUIT"]
    assert [r.after for r in stream.smtp.replies] == ["", "EHLO", "MAIL", "QUIT"]


def _same_side(one: bytes, other: bytes) -> bool:
    return one[12:16] == other[12:16]


@pytest.mark.parametrize("wrong_first", [True, False])
def test_several_syn_acks_with_different_numbers(wrong_first: bool) -> None:
    talk = Talk()
    talk.raw(True, SYN, ack=0)
    talk.client_seq += 1
    for number in (0x9999_0000, 5000) if wrong_first else (5000, 0x9999_0000):
        talk.raw(False, SYN | ACK, seq=number)
    talk.server_seq = 5001
    talk.raw(True, ACK)
    talk.s(DIALOGUE[0][1])
    stream = talk.stream()
    assert stream.smtp is not None
    assert stream.smtp.greeting_code == 220
    assert stream.tcp.missing_bytes == 0


def test_keep_alive_probes_add_nothing() -> None:
    talk = Talk().connect()
    for from_client, data in DIALOGUE[:2]:
        talk.says(from_client, data)
    talk.raw(True, ACK, b"\0", seq=talk.client_seq - 1)
    talk.s(DIALOGUE[2][1])
    stream = talk.stream()
    assert stream.smtp is not None
    assert [c.verb for c in stream.smtp.commands] == ["EHLO"]
    assert stream.tcp.client_bytes == len(DIALOGUE[1][1])


def test_data_in_the_syn() -> None:
    talk = Talk()
    talk.raw(True, SYN, b"EHLO fast.example.com\r\n", ack=0)
    talk.client_seq += 1 + 23
    talk.raw(False, SYN | ACK)
    talk.server_seq += 1
    talk.raw(False, PSH | ACK, DIALOGUE[0][1])
    stream = talk.stream()
    assert stream.smtp is not None
    assert [c.argument for c in stream.smtp.commands] == ["fast.example.com"]
