"""Reading a log: the layers put together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sestriage.formats.log.build import day_unsure
from sestriage.formats.log.chain import FRAME_WHOLE, is_trace_line
from sestriage.formats.log.day_or_month import day_first_in, settled, turned
from sestriage.formats.log.dialogue_forms import line_of
from sestriage.formats.log.event_cache import Builder
from sestriage.formats.log.exports.arranged import Rearranged
from sestriage.formats.log.grouping import EventDraft, Grouper
from sestriage.formats.log.header import parse_header
from sestriage.formats.log.lines.physical import blocks, decode_line
from sestriage.formats.log.lines.scan import RawLine, every_line, select
from sestriage.formats.log.lines.whole_events import EventWorth, Opinion
from sestriage.formats.log.problems import Problems
from sestriage.formats.log.unwrap import LineUnwrapper, LogLine
from sestriage.formats.log.wording.vocabulary import PARTLY
from sestriage.model.log import LogEvent
from sestriage.model.message import Message
from sestriage.model.source import SourceRef


class LogReader:
    """Reads one log. After `events` is exhausted, `problems` holds what could not be used: (line or None, sentence).

    `reference` lends the year to time stamps without one. `day_first`: what is known of the log's dates such as
    `05/10/2026`; None: its first lines are asked. `keep_all` yields chatter too. `first_line` is the number of
    the first line that is read, where reading begins further down in the log. `as_written` is true for a log that is
    read where a program writes it: nobody has exported it, or broken its lines.
    """

    def __init__(
        self,
        source: SourceRef,
        *,
        reference: datetime | None = None,
        keep_all: bool = False,
        first_line: int = 1,
        as_written: bool = False,
        day_first: bool | None = None,
    ) -> None:
        self.source = source
        self.wrappings: set[str] = set()
        """The wrappings met, joined by `+` where they lie on top of each other."""
        self._found = Problems()
        self._keep_all = keep_all
        self._builder = Builder(source, reference, keep_all=keep_all)
        self._reference = reference
        self._first_line = first_line
        self._as_written = as_written
        self._day_first = day_first
        self._arranged: Rearranged | None = None
        """Set for an export that has to be put in order before it is read line by line."""
        self._unwrapper = LineUnwrapper(self._found, reference)
        self._grouper = Grouper(self._found, reference)
        self._last: EventDraft | None = None
        self._stamped: EventDraft | None = None
        """The last one with a time stamp, as long as no lines were left out."""
        self._both: tuple[datetime, datetime] | None = None
        """What the last line with two time stamps says itself, as it is used, and what its wrapping says."""
        self._whole_end = True

    @property
    def problems(self) -> list[tuple[int | None, str]]:
        """What could not be used: (line, sentence); the line is None when there is no one place."""
        return self._found.listed()

    def events(self, chunks: Iterable[bytes]) -> Iterator[LogEvent]:
        """The events, in the order of the file as far as streams and threads are not interleaved."""
        before: list[LogEvent] | None = []
        for event in self._events(chunks):
            if before is None:
                yield event
            elif self._stamped is None and event.level is None and len(before) < _MOST_BEFORE:
                before.append(event)
            else:
                yield from self._without_introductions([*before, event])
                before = None
        yield from self._without_introductions(before or ())

    def _without_introductions(self, events: Sequence[LogEvent]) -> Iterator[LogEvent]:
        """Something must follow: the last event stays, whatever it says."""
        last = len(events) - 1
        return (each for at, each in enumerate(events) if self._keep_all or at == last or not _introduces(each))

    def _events(self, chunks: Iterable[bytes]) -> Iterator[LogEvent]:
        feed, group = self._unwrapper.feed, self._grouper.feed
        for raw in self._lines(chunks):
            if raw is None:
                yield from self._emit(self._flush())
                self._stamped = None
                continue
            number = raw.number if self._arranged is None else self._arranged.number(raw.number)
            for line in feed(number, self._decode(raw), raw.hot):
                if self._arranged is not None:
                    line = _as_seen(line)
                if line.wrapping is not None:
                    self.wrappings.add(line.wrapping)
                if drafts := group(line):
                    yield from self._emit(drafts)
        yield from self._emit(self._flush())
        self._check_end()

    def _lines(self, chunks: Iterable[bytes]) -> Iterator[RawLine | None]:
        if self._first_line == 1:
            arranged = Rearranged(chunks, self._as_written)
            self._arranged, chunks = (arranged if arranged.in_order else None), arranged.chunks
            self._unwrapper.look(arranged.first_lines)
            if self._day_first is None:
                self._day_first = day_first_in(
                    ["\n".join(arranged.first_lines).encode("utf-8", "replace")], self._reference
                )
        physical = blocks(chunks, self._found, self._first_line)
        if self._keep_all:
            return every_line(physical)
        return select(physical, None, _OPINION)

    def _decode(self, raw: RawLine) -> str:
        text, clean = decode_line(raw.data)
        self._whole_end = raw.data.endswith(b"\n")
        if not clean:
            self._found.add(Message("bytes that are not UTF-8 were read as Windows-1252"), raw.number)
        return text.lstrip("\ufeff") if text[:1] == "\ufeff" else text

    def _flush(self) -> Iterator[EventDraft]:
        for line in self._unwrapper.flush():
            yield from self._grouper.feed(line)
        yield from self._grouper.flush()

    def _emit(self, drafts: Iterable[EventDraft]) -> Iterator[LogEvent]:
        for draft in drafts:
            if self._last is None or draft.end >= self._last.end:
                self._last = draft
            if draft.stamped or draft.first.time is not None:
                self._stamped = draft
            own = draft.own_time(self._reference) if draft.first.time is not None else None
            if own is not None and draft.first.time is not None:
                self._both = (draft.time(self._reference) or own, draft.first.time)
            if not draft.hot and not self._keep_all:
                continue
            event = self._builder.build(draft)
            if event is not None:
                yield self._placed(event, wrapped=own is None and draft.first.time is not None)

    def _placed(self, event: LogEvent, *, wrapped: bool) -> LogEvent:
        """An event without a time (`mail.debug` writes no stamps) has that of the line before it; one to which only the
        wrapping lends a time is told by the clock of the lines that have their own."""
        if event.time is not None and wrapped and self._both is not None:
            return replace(event, time=_by_own_clock(event.time, *self._both))
        event = settled(event, self._day_first)
        if event.time is not None or self._stamped is None:
            return event
        near = self._stamped.time(self._reference)
        if near is not None and self._day_first and day_unsure(self._stamped, self._reference):
            near = turned(near)
        return replace(event, near=near)

    def _check_end(self) -> None:
        """A log that stops in the middle of an exception."""
        draft = self._last
        if draft is None or self._whole_end or not draft.in_trace or len(draft.lines) < 2:
            return
        last: LogLine = draft.lines[-1]
        stripped = last.text.lstrip()
        whole = FRAME_WHOLE.match(last.text) is not None or stripped.startswith("...")
        if not whole and (is_trace_line(last.text) or last.text[:1] in ("\t", " ") or stripped.startswith("Caused")):
            self._found.add(Message("the log ends in the middle of an exception"), last.number)


def _as_seen(line: LogLine) -> LogLine:
    """A line of an export with its text as what stands in the file: what was read is made of it."""
    record = line.record
    return replace(line, raw=line.text if record is None else f"{record.message}\n{record.stack}")


_MOST_BEFORE = 64
"""So many events without a time are looked at before the first that has one."""


def _introduces(event: LogEvent) -> bool:
    """Words of whoever hands over the log ("Mail fails, with this log:"), before its first line."""
    said = event.message.rstrip()
    bare = not event.exceptions and event.reply is None and event.phase is None and event.host is None
    return bare and event.level is None and event.time is None and said.endswith(":") and "\n" not in said


def _by_own_clock(time: datetime, own: datetime, wrapping: datetime) -> datetime:
    """A time of the wrapping as the lines themselves would say it; one of them says `own` where the wrapping says
    `wrapping`."""
    try:
        if time.tzinfo is not None and own.tzinfo is not None and wrapping.tzinfo is not None:
            return (time + (own - wrapping)).astimezone(own.tzinfo)
        ahead = own.replace(tzinfo=None) - wrapping.replace(tzinfo=None)
        return (time.replace(tzinfo=None) + ahead).replace(tzinfo=own.tzinfo)
    except OverflowError:  # years that no calendar has
        return time


def read_events(chunks: Iterable[bytes], source: SourceRef) -> Iterator[LogEvent]:
    """The events of a log that matter (mail, TLS trouble), in the order of the file; memory is bounded.

    Never raises for anything that the bytes hold. Use `LogReader` to learn what could not be read.
    """
    yield from LogReader(source).events(chunks)


def parse_text(text: str, source: SourceRef) -> list[LogEvent]:
    """All events of a short text (a paste, an example of a rule), chatter included."""
    data = [text.encode("utf-8", "replace")]
    return list(LogReader(source, keep_all=True, day_first=day_first_in(data, None)).events(data))


_NOWHERE = SourceRef("")
_MIXED = re.compile(r"\b(?=[^\W\d_]*\d)\w+")
"""A word with digits in it: the next line of the kind may have a number there, or an id."""
_REPLY = re.compile(r"\s{0,4}[2345]\d\d(?:[ -]|$)")


def says_nothing(line: str) -> bool:
    """No event comes of the line, nor of one that differs from it in numbers and ids only, unless an exception follows.

    False when in doubt: a line of a dialogue, one without a logger's header, one whose numbers count mails. Asked once
    for each kind of line.
    """
    if PARTLY.search(line) is not None:
        return False
    head = parse_text(line, _NOWHERE)
    if len(head) != 1 or head[0].time is None or _of_dialogue(head[0]):
        return False
    changed = line.replace(head[0].message, _MIXED.sub("1", head[0].message)) if head[0].message else line
    return not any(_read_all(each) for each in {line, changed})


def worth_of_event(event: str) -> EventWorth:
    """What a header line with its stack trace is worth, as `EventWorth` has it, and each event that differs from it in
    numbers and ids only."""
    head, _, trace = event.partition("\n")
    header = parse_header(head)
    if header is None:
        return EventWorth.UNKNOWN
    message = header.message
    changed = _MIXED.sub("1", f"{message}\n{trace}")
    worths = {_worth(_read_all(each)) for each in {event, f"{head[: len(head) - len(message)]}{changed}"}}
    return worths.pop() if len(worths) == 1 else EventWorth.UNKNOWN


def _worth(events: list[LogEvent]) -> EventWorth:
    if not events:
        return EventWorth.NOTHING
    foreign = all(event.outcome == "other" and event.perhaps in (None, "foreign") for event in events)
    return EventWorth.APART if foreign and len(events) == 1 else EventWorth.UNKNOWN


_OPINION = Opinion(says_nothing, worth_of_event)


def _of_dialogue(event: LogEvent) -> bool:
    said = line_of(event.message)
    return said.side is not None or said.repeated or _REPLY.match(said.said) is not None


def _read_all(text: str) -> list[LogEvent]:
    """The events of a short text that matter, whatever a look at its bytes would say."""
    reader = LogReader(_NOWHERE, keep_all=True)
    reader._builder = Builder(_NOWHERE, None, keep_all=False)
    return list(reader.events([text.encode("utf-8", "replace")]))
