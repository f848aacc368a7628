"""Captures in portions that somebody else reads: whatever their sizes, the same facts as from a stream."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sestriage.formats.capture import read_capture
from sestriage.formats.capture.feed import Feed, SharedBuffer, StreamBuffer
from sestriage.model.source import SourceRef
from support import SAMPLES

SOURCE = SourceRef("test.pcap")
PLAIN = (SAMPLES / "pkix-root-missing" / "test-action.pcap").read_bytes()


class Cut:
    """Portions of given sizes, then of the last one. Each has its own memory, and the one before is destroyed."""

    def __init__(self, data: bytes, sizes: list[int], front: int) -> None:
        self.front = front
        self.problem: str | None = None
        self._data = data
        self._sizes = sizes
        self._last = bytearray()

    def take(self) -> memoryview | None:
        self._last[:] = b"\xee" * len(self._last)
        size = self._sizes.pop(0) if len(self._sizes) > 1 else self._sizes[0]
        piece, self._data = self._data[:size], self._data[size:]
        if not piece:
            return None
        self._last = bytearray(b"\xdd" * self.front + piece)
        return memoryview(self._last)


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=20), st.integers(0, 400))
@settings(deadline=None, max_examples=60)
def test_the_same_facts(sizes: list[int], front: int) -> None:
    expected = read_capture(io.BytesIO(PLAIN), SOURCE)
    assert read_capture(Cut(PLAIN, sizes, front), SOURCE) == expected


@pytest.mark.parametrize("size", [1, 7, 64, 5000])
def test_cut_anywhere(size: int) -> None:
    for end in range(0, len(PLAIN), 509):
        cut = PLAIN[:end]
        assert read_capture(Cut(cut, [size], 100), SOURCE) == read_capture(io.BytesIO(cut), SOURCE)


@given(
    st.binary(max_size=300),
    st.lists(st.integers(1, 40), min_size=1, max_size=8),
    st.integers(0, 30),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 120)), max_size=12),
)
def test_nothing_is_lost_between_portions(
    data: bytes, sizes: list[int], front: int, steps: list[tuple[int, int]]
) -> None:
    buffer = SharedBuffer(Cut(data, sizes, front))
    for step, wanted in steps:
        pos = min(step, buffer.size)
        before = buffer.base + pos
        enough = buffer.refill(pos, wanted)
        assert buffer.base == before
        assert enough == (buffer.size >= wanted)
        assert len(buffer.view) == buffer.size
        assert bytes(buffer.view) == data[before : before + buffer.size]
        if not enough:
            assert buffer.ended
            assert before + buffer.size == len(data)


def test_a_problem_of_the_portions_is_one_of_the_capture() -> None:
    portions = Cut(PLAIN, [1000], 100)
    portions.problem = "reading stopped: anything"
    assert read_capture(portions, SOURCE).problem == "reading stopped: anything"
    assert StreamBuffer(Feed(io.BytesIO(PLAIN))).problem is None
