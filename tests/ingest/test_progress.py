"""How far a walk has come."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path
from random import Random

from sestriage.ingest import Limits, Reading, walk

LINE = b"2026-03-02 04:00:00.001 INFO [main] a.b.C : nothing\n"


def test_position_and_name_while_files_are_read(tmp_path: Path) -> None:
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_bytes(LINE * 100_000)
    size = 100_000 * len(LINE)
    reading = Reading()
    assert (reading.name, reading.position, reading.started) == (None, 0, False)
    seen = []
    for member in walk([str(tmp_path)], Limits(), [], None, reading):
        with member.open() as stream:
            stream.read(1 << 20)
            seen.append((reading.name, reading.done, reading.position))
            stream.read()
            assert reading.position == size
        assert reading.position == size  # closed: it was read
    assert seen == [(str(tmp_path / "a.log"), 0, 1 << 20), (str(tmp_path / "b.log"), size, 1 << 20)]
    assert (reading.name, reading.done, reading.started) == (None, 2 * size, True)


def test_of_packed_files_the_packed_bytes_count(tmp_path: Path) -> None:
    random = Random(8)
    content = b"".join(
        b"2026-03-02 04:00:00.001 INFO [main] a.b.C : %x\n" % random.getrandbits(900) for _ in range(4000)
    )
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as archive:
        for n in range(3):
            entry = tarfile.TarInfo(f"{n}.log")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    path = tmp_path / "x.tgz"
    path.write_bytes(gzip.compress(inner.getvalue()))
    reading = Reading()
    positions = []
    for member in walk([str(path)], Limits(), [], None, reading):
        with member.open() as stream:
            while stream.read(1 << 16):
                positions.append(reading.position)
    assert positions == sorted(positions)
    assert 0 < positions[0] < positions[-1] <= path.stat().st_size
    assert reading.done == path.stat().st_size


def test_standard_input(tmp_path: Path) -> None:
    reading = Reading()
    for member in walk(["-"], Limits(), [], io.BytesIO(LINE * 10_000), reading):
        assert reading.name == "-"
        with member.open() as stream:
            stream.read()
        assert reading.position == 10_000 * len(LINE)
    assert reading.done == 10_000 * len(LINE)


def test_the_same_is_read_without_anybody_looking(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LINE * 10)
    assert [member.read() for member in walk([str(tmp_path)], Limits(), [])] == [LINE * 10]
