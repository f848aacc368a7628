"""Wheels: sestriage's own, built with pinned tools, and those of others, by their hashes."""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path

from sestriage_build import locks
from sestriage_build.work import PYTHON, ROOT, BuildError, Target, run

PLATFORMS = ("manylinux_2_28", "manylinux_2_17", "manylinux2014", "manylinux_2_12", "manylinux2010")
"""What runs with the glibc of the tree; a wheel may bear any of them."""
TOOLS = ROOT / "build" / "packaging" / "tools"


def _made() -> Path:
    """An environment with the pinned tools, made once."""
    python = TOOLS / "bin" / "python"
    stamp = TOOLS / "lock.txt"
    lock = locks.TOOLS.read_text(encoding="utf-8") if locks.TOOLS.is_file() else ""
    if not python.is_file():
        run([sys.executable, "-m", "venv", "--clear", TOOLS])
    if lock and (not stamp.is_file() or stamp.read_text(encoding="utf-8") != lock):
        run([python, "-m", "pip", "install", "-q", "--require-hashes", "-r", locks.TOOLS])
        stamp.write_text(lock, encoding="utf-8")
    return python


def tool(name: str, version: str) -> Path:
    """A program that is not pinned by the locks, because it writes or judges them: it gets into no package."""
    place = TOOLS.with_name(f"tool-{name}")
    python = place / "bin" / "python"
    if not python.is_file():
        run([sys.executable, "-m", "venv", "--clear", place])
    run([python, "-m", "pip", "install", "-q", f"{name}=={version}"])
    return place / "bin" / name


def own(into: Path, seconds: int) -> Path:
    """The wheel of the checkout."""
    shutil.rmtree(into, ignore_errors=True)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(seconds)}
    build = ["-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--wheel-dir", into, ROOT]
    run([_made(), *build], environment)
    (wheel,) = into.glob("sestriage-*.whl")
    return wheel


def others(target: Target, cache: Path) -> list[Path]:
    """The wheels of the lock for a kind of machine, each as pip has checked it."""
    folder = cache / target.debian
    command = [_made(), "-m", "pip", "download", "-q", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    platforms = [word for name in PLATFORMS for word in ("--platform", f"{name}_{target.machine}")]
    run([*command, *platforms, "--python-version", PYTHON, "--implementation", "cp", "-d", folder, "-r", _lock(cache)])
    wanted = locks.pinned(locks.RUNTIME)
    found = {}
    for path in sorted(folder.glob("*.whl")):
        name, version = path.name.split("-")[:2]
        if wanted.get(locks.normal(name)) == version:
            found[locks.normal(name)] = path
    missing = sorted(set(wanted) - set(found))
    if missing:
        raise BuildError(f"no wheel of {', '.join(missing)} for {target.machine}")
    return [found[name] for name in sorted(found)]


def _lock(cache: Path) -> Path:
    """The lock without its markers: they ask about the machine that builds, which may be another one."""
    cache.mkdir(parents=True, exist_ok=True)
    lines = locks.RUNTIME.read_text(encoding="utf-8").splitlines()
    plain = cache / "runtime.txt"
    text = "\n".join(line.partition(" ; ")[0] + " \\" if " ; " in line else line for line in lines)
    plain.write_text(text, encoding="utf-8")
    return plain


def unpack(wheel: Path, site: Path) -> None:
    """The content of a wheel; its scripts are left out, for there is one launcher."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)


def metadata(wheel: Path) -> dict[str, str]:
    """Name, version, licence of a wheel, as it tells them itself."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(entry for entry in archive.namelist() if entry.endswith(".dist-info/METADATA"))
        told = HeaderParser().parsestr(archive.read(name).decode("utf-8"))
    classified = [value.split(" :: ")[-1] for value in told.get_all("Classifier") or () if value.startswith("License")]
    short = (told["License"] or "").strip()
    licence = told["License-Expression"] or ", ".join(classified) or (short if len(short) < 40 else "")
    return {"name": told["Name"], "version": told["Version"], "licence": licence or "see its copyright file"}
