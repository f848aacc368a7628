"""What is put aside of a stream goes on where the stream stood, whatever finds room."""

from __future__ import annotations

import errno
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sestriage.engine.reading import aside
from sestriage.engine.reading.aside import Aside


class Broken(io.BytesIO):
    """Ends before its time, as a cut archive does."""

    def read(self, size: int | None = -1) -> bytes:
        if data := super().read(size):
            return data
        raise EOFError("cut")


def everything(stream: Aside, size: int = 1000) -> bytes:
    return b"".join(iter(lambda: stream.read(size), b""))


def with_room(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=room * aside.SHARE))
    monkeypatch.setattr(aside, "CHUNK", 64)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=1000), st.integers(0, 1200), st.integers(1, 300))
def test_nothing_is_lost(monkeypatch: pytest.MonkeyPatch, data: bytes, room: int, size: int) -> None:
    with_room(monkeypatch, room)
    with Aside(io.BytesIO(data)) as rest:
        assert rest.whole is (len(data) <= room)
        assert everything(rest, size) == data
        assert rest.read(size) == b""


def test_all_of_it_can_be_read_from_its_end() -> None:
    stream = io.BytesIO(b"first\nsecond\nthird\n")
    stream.readline()
    with Aside(stream) as rest:
        assert rest.whole
        rest.file.seek(-6, io.SEEK_END)
        assert rest.file.read() == b"third\n"
        rest.file.seek(0)
        assert everything(rest) == b"second\nthird\n"


def test_what_ended_the_stream_is_told_once_and_behind_what_came_before() -> None:
    with Aside(Broken(b"some lines\n")) as rest:
        assert rest.whole
        assert isinstance(rest.problem, EOFError)
        assert rest.read(100) == b"some lines\n"
        with pytest.raises(EOFError, match="cut"):
            rest.read(100)
        assert rest.read(100) == b""


class Full(io.FileIO):
    """A file on a disk on which there is so much room."""

    def __init__(self, path: Path, room: int) -> None:
        super().__init__(path, "w+b")
        self.room = room

    def write(self, data: Any) -> int:
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = super().write(bytes(data)[: self.room])
        self.room -= written
        return written


@pytest.mark.parametrize("room", [0, 1, 63, 64, 65, 200])
def test_a_full_disk_loses_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, room: int) -> None:
    """The room that there was goes to others meanwhile."""
    with_room(monkeypatch, 1 << 20)
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: Full(tmp_path / "rest", room))
    data = bytes(range(256))
    with Aside(io.BytesIO(data)) as rest:
        assert not rest.whole
        assert everything(rest) == data


def test_without_a_folder_for_temporary_files_nothing_is_taken_from_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: Any) -> BinaryIO:
        raise PermissionError("no folder")

    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    stream = io.BytesIO(b"lines\n")
    with pytest.raises(PermissionError, match="no folder"):
        Aside(stream)
    assert stream.tell() == 0
