"""The figures of docs/calibration.md, and what they must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from calibration.measure import Answered, Crossing, Run, more_evidence
from calibration.quotes import cited, wrong_quotes
from sestriage.model.verdict import Confidence, Outcome


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: `bad` of `total` fall short, at most `limit` (a share) may; `cases` say which do."""

    name: str
    total: int
    cases: tuple[str, ...]
    limit: float = 0.0

    @property
    def bad(self) -> int:
        """How many fall short."""
        return len(self.cases)

    @property
    def holds(self) -> bool:
        """No more than the limit fall short."""
        return self.bad <= self.limit * self.total


def figures(runs: Sequence[Run], needs: Sequence[Answered], crossed: Sequence[Crossing]) -> Iterator[Figure]:
    """All of them, in the order of the table."""
    for confidence, limit in ((Confidence.CONFIRMED, 0.0), (Confidence.LIKELY, 0.01)):
        of_it = [run for run in runs if run.report.verdict.confidence is confidence]
        yield _figure(f"`{confidence}` and wrong", of_it, lambda run: run.wrong, limit)
    suspected = [run for run in runs if run.report.verdict.confidence is Confidence.SUSPECTED]
    yield _figure("`suspected` without the cause as primary or other reading", suspected, lambda r: not r.listed, 0.05)
    yield _figure("`suspected` without any other reading", suspected, _alone)
    yield _figure("failed without a cause", [run for run in runs if _failed(run)], _causeless)
    yield _pairs(runs)
    yield _steps(runs)
    yield _quotes(runs)
    yield _figure("accepted mail with an import as first step", [r for r in runs if r.truth.rule is None], _imports)
    yield from _needs(needs)
    untold = tuple(str(each) for each in crossed if not each.told)
    yield Figure("crossings of one moment, not told", len(crossed), untold)


def _figure(name: str, runs: Sequence[Run], falls_short: Callable[[Run], bool], limit: float = 0.0) -> Figure:
    return Figure(name, len(runs), tuple(str(run) for run in runs if falls_short(run)), limit)


def _alone(run: Run) -> bool:
    """No other reading is named, and no other suspected finding holds."""
    verdict = run.report.verdict
    return not verdict.alternatives and not any(
        finding.confidence is Confidence.SUSPECTED for finding in verdict.contributing
    )


def _failed(run: Run) -> bool:
    return run.report.verdict.outcome is Outcome.FAILED


def _causeless(run: Run) -> bool:
    return run.report.verdict.primary is None or run.report.verdict.confidence is None


def _imports(run: Run) -> bool:
    verdict = run.report.verdict
    steps = [step for finding in (verdict.primary, *verdict.contributing) if finding for step in finding.fixes]
    return bool(steps) and "import" in steps[0].text.lower()


def _pairs(runs: Sequence[Run]) -> Figure:
    pairs = list(more_evidence(runs))
    turned = tuple(f"{less} -> {more}" for less, more in pairs if less.right and more.wrong)
    return Figure("right turned wrong by more evidence", len(pairs), turned)


def _steps(runs: Sequence[Run]) -> Figure:
    claims = [(run, step) for run in runs for step in run.report.verdict.proven]
    false = tuple(f"{run}: {step.phase} ({step.proof})" for run, step in claims if step.phase not in run.truth.reached)
    return Figure("steps said to work that were not reached", len(claims), false)


def _quotes(runs: Sequence[Run]) -> Figure:
    false = tuple(f"{run}: {e.source}: {e.quote}" for run in runs for e in wrong_quotes(run.report))
    return Figure("quotes that are not at the place they cite", sum(len(cited(run.report)) for run in runs), false)


def _needs(needs: Sequence[Answered]) -> Iterator[Figure]:
    def line(each: Answered) -> str:
        then = f" -> {each.after}" if each.after else ""
        return f"{each.before}{then}; asked: {each.need.evidence}"

    there = tuple(line(each) for each in needs if each.after is None)
    yield Figure("needs that ask for what is there", len(needs), there)
    asked = [each for each in needs if each.after is not None]
    idle = tuple(line(each) for each in asked if not each.helped)
    yield Figure("needs that change nothing, once answered", len(asked), idle, 0.05)


def table(lines: Sequence[Figure]) -> str:
    """The figures as a table in Markdown."""
    rows = ["| figure | counted | fall short | at most |", "| --- | ---: | ---: | ---: |"]
    rows += [f"| {f.name} | {f.total} | {f.bad} | {f.limit:.0%} |" for f in lines]
    return "\n".join(rows)
