"""Events with equal bodies are built once: a failure that comes again differs in its time and its place only.

Of a stack frame only the method counts, of `... 12 more` nothing: what else stands in such a line says nothing about
the failure, and is never quoted.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter

from sestriage.formats.log.build import build, day_unsure, quoted, quoted_place, year_lent
from sestriage.formats.log.chain import FRAME, MORE
from sestriage.formats.log.grouping import EventDraft
from sestriage.model.log import LogEvent
from sestriage.model.source import SourceRef

MAX_LINES = 400
MAX_CHARS = 1 << 14
"""Larger events are built each time."""
MAX_BODIES = 256
"""Bodies that are remembered, at least; at most twice as many."""

_NAMES = tuple(field.name for field in fields(LogEvent))
_VALUES = attrgetter(*_NAMES)
_SOURCE, _TIME, _AHEAD, _LENT, _UNSURE, _THROWABLES, _QUOTE, _QUOTE_LINE = map(
    _NAMES.index, ("source", "time", "clock_ahead", "year_lent", "day_unsure", "throwables", "quote", "quote_line")
)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a body gave: nothing, or the values of its event, the number of its first line, and what is quoted of it."""

    values: tuple[object, ...] | None
    first: int
    needle: str
    quoted: int


class Builder:
    """Builds the events of one log. `reference` and `keep_all` as for `build`."""

    def __init__(self, source: SourceRef, reference: datetime | None, *, keep_all: bool) -> None:
        self._source = source
        self._reference = reference
        self._keep_all = keep_all
        self._young: dict[object, _Known] = {}
        self._old: dict[object, _Known] = {}

    def build(self, draft: EventDraft) -> LogEvent | None:
        """What `build.build` gives."""
        key = self._key(draft)
        if key is None:
            return build(draft, self._source, self._reference, keep_all=self._keep_all)[0]
        known = self._young.get(key) or self._old.get(key)
        if known is not None:
            self._remember(key, known)
            return None if known.values is None else self._again(draft, known, known.values)
        event, needle = build(draft, self._source, self._reference, keep_all=self._keep_all)
        first = draft.first.number
        if event is None:
            self._remember(key, _Known(None, first, "", 0))
        elif event.quote_line is not None:
            place = quoted_place(draft, event.quote_line, needle)
            self._remember(key, _Known(_VALUES(event), first, needle, place))
        return event

    def _key(self, draft: EventDraft) -> object:
        """Equal for drafts with equal bodies; None when the draft is not of the kind that comes again and again."""
        first = draft.first
        if draft.spoken is not None or first.record is not None or len(draft.lines) > MAX_LINES:
            return None
        header = draft.header(self._reference)
        if header is None:
            said: tuple[object, ...] = (first.text,)
        else:
            said = (header.message, header.level, header.logger, header.thread)
        start = first.number
        lines = tuple([_shape(line.text) for line in draft.lines[1:]])
        if draft.size > MAX_CHARS or len(first.text) > MAX_CHARS:
            return None
        numbers = None if draft.plain else tuple([line.number - start for line in draft.lines])
        return said, lines, first.wrapping, numbers, draft.talk

    def _remember(self, key: object, known: _Known) -> None:
        if len(self._young) >= MAX_BODIES and key not in self._young:
            self._old, self._young = self._young, {}
        self._young[key] = known

    def _again(self, draft: EventDraft, known: _Known, values: tuple[object, ...]) -> LogEvent:
        """The event of a body that is known, at its own time and place."""
        first, end = draft.first.number, draft.end
        shift = first - known.first
        new = list(values)
        new[_SOURCE] = self._source.at_line(first, end if end != first else None)
        new[_TIME] = draft.time(self._reference)
        new[_AHEAD] = draft.clock_ahead(self._reference)
        new[_LENT] = year_lent(draft, self._reference)
        new[_UNSURE] = day_unsure(draft, self._reference)
        line = draft.lines[known.quoted]
        new[_QUOTE] = quoted(line.raw, known.needle)
        new[_QUOTE_LINE] = line.number
        thrown = values[_THROWABLES]
        if shift and isinstance(thrown, tuple):
            new[_THROWABLES] = tuple([each.moved_down(shift) for each in thrown])
        return LogEvent(*new)  # type: ignore[arg-type]  # the values of an event


def _shape(text: str) -> str:
    """A line without what says nothing about the failure."""
    if text.startswith("\tat ") and FRAME.match(text):
        return text[: text.index("(") + 1]
    if text.startswith("\t... ") and text.endswith(" more") and MORE.match(text):
        return "\t... 1 more"
    return text
