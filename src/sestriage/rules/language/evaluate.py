"""The meaning of conditions: three-valued evaluation over facts.

Conditions become closures once and are then called fact by fact. True, False, and None for *unknown* (Kleene's
logic: `false and unknown` is false, `true or unknown` is true).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter, eq, ge, gt, le, lt, ne
from typing import Any, TypeAlias

from sestriage.model.facts import CLOSED_KINDS, FactBase
from sestriage.model.message import Message
from sestriage.rules.language.conditions import (
    ELEMENT,
    Compare,
    Condition,
    Count,
    Holds,
    IsTrue,
    Junction,
    Literal,
    Not,
    Path,
    Quantified,
    Selection,
    Unknown,
    size,
)
from sestriage.rules.language.regex_guard import search

Tri: TypeAlias = "bool | None"

MAX_STEPS = 2_000_000
"""Steps that one rule may take over one fact base (a step is a node of a condition evaluated over one fact)."""
MAX_BOUND = 50
"""Facts that are kept for one selection."""


class StepLimitError(Exception):
    """A rule took more than `MAX_STEPS` steps."""


@dataclass(slots=True)
class StepBudget:
    """Counts steps."""

    left: int = MAX_STEPS

    def spend(self, steps: int) -> None:
        """Raises `StepLimitError` when no steps are left."""
        self.left -= steps
        if self.left < 0:
            raise StepLimitError(Message("the rule took more than {most} steps", most=MAX_STEPS))


_Test: TypeAlias = "Callable[[object, StepBudget], Tri]"
_Getter: TypeAlias = "Callable[[object], object]"


@dataclass(frozen=True, slots=True)
class Selected:
    """The result of a selection: its truth, and the facts for which it is true."""

    truth: Tri
    bound: tuple[object, ...] = ()


@dataclass(slots=True)
class Selector:
    """A selection ready to run."""

    kind: str
    test: _Test | None
    steps: int

    @classmethod
    def of(cls, selection: Selection) -> Selector:
        """The selector of a checked selection."""
        absent = False if selection.kind in CLOSED_KINDS else None
        test = None if selection.condition is None else _build(selection.condition, absent)
        return cls(selection.kind, test, size(selection.condition))

    def run(self, facts: FactBase, budget: StepBudget) -> Selected:
        """True if a fact matches; unknown if the kind was not supplied or a fact may match; else false."""
        bound: list[object] = []
        undecided = self.kind not in facts.handed_in
        for fact in facts.of(self.kind):
            budget.spend(self.steps)
            truth = True if self.test is None else self.test(fact, budget)
            if truth is None:
                undecided = True
            elif truth and len(bound) < MAX_BOUND:
                bound.append(fact)
        if bound:
            return Selected(True, tuple(bound))
        return Selected(None if undecided else False)


def part_test(kind: str) -> Callable[[Condition, object], Tri]:
    """What decides a part of a selection's condition over one fact of its kind."""
    absent = False if kind in CLOSED_KINDS else None
    return lambda condition, fact: _build(condition, absent)(fact, StepBudget())


def value_of(path: Path, fact: object) -> object:
    """What stands behind a path of a fact; None where a part of the way says nothing."""
    return _getter(path)(fact)


@dataclass(slots=True)
class Selections:
    """The selections of one rule over one fact base, each evaluated when it is first asked for."""

    selectors: Mapping[str, Selector]
    facts: FactBase
    budget: StepBudget = field(default_factory=StepBudget)
    _done: dict[str, Selected] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Selected:
        found = self._done.get(name)
        if found is None:
            found = self._done[name] = self.selectors[name].run(self.facts, self.budget)
        return found

    def decide(self, condition: Condition) -> Tri:
        """The truth of a verdict over these selections."""
        kind = type(condition)  # hundreds of rules over each attempt: patterns of classes would take twice as long
        if kind is IsTrue:
            return self[str(condition.path)].truth  # type: ignore[union-attr]
        if kind is Junction:
            return self._junction(condition)  # type: ignore[arg-type]
        if kind is Unknown:
            return self[str(condition.path)].truth is None  # type: ignore[union-attr]
        if kind is Holds:
            return self[str(condition.path)].truth is True  # type: ignore[union-attr]
        if kind is Not:
            return _negate(self.decide(condition.condition))  # type: ignore[union-attr]
        raise TypeError(f"not a verdict: {condition!r}")

    def undecided(self, condition: Condition) -> Iterator[str]:
        """The names of the selections that leave the condition unknown, in its order; none where it is decided."""
        if self.decide(condition) is not None:
            return
        if isinstance(condition, Junction):
            for part in condition.parts:
                yield from self.undecided(part)
        elif isinstance(condition, Not):
            yield from self.undecided(condition.condition)
        elif isinstance(condition, IsTrue):  # the other kinds of conditions are never unknown
            yield str(condition.path)

    def _junction(self, junction: Junction) -> Tri:
        """One part that is false settles `and`, one that is true `or`; what comes behind it is not looked at."""
        settles = junction.operator != "and"
        result: Tri = not settles
        for part in junction.parts:
            truth = self.decide(part)
            if truth is settles:
                return settles
            if truth is None:
                result = None
        return result


def _negate(truth: Tri) -> Tri:
    return None if truth is None else not truth


