"""Captures in portions: whatever their sizes, the same facts, and nothing is lost between them."""

from __future__ import annotations

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sestriage.formats.capture import input_buffer, read_capture
from sestriage.formats.capture.input_buffer import Buffer, Feed
from sestriage.model.source import SourceRef
from support import SAMPLES

SOURCE = SourceRef("test.pcap")
PLAIN = (SAMPLES / "pkix-root-missing" / "test-action.pcap").read_bytes()


class Cut(io.RawIOBase):
    """A stream that gives portions of given sizes, then of the last one."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self._data = io.BytesIO(data)
        self._sizes = list(sizes)

    def read(self, size: int = -1, /) -> bytes:
        most = self._sizes.pop(0) if len(self._sizes) > 1 else self._sizes[0]
        return self._data.read(min(most, size))


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=20))
@settings(deadline=None, max_examples=60)
def test_the_same_facts(sizes: list[int]) -> None:
    expected = read_capture(io.BytesIO(PLAIN), SOURCE)
    assert read_capture(Cut(PLAIN, sizes), SOURCE) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [1, 7, 64, 5000])
def test_cut_anywhere(size: int) -> None:
    for end in range(0, len(PLAIN), 509):
        cut = PLAIN[:end]
        assert read_capture(Cut(cut, [size]), SOURCE) == read_capture(io.BytesIO(cut), SOURCE)  # type: ignore[arg-type]


@given(
    st.binary(max_size=300),
    st.lists(st.integers(1, 40), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 120)), max_size=12),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_lost_between_portions(
    monkeypatch: pytest.MonkeyPatch, data: bytes, sizes: list[int], steps: list[tuple[int, int]]
) -> None:
    monkeypatch.setattr(input_buffer, "CHUNK", 32)  # memory is made anew, and moved within, too
    buffer = Buffer(Feed(Cut(data, sizes)))
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


def test_a_problem_of_the_stream_is_one_of_the_capture() -> None:
    class Broken(Cut):
        def read(self, size: int = -1, /) -> bytes:
            data = super().read(size)
            if not data:
                raise OSError(5, "any text")
            return data

    capture = read_capture(Broken(PLAIN, [1000]), SOURCE)  # type: ignore[arg-type]
    assert capture.problem == "reading stopped: [Errno 5] any text"
    assert capture.streams == read_capture(io.BytesIO(PLAIN), SOURCE).streams
    assert Buffer(Feed(io.BytesIO(PLAIN))).problem is None
