"""Compares what two commits of sestriage print: every command, sample, format and language (`golden_jobs`).

    python tests/golden.py BASE                  # a commit, against the work tree
    python tests/golden.py BASE HEAD             # against another commit
    python tests/golden.py BASE --only '^explain/' --lines 200

Nothing is kept: both sides are run now, side by side, from the sources that git has of them, with the inputs of this
work tree, the same environment, and one worker process for each side and processor (`golden_worker`). Texts that
depend on the time or on where a tree lies are made equal.

Exit status: 0 equal, 1 not equal, 2 a side cannot be run.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from golden_jobs import Job, all_jobs

ROOT = Path(__file__).resolve().parent.parent
WORKER = Path(__file__).resolve().parent / "golden_worker.py"
WORK_TREE = "worktree"
INPUTS = ("samples", "tests/formats/log/data", "tests/formats/transcript")
"""What the commands are given; copied, so that both sides name the same paths."""
SOURCES = ("src", "rules", "pyproject.toml")
"""What it takes to run a side."""
WRITTEN = 1_795_900_000
"""When the inputs were written last (seconds since 1970)."""
MORE_NAMES = 6
"""Further outputs with the same difference that are named."""


class Side:
    """One of the two trees, and what it printed, by the name of the job."""

    def __init__(self, commit: str, tree: Path) -> None:
        self.commit = commit
        self.tree = tree
        self.printed: dict[str, str] = {}
        self.failure = ""


def tree_of(commit: str, into: Path) -> Path:
    """Copies the sources of a commit, or of the work tree as it is now. Raises `CalledProcessError` for no commit."""
    if commit == WORK_TREE:
        for name in SOURCES:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            into.mkdir(exist_ok=True)
            copy(ROOT / name, into / name)
        return into
    archive = subprocess.run(
        ["git", "-C", str(ROOT), "archive", commit, *SOURCES], check=True, stdout=subprocess.PIPE
    ).stdout
    into.mkdir()
    subprocess.run(["tar", "-x", "-C", str(into)], input=archive, check=True)
    return into


def copy_inputs(into: Path) -> Path:
    """The folder in which all commands run."""
    for name in INPUTS:
        shutil.copytree(ROOT / name, into / name, ignore=shutil.ignore_patterns("*.py", "lab", "__pycache__"))
    for file in into.rglob("*"):
        os.utime(file, (WRITTEN, WRITTEN))
    return into


def environment(side: Side) -> dict[str, str]:
    """The same for both sides, apart from where the sources lie."""
    return {
        **{name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ},
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": str(side.tree / "src"),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "COLUMNS": "100",
    }


def run_worker(side: Side, jobs: Sequence[Job], inputs: Path, scratch: Path) -> None:
    """Runs the jobs in a process of the side's own."""
    worker = subprocess.Popen(
        [sys.executable, "-P", str(WORKER), str(side.tree), str(inputs), str(scratch)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(side),
        encoding="utf-8",
        cwd=inputs,
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    with worker:
        for job in jobs:
            try:
                worker.stdin.write(json.dumps(job._asdict()) + "\n")
                worker.stdin.flush()
                answer = worker.stdout.readline()
            except BrokenPipeError:
                answer = ""
            if not answer:
                side.failure = f"the worker of {side.commit} ended at {job.name}"
                return
            side.printed[job.name] = json.loads(answer)


def run_all(sides: Sequence[Side], jobs: Sequence[Job], inputs: Path, scratch: Path, workers: int) -> None:
    """Runs all jobs of all sides, `workers` processes a side."""
    threads = []
    for side_number, side in enumerate(sides):
        for number in range(workers):
            home = scratch / f"{side_number}" / f"{number}"
            home.mkdir(parents=True)
            threads.append(threading.Thread(target=run_worker, args=(side, jobs[number::workers], inputs, home)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def difference(before: str, after: str, lines: int) -> str:
    """A unified diff of two outputs, cut after so many lines; empty for equal ones."""
    found = list(difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", lineterm="", n=2))
    rest = len(found) - lines
    return "\n".join(found[:lines]) + (f"\n… {rest} more lines" if rest > 0 else "")


def show(sides: Sequence[Side], jobs: Sequence[Job], lines: int) -> int:
    """Prints every difference once, with the names of the outputs that have it; returns how many outputs differ."""
    names: dict[str, list[str]] = {}
    for job in jobs:
        before, after = (side.printed[job.name] for side in sides)
        if before != after:
            names.setdefault(difference(before, after, lines), []).append(job.name)
    for text, having in sorted(names.items(), key=lambda item: len(item[1])):
        more = f" and {len(having) - MORE_NAMES} more" if len(having) > MORE_NAMES else ""
        print(f"=== {', '.join(having[:MORE_NAMES])}{more}\n{text}\n")
    return sum(map(len, names.values()))


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("base", help="a commit")
    parser.add_argument("head", nargs="?", default=WORK_TREE, help="a commit; default: the work tree")
    parser.add_argument("--only", default="", metavar="REGEX", help="only the outputs whose names have this in them")
    parser.add_argument("--part", default="1/1", metavar="K/N", help="the K-th of N equal parts of them")
    parser.add_argument("--lines", type=int, default=60, help="of a difference that are shown (default: 60)")
    parser.add_argument("--workers", type=int, default=1, help="processes for each of the two sides (default: 1)")
    parser.add_argument("--list", action="store_true", help="print the names of the outputs, and run nothing")
    parser.add_argument("--show", action="store_true", help="print the outputs of the second commit too")
    asked = parser.parse_args()
    number, parts = map(int, asked.part.split("/"))
    jobs = all_jobs(ROOT, asked.only)[number - 1 :: parts]
    if asked.list:
        print("\n".join(job.name for job in jobs))
        return 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="golden-") as folder:
        scratch = Path(folder)
        try:
            sides = [Side(name, tree_of(name, scratch / f"tree{n}")) for n, name in enumerate((asked.base, asked.head))]
        except subprocess.CalledProcessError:
            return 2
        run_all(sides, jobs, copy_inputs(scratch / "inputs"), scratch / "homes", asked.workers)
    if failures := [side.failure for side in sides if side.failure]:
        print("\n".join(failures), file=sys.stderr)
        return 2
    if asked.show:
        for job in jobs:
            print(f"=== {job.name}\n{sides[1].printed[job.name]}")
    count = show(sides, jobs, asked.lines)
    print(f"{asked.base} and {asked.head}: {count} of {len(jobs)} outputs differ ({time.monotonic() - began:.0f} s)")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
