"""Lines to events: a header line and all that belongs to it, streams and threads interleaved or not."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sestriage.formats.log.chain import BARE_FRAME, FRAME, BodyLine, bounded, continues_exception, is_trace_line
from sestriage.formats.log.dialogue_forms import line_of, lines_in, reply_lines
from sestriage.formats.log.header import LineHeader, has_certain_stamp, parse_header
from sestriage.formats.log.limits import MAX_EVENT_CHARS, MAX_EVENT_LINES, MAX_STREAMS
from sestriage.formats.log.maildebug import DebugTrace, Spoken, Talk, may_begin
from sestriage.formats.log.printed import (
    begins_another,
    may_be_frame,
    names_exception,
    one_moment,
    opens_trace,
    paused,
    same_place,
    was_wrapped,
)
from sestriage.formats.log.problems import Problems
from sestriage.formats.log.unwrap import LogLine
from sestriage.formats.log.wording.classnames import HEAD
from sestriage.formats.log.wording.postfix import continues_delivery

_WINDOW = 6
"""How many events back a stack trace may still belong to when other threads' lines lie between."""
_MAX_WAIT_LINES = 5000
_MAX_WAITING = 512
"""How long the events of a stream wait for an open event of another, so that all come out in the order of the file."""
_QUARTER = timedelta(minutes=15)
_LATE = timedelta(seconds=30)
"""How much later than the line's own clock the wrapping may have been put around it."""


@dataclass(slots=True)
class EventDraft:
    """The lines of one event as collected; `hot`: at least one holds a gate literal.

    `headed`: the first line has the header of a logger (or is its record); `stamped`: with a time stamp. The header
    itself is parsed when somebody asks for it: most events are chatter.
    """

    first: LogLine
    lines: list[LogLine]
    hot: bool
    headed: bool = False
    stamped: bool = False
    in_trace: bool = False
    cut: bool = False
    size: int = 0
    spoken: Spoken | None = None
    talk: Talk | None = None
    parsed: LineHeader | None = None
    closed: bool = False

    @property
    def plain(self) -> bool:
        """Lines without wrapping that follow each other, so that their numbers follow from the first."""
        return self.first.wrapping is None and self.end - self.first.number == len(self.lines) - 1

    @property
    def end(self) -> int:
        """Number of the last physical line."""
        return self.lines[-1].number

    @property
    def whole_trace(self) -> bool:
        """The last line is a frame or `... n more`, so that a new head is a new event."""
        last = self.lines[-1].text
        return self.in_trace and is_trace_line(last) and last.lstrip().startswith(("at ", "..."))

    def header(self, reference: datetime | None = None) -> LineHeader | None:
        """What the first line says of the event; None when it has no header. `reference` as for `stamp_at`."""
        if self.parsed is None and self.headed:
            record = self.first.record
            if record is not None:
                self.parsed = LineHeader(None, record.level, record.logger, record.thread, record.message)
            else:
                self.parsed = parse_header(self.first.text, reference)
        return self.parsed

    def time(self, reference: datetime | None = None) -> datetime | None:
        """The event's time: what the line says, unless only the wrapping knows the zone (or the date)."""
        own, wrapping = self.own_time(reference), self.first.time
        if own is None or (own.tzinfo is None and wrapping is not None and wrapping.tzinfo is not None):
            return wrapping if wrapping is not None else own
        return own

    def clock_ahead(self, reference: datetime | None = None) -> timedelta | None:
        """What the line's own clock is ahead of UTC, where it shows no zone and the wrapping does; else None."""
        own, wrapping = self.own_time(reference), self.first.time
        if own is None or own.tzinfo is not None or wrapping is None or wrapping.tzinfo is None:
            return None
        ahead = own.replace(tzinfo=UTC) - wrapping
        whole = round(ahead / _QUARTER) * _QUARTER
        return whole if abs(ahead - whole) <= _LATE else None

    def own_time(self, reference: datetime | None) -> datetime | None:
        """The time that the line itself says; None for a line without one, whatever its wrapping says."""
        record = self.first.record
        header = self.header(reference)
        return record.time if record is not None else header.time if header is not None else None

    def body(self, reference: datetime | None = None) -> list[BodyLine]:
        """The text of the event, normalised, header removed, with line numbers; bounded."""
        header = self.header(reference)
        record = self.first.record
        if self.spoken is not None:
            texts = [(self.first.number, self.spoken.text)]
        elif record is not None:
            whole = f"{record.message}\n{record.stack}" if record.stack else record.message
            texts = [(self.first.number, text) for text in whole.split("\n")]
        else:
            texts = [(self.first.number, self.first.text if header is None else header.message)]
        if self.spoken is None:
            texts.extend((line.number, line.text) for line in self.lines[1:])
        return bounded(texts)


