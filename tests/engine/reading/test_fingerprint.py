"""Sizes and digests of what was handed in."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from sestriage.engine.reading import fingerprint as module
from sestriage.engine.reading.fingerprint import fingerprint, fingerprints


def test_a_file_is_hashed_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    file.write_bytes(b"line\n" * 3)
    os.utime(file, (1_000_000_000, 1_000_000_000))
    found = fingerprint(str(file))
    assert (found.size, found.sampled) == (15, False)
    assert found.sha256 == hashlib.sha256(b"line\n" * 3).hexdigest()
    assert found.modified is not None
    assert found.modified.isoformat() == "2001-09-09T01:46:40+00:00"


def test_of_a_large_file_both_ends_are_hashed_unless_all_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_WHOLE", 10)
    monkeypatch.setattr(module, "SAMPLE", 3)
    file = tmp_path / "large"
    file.write_bytes(b"abcdefghijkl")
    found = fingerprint(str(file))
    assert (found.size, found.sampled) == (12, True)
    assert found.sha256 == hashlib.sha256(b"abcjkl").hexdigest()
    whole = fingerprint(str(file), whole=True)
    assert (whole.sha256, whole.sampled) == (hashlib.sha256(b"abcdefghijkl").hexdigest(), False)


def test_nothing_but_files_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (str(tmp_path / "pipe"), str(tmp_path / "absent"), "-", "a\0b"):
        found = fingerprint(path)
        assert (found.source.path, found.size, found.sha256) == (path, None, None)


def test_folders_are_listed_without_links_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "b").mkdir()
    for name in ("c", "a", "b/x"):
        (tmp_path / name).write_text(name)
    (tmp_path / "link").symlink_to(tmp_path / "a")
    listed, left_out = fingerprints([str(tmp_path), str(tmp_path)])
    assert [Path(digest.source.path).relative_to(tmp_path).as_posix() for digest in listed] == ["a", "c", "b/x"]
    assert left_out == 0
    monkeypatch.setattr(module, "MAX_LISTED", 2)
    listed, left_out = fingerprints([str(tmp_path)])
    assert (len(listed), left_out) == (2, 1)
