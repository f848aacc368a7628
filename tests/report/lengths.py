"""How long reports are, where their advice begins, where five questions are answered, and how large the pages are.

    PYTHONPATH=src:tests python -m report.lengths [--verbose] [--pages]

For every report of every sample, at 80 columns: its lines, the line of the heading "What to do", and the line at which
each of these is answered: what failed? how sure? what do I type? what do I send? what is missing? (`-`: it has no
answer, as an accepted mail has none to "what do I type?"). Then median, maximum and distribution. `--verbose` measures
what `-v` prints, `--pages` adds the size of each page in KiB. `tests/report/test_length.py` holds the limits.
"""

from __future__ import annotations

import argparse
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sestriage.engine.triage import triage_cases
from sestriage.model.verdict import Outcome, Report
from sestriage.redact import Redactor, redact_report
from sestriage.report import text
from sestriage.report.common import CONFIDENCES
from sestriage.report.html import page
from sestriage.report.words import ENGLISH
from support import SAMPLES

WIDTH = 80
STEP = 10
"""Lines that share a bar of the distribution."""
ADVICE_AT = 12
"""The line at which the advice begins at the latest, in most reports of a failure."""
MOST = 0.9
MEDIAN_LINES = 40
USUAL_PAGE = 300 << 10
"""Bytes of a page of a usual case at most."""


class Answers(NamedTuple):
    """The line, from 1, at which a question is answered; None where there is no answer."""

    failed: int | None
    sure: int | None
    type: int | None
    """The first command of the first step, or the step itself where it is done in a form."""
    send: int | None
    """The heading of the lines for the ticket."""
    missing: int | None


class Length(NamedTuple):
    """A report of a sample: its lines, the line of the heading of the advice (None without), and the size of its page
    in bytes (None: not made)."""

    sample: str
    outcome: Outcome
    lines: int
    advice: int | None
    answers: Answers
    page: int | None = None


def lengths(*, verbose: bool = False, pages: bool = False) -> Iterator[Length]:
    """Every report of every sample."""
    for folder in sorted(path.parent for path in SAMPLES.glob("*/expected.json")):
        paths = [str(path) for path in sorted(folder.iterdir()) if path.name != "expected.json"]
        for report in triage_cases(paths):
            shown = redact_report(report, Redactor())
            drawn = text.render(shown, width=WIDTH, verbose=verbose).splitlines()
            advice = _line_of(ENGLISH["steps"], drawn)
            size = len(page.render(shown).encode()) if pages else None
            yield Length(folder.name, report.verdict.outcome, len(drawn), advice, answers(drawn, report), size)


def answers(drawn: Sequence[str], report: Report) -> Answers:
    """Where the five questions are answered."""
    words = [str(word) for word in CONFIDENCES.values()]
    rated = (number for number, line in enumerate(drawn, 1) if any(f"({word}" in line for word in words))
    sure = next(rated, None) if report.verdict.confidence else None
    failed = 1 if report.verdict.outcome is Outcome.FAILED else None
    send, missing = (_line_of(ENGLISH[heading], drawn) for heading in ("case-block", "needs"))
    return Answers(failed, sure, _typed(drawn), send, missing)


def _typed(drawn: Sequence[str]) -> int | None:
    """A command stands four blanks in, or at the left edge below its label."""
    heading = _line_of(ENGLISH["steps"], drawn)
    if heading is None:
        return None
    for number, line in enumerate(drawn[heading:], heading + 1):
        if not line:
            break
        if re.match(r" {4}\S", line):
            return number
    return heading + 1


def _line_of(heading: str, drawn: Sequence[str]) -> int | None:
    return drawn.index(heading) + 1 if heading in drawn else None


def summary(found: Sequence[Length]) -> Iterator[str]:
    """The figures of all reports together, and whether they keep the limits."""
    lines = [length.lines for length in found]
    failed = [length for length in found if length.outcome is Outcome.FAILED]
    advice = [length.advice for length in failed if length.advice is not None]
    early = sum(line <= ADVICE_AT for line in advice)
    yield f"reports: {len(found)}, of failures: {len(failed)}, lines of all: {sum(lines)}"
    yield f"lines: median {statistics.median(lines):g} (limit {MEDIAN_LINES}), maximum {max(lines)}"
    yield f"advice at line: median {statistics.median(advice):g}, maximum {max(advice)}"
    yield f"advice at line {ADVICE_AT} or earlier: {early} of {len(failed)} (limit {MOST:.0%})"
    yield from distribution(lines)
    for question in Answers._fields:
        known = [line for length in found if (line := getattr(length.answers, question)) is not None]
        middle = f"median {statistics.median(known):g}, maximum {max(known)}" if known else "never"
        yield f"{question}: answered in {len(known)} of {len(found)}, at line: {middle}"
    sizes = [length.page for length in found if length.page is not None]
    if sizes:
        yield f"pages: median {statistics.median(sizes) / 1024:.1f} KiB, maximum {max(sizes) / 1024:.1f} KiB"


def distribution(lines: Iterable[int]) -> Iterator[str]:
    """A bar for every ten lines."""
    for start, count in sorted(Counter(number // STEP * STEP for number in lines).items()):
        yield f"{start:4} to {start + STEP - 1:4} lines: {count:3} {'#' * count}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--pages", action="store_true")
    asked = parser.parse_args()
    found = list(lengths(verbose=asked.verbose, pages=asked.pages))
    titles = ("sample", "outcome", "lines", "advice", *Answers._fields, "page")
    print("{:29} {:12} {:>5} {:>6} {:>6} {:>4} {:>4} {:>4} {:>7} {:>6}".format(*titles))
    for length in found:
        size = "-" if length.page is None else f"{length.page / 1024:.1f}"
        cells = [str(cell or "-") for cell in (length.advice, *length.answers)]
        print(
            f"{length.sample:29} {length.outcome.value:12} {length.lines:5} "
            "{:>6} {:>6} {:>4} {:>4} {:>4} {:>7}".format(*cells),
            f"{size:>6}",
        )
    print()
    print("\n".join(summary(found)))


if __name__ == "__main__":
    main()
