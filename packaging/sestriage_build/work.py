"""Folders of a build, programs that it runs, and the one time that everything in it bears."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""
PACKAGING = ROOT / "packaging"
HERE = Path(__file__).resolve().parent


class BuildError(Exception):
    """The build cannot go on; the text says why, for the person who builds."""


@dataclass(frozen=True)
class Target:
    """A kind of machine that is built for."""

    debian: str
    """Debian's name of the architecture."""
    machine: str
    """The kernel's name (`uname -m`), which wheels bear too."""
    loader: str
    """File name of the dynamic loader."""

    @property
    def multiarch(self) -> str:
        """Debian's folder of libraries."""
        return f"{self.machine}-linux-gnu"


TARGETS = {
    "amd64": Target("amd64", "x86_64", "ld-linux-x86-64.so.2"),
    "arm64": Target("arm64", "aarch64", "ld-linux-aarch64.so.1"),
}
PYTHON = "3.11"


def run(command: Sequence[object], env: Mapping[str, str] | None = None) -> str:
    """What a program prints.

    Raises:
        BuildError: it is not there, or failed.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, env=env)
    except OSError as error:
        raise BuildError(f"cannot run {words[0]}: {error.strerror}") from error
    if done.returncode:
        raise BuildError(f"{' '.join(words[:6])} … failed with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def epoch() -> int:
    """`SOURCE_DATE_EPOCH`, else the time of the checkout's commit, in seconds since 1970."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        given = run(["git", "-C", ROOT, "log", "-1", "--format=%ct"]).strip()
    if not given.isdigit():
        raise BuildError(f"SOURCE_DATE_EPOCH is no number of seconds: {given!r}")
    return int(given)


def day_of(seconds: int) -> str:
    """As `2026-11-29`, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def sha256(path: Path) -> str:
    """Of a file's content, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def files_of(folder: Path) -> list[Path]:
    """Every file and link below a folder, in one order everywhere."""
    return sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def set_times(folder: Path, seconds: int) -> None:
    """Everything in a folder, and itself, was changed at the time of the build."""
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (seconds, seconds), follow_symlinks=False)


def set_modes(folder: Path, programs: Iterable[Path]) -> None:
    """Everyone may read, and run the programs: not what the umask of the person who builds happens to be."""
    named = set(programs)
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path in named else 0o644)
