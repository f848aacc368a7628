"""The results of `rules facts` and `rules why`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sestriage.model.verdict import Attempt, Confidence, Evidence

VerdictKey = Literal["when", "likely", "confirmed", "conflicts"]
"""A condition of [verdict]."""


@dataclass(frozen=True, slots=True)
class JudgedAttempt:
    """The attempt that is looked at: its number from 1 for the oldest, and how many there are. Without any in the input
    both are 0, and `attempt` is None: the facts are then those of the input itself, or of a run of another client."""

    number: int
    count: int
    attempt: Attempt | None = None


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field that a condition may name, dotted where it is one of a part, with its value as a condition writes it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ListedFact:
    """A fact: where it is from, and its fields that have a value."""

    evidence: tuple[Evidence, ...]
    fields: tuple[FieldValue, ...]


@dataclass(frozen=True, slots=True)
class ListedKind:
    """The facts of a kind. `handed_in` is False where the evidence does not cover it: it is unknown to all rules.
    `left_out` counts facts that are not listed."""

    kind: str
    handed_in: bool
    facts: tuple[ListedFact, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class FactsReport:
    """The result of `rules facts`."""

    judged: JudgedAttempt
    kinds: tuple[ListedKind, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A condition, and what became of it: None is unknown. `why` is the value that decided it, None where the parts say
    that; `parts` are those of the `operator` (`and`, `or`, `not`), None for a single comparison."""

    condition: str
    holds: bool | None
    why: str | None = None
    operator: str | None = None
    parts: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class SelectionAnswer:
    """A selection of a rule: how many facts of the kind there are, those that match, and the condition over the one
    that matches or else comes closest (None where no fact is there, or the selection has no condition)."""

    name: str
    kind: str
    handed_in: bool
    holds: bool | None
    looked_at: int
    evidence: tuple[Evidence, ...] = ()
    nearest: Step | None = None


@dataclass(frozen=True, slots=True)
class VerdictAnswer:
    """A condition of [verdict]."""

    name: VerdictKey
    answer: Step


@dataclass(frozen=True, slots=True)
class WhyReport:
    """The result of `rules why`. `confidence` is None unless the rule holds; `replaced_by` names a rule that holds too
    and whose finding takes the place of this one's."""

    rule: str
    path: str
    judged: JudgedAttempt
    holds: bool | None
    confidence: Confidence | None
    replaced_by: str | None
    verdict: tuple[VerdictAnswer, ...]
    selections: tuple[SelectionAnswer, ...]
