"""Lines to events: a header line and all that belongs to it, streams and threads interleaved or not."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sestriage.formats.log.chain import BodyLine, continues_exception, is_trace_line
from sestriage.formats.log.classnames import HEAD
from sestriage.formats.log.header import Header, parse_header, starts_event
from sestriage.formats.log.limits import MAX_EVENT_CHARS, MAX_EVENT_LINES, MAX_STREAMS
from sestriage.formats.log.maildebug import Dialogue, Spoken
from sestriage.formats.log.problems import Problems
from sestriage.formats.log.text import normalise
from sestriage.formats.log.unwrap import Line

_WINDOW = 6
"""How many events back a stack trace may still belong to when other threads' lines lie between."""
_PAUSE = timedelta(seconds=2)
"""A pause of the wrapping's clock after which a line without header is no continuation."""


@dataclass(slots=True)
class Draft:
    """The lines of one event as collected; `hot`: at least one holds a gate literal."""

    first: Line
    header: Header | None
    lines: list[Line]
    hot: bool
    spoken: Spoken | None = None
    size: int = 0
    in_trace: bool = False
    cut: bool = False
    time: datetime | None = None
    body: list[BodyLine] = field(default_factory=list)

    @property
    def end(self) -> int:
        """Number of the last physical line."""
        return self.lines[-1].number


class _Stream:
    """The open events of one output: the newest takes the lines, older ones only what continues their trace."""

    def __init__(self) -> None:
        self.recent: deque[Draft] = deque()
        self.dialogue = Dialogue()
        self.headed = False
        self.last_time: datetime | None = None

    @property
    def current(self) -> Draft | None:
        return self.recent[-1] if self.recent else None


