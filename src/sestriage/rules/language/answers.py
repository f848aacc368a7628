"""What became of a condition, part by part: as a rule's author wrote it, with the value that decided each part."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from sestriage.model.judged.answers import Step
from sestriage.rules.language.conditions import (
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
    Unknown,
)

MAX_VALUE = 160
"""Characters of a value that are shown."""
MAX_ELEMENTS = 8
"""Elements of a list that are shown."""

THERE = "given"
"""The value of a part with fields of its own."""

Decide = Callable[[Condition], "bool | None"]
Look = Callable[[Path], str]


def explain(condition: Condition, decide: Decide, look: Look) -> Step:
    """The condition and its parts. `decide` gives the truth of a part, `look` what stands behind a path of one."""
    holds = decide(condition)
    if isinstance(condition, Junction):
        parts = tuple(explain(part, decide, look) for part in condition.parts)
        return Step(as_text(condition), holds, None, condition.operator, parts)
    if isinstance(condition, Not):
        return Step(as_text(condition), holds, None, "not", (explain(condition.condition, decide, look),))
    return Step(as_text(condition), holds, look(_path(condition)))


def _path(condition: Compare | IsTrue | Unknown | Holds | Quantified) -> Path:
    if isinstance(condition, Compare):
        return condition.operand.path if isinstance(condition.operand, Count) else condition.operand
    return condition.path


def settled(step: Step) -> int:
    """How many parts of a condition hold: of several facts the one with most comes closest."""
    return (step.holds is True) + sum(settled(part) for part in step.parts)


# --- as text -----------------------------------------------------------------------------------------------------


def as_text(condition: Condition) -> str:
    """A condition as a rule writes it."""
    match condition:
        case Junction(operator, parts):
            return f" {operator} ".join(f"({as_text(p)})" if isinstance(p, Junction) else as_text(p) for p in parts)
        case Not(inner):
            text = as_text(inner)
            return f"not ({text})" if isinstance(inner, Junction) else f"not {text}"
        case Unknown(path):
            return f"unknown({path})"
        case Holds(path):
            return f"holds({path})"
        case IsTrue(path):
            return str(path)
        case Quantified(quantifier, path, inner):
            return f"{quantifier}({path}, {as_text(inner)})"
        case Compare(Count(path, inner), operator, value):
            counted = f"count({path})" if inner is None else f"count({path}, {as_text(inner)})"
            return f"{counted} {operator} {literal(value)}"
        case Compare(Path() as path, operator, value):
            return f"{path} {operator} {literal(value)}"
    raise TypeError(f"not a condition: {condition!r}")


def literal(value: Literal) -> str:
    """A value as a condition writes it."""
    if isinstance(value, tuple):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, str):
        quoted = value.replace('"', '\\"').replace("\n", "\\n")  # every other backslash stands for itself
        return f'"{quoted}"'
    return str(value).lower() if isinstance(value, bool) else str(value)


def value_text(value: object) -> str:
    """A field's value as a condition would write it; of a list of parts its length, of a part that it is there."""
    if isinstance(value, Enum):
        return literal(str(value.value))
    if isinstance(value, str):
        return literal(str(value) if len(value) <= MAX_VALUE else f"{value[:MAX_VALUE]}…")
    if isinstance(value, bool | int | float):
        return literal(value)
    if isinstance(value, tuple):
        return _list_text(value)
    return THERE


def _list_text(values: tuple[object, ...]) -> str:
    texts = [value_text(value) for value in values[:MAX_ELEMENTS]]
    if THERE in texts:
        return f"count {len(values)}"
    more = [f"… {len(values)}"] if len(values) > MAX_ELEMENTS else []
    return "[" + ", ".join([*texts, *more]) + "]"
