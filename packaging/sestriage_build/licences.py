"""The copyright file of everything inside the tree."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

from sestriage_build import locks
from sestriage_build.work import BuildError, Target

_FILE = re.compile(r"(?i)\.dist-info/(?:licenses/)?(?:.*/)?((?:licen[sc]e|copying|notice|authors)[^/]*)$")
_DEP5 = re.compile(r"^License: *(\S.*)$", re.MULTILINE)
GIVEN: dict[str, str] = {}
"""Text for a wheel that carries no licence file."""


def gather(folder: Path, unpacked: Path, target: Target, wheels: Iterable[Path]) -> None:
    """One folder for each part: Debian's `copyright`, the licence files of a wheel.

    Raises:
        BuildError: a part has none.
    """
    for package in locks.debian(target.debian):
        into = folder / package.name
        into.mkdir(parents=True)
        shutil.copyfile(copyright_of(package.name, unpacked), into / "copyright")
    for wheel in wheels:
        name = locks.normal(wheel.name.split("-")[0])
        texts = _texts(wheel)
        if not texts:
            raise BuildError(f"{wheel.name} carries no licence file: give its text in licences.GIVEN")
        (folder / name).mkdir(parents=True)
        for number, (title, text) in enumerate(texts):
            path = folder / name / title
            (path if not path.exists() else folder / name / f"{number}-{title}").write_bytes(text)


def copyright_of(package: str, unpacked: Path) -> Path:
    """Debian's file about a package; some packages link to the one of another."""
    path = unpacked / "usr/share/doc" / package
    if path.is_symlink():
        path = path.parent / path.readlink()
    path = path / "copyright"
    if path.is_symlink():
        path = unpacked / path.readlink().relative_to("/") if path.readlink().is_absolute() else path.resolve()
    if not path.is_file():
        raise BuildError(f"{package} has no copyright file")
    return path


def short_names(copyright_file: Path) -> list[str]:
    """The licences that a machine-readable copyright file names; empty for one in prose."""
    found = _DEP5.findall(copyright_file.read_text(encoding="utf-8", errors="replace"))
    return sorted({name.strip() for name in found})


def _texts(wheel: Path) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(wheel) as archive:
        found = [(match.group(1), name) for name in sorted(archive.namelist()) if (match := _FILE.search(name))]
        texts = [(title, archive.read(name)) for title, name in found]
    given = GIVEN.get(locks.normal(wheel.name.split("-")[0]))
    return texts or ([("LICENSE", given.encode())] if given else [])
