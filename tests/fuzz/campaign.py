"""Run campaigns and print their figures: `python -m fuzz.campaign parsers --count 100000 --seed 1`.

An input depends on seed and number only: `--first N --count 1` makes it again. With `--keep FOLDER` every input that
broke a promise is written there, as `TARGET/KIND/SEED-NUMBER`; what stands in tests/fuzz/found is replayed by the suite
after it was mended.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fuzz.parsers import PARSER_TARGETS
from fuzz.run import MAX_SECONDS
from fuzz.sites import SITE_TARGETS
from fuzz.targets import Target
from fuzz.wholes import WHOLE_TARGETS

CAMPAIGNS: Mapping[str, Target] = {**PARSER_TARGETS, **WHOLE_TARGETS, **SITE_TARGETS}
"""Target to its inputs, each a pair of a kind and bytes."""

FOUND = Path(__file__).parent / "found"
"""Inputs that once broke a promise, as `TARGET/KIND/NAME`."""


@dataclass
class Row:
    """The figures of one kind of input; times are seconds of the processor, `slowest` with the input's number."""

    ran: int = 0
    seconds: float = 0.0
    slowest: tuple[float, int] = (0.0, 0)
    failures: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Campaign:
    """What to run: inputs `first` to `first + count` of a target, none begun when `seconds` are over."""

    target: str
    seed: int
    first: int = 0
    count: int = 1000
    seconds: float = float("inf")
    keep: Path | None = None

    def run(self, folder: Path) -> dict[str, Row]:
        """Kind of input to its figures; `folder` is one that the inputs may use."""
        rows: dict[str, Row] = {}
        until = time.perf_counter() + self.seconds
        for number in range(self.first, self.first + self.count):
            if time.perf_counter() > until:
                break
            case = CAMPAIGNS[self.target].make(random.Random(f"{self.seed}/{number}"))
            assert isinstance(case, tuple)
            row = rows.setdefault(case[0], Row())
            problem = self._one(case, number, folder, row)
            if problem is not None:
                row.failures.append((number, problem))
                self._keep(case, number)
        return rows

    def _one(self, case: tuple[str, bytes], number: int, folder: Path, row: Row) -> str | None:
        """Why the input broke a promise; None when it broke none."""
        started, problem = time.process_time(), None
        try:
            CAMPAIGNS[self.target].run(case, folder)
        except (Exception, SystemExit):
            problem = traceback.format_exc(limit=-6)
        took = time.process_time() - started
        row.ran += 1
        row.seconds += took
        row.slowest = max(row.slowest, (took, number))
        return f"took {took:.1f} s" if problem is None and took > MAX_SECONDS else problem

    def _keep(self, case: tuple[str, bytes], number: int) -> None:
        if self.keep is not None:
            path = self.keep / self.target / case[0] / f"{self.seed}-{number}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(case[1])


def table(target: str, rows: Mapping[str, Row]) -> str:
    """The figures as Markdown, a line for each kind of input and one for all."""
    lines = [f"| {target} | inputs | failures | slowest, ms | its number | mean, ms |", f"| ---{' | ---:' * 5} |"]
    whole = Row()
    for kind, row in sorted(rows.items()):
        lines.append(_line(kind, row))
        whole.ran += row.ran
        whole.seconds += row.seconds
        whole.slowest = max(whole.slowest, row.slowest)
        whole.failures += row.failures
    return "\n".join([*lines, _line("all", whole)])


def _line(kind: str, row: Row) -> str:
    slowest, number = row.slowest
    mean = 1000 * row.seconds / max(1, row.ran)
    return f"| {kind} | {row.ran} | {len(row.failures)} | {1000 * slowest:.0f} | {number} | {mean:.2f} |"


def failures(rows: Mapping[str, Row]) -> str:
    """The first failures, each with kind and number."""
    told = [(kind, *failure) for kind, row in sorted(rows.items()) for failure in row.failures[:5]]
    return "\n".join(f"{kind}, number {number}:\n{text}" for kind, number, text in told)


def found_inputs() -> Iterator[tuple[str, str, Path]]:
    """Target, kind and file of every input that once broke a promise."""
    for path in sorted(FOUND.glob("*/*/*")):
        yield path.parts[-3], path.parts[-2], path


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="+", choices=CAMPAIGNS, metavar="|".join(CAMPAIGNS))
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no input after so many seconds")
    parser.add_argument("--keep", type=Path, help="folder for the inputs that broke a promise")
    given = parser.parse_args()
    bad = False
    for target in given.targets:
        campaign = Campaign(target, given.seed, given.first, given.count, given.seconds, given.keep)
        with tempfile.TemporaryDirectory() as folder:
            rows = campaign.run(Path(folder) / "case")
        sys.stdout.write(f"{table(target, rows)}\n{failures(rows)}\n")
        sys.stdout.flush()
        bad = bad or any(row.failures for row in rows.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    sys.stdout.write(f"seed {given.seed}, peak memory {peak} MiB\n")
    sys.exit(bad)


if __name__ == "__main__":
    main()
