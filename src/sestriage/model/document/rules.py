"""The documents of `sestriage rules`."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from sestriage.model.document.parts import Evidence, Place, ReadHead
from sestriage.model.document.words import ConfidenceWord, OutcomeWord, PhaseWord, SeverityWord, Size, Time


class ListedRule(TypedDict):
    """A rule in a list."""

    rule: Annotated[str, "The id of the rule."]
    phase: Annotated[PhaseWord, "The step of the submission that it is about."]
    severity: Annotated[SeverityWord, "How bad it is."]
    title: Annotated[str, "What it says, in one sentence."]
    path: Annotated[str, "The file that it was read from."]


class RulesList(TypedDict):
    """What `sestriage rules list --format json` prints."""

    schema_version: Annotated[Literal[2], "The version of this layout."]
    version: Annotated[str | None, "The version of sestriage that wrote the document."]
    rules: Annotated[list[ListedRule], "The rules, in the order of the steps, or the best match of a search first."]


class JudgedAttempt(TypedDict):
    """The attempt whose facts these are."""

    number: Annotated[Size, "Its number, from 1 for the oldest; 0 where the input holds no attempt."]
    started: Annotated[Time | None, "When it began; without a zone where none is known."]
    outcome: Annotated[OutcomeWord, "How it ended."]
    phase: Annotated[PhaseWord | None, "The step that failed, or that it came to."]
    rule: Annotated[str | None, "The rule that names the cause; null unless it failed."]
    sources: Annotated[list[Place], "All places that tell of it."]


class FieldValue(TypedDict):
    """A field of a fact that a condition may name."""

    name: Annotated[str, "The field, dotted where it is one of a part."]
    value: Annotated[str, "Its value, as a condition would write it."]


class Fact(TypedDict):
    """A fact that rules can select."""

    evidence: Annotated[list[Evidence], "Where it is from."]
    fields: Annotated[list[FieldValue], "Its fields that have a value; all others are unknown."]


class FactKind(TypedDict):
    """The facts of one kind."""

    kind: Annotated[str, "The kind, as [select] names it."]
    handed_in: Annotated[bool, "Readable evidence of the kind covers this attempt; false: it is unknown to all rules."]
    facts: Annotated[list[Fact], "The facts; empty where the evidence holds none."]
    left_out: Annotated[Size, "How many further facts are not listed."]


class RulesFacts(ReadHead):
    """What `sestriage rules facts --format json` prints."""

    schema_version: Annotated[Literal[1], "The version of this layout."]
    attempt: Annotated[JudgedAttempt, "The attempt that the facts are of."]
    attempts: Annotated[Size, "How many attempts the input holds."]
    kinds: Annotated[list[FactKind], "The facts, by kind."]


class Step(TypedDict):
    """A condition of a rule, and what became of it."""

    condition: Annotated[str, "The condition, or a part of one, as the rule writes it."]
    holds: Annotated[bool | None, "Whether it holds; null: unknown."]
    why: Annotated[str | None, "What decided it; null where its parts say that."]
    operator: Annotated[str | None, "What joins its parts: `and`, `or`, `not`; null for a single comparison."]
    parts: Annotated[list[Step], "The parts."]


class SelectionAnswer(TypedDict):
    """A selection of the rule."""

    name: Annotated[str, "Its name."]
    kind: Annotated[str, "The kind of facts that it selects."]
    handed_in: Annotated[bool, "Readable evidence of the kind covers the attempt."]
    holds: Annotated[bool | None, "A fact matches; null: unknown."]
    looked_at: Annotated[Size, "How many facts of the kind there are."]
    evidence: Annotated[list[Evidence], "The facts that match."]
    nearest: Annotated[Step | None, "The condition over the fact that comes closest; null where no fact is there."]


class VerdictAnswer(TypedDict):
    """A condition of [verdict]."""

    name: Annotated[Literal["when", "likely", "confirmed", "conflicts"], "Its key."]
    answer: Annotated[Step, "The condition, and what became of it."]


class RulesWhy(ReadHead):
    """What `sestriage rules why --format json` prints."""

    schema_version: Annotated[Literal[1], "The version of this layout."]
    rule: Annotated[str, "The id of the rule."]
    path: Annotated[str, "The file that it was read from."]
    attempt: Annotated[JudgedAttempt, "The attempt that it was held against."]
    attempts: Annotated[Size, "How many attempts the input holds."]
    holds: Annotated[bool | None, "The rule holds; null: unknown."]
    confidence: Annotated[ConfidenceWord | None, "How sure it is; null unless it holds."]
    replaced_by: Annotated[str | None, "The rule that holds too and replaces its finding."]
    verdict: Annotated[list[VerdictAnswer], "The conditions of [verdict]."]
    selections: Annotated[list[SelectionAnswer], "The selections of [select]."]
