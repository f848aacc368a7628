"""A version of Python that the machine has not, from Debian's packages: `packaging/pythons` runs tests with it.

Debian's newest suite has newer versions than its releases. Their packages are unpacked into a folder and started by the
loader that lies there, so that the machine needs neither that suite nor its C library. Nothing of it gets into the
packages of sestriage, so it is pinned by no lock: the signed index of the suite names version and SHA-256.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from sestriage_build import fetch, index
from sestriage_build.locks import DebianFile
from sestriage_build.work import ROOT, TARGETS, BuildError, Target, run

AREA, SUITE = "debian", "sid"
FOLDER = ROOT / "build" / "pythons" / "debian"
LAUNCHER = """#!/bin/sh
# By its own loader; the name that it was called by is what tells Python of a virtual environment.
exec '{root}/{loader}' --argv0 "$0" --library-path '{libraries}' '{python}' "$@"
"""
_ALTERNATIVE = re.compile(r"^[a-z0-9][a-z0-9+.-]+")


def main() -> None:
    """Print the path of a Python: `python3 -m sestriage_build.interpreter 3.14`."""
    try:
        print(made(sys.argv[1], TARGETS["amd64"]))  # noqa: T201
    except BuildError as error:
        sys.exit(f"packaging/pythons: {error}")


def made(version: str, target: Target) -> Path:
    """The program that starts this version (`3.14`).

    Raises:
        BuildError: the suite does not have it.
    """
    packages = {entry["Package"]: entry for entry in index.entries(AREA, SUITE, target.debian) if "Package" in entry}
    names = _with_dependencies([f"python{version}-minimal", f"libpython{version}-stdlib"], packages)
    cache = FOLDER / "fetched"
    root = FOLDER / version
    cache.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    for name in names:
        run(["dpkg-deb", "--extract", fetch.debian(_file(packages[name], target), cache, None), root])
    return _launcher(root, version, target)


def _with_dependencies(wanted: list[str], packages: dict[str, dict[str, str]]) -> list[str]:
    """The packages and all that they depend on: of alternatives the first, virtual packages left out."""
    found: list[str] = []
    todo = list(wanted)
    while todo:
        name = todo.pop()
        if name in found:
            continue
        if name not in packages:
            if name in wanted:
                raise BuildError(f"Debian {SUITE} has no {name}")
            continue
        found.append(name)
        depends = ", ".join(packages[name].get(field, "") for field in ("Pre-Depends", "Depends"))
        firsts = (_ALTERNATIVE.match(part.strip()) for part in depends.split(","))
        todo += [first.group() for first in firsts if first]
    return sorted(found)


def _file(entry: dict[str, str], target: Target) -> DebianFile:
    path = f"{AREA}/{entry['Filename']}"
    return DebianFile(target.debian, entry["Package"], entry["Version"], entry["SHA256"], path)


def _launcher(root: Path, version: str, target: Target) -> Path:
    """In the program's own place, because Python finds its library from there."""
    program = root / "usr" / "bin" / f"python{version}"
    moved = program.with_name(f"{program.name}.program")
    program.rename(moved)
    places = [root / folder / target.multiarch for folder in ("lib", "usr/lib")]
    loader = next(place / target.loader for place in places if (place / target.loader).exists())
    text = LAUNCHER.format(
        root=root,
        loader=loader.relative_to(root),
        libraries=":".join(str(place) for place in places if place.is_dir()),
        python=moved,
    )
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)
    return program


if __name__ == "__main__":
    main()
