"""Run a fuzz target: `python -m fuzz.run logs --count 100000 --seed 1` with `src` and `tests` on PYTHONPATH.

Every input depends on the seed and its number only, so that a failure can be made again with `--first N --count 1`.
Prints how many ran, the slowest ones, and every exception with the number of its input.
"""

from __future__ import annotations

import argparse
import heapq
import random
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from fuzz.targets import TARGETS, Target

KEPT = 5
MAX_SECONDS = 10.0
"""An input that takes more time of the processor counts as a hang."""


@dataclass
class Figures:
    """What a run gave; `slowest` are pairs of seconds and number, `failures` of number and traceback."""

    ran: int = 0
    seconds: float = 0.0
    slowest: list[tuple[float, int]] = field(default_factory=list)
    failures: list[tuple[int, str]] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{self.ran} inputs in {self.seconds:.0f} s, {len(self.failures)} failures"]
        lines += [
            f"  slowest: {seconds:.3f} s, number {number}" for seconds, number in sorted(self.slowest, reverse=True)
        ]
        lines += [f"  number {number}:\n{text}" for number, text in self.failures[:20]]
        return "\n".join(lines)


def fuzz(
    target: Target, seed: int, first: int, count: int, folder: Path, most_seconds: float = float("inf")
) -> Figures:
    """Run `count` inputs of a target, fewer when the time is over."""
    figures = Figures()
    began = time.perf_counter()
    for number in range(first, first + count):
        if time.perf_counter() - began > most_seconds:
            break
        case = target.make(random.Random(f"{seed}/{number}"))
        started = time.process_time()
        try:
            target.run(case, folder)
        except Exception:
            figures.failures.append((number, traceback.format_exc(limit=-6)))
        took = time.process_time() - started
        if took > MAX_SECONDS:
            figures.failures.append((number, f"took {took:.1f} s"))
        heapq.heappush(figures.slowest, (took, number))
        if len(figures.slowest) > KEPT:
            heapq.heappop(figures.slowest)
        figures.ran += 1
    figures.seconds = time.perf_counter() - began
    return figures


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no input after so many seconds")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = fuzz(
            TARGETS[given.target], given.seed, given.first, given.count, Path(folder) / "case", given.seconds
        )
    sys.stdout.write(f"{given.target}, seed {given.seed}: {figures}\n")
    sys.exit(bool(figures.failures))


if __name__ == "__main__":
    main()