def _build(condition: Condition, absent: Tri) -> _Test:
    """The closure of a condition. `absent` is the truth of a comparison with a field that is None."""
    match condition:
        case Junction("and", parts):
            return partial(_all_of, tuple(_build(part, absent) for part in parts))
        case Junction(_, parts):
            return partial(_one_of, tuple(_build(part, absent) for part in parts))
        case Not(inner):
            return partial(_not, _build(inner, absent))
        case Unknown(path):
            return partial(_is_unknown, _getter(path))
        case IsTrue(path):
            return partial(_is_true, _getter(path), absent)
        case Holds(path):
            return partial(_is_true, _getter(path), False)
        case Quantified(quantifier, path, inner):
            run = _any_element if quantifier == "any" else _every_element
            return partial(run, _getter(path), _build(inner, absent), size(inner), absent)
        case Compare(Count(path, inner_or_none), operator, value):
            test = None if inner_or_none is None else _build(inner_or_none, absent)
            return partial(_counted, _getter(path), test, size(inner_or_none), _OPERATORS[operator], value, absent)
        case Compare(Path() as path, operator, value):
            return partial(_compared, _getter(path), _OPERATORS[operator], value, absent)
    raise TypeError(f"not a condition: {condition!r}")


def _getter(path: Path) -> _Getter:
    parts = path.parts[1:] if path.parts[0] == ELEMENT else path.parts
    if not parts:
        return _itself
    if len(parts) == 1:
        return attrgetter(parts[0])
    return partial(_follow, parts)


def _itself(fact: object) -> object:
    return fact


def _follow(parts: Sequence[str], fact: object) -> object:
    value: object = fact
    for part in parts:
        if value is None:
            return None
        value = getattr(value, part)
    return value


def _all_of(tests: Sequence[_Test], fact: object, budget: StepBudget) -> Tri:
    result: Tri = True
    for test in tests:
        truth = test(fact, budget)
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def _one_of(tests: Sequence[_Test], fact: object, budget: StepBudget) -> Tri:
    result: Tri = False
    for test in tests:
        truth = test(fact, budget)
        if truth:
            return True
        if truth is None:
            result = None
    return result


def _not(test: _Test, fact: object, budget: StepBudget) -> Tri:
    return _negate(test(fact, budget))


def _is_unknown(get: _Getter, fact: object, budget: StepBudget) -> Tri:
    return get(fact) is None


def _is_true(get: _Getter, absent: Tri, fact: object, budget: StepBudget) -> Tri:
    value = get(fact)
    return absent if value is None else bool(value)


def _compared(
    get: _Getter,
    operator: Callable[[object, Literal], bool],
    value: Literal,
    absent: Tri,
    fact: object,
    budget: StepBudget,
) -> Tri:
    found = get(fact)
    return absent if found is None else operator(found, value)


def _elements(get: _Getter, steps: int, fact: object, budget: StepBudget) -> Sequence[object] | None:
    found = get(fact)
    if not isinstance(found, tuple | list):
        return None
    budget.spend(steps * len(found))
    return found


def _any_element(get: _Getter, test: _Test, steps: int, absent: Tri, fact: object, budget: StepBudget) -> Tri:
    elements = _elements(get, steps, fact, budget)
    if elements is None:
        return absent
    return _one_of(tuple(partial(_with, test, element) for element in elements), fact, budget)


def _every_element(get: _Getter, test: _Test, steps: int, absent: Tri, fact: object, budget: StepBudget) -> Tri:
    elements = _elements(get, steps, fact, budget)
    if elements is None:
        return absent
    return _all_of(tuple(partial(_with, test, element) for element in elements), fact, budget)


def _with(test: _Test, element: object, fact: object, budget: StepBudget) -> Tri:
    return test(element, budget)


def _counted(
    get: _Getter,
    test: _Test | None,
    steps: int,
    operator: Callable[[object, Literal], bool],
    value: Literal,
    absent: Tri,
    fact: object,
    budget: StepBudget,
) -> Tri:
    elements = _elements(get, steps, fact, budget)
    if elements is None:
        return absent
    if test is None:
        return operator(len(elements), value)
    truths = [test(element, budget) for element in elements]
    surely = sum(1 for truth in truths if truth)
    possible = surely + truths.count(None)
    answers = {operator(number, value) for number in range(surely, possible + 1)}
    return answers.pop() if len(answers) == 1 else None


def _contains(found: object, value: Literal) -> bool:
    if isinstance(found, str):
        return str(value).lower() in found.lower()
    return value in found  # type: ignore[operator]  # a list, by the type check


def _ordered(operator: Callable[[Any, Any], bool]) -> Callable[[object, Literal], bool]:
    return operator  # numbers on both sides, by the type check


_OPERATORS: Mapping[str, Callable[[object, Literal], bool]] = {
    "==": eq,
    "!=": ne,
    "<": _ordered(lt),
    "<=": _ordered(le),
    ">": _ordered(gt),
    ">=": _ordered(ge),
    "in": lambda found, value: found in value,  # type: ignore[operator]
    "contains": _contains,
    "startswith": lambda found, value: str(found).lower().startswith(str(value).lower()),
    "matches": lambda found, value: search(str(value), str(found)),
}
"""`==` and `in` compare exactly; `contains`, `startswith` and `matches` take letters of either case as equal."""
