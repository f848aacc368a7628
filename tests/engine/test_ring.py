"""A file that another process reads: every byte once and in order, and neither process waits for one that is gone."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from sestriage.engine import ring as module
from sestriage.engine.ahead import Ahead
from sestriage.engine.children import forked
from sestriage.engine.ring import FRONT, SLOT, SLOTS, Ring
from sestriage.model.source import SourceRef
from support import SAMPLES


def _rest(ring: Ring) -> bytes:
    portions = []
    while (portion := ring.take()) is not None:
        portions.append(bytes(portion[FRONT:]))
        portion[:FRONT] = bytes([len(portions) % 256]) * FRONT  # that room is ours
    return b"".join(portions)


@pytest.mark.parametrize("size", [0, 1, SLOT - 1, SLOT, SLOT + 1, SLOT * SLOTS, SLOT * (3 * SLOTS + 1) + 5])
def test_every_byte_once(tmp_path: Path, size: int) -> None:
    data = random.Random(size).randbytes(size)
    path = tmp_path / "file"
    path.write_bytes(data)
    ring = Ring()
    process = forked(lambda: ring.fill(str(path)))
    ring.begin()
    assert _rest(ring) == data
    assert ring.problem is None
    assert os.waitpid(process, 0) == (process, 0)


def test_an_error_ends_the_file_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(ring: Ring, path: str) -> None:
        def readinto(room: memoryview) -> int:
            if not sizes:
                raise OSError(5, "any text")
            size = sizes.pop()
            room[:size] = bytes(size)
            return size

        sizes = [10, 20]
        ring._fill(readinto)

    ring = Ring()
    process = forked(lambda: broken(ring, ""))
    ring.begin()
    assert _rest(ring) == bytes(30)
    assert ring.problem == "reading stopped: [Errno 5] Input/output error"
    os.waitpid(process, 0)


@pytest.mark.parametrize("path", ["absent", "."])
def test_who_cannot_read_is_not_taken_for_the_end(tmp_path: Path, path: str) -> None:
    ring = Ring()
    process = forked(lambda: ring.fill(str(tmp_path / path)))
    ring.begin()
    with pytest.raises(SystemExit):
        ring.take()
    os.waitpid(process, 0)


def test_the_reader_ends_when_nobody_takes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(SLOT * SLOTS * 3))
    ring = Ring()
    reader = forked(lambda: ring.fill(str(path)))

    def taker() -> None:
        ring.begin()
        ring.take()

    process = forked(taker)
    ring.forget()
    os.waitpid(process, 0)
    os.waitpid(reader, 0)  # does not hang


def test_a_capture_whose_reader_is_killed_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = SAMPLES / "pkix-root-missing" / "test-action.pcap"
    monkeypatch.setattr("sestriage.engine.ahead.WORTH_IT", 1000)
    monkeypatch.setattr(module.Ring, "fill", lambda ring, path: os._exit(1))
    ahead = Ahead()
    ahead.begin([str(sample)])
    assert ahead.busy
    assert ahead.take(SourceRef(str(sample))) is None
    ahead.stop()
