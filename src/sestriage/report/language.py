"""A whole report in a language: every message in it becomes the text that the reader sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar, cast

from sestriage.i18n import LANGUAGES, translated
from sestriage.model.message import Message

_T = TypeVar("_T")


def in_language(node: _T, language: str) -> _T:
    """The same tree of frozen dataclasses and tuples, its messages translated; the very same one where none is."""
    return node if language == LANGUAGES[0] else cast(_T, _Translation(language).of(node))


class _Translation:
    def __init__(self, language: str) -> None:
        self._language = language
        self._done: dict[int, tuple[object, object]] = {}
        """By identity: the node (kept, so that its id is not used again) and what it became."""

    def of(self, node: object) -> object:
        kind = type(node)
        if kind is Message:
            return translated(cast(Message, node), self._language)
        if not (isinstance(node, tuple) or _fields_of(kind)):
            return node
        done = self._done.get(id(node))
        if done is None:
            done = self._done[id(node)] = (node, self._tuple(node) if isinstance(node, tuple) else self._record(node))
        return done[1]

    def _tuple(self, node: tuple[object, ...]) -> tuple[object, ...]:
        items = tuple(self.of(item) for item in node)
        if all(new is old for new, old in zip(items, node, strict=True)):
            return node
        return items if type(node) is tuple else cast("type[Any]", type(node))(*items)

    def _record(self, node: Any) -> object:
        changes = {}
        for name in _fields_of(type(node)):
            value = getattr(node, name)
            new = self.of(value)
            if new is not value:
                changes[name] = new
        return replace(node, **changes) if changes else node


def _find_fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


_fields_of: Callable[[type], tuple[str, ...]] = cache(_find_fields)
