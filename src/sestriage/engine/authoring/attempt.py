"""The attempt that an author looks at, with the facts that the rules were held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from sestriage.engine.attempts import AttemptDraft
from sestriage.engine.decide import Decision
from sestriage.engine.facts import AttemptFacts, build
from sestriage.engine.managers import split_cases
from sestriage.engine.reading.collect import collect
from sestriage.engine.triage import Judged, TriageOptions, judge
from sestriage.errors import InputError
from sestriage.model.facts import FactBase
from sestriage.model.judged.answers import JudgedAttempt
from sestriage.model.message import Message
from sestriage.model.verdict import Finding, Outcome
from sestriage.rules import RuleSet

_ORDER = (Outcome.FAILED, Outcome.UNDETERMINED, Outcome.ACCEPTED)
"""Of several Managers that one is looked at which a triage reports first."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The attempt, its facts, and the findings that hold for it, superseded ones left out."""

    judged: JudgedAttempt
    facts: FactBase
    findings: tuple[Finding, ...] = ()


def look(
    paths: Sequence[str], options: TriageOptions, rules: RuleSet, stdin: BinaryIO | None, number: int | None = None
) -> Looked:
    """The attempt with a number (from 1 for the oldest), or the newest one, of the input.

    Raises:
        InputError: a path that cannot be used, or there is no attempt of that number.
    """
    cases = [judge(case.collected, rules, options) for case in split_cases(collect(paths, options.reading, stdin))]
    case = min(cases, key=_rank)
    count = len(case.decisions)
    if number is not None and not 1 <= number <= count:
        raise InputError(Message("there is no attempt {number}: the input holds {count}", number=number, count=count))
    if count:
        number = number or count
        return _looked(case.decisions[number - 1], JudgedAttempt(number, count, case.decisions[number - 1].attempt))
    if case.runs:
        return _looked(case.runs[-1], JudgedAttempt(0, 0))
    return Looked(JudgedAttempt(0, 0), build(AttemptFacts((), (), ()), AttemptDraft(), case.collected))


def _rank(case: Judged) -> int:
    outcome = case.decisions[-1].attempt.outcome if case.decisions else Outcome.UNDETERMINED
    return _ORDER.index(outcome)


def _looked(decision: Decision, judged: JudgedAttempt) -> Looked:
    return Looked(judged, decision.facts, decision.findings)
