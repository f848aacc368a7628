"""The thread that reads ahead: the same bytes, bounded, and gone when nobody reads on."""

from __future__ import annotations

import gzip
import io
import tarfile
import threading
import time
from pathlib import Path

import pytest

from sestriage.ingest import Limits, walk
from sestriage.ingest.layers import Layer
from sestriage.ingest.readahead import AHEAD, BATCH, BLOCK, DIRECT, ReadAhead
from sestriage.model.source import InputNote

LINE = b"2024-03-05 10:12:44,120 INFO [Chatter] nothing to see\n"


class Counted(Layer):
    """`total` bytes that differ, then a problem or an error."""

    def __init__(self, total: int, error: Exception | None = None) -> None:
        super().__init__()
        self.total = total
        self.error = error

    def _next(self, size: int) -> bytes:
        size = min(size, self.total - self.position)
        if not size and self.error is not None:
            raise self.error
        if not size:
            self.problem = "the end"
        return self.position.to_bytes(8, "big").ljust(size, b".")[:size] if size else b""


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "read-ahead"]


@pytest.mark.parametrize("size", [1000, BLOCK, 4 * BATCH])
@pytest.mark.parametrize("total", [0, 5, DIRECT, DIRECT + 1, DIRECT + 9 * BATCH + 77])
def test_same_bytes_same_end(total: int, size: int) -> None:
    data = bytes(range(251)) * (total // 251 + 1)
    layer = ReadAhead(_Bytes(data[:total]))
    got = b"".join(iter(lambda: layer.read(size), b""))
    assert got == data[:total]
    assert layer.position == total
    assert layer.read(10) == b""
    layer.stop()
    assert readers() == []


class _Bytes(Layer):
    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._file = io.BytesIO(data)

    def _next(self, size: int) -> bytes:
        return self._file.read(size)


def test_problem_comes_with_the_end_only() -> None:
    layer = ReadAhead(Counted(DIRECT + BATCH))
    while layer.position < DIRECT + BATCH:
        assert layer.problem is None
        assert layer.read(BLOCK)
    assert layer.read(1) == b""
    assert layer.problem == "the end"


def test_what_waits_is_bounded_and_stops() -> None:
    inner = Counted(1 << 40)
    layer = ReadAhead(inner)
    while layer.position < DIRECT + 1:
        layer.read(BLOCK)
    end = time.monotonic() + 5
    while inner.position < DIRECT + AHEAD * BATCH and time.monotonic() < end:
        time.sleep(0.001)
    time.sleep(0.02)
    assert inner.position <= DIRECT + (AHEAD + 2) * BATCH + BLOCK
    layer.stop()
    assert readers() == []
    before = inner.position
    assert layer.read(100) == b""
    assert inner.position == before


def test_an_error_is_raised_where_it_is_read() -> None:
    layer = ReadAhead(Counted(DIRECT + BATCH, MemoryError("no room")))
    with pytest.raises(MemoryError, match="no room"):
        _drain(layer)
    assert layer.position == DIRECT + BATCH
    layer.stop()
    assert readers() == []


def _drain(layer: Layer) -> None:
    while layer.read(BLOCK):
        pass


def _bundle(path: Path) -> None:
    """A large log, and another behind it."""
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for name in ("a.log", "b.log"):
            info = tarfile.TarInfo(name)
            info.size = len(LINE) * 200_000
            archive.addfile(info, io.BytesIO(LINE * 200_000))


def test_a_member_left_early_spoils_nothing(tmp_path: Path) -> None:
    _bundle(tmp_path / "bundle.tar.gz")
    notes: list[InputNote] = []
    seen = []
    for member in walk([str(tmp_path / "bundle.tar.gz")], Limits(), notes):
        with member.open() as stream:
            read = 0
            while read < 3 * DIRECT and (data := stream.read(BLOCK)):
                read += len(data)
            seen.append((member.ref.member, read >= 3 * DIRECT, bool(readers())))
    assert seen == [("a.log", True, True), ("b.log", True, True)]
    assert [note.problem for note in notes] == [None]
    assert readers() == []


def test_a_walk_left_early_leaves_no_thread(tmp_path: Path) -> None:
    _bundle(tmp_path / "bundle.tar.gz")
    steps = walk([str(tmp_path / "bundle.tar.gz")], Limits(), [])
    member = next(steps)
    with member.open() as stream:
        for _ in range(30):
            stream.read(BLOCK)
        assert len(readers()) == 1
        steps.close()  # type: ignore[attr-defined]
        assert readers() == []
        assert stream.read(10) == b""


def test_a_bomb_is_ended_at_the_same_place_as_without(tmp_path: Path) -> None:
    path = tmp_path / "zeros.log.gz"
    path.write_bytes(gzip.compress(LINE * 1000 + bytes(200 << 20), 9, mtime=0))
    problems = set()
    for _ in range(3):
        notes: list[InputNote] = []
        for member in walk([str(path)], Limits(), notes):
            with member.open() as stream:
                while stream.read(BLOCK):
                    pass
            problems.add(member.problem)
    assert len(problems) == 1
    assert "bomb" in str(problems.pop())
    assert readers() == []


def test_a_pipe_is_read_without_a_thread() -> None:
    data = gzip.compress(LINE * 200_000, 1)
    for member in walk(["-"], Limits(), [], io.BytesIO(data)):
        with member.open() as stream:
            total = 0
            while piece := stream.read(BLOCK):
                total += len(piece)
                assert readers() == []
    assert total == len(LINE) * 200_000


def _refuse(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_where_there_can_be_no_more_threads_it_reads_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Thread, "start", _refuse)
    data = bytes(range(251)) * (3 * DIRECT // 251)
    layer = ReadAhead(_Bytes(data))
    assert b"".join(iter(lambda: layer.read(BLOCK), b"")) == data
    layer.stop()
