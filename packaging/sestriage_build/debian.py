"""Debian's packages, unpacked side by side."""

from __future__ import annotations

import shutil
from pathlib import Path

from sestriage_build import fetch, locks
from sestriage_build.work import Target, run

NAMES = (
    "gcc-12-base",  # the copyright file of GCC's libraries
    "libbz2-1.0",
    "libc6",
    "libexpat1",
    "libffi8",
    "libgcc-s1",
    "liblzma5",
    "libpython3.11-minimal",
    "libpython3.11-stdlib",
    "libsqlite3-0",
    "libssl3",
    "libstdc++6",
    "python3.11-minimal",
    "zlib1g",
)
"""All that the tree takes from Debian; `elf` stops the build when a library is missing."""


def unpacked(target: Target, cache: Path, into: Path) -> Path:
    """A folder with the content of every package."""
    cache.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    day = locks.as_of()
    for package in locks.debian(target.debian):
        run(["dpkg-deb", "--extract", fetch.debian(package, cache, day), into])
    return into
