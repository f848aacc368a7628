"""Shared libraries: which ones the programs of a tree need, and what of them nobody needs at run time."""

from __future__ import annotations

import platform
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from sestriage_build.work import BuildError, Target, run

_NEEDED = re.compile(r"\(NEEDED\)\s+Shared library: \[([^\]]+)\]")
MAGIC = b"\x7fELF"


def programs(folder: Path) -> Iterator[Path]:
    """Every ELF file below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as stream:
                if stream.read(4) == MAGIC:
                    yield path


def needed(path: Path) -> list[str]:
    """The names of the libraries that an ELF file is linked with."""
    return _NEEDED.findall(run(["readelf", "--dynamic", "--wide", path]))


def gather(tree: Path, unpacked: Path, target: Target) -> None:
    """Copy every library that something in the tree needs, and what these need, into its `lib`.

    Raises:
        BuildError: a library is in none of Debian's packages that were unpacked.
    """
    library = tree / "lib"
    library.mkdir(exist_ok=True)
    places = [unpacked / folder / target.multiarch for folder in ("lib", "usr/lib")]
    todo = {target.loader, *(name for path in programs(tree) for name in needed(path))}
    while todo:
        name = todo.pop()
        if (library / name).exists():
            continue
        found = next((place / name for place in places if (place / name).exists()), None)
        if found is None:
            raise BuildError(f"nothing that was unpacked holds {name}")
        shutil.copyfile(found.resolve(), library / name)
        (library / name).chmod(0o755 if name == target.loader else 0o644)
        todo |= set(needed(library / name))


def strip(folder: Path, target: Target) -> None:
    """Take the tables for debuggers out of the wheels' libraries: some carry fourteen times what they need."""
    native = platform.machine() == target.machine
    tool = shutil.which(f"{target.multiarch}-strip") or (shutil.which("strip") if native else None)
    if tool is None and native:
        raise BuildError("there is no strip: install binutils")
    if tool is None:  # larger, and as good
        print(f"not stripped: there is no {target.multiarch}-strip", file=sys.stderr)  # noqa: T201
        return
    for path in programs(folder):
        run([tool, "--strip-unneeded", path])
