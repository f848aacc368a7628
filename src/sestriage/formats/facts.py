"""Facts as JSON, and back: frozen dataclasses by their fields and types.

Fields that have their default are left out. What is read is untrusted: every value must have the type of its field,
and nothing unknown is passed over. A certificate is its DER encoding where there is one, so that no field can say
something else than the certificate does.

    {"source": {"path": "bundle.tgz", "member": "var/log/x.log", "line": 14}, "outcome": "failure", ...}
"""

from __future__ import annotations

import base64
import binascii
import importlib
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, cast

from sestriage.errors import ParseError
from sestriage.formats.certs.x509 import parse_certificate
from sestriage.model.log import LogEvent
from sestriage.model.message import Message
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate

_MODULES = ("capture", "config", "fault", "log", "mail", "phase", "source", "transcript", "trust", "vocabulary")
MOST = 1 << 53
"""Numbers beyond this are none that anything counts."""
_FIRST_YEAR, _LAST_YEAR = 1950, 9999
_NAIVE = frozenset({LogEvent})
"""Types of facts whose times may be without zone."""
_T = typing.TypeVar("_T")


def encoded(node: object) -> object:
    """A fact as what `json.dumps` takes."""
    if isinstance(node, Certificate) and node.der:
        return {"der": _base64(node.der), **({"source": encoded(node.source)} if node.source else {})}
    if is_dataclass(node) and not isinstance(node, type):
        return {field.name: encoded(value) for field, value in _values(node)}
    if isinstance(node, tuple):
        return [encoded(item) for item in node]
    if isinstance(node, Enum):
        return node.value
    if isinstance(node, datetime):
        return node.isoformat()
    if isinstance(node, timedelta):
        return node.total_seconds()
    if isinstance(node, bytes):
        return _base64(node)
    return str(node) if isinstance(node, str) else node


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _values(node: Any) -> Iterator[tuple[Any, object]]:
    for field in fields(node):
        value = getattr(node, field.name)
        if field.default is MISSING or value != field.default or type(value) is not type(field.default):
            yield field, value


def decoded(kind: type[_T], value: object) -> _T:
    """A fact of a type from what `json.loads` gave.

    Raises:
        ParseError: it is no such fact; the message names the field.
    """
    return cast(_T, _Reader().read(kind, value, kind.__name__, naive=False))


class _Reader:
    def read(self, kind: Any, value: object, at: str, *, naive: bool) -> object:
        if isinstance(kind, type) and is_dataclass(kind):
            return self._record(kind, value, at)
        origin = typing.get_origin(kind)
        if origin in (typing.Union, types.UnionType):
            return self._union(typing.get_args(kind), value, at, naive)
        if origin is tuple:
            return self._tuple(typing.get_args(kind), value, at, naive)
        if origin is typing.Literal:
            return _checked(isinstance(value, str) and value in typing.get_args(kind), value, at)
        return _leaf(kind, value, at, naive)

    def _union(self, kinds: tuple[Any, ...], value: object, at: str, naive: bool) -> object:
        if value is None:
            return _checked(type(None) in kinds, None, at)
        (kind,) = [each for each in kinds if each is not type(None)]
        return self.read(kind, value, at, naive=naive)

    def _tuple(self, kinds: tuple[Any, ...], value: object, at: str, naive: bool) -> tuple[object, ...]:
        items = _checked(isinstance(value, list), value, at)
        if len(kinds) != 2 or kinds[1] is not Ellipsis:
            _checked(len(cast("list[object]", items)) == len(kinds), items, at)
            pairs = zip(kinds, cast("list[object]", items), strict=True)
            return tuple(self.read(kind, item, at, naive=naive) for kind, item in pairs)
        return tuple(self.read(kinds[0], item, at, naive=naive) for item in cast("list[object]", items))

    def _record(self, kind: type, value: object, at: str) -> object:
        given = cast("Mapping[str, object]", _checked(isinstance(value, dict), value, at))
        if kind is Certificate and given.get("der"):
            return self._certificate(given, at)
        hints = _hints(kind)
        unknown = next((name for name in given if name not in hints), None)
        if unknown is not None:
            raise ParseError(Message("{place} has no field {name}", place=at, name=repr(unknown)[:60]))
        naive = kind in _NAIVE or kind.__name__ in ("LogFile", "TlsTrace", "Transcript")
        values = {name: self.read(hints[name], item, f"{at}.{name}", naive=naive) for name, item in given.items()}
        try:
            return kind(**values)
        except TypeError:
            raise ParseError(Message("{place} lacks a field", place=at)) from None

    def _certificate(self, given: Mapping[str, object], at: str) -> Certificate:
        der = cast(bytes, _leaf(bytes, given["der"], at, False))
        source = given.get("source")
        place = cast("SourceRef | None", self._record(SourceRef, source, at)) if source is not None else None
        return parse_certificate(der, place)


def _leaf(kind: Any, value: object, at: str, naive: bool) -> object:
    if kind is str or kind is bool:
        return _checked(type(value) is kind, value, at)
    if kind is int:
        return _checked(type(value) is int and abs(value) < MOST, value, at)
    if kind is float:
        _checked(type(value) in (int, float) and abs(cast(float, value)) < MOST, value, at)
        return float(cast(float, value))
    text = cast(str, _checked(isinstance(value, (str, int, float)), value, at))
    try:
        return _made(kind, text, naive)
    except (ValueError, TypeError, OverflowError, binascii.Error):
        raise ParseError(Message("{place} is not what it must be", place=at)) from None


def _made(kind: Any, text: Any, naive: bool) -> object:
    if kind is bytes:
        return base64.b64decode(text, validate=True)
    if kind is timedelta:
        return timedelta(seconds=text)
    if kind is datetime:
        moment = datetime.fromisoformat(text)
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR or (moment.tzinfo is None and not naive):
            raise ValueError(text)
        return moment
    return kind(text)  # an Enum


def _checked(holds: bool, value: object, at: str) -> object:
    if not holds:
        raise ParseError(Message("{place} is not what it must be", place=at))
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    """The types of the fields; some of them are imported for type checks alone where they are named."""
    named = {**_names(), **vars(importlib.import_module(kind.__module__))}
    return typing.get_type_hints(kind, globalns=named)


@cache
def _names() -> dict[str, object]:
    found: dict[str, object] = {}
    for module in _MODULES:
        known = vars(importlib.import_module(f"sestriage.model.{module}"))
        found |= {name: value for name, value in known.items() if not name.startswith("_")}
    return found
