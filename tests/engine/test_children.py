"""Processes of our own: they end with their lives, and can be ended."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from engine.processes import none_left
from sestriage.engine.children import end, forked, large_file


@pytest.mark.parametrize(("raised", "status"), [(None, 0), (ValueError, 1), (KeyboardInterrupt, 1), (SystemExit, 1)])
def test_a_process_ends_with_its_life(raised: type[BaseException] | None, status: int) -> None:
    def life() -> None:
        if raised is not None:
            raise raised

    _, told = os.waitpid(forked(life), 0)
    assert os.waitstatus_to_exitcode(told) == status


def test_processes_are_ended_whether_they_live_or_not() -> None:
    with none_left():
        processes = [forked(lambda: time.sleep(600)), forked(lambda: None)]
        end(processes)
    assert processes == []


def test_large_files(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    large = large_file(str(path), 10, 4)
    assert large is not None
    found, head = large
    assert (found.st_size, head) == (10, b"0123")
    assert large_file(str(path), 11, 4) is None
    os.mkfifo(tmp_path / "fifo")
    for other in (tmp_path, tmp_path / "fifo", tmp_path / "absent"):
        assert large_file(str(other), 0, 4) is None
    assert large_file("a\0b", 0, 4) is None
