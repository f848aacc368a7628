"""The condition language as data: what a parsed condition is made of, and its form as JSON.

Values follow three-valued logic: True, False, and None for *unknown*. The grammar that makes these trees from text is
in `grammar.py`, their meaning in `evaluate.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Literal: TypeAlias = "str | int | float | bool | tuple[str | int | float | bool, ...]"

ELEMENT = "it"
"""The name of the element inside `any()`, `all()` or `count()`, for lists of plain values."""


@dataclass(frozen=True, slots=True)
class Path:
    """A dotted field, `alert.sender`. `at` is its offset in the text of the condition."""

    parts: tuple[str, ...]
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Count:
    """`count(field)` or `count(field, condition)`: how many elements there are (for which the condition is true)."""

    path: Path
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Compare:
    """`operand operator value`; `at` is the offset of the value."""

    operand: Path | Count
    operator: str
    value: Literal
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class IsTrue:
    """A field of true and false by itself, or the name of a selection in a verdict."""

    path: Path


@dataclass(frozen=True, slots=True)
class Unknown:
    """`unknown(x)`: the field says nothing, or the selection is neither true nor false. Never unknown itself."""

    path: Path


@dataclass(frozen=True, slots=True)
class Holds:
    """`holds(name)`: the selection is true. False where it is false or unknown, so never unknown itself."""

    path: Path


@dataclass(frozen=True, slots=True)
class Quantified:
    """`any(field, condition)` or `all(field, condition)` over the elements of a list."""

    quantifier: str
    path: Path
    condition: Condition


@dataclass(frozen=True, slots=True)
class Not:
    """`not condition`."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Junction:
    """`a and b and c`, or `a or b or c`."""

    operator: str
    parts: tuple[Condition, ...]


Condition: TypeAlias = "Compare | IsTrue | Unknown | Holds | Quantified | Not | Junction"


@dataclass(frozen=True, slots=True)
class Selection:
    """`KIND where CONDITION`; without condition every fact of the kind is selected."""

    kind: str
    condition: Condition | None = None


def paths(condition: Condition) -> Iterator[tuple[Path, bool]]:
    """The fields of a condition outside of quantifiers, each with whether it stands under an odd number of `not`."""
    stack: list[tuple[Condition, bool]] = [(condition, False)]
    while stack:
        node, negated = stack.pop()
        if isinstance(node, Junction):
            stack.extend((part, negated) for part in reversed(node.parts))
        elif isinstance(node, Not):
            stack.append((node.condition, not negated))
        elif isinstance(node, Compare):
            yield (node.operand.path if isinstance(node.operand, Count) else node.operand), negated
        else:
            yield node.path, negated


def size(condition: Condition | None) -> int:
    """Number of nodes: the steps that one evaluation may take, quantified parts counted once."""
    if condition is None:
        return 1
    if isinstance(condition, Junction):
        return 1 + sum(size(part) for part in condition.parts)
    if isinstance(condition, Not | Quantified):
        return 1 + size(condition.condition)
    if isinstance(condition, Compare) and isinstance(condition.operand, Count):
        return 1 + size(condition.operand.condition)
    return 1


def to_json(node: Condition | None) -> list[object] | None:
    """A condition as nested lists (offsets are left out: a compiled condition has been checked)."""
    match node:
        case None:
            return None
        case Compare(Count(path, inner), operator, value):
            return ["#", list(path.parts), to_json(inner), operator, _value_to_json(value)]
        case Compare(Path(parts), operator, value):
            return ["=", list(parts), operator, _value_to_json(value)]
        case IsTrue(path):
            return ["t", list(path.parts)]
        case Unknown(path):
            return ["?", list(path.parts)]
        case Holds(path):
            return ["!", list(path.parts)]
        case Quantified(quantifier, path, inner):
            return [quantifier, list(path.parts), to_json(inner)]
        case Not(inner):
            return ["not", to_json(inner)]
        case Junction(operator, parts):
            return [operator, *(to_json(part) for part in parts)]
    raise TypeError(f"not a condition: {node!r}")


def from_json(data: object) -> Condition:
    """The inverse of `to_json`.

    Raises:
        ValueError: the data is no condition (a damaged compiled file).
    """
    if not isinstance(data, list) or not data:
        raise ValueError(f"not a compiled condition: {data!r:.80}")
    head, *rest = data
    try:
        if head == "=":
            return Compare(_path(rest[0]), str(rest[1]), _value_from_json(rest[2]))
        if head == "#":
            inner = None if rest[1] is None else from_json(rest[1])
            return Compare(Count(_path(rest[0]), inner), str(rest[2]), _value_from_json(rest[3]))
        if head == "t":
            return IsTrue(_path(rest[0]))
        if head == "?":
            return Unknown(_path(rest[0]))
        if head == "!":
            return Holds(_path(rest[0]))
        if head in ("any", "all"):
            return Quantified(head, _path(rest[0]), from_json(rest[1]))
        if head == "not":
            return Not(from_json(rest[0]))
        if head in ("and", "or"):
            return Junction(head, tuple(from_json(part) for part in rest))
    except (IndexError, TypeError) as error:
        raise ValueError(f"not a compiled condition: {data!r:.80}") from error
    raise ValueError(f"not a compiled condition: {data!r:.80}")


def _path(data: Sequence[object]) -> Path:
    return Path(tuple(str(part) for part in data))


def _value_to_json(value: Literal) -> object:
    return list(value) if isinstance(value, tuple) else value


def _value_from_json(data: object) -> Literal:
    if isinstance(data, list):
        return tuple(item for item in data if isinstance(item, str | int | float | bool))
    if isinstance(data, str | int | float | bool):
        return data
    raise ValueError(f"not a literal: {data!r:.80}")
