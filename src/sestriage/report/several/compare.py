"""A comparison of reports as blocks and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sestriage.model.compared.comparison import CaseComparison, Change, StepCheck
from sestriage.model.compared.snapshot import Snapshot
from sestriage.model.known.programs import Effect, effect_of
from sestriage.model.message import Message
from sestriage.model.source import Run
from sestriage.report.blocks import Block, Headline, Prose, Section, Space, Step
from sestriage.report.common import CONFIDENCES, clock, iso_time
from sestriage.report.json.layout import indented
from sestriage.report.json.parts import read_head_json
from sestriage.report.wrapping import lead

if TYPE_CHECKING:
    from sestriage.model.document import several as shape

_OUTCOMES = {
    "failed": Message("FAILED"),
    "accepted": Message("ACCEPTED"),
    "undetermined": Message("UNDETERMINED"),
}
_LABELS: dict[Effect, Message] = {
    "reads": Message("Test, reads only:"),
    "saves": Message("Command (saves files, changes nothing else):"),
    "other": Message("Command:"),
}
_TONES = {"failed": "bad", "accepted": "good", "undetermined": "open"}


def render_json(run: Run, pairs: Sequence[CaseComparison], alone: Sequence[Snapshot], *, only_new: bool = False) -> str:
    """As JSON, pure ASCII."""
    document: shape.Compare = {
        "schema_version": 1,
        **read_head_json(run),
        "cases": [_pair(pair, only_new) for pair in pairs],
        "unpaired": [_side(case) for case in alone],
    }
    return indented(document).replace("\x7f", "\\u007f") + "\n"


def outline(pairs: Sequence[CaseComparison], alone: Sequence[Snapshot], *, only_new: bool = False) -> Iterator[Block]:
    """Each pair of cases, what changed first; then the cases without another half."""
    for pair in pairs:
        yield from _blocks(pair, only_new)
    if alone:
        yield Section(Message("Cases that only one side has"))
        for case in alone:
            yield Prose(_verdict(case), case.name)


def _blocks(pair: CaseComparison, only_new: bool) -> Iterator[Block]:
    before, after = pair.before, pair.after
    yield Headline(_verdict(after), _TONES[after.outcome])
    yield Prose(_named(before), "BEFORE")
    yield Prose(_named(after), "AFTER")
    for warning in pair.warnings:
        yield Prose(warning, Message("Note"))
    changes = _shown(pair, only_new)
    yield Section(Message("New") if only_new else Message("Changes"))
    for change in changes:
        yield Prose(Message("- {change}", change=change.text))
    if not changes:
        yield Prose(Message("Nothing new.") if only_new else Message("Nothing that can be compared has changed."))
    steps = [step for step in pair.steps if step.effect != "no-attempt-since" or not only_new]
    if steps:
        yield Section(Message("The fix that BEFORE printed"))
        for step in steps:
            yield Prose(Message("- {step}", step=lead(step.text, 0)))
            yield Prose(step.why, Message("Result"))
    yield from _next(before, after)
    if pair.not_compared:
        yield Space()
        for sentence in pair.not_compared:
            yield Prose(sentence)


def _next(before: Snapshot, after: Snapshot) -> Iterator[Block]:
    """The steps for a cause that BEFORE did not have."""
    if after.outcome != "failed" or after.rule == before.rule:
        return
    steps = [step for step in after.steps if step.rule == after.rule]
    if steps:
        yield Section(Message("What to do now"))
    for number, step in enumerate(steps, start=1):
        yield Step(number, step.text, step.command, command_label=_LABELS[effect_of(step.command or "")])


def _shown(pair: CaseComparison, only_new: bool) -> list[Change]:
    return [change for change in pair.changes if change.new or not only_new]


def _verdict(case: Snapshot) -> Message:
    outcome = _OUTCOMES[case.outcome]
    confidence = CONFIDENCES.get(case.confidence or "")
    if case.title and confidence:
        return Message("{outcome} ({confidence}): {title}", outcome=outcome, confidence=confidence, title=case.title)
    return Message("{outcome} ({confidence})", outcome=outcome, confidence=confidence) if confidence else outcome


def _named(case: Snapshot) -> Message:
    return Message(
        "{name}, newest attempt {attempt}, sestriage {version}, analysed {analysed}",
        name=case.name,
        attempt=clock(case.newest),
        version=case.version or "-",
        analysed=clock(case.analysed),
    )


# --- JSON --------------------------------------------------------------------------------------------------------


def _pair(pair: CaseComparison, only_new: bool) -> shape.ComparedCase:
    return {
        "before": _side(pair.before),
        "after": _side(pair.after),
        "warnings": [str(warning) for warning in pair.warnings],
        "changes": [
            {"subject": change.subject, "text": str(change.text), "new": change.new}
            for change in _shown(pair, only_new)
        ],
        "fixes": [_step(step) for step in pair.steps],
        "not_compared": [str(sentence) for sentence in pair.not_compared],
    }


def _step(step: StepCheck) -> shape.FixCheck:
    return {"rule": step.rule, "text": step.text, "done": step.done, "effect": step.effect, "why": str(step.why)}


def _side(case: Snapshot) -> shape.ComparedSide:
    return {
        "name": case.name,
        "case": case.case,
        "schema_version": case.schema_version,
        "version": case.version,
        "analysed": iso_time(case.analysed),
        "newest_attempt": iso_time(case.newest),
        "outcome": case.outcome,
        "confidence": case.confidence,
        "rule": case.rule,
        "title": case.title,
    }
