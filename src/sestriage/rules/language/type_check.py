"""Checks a parsed condition against the types of the facts, before it is ever evaluated."""

from __future__ import annotations

from collections.abc import Collection

from sestriage.model.message import Message, said_by
from sestriage.rules.language.conditions import (
    Compare,
    Condition,
    Count,
    Holds,
    IsTrue,
    Junction,
    Not,
    Path,
    Quantified,
    Selection,
    Unknown,
)
from sestriage.rules.language.grammar import ConditionError
from sestriage.rules.language.regex_guard import PatternError, check_pattern
from sestriage.rules.language.types import PLAIN, FieldError, FieldType, kind_type, nearest, resolve

_NUMBER = FieldType(int)
_ORDER = ("<", "<=", ">", ">=")


def check_selection(selection: Selection) -> None:
    """Checks kind, fields and values of a selection.

    Raises:
        ConditionError: the first thing that is wrong, with its place in the text.
    """
    try:
        kind = kind_type(selection.kind)
    except FieldError as error:
        raise ConditionError(said_by(error), 0) from None
    if selection.condition is not None:
        _check(selection.condition, kind)


def check_verdict(condition: Condition, names: Collection[str]) -> None:
    """Checks that a verdict joins names of selections only.

    Raises:
        ConditionError: a comparison, or an unknown name.
    """
    match condition:
        case IsTrue(path) | Unknown(path) | Holds(path):
            if str(path) not in names:
                raise ConditionError(
                    Message(
                        "there is no selection `{path}`{suggestion}", path=path, suggestion=nearest(str(path), names)
                    ),
                    path.at,
                )
        case Not(inner):
            check_verdict(inner, names)
        case Junction(_, parts):
            for part in parts:
                check_verdict(part, names)
        case Compare(_, _, _, at):
            raise ConditionError(
                Message("a verdict joins selections with `and`, `or`, `not`; comparisons belong into [select]"), at
            )
        case Quantified(_, path, _):
            raise ConditionError(Message("a verdict joins selections; any() and all() belong into [select]"), path.at)


def _check(condition: Condition, scope: FieldType) -> None:
    match condition:
        case Junction(_, parts):
            for part in parts:
                _check(part, scope)
        case Not(inner):
            _check(inner, scope)
        case Quantified(_, path, inner):
            _check(inner, _elements(path, scope))
        case Unknown(path):
            _field(path, scope)
        case IsTrue(path) | Holds(path):
            found = _field(path, scope)
            if found.many or found.base is not bool:
                raise ConditionError(
                    Message("`{path}` is {found}: compare it with something", path=path, found=found.said), path.at
                )
        case Compare():
            _check_comparison(condition, scope)


def _check_comparison(node: Compare, scope: FieldType) -> None:
    if isinstance(node.operand, Count):
        inner = _elements(node.operand.path, scope)
        if node.operand.condition is not None:
            _check(node.operand.condition, inner)
        found, name = _NUMBER, f"count({node.operand.path})"
    else:
        found, name = _field(node.operand, scope), str(node.operand)
    if node.operator in ("contains", "startswith", "matches"):
        _check_text_operator(node, found, name)
        return
    if found.many or not issubclass(found.base, PLAIN):
        raise ConditionError(
            Message(
                "`{name}` is {found}: `{operator}` cannot compare it",
                name=name,
                found=found.said,
                operator=node.operator,
            ),
            node.at,
        )
    if node.operator in _ORDER and (found.base is bool or not issubclass(found.base, int | float)):
        raise ConditionError(
            Message(
                "`{name}` is {found}: `{operator}` needs a number", name=name, found=found.said, operator=node.operator
            ),
            node.at,
        )
    if (node.operator == "in") is not isinstance(node.value, tuple):
        wanted = "a list in brackets" if node.operator == "in" else "one value"
        raise ConditionError(f"`{node.operator}` needs {wanted}", node.at)
    for value in node.value if isinstance(node.value, tuple) else (node.value,):
        _check_value(value, found, name, node.at)


def _check_text_operator(node: Compare, found: FieldType, name: str) -> None:
    if node.operator == "contains" and found.many:
        if isinstance(node.value, tuple):
            raise ConditionError(Message("`contains` needs one value"), node.at)
        _check_value(node.value, FieldType(found.base, words=found.words), name, node.at)
        return
    if not found.is_text:
        raise ConditionError(
            Message(
                "`{name}` is {found}: `{operator}` needs text", name=name, found=found.said, operator=node.operator
            ),
            node.at,
        )
    if not isinstance(node.value, str):
        raise ConditionError(Message("`{operator}` needs text in quotes", operator=node.operator), node.at)
    if node.operator == "matches":
        try:
            check_pattern(node.value)
        except PatternError as error:
            raise ConditionError(said_by(error), node.at) from None


def _check_value(value: object, found: FieldType, name: str, at: int) -> None:
    if issubclass(found.base, str):
        fits = isinstance(value, str)
    elif found.base is bool:
        fits = isinstance(value, bool)
    else:
        fits = isinstance(value, int | float) and not isinstance(value, bool)
    if not fits:
        raise ConditionError(
            Message("`{name}` is {found}, {value} is not", name=name, found=found.said, value=repr(value)), at
        )
    if found.words and value not in found.words:
        raise ConditionError(
            Message(
                "`{name}` is never {value}{suggestion}",
                name=name,
                value=repr(value),
                suggestion=nearest(str(value), found.words),
            ),
            at,
        )


def _elements(path: Path, scope: FieldType) -> FieldType:
    found = _field(path, scope)
    if not found.many:
        raise ConditionError(Message("`{path}` is {found}, not a list", path=path, found=found.said), path.at)
    return FieldType(found.base, words=found.words)


def _field(path: Path, scope: FieldType) -> FieldType:
    try:
        return resolve(scope, path.parts)
    except FieldError as error:
        raise ConditionError(said_by(error), path.at) from None
