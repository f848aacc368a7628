"""What is pinned: Debian's packages and the wheels, each with its SHA-256 (`packaging/locks`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sestriage_build.work import PACKAGING, BuildError

FOLDER = PACKAGING / "locks"
DEBIAN = FOLDER / "debian.txt"
RUNTIME = FOLDER / "runtime.txt"
"""Wheels inside the package."""
TOOLS = FOLDER / "tools.txt"
"""What builds sestriage's own wheel."""
DEVELOPMENT = FOLDER / "dev.txt"
"""What the tests run with."""
AS_OF = re.compile(r"^# as of (\d{4}-\d\d-\d\d)$", re.MULTILINE)
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True)
class DebianFile:
    """A package of Debian's archive."""

    architecture: str
    name: str
    version: str
    sha256: str
    path: str
    """Below the archive's root: `debian/pool/…` or `debian-security/pool/…`."""


def debian(architecture: str) -> list[DebianFile]:
    """The packages for an architecture."""
    rows = [line.split() for line in DEBIAN.read_text(encoding="ascii").splitlines() if not line.startswith("#")]
    found = [DebianFile(*row) for row in rows if row and row[0] == architecture]
    if not found:
        raise BuildError(f"{DEBIAN.name} has no packages for {architecture}")
    return found


def pinned(path: Path) -> dict[str, str]:
    """Name to version of a lock of wheels; names as PyPI normalises them."""
    found = _PINNED.findall(path.read_text(encoding="utf-8"))
    return {normal(name): version for name, version in found}


def normal(name: str) -> str:
    """A package's name as PyPI compares them."""
    return re.sub(r"[-_.]+", "-", name).lower()


def as_of() -> str:
    """The day on which the locks named the newest of everything."""
    days = [AS_OF.search(path.read_text(encoding="utf-8")) for path in (DEBIAN, RUNTIME)]
    known = [day.group(1) for day in days if day]
    if len(known) != len(days):
        raise BuildError("a lock does not say which day it is of: packaging/build --update-locks")
    return min(known)
