"""Which facts a rule could match in a case, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sestriage.model.judged.answers import FactsReport, JudgedAttempt, ListedFact
from sestriage.model.message import Message
from sestriage.report.blocks import Block, Lines, Prose, Quote, Section
from sestriage.report.common import clock
from sestriage.report.safe import one_line, visible


def blocks(report: FactsReport, *, ascii_only: bool) -> Iterator[Block]:
    """The facts, kind by kind; then the kinds without any."""
    yield Prose(attempt_line(report.judged))
    for kind in report.kinds:
        if not kind.facts:
            continue
        yield Section(kind.kind)
        for fact in kind.facts:
            yield from _fact(fact, ascii_only)
        if kind.left_out:
            yield Prose(Message("{count} more are not listed.", count=kind.left_out))
    without = [kind for kind in report.kinds if not kind.facts]
    none = [kind.kind for kind in without if kind.handed_in]
    unknown = [kind.kind for kind in without if not kind.handed_in]
    if none:
        yield Prose(", ".join(none), Message("Looked for, and not there"))
    if unknown:
        yield Prose(", ".join(unknown), Message("Unknown to every rule: no evidence of it was handed in"))


def attempt_line(judged: JudgedAttempt) -> Message:
    """Which attempt is looked at."""
    attempt = judged.attempt
    if attempt is None:
        return Message("The input holds no attempt of the Manager.")
    return Message(
        "Attempt {number} of {count}: {time}, {outcome}.",
        number=judged.number,
        count=judged.count,
        time=clock(attempt.started),
        outcome=OUTCOMES[attempt.outcome],
    )


OUTCOMES = {
    "failed": Message("failed"),
    "accepted": Message("accepted"),
    "undetermined": Message("undetermined"),
}


def _fact(fact: ListedFact, ascii_only: bool) -> Iterator[Block]:
    for evidence in fact.evidence:
        yield Quote(str(evidence.source), evidence.quote)
    yield verbatim([(0, f"{field.name} == {field.value}") for field in fact.fields], ascii_only)


def verbatim(lines: Sequence[tuple[int, str]], ascii_only: bool) -> Lines:
    """Lines that are never wrapped, each with how deep it stands."""
    return Lines(tuple("  " * depth + visible(one_line(line), ascii_only=ascii_only) for depth, line in lines))
