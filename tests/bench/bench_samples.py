"""Seconds and peak memory of `sestriage triage` for every sample, whole process.

    python tests/bench/bench_samples.py [--runs 3]

Prints the median of the wall-clock times and the largest resident set, and the same for `sestriage --version`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from surroundings import as_users_have_it

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def measure(command: list[str], runs: int) -> tuple[float, float, int]:
    """Median seconds, peak resident set in MiB, exit status of the last run."""
    seconds: list[float] = []
    peak = 0
    status = 0
    for _ in range(runs):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, raw, usage = os.wait4(process.pid, 0)
        process.returncode = status = os.waitstatus_to_exitcode(raw)
        seconds.append(time.perf_counter() - start)
        peak = max(peak, usage.ru_maxrss)
    return statistics.median(seconds), peak / 1024, status


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    as_users_have_it()
    program = [sys.executable, "-m", "sestriage"]
    rows = [("--version", [*program, "--version"])]
    for case in sorted(path.parent for path in SAMPLES.glob("*/expected.json")):
        rows.append((case.name, [*program, "triage", "--no-save", "--format", "json", str(case)]))
    print(f"{'sample':28} {'seconds':>8} {'peak MiB':>9} status")
    for name, command in rows:
        seconds, peak, status = measure(command, runs)
        print(f"{name:28} {seconds:8.2f} {peak:9.1f} {status:6}")


if __name__ == "__main__":
    main()
