"""`python -m calibration [--only NAME,…] [--crossings N] [--seed N] [--verbose]`: prints the tables; 1 when a limit is
passed."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from calibration.evidence import samples
from calibration.measure import answered, crossings, subsets
from calibration.tables import figures, table

SEED = 20261129


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m calibration")
    parser.add_argument("--only", default="", help="names of samples, joined by commas")
    parser.add_argument("--crossings", type=int, default=60)
    parser.add_argument("--seed", type=int, default=SEED, help="of the crossings")
    parser.add_argument("--verbose", action="store_true", help="list what falls short")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        taken = [s for s in samples(Path(scratch)) if not options.only or s.name in options.only.split(",")]
        runs = list(subsets(taken))
        needs = list(answered(runs, taken, Path(scratch)))
        crossed = list(crossings(taken, options.crossings if len(taken) > 1 else 0, options.seed, Path(scratch)))
        lines = list(figures(runs, needs, crossed))
    print(f"{len(taken)} samples, {len(runs)} subsets of their evidence, {len(needs)} needs answered\n")
    print(table(lines))
    for figure in lines if options.verbose else ():
        print(f"\n{figure.name}:", *(f"\n- {case}" for case in figure.cases), sep="")
    return 0 if all(figure.holds for figure in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