class Grouper:
    """Collects lines to drafts. Drafts come out in the order of their first lines within a stream."""

    def __init__(self, problems: Problems, reference: datetime | None = None) -> None:
        self._problems = problems
        self._reference = reference
        self._streams: dict[str, _Stream] = {}

    def feed(self, line: Line) -> Iterator[Draft]:
        """Take a line; yields the drafts that are complete now."""
        stream = self._streams.get(line.stream)
        if stream is None:
            if len(self._streams) >= MAX_STREAMS:
                oldest = self._streams.pop(next(iter(self._streams)))
                yield from oldest.recent
            stream = self._streams[line.stream] = _Stream()
        if line.record is not None:
            yield from self._record(stream, line)
        else:
            yield from self._plain(stream, line)

    def flush(self) -> Iterator[Draft]:
        """All open drafts: at the end of the input, or where lines were left out."""
        drafts = [draft for stream in self._streams.values() for draft in stream.recent]
        for stream in self._streams.values():
            stream.recent.clear()
        yield from sorted(drafts, key=lambda draft: draft.first.number)

    def _record(self, stream: _Stream, line: Line) -> Iterator[Draft]:
        """A logger's JSON object is a whole event."""
        record = line.record
        if record is None:
            return
        header = Header(None, record.level, record.logger, record.thread, record.message)
        draft = Draft(line, header, [line], line.hot, time=record.time or line.time)
        for text in (*record.message.split("\n"), *(record.stack.split("\n") if record.stack else ())):
            self._append_text(draft, line.number, text.rstrip("\r"))
        first = record.message.split("\n", 1)[0]
        spoken = stream.dialogue.take(line.number, first, False)[1]
        draft.spoken = spoken
        stream.headed = True
        yield from self._push(stream, draft)

    def _plain(self, stream: _Stream, line: Line) -> Iterator[Draft]:
        text = line.text
        current = stream.current
        if text[:1] in ("\t", "") or not starts_event(text):
            yield from self._headless(stream, current, line)
            return
        inside = current is not None and current.in_trace
        mine, spoken = stream.dialogue.take(line.number, text, inside)
        if mine:
            if spoken is not None:
                yield from self._push(stream, self._spoken(line, spoken, None))
            return
        header = parse_header(text, self._reference)
        if header is None:
            yield from self._headless(stream, current, line)
            return
        if self._completes(current, header):
            self._complete(current, line, header)
            return
        spoken = stream.dialogue.take(line.number, header.message, False)[1] if header.message else None
        stream.headed = stream.headed or header.stamped
        stream.last_time = line.time
        draft = self._spoken(line, spoken, header) if spoken is not None else self._draft(line, header)
        yield from self._push(stream, draft)

    def _headless(self, stream: _Stream, current: Draft | None, line: Line) -> Iterator[Draft]:
        """A line without header: part of the trace of a mail dialogue, a continuation, or an event of its own."""
        text = line.text
        inside = current is not None and current.in_trace
        mine, spoken = stream.dialogue.take(line.number, text, inside)
        if mine:
            if spoken is not None:
                yield from self._push(stream, self._spoken(line, spoken, None))
            return
        owner = self._owner(stream, current, line)
        stream.last_time = line.time
        if owner is not None:
            self._extend(owner, line)
        elif text.strip():
            yield from self._push(stream, self._draft(line, None))

    def _owner(self, stream: _Stream, current: Draft | None, line: Line) -> Draft | None:
        """The draft that a headerless line continues; None when it begins an event."""
        if current is None:
            return None
        text = line.text
        if is_trace_line(text):
            if current.in_trace or len(stream.recent) == 1:
                return current
            return next((draft for draft in reversed(stream.recent) if draft.in_trace), current)
        if continues_exception(text):
            return current if current.spoken is None else None
        if current.spoken is not None:
            return None
        if HEAD.match(text):
            return None if self._complete_trace(current) else current
        if current.header is None:
            return (
                current if current.in_trace and not self._complete_trace(current) and text[:1] in "0123456789" else None
            )
        if line.time is not None and stream.last_time is not None and line.time - stream.last_time > _PAUSE:
            return None
        return current if current.header.stamped or current.first.record is not None or not stream.headed else None

    @staticmethod
    def _complete_trace(draft: Draft) -> bool:
        """The draft's last line is a frame or `... n more`, so that a new head is a new event."""
        last = draft.lines[-1].text
        return draft.in_trace and is_trace_line(last) and last.lstrip().startswith(("at ", "..."))

    @staticmethod
    def _completes(current: Draft | None, header: Header) -> bool:
        """java.util.logging prints time and logger on one line, level and message on the next."""
        return (
            current is not None
            and current.header is not None
            and current.header.stamped
            and current.header.level is None
            and not current.header.message
            and len(current.lines) == 1
            and not header.stamped
        )

    def _complete(self, current: Draft | None, line: Line, header: Header) -> None:
        if current is None or current.header is None:
            return
        old = current.header
        current.header = Header(old.stamp, header.level, old.logger, old.thread, header.message)
        current.hot = current.hot or line.hot
        current.lines.append(line)
        current.body.clear()
        self._append_text(current, line.number, header.message)

    def _spoken(self, line: Line, spoken: Spoken, header: Header | None) -> Draft:
        draft = Draft(line, header, [line], True, spoken=spoken, time=self._time(line, header))
        self._append_text(draft, line.number, spoken.text)
        return draft

    def _draft(self, line: Line, header: Header | None) -> Draft:
        draft = Draft(line, header, [line], line.hot, time=self._time(line, header))
        self._append_text(draft, line.number, line.text if header is None else header.message)
        return draft

    @staticmethod
    def _time(line: Line, header: Header | None) -> datetime | None:
        """The event's time: what the line says, unless only the wrapping knows the zone (or the date)."""
        own = header.time if header is not None else None
        if own is None or (own.tzinfo is None and line.time is not None and line.time.tzinfo is not None):
            return line.time if line.time is not None else own
        return own

    def _extend(self, draft: Draft, line: Line) -> None:
        draft.hot = draft.hot or line.hot
        if len(draft.lines) >= MAX_EVENT_LINES or draft.size >= MAX_EVENT_CHARS:
            if not draft.cut:
                draft.cut = True
                self._problems.add("the event is too long; its further lines were skipped", draft.first.number)
            draft.lines[-1] = line
            return
        draft.lines.append(line)
        self._append_text(draft, line.number, line.text)

    @staticmethod
    def _append_text(draft: Draft, number: int, text: str) -> None:
        if draft.size >= MAX_EVENT_CHARS:
            return
        text = normalise(text[: MAX_EVENT_CHARS - draft.size])
        draft.size += len(text) + 1
        draft.body.append(BodyLine(number, text))
        if not draft.in_trace and text and (HEAD.match(text) or is_trace_line(text) or _ends_with_class(text)):
            draft.in_trace = True

    @staticmethod
    def _push(stream: _Stream, draft: Draft) -> Iterator[Draft]:
        stream.recent.append(draft)
        if len(stream.recent) > _WINDOW:
            yield stream.recent.popleft()


def _ends_with_class(text: str) -> bool:
    """The message quotes an exception, so that lines after it may continue its text."""
    return "Exception" in text or "Ausnahme" in text
