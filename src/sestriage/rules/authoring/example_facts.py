"""Facts from tables of a rule's examples: dataclasses from dictionaries, types checked.

An example gives only the fields that matter. Required fields that it leaves out get an empty value of their type; a
field that does not exist, or has another type, is an error.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache

from sestriage.model.capture import Stream
from sestriage.model.facts import FactBase
from sestriage.model.kinds import FACT_KINDS
from sestriage.model.message import Message
from sestriage.model.source import SourceRef
from sestriage.rules.language.types import nearest, plain

CAPTURE_KINDS = frozenset(
    {"dns.lookup", "tcp.stream", "tcp.connection", "smtp.dialogue", "tls.handshake", "tls.certificate"}
)
"""Kinds that one capture supplies together."""

EXAMPLE_SOURCE = SourceRef("example")


def fact_base(tables: Mapping[str, object], more: Mapping[str, tuple[object, ...]] | None = None) -> FactBase:
    """The fact base of an example: kinds to lists of tables, and ready facts of further kinds in `more`.

    A kind that is named counts as supplied, an empty list included; one kind of a capture stands for all of them, and
    the layers of streams become separate facts.

    Raises:
        ValueError: a kind, field or type is not right.
    """
    facts: dict[str, tuple[object, ...]] = {}
    for kind, rows in tables.items():
        if kind not in FACT_KINDS:
            raise ValueError(
                Message(
                    "there is no kind of fact `{kind}`{suggestion}", kind=kind, suggestion=nearest(kind, FACT_KINDS)
                )
            )
        if not isinstance(rows, list):
            raise ValueError(Message("`{kind}` must be a list of tables", kind=kind))
        facts[kind] = tuple(_build(FACT_KINDS[kind], row, kind) for row in rows)
    for kind, ready in (more or {}).items():
        facts[kind] = facts.get(kind, ()) + ready
    handed_in = set(facts)
    if handed_in & CAPTURE_KINDS:
        handed_in |= CAPTURE_KINDS - {"tls.certificate"}
        _add_layers(facts)
    if facts.get("tls.certificate"):
        handed_in.add("tls.certificate")
    return FactBase.about(facts, handed_in)


def _add_layers(facts: dict[str, tuple[object, ...]]) -> None:
    streams = [fact for fact in facts.get("tcp.stream", ()) if isinstance(fact, Stream)]
    layers = {
        "tcp.connection": tuple(stream.tcp for stream in streams),
        "smtp.dialogue": tuple(stream.smtp for stream in streams if stream.smtp),
        "tls.handshake": tuple(stream.tls for stream in streams if stream.tls),
        "tls.certificate": tuple(cert for stream in streams if stream.tls for cert in stream.tls.certificates),
    }
    for kind, found in layers.items():
        facts[kind] = facts.get(kind, ()) + found


@cache
def _hints(owner: type) -> Mapping[str, object]:
    return typing.get_type_hints(owner)


def _build(owner: type, table: object, where: str) -> object:
    if not isinstance(table, dict):
        raise ValueError(Message("`{where}` must be a table", where=where))
    hints = _hints(owner)
    known = {item.name: item for item in fields(owner)}
    values: dict[str, object] = {}
    for name, value in table.items():
        if name not in known:
            raise ValueError(
                Message(
                    "`{where}` has no field `{name}`{suggestion}",
                    where=where,
                    name=name,
                    suggestion=nearest(name, known),
                )
            )
        values[name] = _convert(hints[name], value, f"{where}.{name}")
    for name, item in known.items():
        if name not in values and item.default is MISSING and item.default_factory is MISSING:
            values[name] = _empty(hints[name])
    return owner(**values)


def _convert(hint: object, value: object, where: str) -> object:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        hint = next(arg for arg in typing.get_args(hint) if arg is not types.NoneType)
    hint = plain(hint)
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise ValueError(Message("`{where}` must be a list", where=where))
        element = typing.get_args(hint)[0]
        return tuple(_convert(element, item, where) for item in value)
    if not isinstance(hint, type):
        raise ValueError(Message("`{where}` cannot be given in an example", where=where))
    if is_dataclass(hint):
        return _build(hint, value, where)
    if issubclass(hint, Enum):
        return hint(value)
    if hint is datetime and isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ValueError(
            Message("`{where}` must be {kind}, not {value:.40}", where=where, kind=hint.__name__, value=repr(value))
        )
    return value


def _empty(hint: object) -> object:
    if hint is SourceRef:
        return EXAMPLE_SOURCE
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return None
    if typing.get_origin(hint) is tuple:
        return ()
    hint = plain(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _build(hint, {}, hint.__name__)
    return hint() if isinstance(hint, type) else None