class _Stream:
    """The open events of one output: the newest takes the lines, older ones only what continues their trace."""

    def __init__(self) -> None:
        self.recent: deque[EventDraft] = deque()
        self.dialogue = DebugTrace()
        self.headed = False
        self.last_time: datetime | None = None

    @property
    def current(self) -> EventDraft | None:
        return self.recent[-1] if self.recent else None

    @property
    def in_exception_text(self) -> bool:
        """The line before was text of an exception, which may quote replies: no frame, and nothing of a dialogue."""
        current, said = self.current, self.dialogue.last_line
        if current is None or not current.in_trace or current.whole_trace:
            return False
        return said is None or said < current.end


class Grouper:
    """Collects lines to drafts. Drafts come out in the order of their first lines, within the bounds of memory."""

    def __init__(self, problems: Problems, reference: datetime | None = None) -> None:
        self._problems = problems
        self._reference = reference
        self._streams: dict[str, _Stream] = {}
        self._waiting: deque[EventDraft] = deque()

    def feed(self, line: LogLine) -> Sequence[EventDraft]:
        """Take a line; gives the drafts that are complete now."""
        stream = self._streams.get(line.stream)
        if stream is None:
            if len(self._streams) >= MAX_STREAMS:
                self._close(self._streams.pop(next(iter(self._streams))))
            stream = self._streams[line.stream] = _Stream()
        if line.record is not None:
            self._record(stream, line)
        else:
            self._plain(stream, line)
        waiting = self._waiting
        first = waiting[0] if waiting else None
        if first is None or not (
            first.closed or len(waiting) >= _MAX_WAITING or line.number - first.end >= _MAX_WAIT_LINES
        ):
            return ()
        return list(self._complete_ones(line))

    def _complete_ones(self, line: LogLine) -> Iterator[EventDraft]:
        waiting = self._waiting
        while waiting:
            first = waiting[0]
            if not first.closed and len(waiting) < _MAX_WAITING and line.number - first.end < _MAX_WAIT_LINES:
                break
            first.closed = True
            yield waiting.popleft()

    def flush(self) -> Iterator[EventDraft]:
        """All open drafts: at the end of the input, or where lines were left out."""
        for stream in self._streams.values():
            self._close(stream)
            stream.dialogue.lose_sight()
        yield from self._waiting
        self._waiting.clear()

    @staticmethod
    def _close(stream: _Stream) -> None:
        for draft in stream.recent:
            draft.closed = True
        stream.recent.clear()

    def _record(self, stream: _Stream, line: LogLine) -> None:
        """A logger's JSON object is a whole event."""
        record = line.record
        if record is None:
            return
        draft = EventDraft(line, [line], line.hot, headed=True, stamped=True, in_trace=bool(record.stack))
        if line.hot or not stream.dialogue.idle:
            stream.dialogue.thread = record.thread
            mine, draft.spoken = _hear(stream.dialogue, line.number, record.message.split("\n", 1)[0], False)
            if mine and draft.spoken is None:
                return
        stream.headed = True
        self._push(stream, draft)

    def _plain(self, stream: _Stream, line: LogLine) -> None:
        text = line.text
        if text[:1] == "\t" and (current := self._in_frames(stream, text)) is not None:
            stream.last_time = line.time
            self._extend(current, line)
            return
        stamped = has_certain_stamp(text)
        header = None if stamped or text[:1] in ("\t", "") else parse_header(text, self._reference)
        if not stamped and header is None:
            self._headless(stream, line)
            return
        spoken: Spoken | None = None
        if not stamped or line.hot or may_begin(text) or not stream.dialogue.idle or _in_trace(stream.current, text):
            header = header or parse_header(text, self._reference)
            mine, spoken = self._listen(stream, line, header)
            if mine and spoken is None:
                return
            if header is None and spoken is None:
                self._headless(stream, line)
                return
            stamped = header is not None and header.stamped
            if header is not None and not stamped and self._complete(stream.current, line, header):
                return
            if header is not None and spoken is None and (owner := self._printed(stream, header)) is not None:
                self._extend(owner, replace(line, text=header.message))
                return
        stream.headed = stream.headed or stamped
        stream.last_time = line.time
        draft = EventDraft(
            line,
            [line],
            line.hot,
            headed=spoken is None or stamped,
            stamped=stamped,
            spoken=spoken,
            parsed=header if spoken is None or stamped else None,
        )
        draft.in_trace = names_exception(text)
        self._push(stream, draft)

    def _printed(self, stream: _Stream, header: LineHeader) -> EventDraft | None:
        """The event of which a logger printed line after line, each with a header of its own: a stack trace, or the
        exception behind the message. None: the line begins an event."""
        message = header.message
        for draft in reversed(stream.recent):
            if draft.closed or draft.spoken is not None or draft.first.record is not None:
                continue
            before = draft.header(self._reference)
            if before is None or not same_place(before, header):
                continue
            if draft.in_trace and message and (continues_exception(message) or BARE_FRAME.match(message)):
                return draft
            if HEAD.match(message) is not None and one_moment(before, header):
                return draft if not draft.whole_trace else None
            return None
        return None

    @staticmethod
    def _listen(stream: _Stream, line: LogLine, header: LineHeader | None) -> tuple[bool, Spoken | None]:
        """Hand a headed line to the dialogue: as it stands (`DEBUG SMTP: …` looks like a level), or its message."""
        before = stream.dialogue.thread
        stream.dialogue.thread = header.actor if header is not None else None
        marked = header is not None and line_of(header.message).side is not None
        quoting = stream.in_exception_text
        mine, spoken = (False, None) if marked else _hear(stream.dialogue, line.number, line.text, quoting)
        if not mine and header is not None and header.message:
            mine, spoken = _hear(stream.dialogue, line.number, header.message, False)
        if not mine:
            stream.dialogue.thread = before
        return mine, spoken

    def _headless(self, stream: _Stream, line: LogLine) -> None:
        """A line without header: part of the trace of a mail dialogue, a continuation, or an event of its own."""
        current = stream.current
        if line.hot or may_begin(line.text) or not stream.dialogue.idle:
            mine, spoken = _hear(stream.dialogue, line.number, line.text, stream.in_exception_text)
            if mine:
                if spoken is not None:
                    self._push(stream, EventDraft(line, [line], True, spoken=spoken))
                return
        owner = self._owner(stream, current, line)
        stream.last_time = line.time
        if owner is not None:
            self._extend(owner, line)
        elif line.text.strip():
            self._push(stream, EventDraft(line, [line], line.hot, in_trace=opens_trace(line.text)))

    @staticmethod
    def _in_frames(stream: _Stream, text: str) -> EventDraft | None:
        """The open trace that a frame (`\\tat …(`) continues for certain; None: it has to be found out."""
        current = stream.current
        if current is None or current.closed or not current.in_trace or not stream.dialogue.idle:
            return None
        return current if text.startswith("\tat ") and FRAME.match(text) else None

    def _owner(self, stream: _Stream, current: EventDraft | None, line: LogLine) -> EventDraft | None:
        """The draft that a headerless line continues; None when it begins an event."""
        if current is None or current.closed:
            return None
        text = line.text
        if is_trace_line(text):
            if current.in_trace or len(stream.recent) == 1:
                return current
            return next((draft for draft in reversed(stream.recent) if draft.in_trace and not draft.closed), current)
        if continues_exception(text):
            return current if current.spoken is None else None
        if current.spoken is not None:
            return None
        if HEAD.match(text):
            return (
                None
                if current.whole_trace or begins_another(current.first.text, current.lines[-1].text, text)
                else current
            )
        if continues_delivery(current.first.text, current.lines[-1].text, text):
            return None if paused(stream.last_time, line.time) else current
        if not current.headed and current.in_trace and was_wrapped(current.lines[-1].text, text):
            return current
        if not current.headed:
            return current if current.in_trace and not current.whole_trace and text[:1] in "0123456789" else None
        if paused(stream.last_time, line.time):
            return None
        return current if current.stamped or not stream.headed else None

    def _complete(self, current: EventDraft | None, line: LogLine, header: LineHeader) -> bool:
        """java.util.logging prints time and logger on one line, level and message on the next: join the two."""
        if current is None or not current.stamped or len(current.lines) != 1 or current.first.record is not None:
            return False
        old = current.header(self._reference)
        if old is None or old.level is not None or old.message:
            return False
        current.parsed = LineHeader(old.stamp, header.level, old.logger, old.thread, header.message)
        current.hot = current.hot or line.hot
        current.lines.append(replace(line, text=""))
        current.in_trace = names_exception(line.text)
        return True

    def _extend(self, draft: EventDraft, line: LogLine) -> None:
        draft.hot = draft.hot or line.hot
        draft.size += len(line.text) + 1
        if len(draft.lines) >= MAX_EVENT_LINES or draft.size >= MAX_EVENT_CHARS:
            if not draft.cut:
                draft.cut = True
                self._problems.add("the event is too long; its further lines were skipped", draft.first.number)
            draft.lines[-1] = replace(line, text="")
            return
        draft.lines.append(line)
        if not draft.in_trace:
            draft.in_trace = opens_trace(line.text)

    def _push(self, stream: _Stream, draft: EventDraft) -> None:
        """Make a draft the current one of its stream; the oldest of the window takes no more lines."""
        if draft.spoken is None:
            draft.talk = stream.dialogue.talk_at(draft.first.number)
        while stream.recent and stream.recent[0].closed:
            stream.recent.popleft()
        stream.recent.append(draft)
        self._waiting.append(draft)
        if len(stream.recent) > _WINDOW:
            stream.recent.popleft().closed = True


def _hear(dialogue: DebugTrace, number: int, text: str, inside: bool) -> tuple[bool, Spoken | None]:
    """Hand a line to the dialogue, or the lines of a whole one that was printed in one: then it is the dialogue's where
    something in it makes an event."""
    reply = reply_lines(text)
    lines = reply or lines_in(text)
    if not lines:
        return dialogue.take(number, text, inside)
    heard = [dialogue.take(number, each, inside if reply else False) for each in lines]
    spoken = next((said for _, said in reversed(heard) if said is not None), None)
    return spoken is not None or (bool(reply) and any(mine for mine, _ in heard)), spoken


def _in_trace(current: EventDraft | None, text: str) -> bool:
    return current is not None and current.in_trace and may_be_frame(text)
