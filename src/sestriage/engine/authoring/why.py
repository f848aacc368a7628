"""Why a rule holds for an attempt or does not, condition by condition."""

from __future__ import annotations

from collections.abc import Iterator

from sestriage.engine.authoring.attempt import Looked
from sestriage.model.judged.answers import SelectionAnswer, Step, VerdictAnswer, WhyReport
from sestriage.model.verdict import Confidence, Finding
from sestriage.rules import Rule, RuleSet
from sestriage.rules.language.answers import explain, settled, value_text
from sestriage.rules.language.conditions import Path, Selection
from sestriage.rules.language.evaluate import Selections, part_test, value_of
from sestriage.rules.texts.cite import cite

MAX_TRIED = 200
"""Facts among which the closest one is looked for."""
MAX_SHOWN = 3
"""Facts of one selection that are cited."""
UNKNOWN = "unknown"


def why(rule: Rule, looked: Looked, rules: RuleSet) -> WhyReport:
    """The rule held against the facts of the attempt."""
    found = rules.selections(rule, looked.facts)
    holds = found.decide(rule.when)
    own = next((finding for finding in looked.findings if finding.rule == rule.id), None)
    return WhyReport(
        rule=rule.id,
        path=rule.path,
        judged=looked.judged,
        holds=holds,
        confidence=_confidence(rule, found, own) if holds else None,
        replaced_by=None if not holds or own is not None else _replacing(rule, looked),
        verdict=tuple(_verdict(rule, found)),
        selections=tuple(_selection(name, rule.selections[name], found, looked) for name in rule.selections),
    )


def _confidence(rule: Rule, found: Selections, own: Finding | None) -> Confidence:
    """That of the finding, which the engine may have lowered; of a rule whose finding was replaced, its own."""
    if own is not None:
        return own.confidence
    for condition, confidence in ((rule.confirmed, Confidence.CONFIRMED), (rule.likely, Confidence.LIKELY)):
        if condition is not None and found.decide(condition) is True:
            return confidence
    return Confidence.SUSPECTED


def _replacing(rule: Rule, looked: Looked) -> str | None:
    return next((finding.rule for finding in looked.findings if rule.id in finding.supersedes), None)


def _verdict(rule: Rule, found: Selections) -> Iterator[VerdictAnswer]:
    def look(path: Path) -> str:
        truth = found[str(path)].truth
        return UNKNOWN if truth is None else str(truth).lower()

    yield VerdictAnswer("when", explain(rule.when, found.decide, look))
    if rule.likely is not None:
        yield VerdictAnswer("likely", explain(rule.likely, found.decide, look))
    if rule.confirmed is not None:
        yield VerdictAnswer("confirmed", explain(rule.confirmed, found.decide, look))
    if rule.conflicts is not None:
        yield VerdictAnswer("conflicts", explain(rule.conflicts, found.decide, look))


def _selection(name: str, selection: Selection, found: Selections, looked: Looked) -> SelectionAnswer:
    selected = found[name]
    candidates = selected.bound or looked.facts.of(selection.kind)[:MAX_TRIED]
    steps = [step for fact in candidates if (step := _over(selection, fact)) is not None]
    return SelectionAnswer(
        name=name,
        kind=selection.kind,
        handed_in=selection.kind in looked.facts.handed_in,
        holds=selected.truth,
        looked_at=len(looked.facts.of(selection.kind)),
        evidence=tuple(
            evidence for fact in selected.bound[:MAX_SHOWN] for evidence in cite(selection.kind, fact, looked.facts)
        ),
        nearest=max(steps, key=settled, default=None),
    )


def _over(selection: Selection, fact: object) -> Step | None:
    """The condition of a selection over one fact."""
    if selection.condition is None:
        return None
    decide = part_test(selection.kind)

    def look(path: Path) -> str:
        value = value_of(path, fact)
        return UNKNOWN if value is None else value_text(value)

    return explain(selection.condition, lambda condition: decide(condition, fact), look)
