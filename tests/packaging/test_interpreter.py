"""A Python from Debian's packages: which packages it takes, and how it is started."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sestriage_build import interpreter
from sestriage_build.work import TARGETS, BuildError


def suite(**depends: str) -> dict[str, dict[str, str]]:
    return {name.replace("_", "-"): {"Depends": text} for name, text in depends.items()}


def test_all_that_it_depends_on_is_taken_once() -> None:
    packages = suite(top="lib (>= 2), virtual | other, mid:any", mid="lib, top", lib="", other="")
    packages["lib"]["Pre-Depends"] = "base"
    packages["base"] = {}
    assert interpreter._with_dependencies(["top"], packages) == ["base", "lib", "mid", "top"]


def test_a_version_that_the_suite_does_not_have() -> None:
    with pytest.raises(BuildError, match=r"Debian sid has no python9\.9-minimal"):
        interpreter._with_dependencies(["python9.9-minimal"], suite(lib=""))


def test_it_is_started_by_its_own_loader_under_the_name_that_was_called(tmp_path: Path) -> None:
    root = tmp_path / "a folder"
    library = root / "usr/lib/x86_64-linux-gnu"
    library.mkdir(parents=True)
    (root / "usr/bin").mkdir()
    (root / "usr/bin/python9.9").write_text("the program")
    loader = library / TARGETS["amd64"].loader
    loader.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    loader.chmod(0o755)
    program = interpreter._launcher(root, "9.9", TARGETS["amd64"])
    link = tmp_path / "python"
    link.symlink_to(program)
    said = subprocess.run([link, "-c", "a  b"], capture_output=True, text=True, check=True, timeout=60).stdout
    moved = f"{program}.program"
    assert said.splitlines() == ["--argv0", str(link), "--library-path", str(library), moved, "-c", "a  b"]
    assert Path(moved).read_text() == "the program"
