"""Attempts that no rule can tell apart: which rules hold is decided once for all of them.

A log of many failures tells of a few kinds of them. What the conditions of all rules ask of a log event are some
hundred plain questions; the answers decide which rules hold, together with the facts of other kinds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TypeAlias, TypeVar

from sestriage.model.facts import FactBase
from sestriage.rules.language.conditions import Compare, Condition, Junction, Not, Path, Selection
from sestriage.rules.language.evaluate import Selector, StepBudget
from sestriage.rules.schema import Rule

EVENTS = "log.event"
DERIVED = "smtp.server"
"""Follows from the others, made anew for each attempt: alike by its value, not by its identity."""
MAX_KINDS = 512
MAX_REMEMBERED = 4096
"""Kinds of attempts, and texts and fields of events, that are remembered."""

Answers: TypeAlias = "tuple[object, ...]"
Key = TypeVar("Key")


class Questions:
    """The fields of a log event that the rules ask for."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        literals: dict[str, None] = {}
        of_text: dict[Condition, None] = {}
        others: dict[Condition, None] = {}
        for leaf in _leaves(rules):
            if isinstance(leaf, Compare) and leaf.operand == Path(("text",)):
                if leaf.operator == "contains":
                    literals[str(leaf.value).lower()] = None
                else:
                    of_text[leaf] = None
            else:
                others[leaf] = None
        self._literals = tuple(literals)
        self._of_text = _tests(of_text)
        self._others = _tests(others)
        self._fields = attrgetter("text", "outcome", *_fields(others))
        self._known: dict[object, Answers] = {}
        self._texts: dict[str, Answers] = {}

    def answers(self, event: object) -> Answers:
        """Two events with equal answers are equal to every rule. Raises what a condition raises."""
        text, *values = self._fields(event)
        of_text = self._texts.get(text)
        if of_text is None:
            lowered = text.lower()
            found = [literal for literal in self._literals if literal in lowered]
            of_text = (*found, *(test(event, StepBudget()) for test in self._of_text))
            _keep(self._texts, text, of_text)
        fields = tuple(values)
        others = self._known.get(fields)
        if others is None:
            others = tuple(test(event, StepBudget()) for test in self._others)
            _keep(self._known, fields, others)
        return of_text, others


def _keep(known: dict[Key, Answers], key: Key, answers: Answers) -> None:
    if len(known) < MAX_REMEMBERED:
        known[key] = answers


def _leaves(rules: Iterable[Rule]) -> Iterator[Condition]:
    waiting = [s.condition for rule in rules for s in rule.selections.values() if s.kind == EVENTS and s.condition]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Junction):
            waiting += node.parts
        elif isinstance(node, Not):
            waiting.append(node.condition)
        else:
            yield node


def _fields(conditions: Iterable[Condition]) -> Iterator[str]:
    """The fields by which conditions are decided."""
    for condition in conditions:
        operand = condition.operand if isinstance(condition, Compare) else condition
        path = operand if isinstance(operand, Path) else operand.path  # type: ignore[union-attr]
        yield path.parts[0]


def _tests(conditions: Iterable[Condition]):  # type: ignore[no-untyped-def]  # the closures of `evaluate`
    return tuple(test for each in conditions if (test := Selector.of(Selection(EVENTS, each)).test) is not None)


@dataclass(slots=True)
class Alike:
    """The results shared by all attempts that look alike to the rules."""

    facts: FactBase
    """Of the first of them; kept so that the identity of what is in it is not used again."""
    worth: tuple[str, ...] | None = None
    """Ids of the rules that hold over these facts, or fail; None: not known yet."""
    possible: dict[str, bool] = field(default_factory=dict)
    """Whether rules that were asked for are not excluded, by id."""


class Sameness:
    """Remembers, for attempts that look alike to all rules, which rules are worth evaluating."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._questions = Questions(rules)
        self._known: dict[object, Alike] = {}

    def of(self, facts: FactBase) -> Alike | None:
        """The results of attempts like this one, to be extended; None if the attempts cannot be told apart."""
        try:
            told = tuple(map(self._questions.answers, facts.of(EVENTS)))
        except Exception:  # the rule that asks will fail, and say so
            return None
        others = tuple(
            (kind, *(found if kind == DERIVED else map(id, found)))
            for kind, found in facts.facts.items()
            if found and kind != EVENTS
        )
        key = (told, others, facts.handed_in)
        alike = self._known.get(key)
        if alike is None:
            alike = Alike(facts)
            if len(self._known) < MAX_KINDS:
                self._known[key] = alike
        return alike
