"""Hostile archives: the member is refused and named, the rest is used."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.corpus import (
    ATTACKS,
    LOG,
    RESPONSE_LOG,
    ZipPart,
    good_tar,
    nested_gzip,
    nested_zip,
    piped,
    tar_end,
    tar_header,
    tar_member,
    walked,
    zeros_gzip,
    zip_of,
)
from sestriage.ingest import Limits, walk
from sestriage.model.source import InputNote
from support import ROOT


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("how", ["file", "pipe", "nested"])
def test_refused_and_named_and_the_rest_used(name: str, how: str, tmp_path: Path) -> None:
    attack = ATTACKS[name]
    data = attack.archive()
    inner = ""
    if how == "file":
        path = tmp_path / "bundle"
        path.write_bytes(data)
        result = walked(str(path))
    elif how == "pipe":
        result = piped(data)
    else:
        result = piped(gzip.compress(tar_member(b"inner", data) + tar_end()))
        inner = "inner!/"
    assert result.content[inner + RESPONSE_LOG] == LOG
    naming = [text for text in result.problems() if attack.named in text and attack.reason in text]
    assert len(naming) == 1, result.problems()
    for note in result.notes:
        shown = f"{note.source.file} {note.problem} {note.detail}"
        assert shown.isprintable()
        assert len(shown) < 500


REFUSED_CONTENT = b"one"


@pytest.mark.parametrize(
    "name", ["tar-duplicate", "tar-same-name", "tar-case-clash", "zip-duplicate", "zip-case-clash"]
)
def test_of_clashing_names_the_first_counts(name: str) -> None:
    contents = list(piped(ATTACKS[name].archive()).content.values())
    assert contents == [REFUSED_CONTENT, LOG]


def test_overlapping_members_are_read_once() -> None:
    result = piped(ATTACKS["zip-overlap"].archive())
    assert set(result.content) == {"kernel", RESPONSE_LOG}
    assert sum("overlaps" in text for text in result.problems()) == 50


SMALL = Limits(ratio_floor=1 << 20, max_ratio=100, max_total_bytes=200 << 20)


def test_a_bomb_in_a_tar_is_cut_and_the_log_behind_it_read() -> None:
    bomb = gzip.decompress(zeros_gzip(64))
    result = piped(gzip.compress(good_tar(tar_member(b"zeros", bomb))), SMALL)
    assert result.content[RESPONSE_LOG] == LOG
    assert len(result.content["zeros"]) < len(bomb) // 2
    assert [text for text in result.problems() if "bomb" in text and "zeros" in text]


def test_a_compressed_bomb_in_a_tar_is_cut() -> None:
    result = piped(good_tar(tar_member(b"zeros.gz", zeros_gzip(64))), SMALL)
    assert result.content[RESPONSE_LOG] == LOG
    assert len(result.content["zeros.gz"]) < 16 << 20
    assert [text for text in result.problems() if "bomb" in text and "zeros.gz" in text]


def test_a_bomb_in_a_zip_is_cut() -> None:
    result = piped(zip_of(ZipPart(b"zeros", bytes(32 << 20)), ZipPart(RESPONSE_LOG.encode(), LOG)), SMALL)
    assert result.content[RESPONSE_LOG] == LOG
    assert len(result.content["zeros"]) < 16 << 20
    assert [text for text in result.problems() if "bomb" in text]


def test_the_total_is_bounded_and_said() -> None:
    result = piped(gzip.compress(b"\n" * (64 << 20)), Limits(max_total_bytes=20 << 20, ratio_floor=1 << 40))
    assert len(result.content["-"]) == 20 << 20
    assert "limit of decompressed bytes" in result.problems()[0]


def test_a_member_beyond_the_size_limit_is_refused() -> None:
    result = piped(good_tar(tar_member(b"big", bytes(5000))), Limits(max_member_bytes=4000))
    assert list(result.content) == [RESPONSE_LOG]
    assert [text for text in result.problems() if "big" in text and "5000 bytes" in text]


def test_too_many_members_end_the_walk_with_a_finding() -> None:
    archive = b"".join(tar_member(b"m%d" % at) for at in range(50)) + tar_end()
    result = piped(archive, Limits(max_members=20))
    assert len(result.content) <= 20
    assert [text for text in result.problems() if "more than 20 members" in text]


def test_refused_members_count_too() -> None:
    archive = b"".join(tar_member(b"m%d" % at, kind=b"2") for at in range(50)) + tar_end()
    result = piped(archive, Limits(max_members=20))
    assert len([text for text in result.problems() if "symbolic" in text]) < 20


def test_findings_are_bounded_and_the_rest_counted() -> None:
    archive = b"".join(tar_member(b"m%d" % at, kind=b"2") for at in range(50)) + tar_end()
    result = piped(archive, Limits(max_notes=10))
    assert len(result.notes) == 11
    assert result.problems()[-1].endswith("41 further findings about the input are not listed")  # 50 links + 1 archive


@pytest.mark.parametrize(("depth", "read"), [(7, True), (8, True), (9, False), (40, False)])
def test_nesting_ends_at_the_limit(depth: int, read: bool) -> None:
    result = piped(nested_gzip(depth))
    assert (result.content.get("-") == LOG) is read
    assert bool([text for text in result.problems() if "nested" in text]) is not read


def test_a_tree_of_archives_is_bounded() -> None:
    result = piped(nested_zip(4, 4), Limits(max_archives=50))  # 4^4 = 256 leaves, 341 archives
    assert 0 < len(result.content) < 50
    assert [text for text in result.problems() if "more than 50 archives" in text]


def test_a_damaged_tar_header_is_searched_over() -> None:
    broken = bytearray(tar_header(b"lost.log", len(LOG)))
    broken[0] ^= 0x55
    data = tar_member(b"first.log", LOG) + bytes(broken) + LOG + bytes(-len(LOG) % 512) + good_tar()
    result = piped(data)
    assert result.content == {"first.log": LOG, RESPONSE_LOG: LOG}
    assert [text for text in result.problems() if "damaged at byte" in text]


SCRIPT = """
import re, sys, time
from sestriage.ingest import Limits, walk
notes, began, total = [], time.monotonic(), 0
for member in walk(sys.argv[1:], Limits(), notes):
    stream = member.open()
    while data := stream.read(1 << 16):
        total += len(data)
peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
print(peak // 1024, round(time.monotonic() - began, 1), total, len(notes))
"""


def measured(path: Path) -> tuple[int, float, int]:
    """Peak memory in MiB, seconds, and bytes delivered of a walk in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path)], capture_output=True, text=True, env=environment, timeout=300
    )
    assert done.returncode == 0, done.stderr
    peak, seconds, total, _ = done.stdout.split()
    return int(peak), float(seconds), int(total)


MOST_MIB = 150


@pytest.mark.slow
@pytest.mark.campaign(6)
@pytest.mark.parametrize("kind", ["zeros.gz", "tar.gz", "count", "pax", "overlap", "xz"])
def test_memory_stays_bounded(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    if kind == "zeros.gz":
        path.write_bytes(zeros_gzip(4096))
    elif kind == "tar.gz":
        header = gzip.compress(tar_header(b"zeros", 512 << 20))
        path.write_bytes(header + zeros_gzip(512) + gzip.compress(good_tar()))
    elif kind == "count":
        one = b"".join(tar_member(b"%d/%0200d" % (at, at)[:90]) for at in range(1000))
        path.write_bytes(gzip.compress(one) * 150)
    elif kind == "pax":
        header = tar_header(b"P", 512 << 20, b"x")
        path.write_bytes(gzip.compress(header) + zeros_gzip(512) + gzip.compress(good_tar(tar_member(b"x", LOG))))
    elif kind == "overlap":
        body = ZipPart(b"", bytes(64 << 20)).body()
        first = ZipPart(b"kernel", bytes(64 << 20), packed=body)
        parts = [ZipPart(b"copy%d" % at, b"x", offset=0, packed=body) for at in range(20_000)]
        path.write_bytes(zip_of(first, *parts))
    else:
        path.write_bytes(lzma.compress(bytes(96 << 20), preset=9))
    peak, seconds, _ = measured(path)
    assert peak < MOST_MIB, f"{peak} MiB"
    assert seconds < 60


def test_the_log_behind_a_long_run_of_zeros_is_found(tmp_path: Path) -> None:
    data = gzip.compress(tar_header(b"zeros", 256 << 20)) + zeros_gzip(256) + gzip.compress(good_tar())
    path = tmp_path / "bundle"
    path.write_bytes(data)
    assert walked(str(path)).content[RESPONSE_LOG] == LOG


def test_empty_and_strange_files() -> None:
    for data in (b"", b"\0" * 5000, os.urandom(5000), b"\x1f\x8b\x08", b"PK\x03\x04", b"BZh9", b"\xfd7zXZ\0", b"\n"):
        result = piped(data)
        assert len(result.content) + len(result.notes) >= 1
        assert all(note.problem for note in result.notes)


class FailingPipe(io.BytesIO):
    """A pipe that breaks after 100 kB."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= 100_000:
            raise OSError(5, "Input/output error")
        return super().read(size)

    read1 = read


def test_a_broken_pipe_ends_the_member_with_a_finding() -> None:
    notes: list[InputNote] = []
    sizes = [len(b"".join(member.open())) for member in walk(["-"], Limits(), notes, FailingPipe(LOG * 1000))]
    assert sizes == [pytest.approx(100_000, abs=70_000)]
    assert [note.problem for note in notes] == ["cannot be read on: Input/output error"]
