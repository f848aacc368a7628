"""What the commands say on other systems than Linux."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cli.terminal import Run
from support import SAMPLES


def test_check_says_that_it_is_for_linux(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for other in ("win32", "darwin"):
        monkeypatch.setattr(sys, "platform", other)
        done = run("check")
        assert done.status == 2
        assert "check is for Linux" in done.err
        assert "check is for Linux" in run("check", "--print-unit").err
        assert run("check", "--format", "plugin").status == 3


def test_paths_of_windows_are_shown_as_they_are(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here a backslash is a letter of a name like any other; so the report shows what the user typed."""
    monkeypatch.chdir(tmp_path)
    name = r"C:\Users\me\sw-response-mgmt.log"
    Path(name).write_bytes((SAMPLES / "dh-openssl" / "sw-response-mgmt.log").read_bytes())
    out = run("triage", "--no-save", "--no-redact", name).out
    assert name in out
