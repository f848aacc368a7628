"""How long the text report is, and where its advice begins, for every sample at 80 columns.

    python tests/bench/bench_report.py [--verbose]

Prints for each sample the lines of the report and the line of the heading "What to do", then median, maximum and
distribution. `tests/report/test_length.py` holds the limits. `--verbose` measures what `-v` prints.
"""

from __future__ import annotations

import argparse
import statistics
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sestriage.engine.triage import triage_cases
from sestriage.model.verdict import Outcome
from sestriage.redact import Redactor, redact_report
from sestriage.report import text
from sestriage.report.words import ENGLISH

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
WIDTH = 80
STEP = 10
"""Lines that share a bar of the distribution."""


class Length(NamedTuple):
    """A report of a sample: its lines, and the line of the heading of the advice; None without such a heading."""

    sample: str
    outcome: Outcome
    lines: int
    advice: int | None


def lengths(*, verbose: bool = False) -> Iterator[Length]:
    """Every report of every sample."""
    for folder in sorted(path.parent for path in SAMPLES.glob("*/expected.json")):
        paths = [str(path) for path in sorted(folder.iterdir()) if path.name != "expected.json"]
        for report in triage_cases(paths):
            drawn = text.render(redact_report(report, Redactor()), width=WIDTH, verbose=verbose).splitlines()
            heading = drawn.index(ENGLISH["steps"]) + 1 if ENGLISH["steps"] in drawn else None
            yield Length(folder.name, report.verdict.outcome, len(drawn), heading)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verbose", action="store_true")
    found = list(lengths(verbose=parser.parse_args().verbose))
    print(f"{'sample':28} {'outcome':14} {'lines':>5} {'advice':>6}")
    for length in found:
        print(f"{length.sample:28} {length.outcome.value:14} {length.lines:5} {length.advice or '-':>6}")
    lines = [length.lines for length in found]
    advice = [length.advice for length in found if length.advice is not None]
    print(f"\nlines: median {statistics.median(lines):g}, maximum {max(lines)}, all {sum(lines)}")
    print(f"advice at line: median {statistics.median(advice):g}, maximum {max(advice)}")
    for start, count in sorted(Counter(number // STEP * STEP for number in lines).items()):
        print(f"{start:4} to {start + STEP - 1:4} lines: {count:3} {'#' * count}")


if __name__ == "__main__":
    main()
