"""The types of the fields that conditions and templates may name, read off the fact dataclasses.

The model is the only place where a field is declared; a rule that names a field which is not there is refused with
the nearest name.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from enum import Enum
from functools import cache

from sestriage.model.kinds import FACT_KINDS
from sestriage.model.known import spelling
from sestriage.model.message import Message
from sestriage.rules.language.conditions import ELEMENT

PLAIN = (str, int, float, bool)
_NAMES: Mapping[type, Message] = {
    str: Message("text"),
    int: Message("a whole number"),
    float: Message("a number"),
    bool: Message("true or false"),
}


class FieldError(ValueError):
    """No such field."""


@dataclass(frozen=True, slots=True)
class FieldType:
    """`base` is the type of the value, or of each element when `many`; `optional`: may be None. `words`: the only
    values of a closed vocabulary, empty for any other type."""

    base: type
    many: bool = False
    optional: bool = False
    words: tuple[str, ...] = ()

    @property
    def is_text(self) -> bool:
        """True for a string (or an enumeration of strings), not for a list of them."""
        return not self.many and issubclass(self.base, str)

    @property
    def said(self) -> Message:
        """The type in words; a dataclass by its name."""
        name = _NAMES.get(self.base) or Message("{name}", name=self.base.__name__)
        return Message("a list of {name}", name=name) if self.many else name

    def __str__(self) -> str:
        return str(self.said)


def nearest(name: str, names: Iterable[str]) -> str:
    """` (did you mean x?)`, or nothing when no name is near."""
    near = spelling.nearest(name, names)
    return Message(" (did you mean `{near}`?)", near=near) if near else ""


def kind_type(kind: str) -> FieldType:
    """The type of the facts of a kind.

    Raises:
        FieldError: no such kind.
    """
    if kind not in FACT_KINDS:
        raise FieldError(
            Message("there is no kind of fact `{kind}`{suggestion}", kind=kind, suggestion=nearest(kind, FACT_KINDS))
        )
    return FieldType(FACT_KINDS[kind])


def resolve(start: FieldType, parts: Iterable[str]) -> FieldType:
    """The type of a dotted field.

    Raises:
        FieldError: a part names no field, or goes through a list or a plain value.
    """
    current = start
    for index, part in enumerate(parts):
        if part == ELEMENT and index == 0 and not is_dataclass(start.base):
            continue
        if current.many:
            raise FieldError(Message("a list has no field `{part}`: use any(), all() or count()", part=part))
        if not is_dataclass(current.base):
            raise FieldError(Message("{current} has no field `{part}`", current=current.said, part=part))
        fields = fields_of(current.base)
        if part not in fields:
            raise FieldError(
                Message(
                    "{kind} has no field `{part}`{suggestion}",
                    kind=current.base.__name__,
                    part=part,
                    suggestion=nearest(part, fields),
                )
            )
        found = fields[part]
        current = FieldType(found.base, found.many, found.optional or current.optional, found.words)
    return current


@cache
def fields_of(owner: type) -> Mapping[str, FieldType]:
    """Fields and properties of a dataclass that have a type which rules understand."""
    hints: dict[str, object] = dict(typing.get_type_hints(owner))
    for name, member in vars(owner).items():
        if isinstance(member, property) and member.fget is not None:
            hints[name] = typing.get_type_hints(member.fget).get("return")
    found = {name: _field_type(hint) for name, hint in hints.items() if not name.startswith("_")}
    return {name: field for name, field in found.items() if field is not None}


def plain(hint: object) -> object:
    """The type that a hint means at run time: a closed vocabulary (`Literal`) is text."""
    return str if typing.get_origin(hint) is typing.Literal else hint


def _field_type(hint: object) -> FieldType | None:
    optional = False
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        rest = [arg for arg in typing.get_args(hint) if arg is not types.NoneType]
        if len(rest) != 1:
            return None
        optional, hint = True, rest[0]
    many = typing.get_origin(hint) is tuple
    if many:
        hint = typing.get_args(hint)[0]
    base = plain(hint)
    return FieldType(base, many, optional, _words(hint)) if isinstance(base, type) else None


def _words(hint: object) -> tuple[str, ...]:
    if typing.get_origin(hint) is typing.Literal:
        return tuple(str(word) for word in typing.get_args(hint))
    return enum_values(hint) if isinstance(hint, type) else ()


def enum_values(base: type) -> tuple[str, ...]:
    """Values of an enumeration; empty for any other type."""
    return tuple(str(member.value) for member in base) if issubclass(base, Enum) else ()
