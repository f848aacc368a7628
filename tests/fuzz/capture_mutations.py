"""Random damage to each small capture beside the checkout: many thousand of each, the figures as a table.

PYTHONPATH=src:tests python -m fuzz.capture_mutations --count 10000
"""

from __future__ import annotations

import argparse
import gzip
import random
import resource
import sys
import time
from dataclasses import dataclass

from formats.capture.damage import foreign, keylog_of, mutated
from formats.capture.wire import read
from sestriage.formats.capture.read import UNEXPECTED

SMALL = 20_000
"""Bytes of a small capture, decompressed."""


@dataclass
class Figures:
    """What the damage to one capture did; `problems` counts answers that name damage, `failures` broken promises."""

    name: str
    size: int
    count: int = 0
    problems: int = 0
    streams: int = 0
    failures: int = 0
    slowest: float = 0.0
    seconds: float = 0.0


def damage(name: str, data: bytes, keylog: bytes | None, count: int, seed: int) -> Figures:
    """Reads `count` damaged copies of a capture."""
    figures, rng = Figures(name, len(data)), random.Random(f"{seed}/{name}")
    for number in range(count):
        changed = mutated(rng, data)
        begun = time.perf_counter()
        try:
            capture = read(changed, keylog)
        except Exception as error:
            figures.failures += 1
            print(f"{name}, number {number}: {type(error).__name__}: {error}", file=sys.stderr)
            continue
        took = time.perf_counter() - begun
        unexpected = (capture.problem or "").startswith(UNEXPECTED)
        if unexpected or took > 10:
            figures.failures += 1
            print(f"{name}, number {number}: {capture.problem}, {took:.1f} s", file=sys.stderr)
        figures.count += 1
        figures.problems += capture.problem is not None
        figures.streams += bool(capture.streams)
        figures.slowest = max(figures.slowest, took)
        figures.seconds += took
    return figures


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="mutations of each capture")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--largest", type=int, default=SMALL, help="bytes of the largest capture")
    given = parser.parse_args()
    heads = (
        "capture",
        "bytes",
        "mutations",
        "a problem named",
        "with conversations",
        "failures",
        "slowest ms",
        "mean ms",
    )
    print("| " + " | ".join(heads) + " |")
    print("| --- |" + " ---: |" * (len(heads) - 1))
    total, failures = 0, 0
    for path in foreign():
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        if len(data) > given.largest:
            continue
        f = damage(path.name, data, keylog_of(path), given.count, given.seed)
        total, failures = total + f.count, failures + f.failures
        mean = 1000 * f.seconds / max(1, f.count)
        cells = (f.name, f.size, f.count, f.problems, f.streams, f.failures, f"{1000 * f.slowest:.0f}", f"{mean:.2f}")
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"\n{total} mutations, {failures} failures, peak memory {peak} MiB")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
