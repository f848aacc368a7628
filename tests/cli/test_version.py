"""`--version`: the program, its commit where that is known, and what it runs on."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import pytest

from cli.terminal import Run
from sestriage import __version__
from sestriage.cli import version

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A checkout that git knows nothing of yet."""
    folder = tmp_path / "src" / "sestriage"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    return folder


def test_it_names_python_and_the_libraries(run: Run) -> None:
    out = run("--version").out
    assert out.startswith(f"sestriage {__version__}")
    assert f"Python {platform.python_version()}, hyperscan " in out
    assert ", isal " in out
    assert run("-V").out == out


def test_a_library_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "LIBRARIES", ("no-such-library-at-all",))
    assert version.text().endswith("no-such-library-at-all not installed")


def test_no_commit_is_known(package: Path) -> None:
    assert version.commit_of(package) is None


def test_the_commit_of_a_built_package(package: Path) -> None:
    (package / version.COMMIT_FILE).write_text(f"{COMMIT}\n", encoding="ascii")
    assert version.commit_of(package) == COMMIT


@pytest.mark.parametrize("text", ["HEAD\n", "\x1b[31m" + COMMIT, ""])
def test_what_is_no_commit(package: Path, text: str) -> None:
    (package / version.COMMIT_FILE).write_text(text, encoding="ascii")
    assert version.commit_of(package) is None


def test_the_commit_of_a_checkout(package: Path) -> None:
    root = package.parents[1]

    def git(*words: str) -> str:
        command = ["git", "-C", str(root), "-c", "user.name=x", "-c", "user.email=x@x.example", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "x")
    assert version.commit_of(package) == git("rev-parse", "HEAD")
    git("pack-refs", "--all")
    assert version.commit_of(package) == git("rev-parse", "HEAD")
    git("checkout", "-q", "--detach")
    assert version.commit_of(package) == git("rev-parse", "HEAD")
    git("worktree", "add", "-q", str(root / "other"))
    other = root / "other" / "src" / "sestriage"
    other.mkdir(parents=True)
    (other / "__init__.py").touch()
    assert version.commit_of(other) == git("rev-parse", "HEAD")
