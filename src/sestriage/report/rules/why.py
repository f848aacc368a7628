"""Why a rule did or did not hold, as text."""

from __future__ import annotations

from collections.abc import Iterator

from sestriage.i18n import Say, speaker
from sestriage.model.judged.answers import SelectionAnswer, Step, WhyReport
from sestriage.model.message import Message
from sestriage.report.blocks import Block, Headline, Prose, Quote, Section
from sestriage.report.common import CONFIDENCES
from sestriage.report.rules.facts import attempt_line, verbatim

_ANSWERS = {True: Message("holds"), False: Message("does not hold"), None: Message("is unknown")}
_MARKS = {True: "+", False: "-", None: "?"}
"""Before a condition: it holds, it does not, it is unknown."""


def blocks(report: WhyReport, *, ascii_only: bool, language: str) -> Iterator[Block]:
    """The answer; the conditions of [verdict]; then each selection. Lines that are not wrapped are in `language`."""
    say = speaker(language)
    yield _headline(report)
    yield Prose(attempt_line(report.judged))
    if report.replaced_by is not None:
        yield Prose(Message("Its finding gives way to that of {rule}, which holds too.", rule=report.replaced_by))
    yield Prose(Message("+ holds, - does not hold, ? is unknown"))
    yield Section("[verdict]")
    for each in report.verdict:
        yield verbatim([(0, f"{each.name}:"), *_tree(each.answer, 1, say)], ascii_only)
    for selection in report.selections:
        yield from _selection(selection, ascii_only, say)


def _headline(report: WhyReport) -> Headline:
    tone = {True: "good", False: "bad", None: "open"}[report.holds]
    if report.confidence is None:
        return Headline(Message("{rule} {answer}", rule=report.rule, answer=_ANSWERS[report.holds]), tone)
    confidence = CONFIDENCES[report.confidence]
    text = Message("{rule} {answer} ({confidence})", rule=report.rule, answer=_ANSWERS[True], confidence=confidence)
    return Headline(text, tone)


def _selection(selection: SelectionAnswer, ascii_only: bool, say: Say) -> Iterator[Block]:
    answer = _ANSWERS[selection.holds]
    yield Section(Message("{name} ({kind}) {answer}", name=selection.name, kind=selection.kind, answer=answer))
    if not selection.handed_in:
        yield Prose(Message("No evidence of this kind was handed in for the attempt."))
    elif not selection.looked_at:
        yield Prose(Message("The evidence holds no fact of this kind."))
    elif selection.holds is not True:
        yield Prose(Message("None of {count} matches; the closest one:", count=selection.looked_at))
    for evidence in selection.evidence:
        yield Quote(str(evidence.source), evidence.quote)
    if selection.nearest is not None:
        yield verbatim(list(_tree(selection.nearest, 0, say)), ascii_only)


def _tree(step: Step, depth: int, say: Say) -> Iterator[tuple[int, str]]:
    """The parts of a condition, below what joins them; a single one with the value that decided it."""
    told = step.condition if step.operator is None else step.operator
    value = "" if step.why is None else "   <= " + (say("unknown") if step.why == "unknown" else step.why)
    yield depth, f"{_MARKS[step.holds]} {told}{value}"
    for part in step.parts:
        yield from _tree(part, depth + 1, say)
