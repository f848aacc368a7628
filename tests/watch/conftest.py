from __future__ import annotations

from pathlib import Path

import pytest

from watch.watching import GrowingLog, Watch


@pytest.fixture
def log(tmp_path: Path) -> GrowingLog:
    folder = tmp_path / "logs"
    folder.mkdir()
    return GrowingLog(folder)


@pytest.fixture
def watch(log: GrowingLog, tmp_path: Path) -> Watch:
    return Watch(log, tmp_path / "state", tmp_path / "out.txt")
