"""Several cases at a glance: a row for each, and how often each cause stands there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sestriage.i18n import LANGUAGES
from sestriage.model.message import Message
from sestriage.model.source import Run
from sestriage.model.verdict import Outcome, Report
from sestriage.report.blocks import Block, Headline, Section, Table
from sestriage.report.common import fixes_in_order, iso_time, log_clock
from sestriage.report.heading import headline
from sestriage.report.json.layout import indented
from sestriage.report.json.parts import read_head_json
from sestriage.report.language import in_language
from sestriage.report.ticket import case_block
from sestriage.report.words import words_of

if TYPE_CHECKING:
    from sestriage.model.document import several as shape

_COLUMNS = (
    *(Message("Case"), Message("Outcome"), Message("Confidence"), Message("Last attempt"), Message("Cause")),
    Message("Next step"),
)
_CASE_COLUMN = 0
_BELOW = (4, 5)
"""Sentences: on a terminal they stand below their row."""


class CaseRow(NamedTuple):
    """A case in the words of its report; empty for what is not known or does not apply."""

    case: str
    outcome: str
    confidence: str
    last_attempt: str
    cause: str
    next_step: str
    rule: str


def case_name(report: Report) -> str:
    """The name of the case: that of its folder or archive, else of the first file that was read."""
    return report.case or (report.read[0].source.path if report.read else "-")


def case_row(report: Report) -> CaseRow:
    """The row of one case."""
    words, verdict = words_of(report.language), report.verdict
    block, newest = case_block(report, words), report.attempts[-1] if report.attempts else None
    primary = in_language(verdict.primary, report.language)
    return CaseRow(
        case_name(report),
        words[f"outcome-{verdict.outcome.value}"],
        words[verdict.confidence.value] if verdict.confidence else "-",
        log_clock(newest.started or newest.ended, words) if newest else "-",
        f"{primary.title} ({primary.rule})" if primary else _without_cause(report, words),
        block.next_step or block.missing or "-",
        primary.rule if primary else "",
    )


def _without_cause(report: Report, words: Mapping[str, str]) -> str:
    """What the headline says where there is no cause; an accepted mail needs none."""
    return "-" if report.verdict.outcome is Outcome.ACCEPTED else headline(report, words)


def by_cause(reports: Sequence[Report]) -> list[Report]:
    """The cases sorted by their cause, the most frequent one first; within a cause as they came."""
    counts = Counter(map(_cause, reports))
    return sorted(reports, key=lambda report: (-counts[_cause(report)], _cause(report)))


def table(reports: Sequence[Report]) -> tuple[Block, ...]:
    """The headline and the row of every case."""
    language = reports[0].language if reports else LANGUAGES[0]
    return in_language(tuple(_table(reports)), language)


def summary(reports: Sequence[Report]) -> tuple[Block, ...]:
    """The cases sorted by cause, and how many have each."""
    language = reports[0].language if reports else LANGUAGES[0]
    return in_language((*_table(by_cause(reports)), *_causes(reports)), language)


def summary_json(reports: Sequence[Report], exit_status: int) -> str:
    """The summary as one JSON document, pure ASCII with a newline at its end."""
    first = reports[0]
    run = Run(first.version, exit_status, first.analysed, first.read, first.read_left_out)
    document: shape.Summary = {
        "schema_version": 1,
        **read_head_json(run),
        "cases": [_row_json(report) for report in by_cause(reports)],
        "causes": [
            {"outcome": outcome, "rule": rule or None, "count": count} for (outcome, rule), count in _counted(reports)
        ],
    }
    return indented(document).replace("\x7f", "\\u007f") + "\n"


def _row_json(report: Report) -> shape.SummaryCase:
    verdict, newest = report.verdict, report.attempts[-1] if report.attempts else None
    steps = fixes_in_order(verdict)
    return {
        "case": case_name(report),
        "outcome": verdict.outcome.value,
        "confidence": verdict.confidence.value if verdict.confidence else None,
        "rule": verdict.primary.rule if verdict.primary else None,
        "cause": verdict.primary.title if verdict.primary else None,
        "last_attempt": iso_time(newest.started or newest.ended) if newest else None,
        "next_step": str(steps[0].text) if verdict.primary and steps else None,
        "missing": str(verdict.needs[0].evidence) if verdict.needs else None,
    }


def _table(reports: Sequence[Report]) -> Iterator[Block]:
    outcomes = [report.verdict.outcome for report in reports]
    failed = outcomes.count(Outcome.FAILED)
    tone = "bad" if failed else "good" if outcomes.count(Outcome.ACCEPTED) == len(outcomes) else "open"
    yield Headline(Message("Cases: {count}; failed: {failed}", count=len(reports), failed=failed), tone)
    yield Table(_COLUMNS, tuple(tuple(case_row(report)[:-1]) for report in reports), _CASE_COLUMN, _BELOW)


def _causes(reports: Sequence[Report]) -> Iterator[Block]:
    rows = []
    for (outcome, rule), count in _counted(reports):
        shown = next(case_row(report) for report in reports if _cause(report) == (outcome, rule))
        rows.append((str(count), shown.outcome, shown.cause))
    yield Section(Message("Causes"))
    yield Table((Message("Count"), Message("Outcome"), Message("Cause")), tuple(rows), flexible=2)


def _counted(reports: Sequence[Report]) -> list[tuple[tuple[str, str], int]]:
    counts = Counter(map(_cause, reports))
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _cause(report: Report) -> tuple[str, str]:
    verdict = report.verdict
    return verdict.outcome.value, verdict.primary.rule if verdict.primary else ""
