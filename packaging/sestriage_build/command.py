"""The options of `packaging/build`, and the way from locks to files."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from sestriage_build import deb, debian, lockupdate, prune, selfrun, tree, wheels
from sestriage_build.work import ROOT, TARGETS, BuildError, Target, epoch, set_times, sha256

WORK = ROOT / "build" / "packaging"
NATIVE = "amd64"
"""What the build machine runs itself: its tree's Python compiles the modules of every other one."""


def main() -> None:
    """Build what is asked for, and say where it lies."""
    options = _options()
    try:
        if options.update_locks:
            lockupdate.update()
            return
        for path in _build(options):
            print(f"{sha256(path)}  {path}  {path.stat().st_size / 1e6:.1f} MB")  # noqa: T201
    except BuildError as error:
        sys.exit(f"packaging/build: {error}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="packaging/build", description="Builds the .deb and the .run of sestriage.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder of the results (dist)")
    parser.add_argument("--architecture", choices=TARGETS, default=NATIVE, help="arm64 is built, but never run here")
    parser.add_argument("--update-locks", action="store_true", help="pin the newest of everything, and do nothing else")
    parser.add_argument("--without", choices=prune.OPTIONAL, action="append", default=[], help="leave this wheel out")
    parser.add_argument("--level", type=int, default=9, help="of compression; 1 is quick, for tests")
    return parser.parse_args()


def _build(options: argparse.Namespace) -> list[Path]:
    out: Path = options.out
    seconds = epoch()
    wheel = wheels.own(WORK / "wheel", seconds)
    native = _tree(TARGETS[NATIVE], wheel, seconds, options.without)
    tree.finish(native, native)
    made = native
    if options.architecture != NATIVE:
        made = _tree(TARGETS[options.architecture], wheel, seconds, options.without)
        tree.finish(made, native)
    set_times(made.path, seconds)
    out.mkdir(parents=True, exist_ok=True)
    name = "-".join(
        ["sestriage", made.version, "linux", made.target.machine, *(f"without-{one}" for one in made.without)]
    )
    results = [
        deb.write(made, out, WORK / "deb", seconds, options.level),
        selfrun.write(made, out / f"{name}.run", seconds, options.level),
        _copy(made.path / "share" / "doc" / "sbom.cdx.json", out / f"{name}.cdx.json"),
        _copy(wheel, out / wheel.name),
    ]
    sums = out / "SHA256SUMS" if made is native else out / f"SHA256SUMS.{made.target.debian}"
    sums.write_text("".join(f"{sha256(path)}  {path.name}\n" for path in results), encoding="ascii")
    return [*results, sums]


def _tree(target: Target, wheel: Path, seconds: int, without: Sequence[str]) -> tree.Tree:
    unpacked = debian.unpacked(target, WORK / "fetched" / "debian", WORK / "unpacked" / target.debian)
    others = wheels.others(target, WORK / "fetched" / "wheels")
    place = WORK / "tree" / target.debian / "opt" / "sestriage"
    return tree.make(place, target, unpacked, wheel, others, seconds, without)


def _copy(path: Path, to: Path) -> Path:
    shutil.copyfile(path, to)
    return to
