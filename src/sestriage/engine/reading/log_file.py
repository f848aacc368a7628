"""Read one log: its events about mail, and of those the ones that the user wants to see."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, BinaryIO, cast

from sestriage.engine.reading.aside import Aside
from sestriage.engine.reading.inputs import LogFile, Portion
from sestriage.engine.reading.log_tail import MAX_EVENTS, Before, Newest, Thrown, is_wide, read_newest
from sestriage.engine.reading.sieve import Sieve, is_news
from sestriage.engine.reading.trace_watch import TraceWatch
from sestriage.formats.guard import Guard
from sestriage.ingest import Member
from sestriage.model.fault import Fault
from sestriage.model.log import LogEvent
from sestriage.model.message import Message

if TYPE_CHECKING:
    from sestriage.ingest.time_search import LogStretch
    from sestriage.model.transcript import TlsTrace
    from sestriage.times.window import Window

CHUNK = 1 << 20
"""Bytes read at a time from a log."""

SHORTER = Message(
    "the file became shorter while it was read, so lines of it are missing here: a log rotation, most likely; run this"
    " again with the rotated file too"
)

BEGIN_BYTES = 8 << 10
"""How much of a log is looked through for its first time stamp."""

END_BYTES = 4 << 10
"""Likewise for its last one, when a window of time is asked for."""

WRITTEN_LATER = timedelta(days=1)
"""A compressed log is passed over when it was last written to that long before the window."""


@dataclass(slots=True)
class ReadLog:
    """What a log holds: events about mail in its order, what could not be read (sentences), its first time, and what
    its clock is ahead of UTC as far as its beginning shows. `portion`: only with a window. `whole` is False when the
    log tells of older attempts than those of `events`."""

    events: tuple[LogEvent, ...] = ()
    problems: list[str] = field(default_factory=list)
    begins: datetime | None = None
    clock_ahead: timedelta | None = None
    portion: Portion | None = None
    whole: bool = True
    traces: tuple[TlsTrace, ...] = ()
    """TLS handshakes that the JVM traced into it."""
    placed: bool = False
    """Times without a zone got that of the user."""
    fault: Fault | None = None
    """A fault of ours ended the reading: events before it are there."""

    def lost(self, fault: Fault) -> None:
        """Tells of the fault, once."""
        if self.fault is None:
            self.problems.append(fault.sentence)
            self.fault = fault


def read_log(
    member: Member,
    window: Window | None = None,
    zone: tzinfo | None = None,
    *,
    is_response: bool = True,
) -> ReadLog:
    """The events of a log; with a window only those that may lie in it.

    Times without a zone get `zone`, if there is one. Of a large plain log that is in order of time no more is read than
    holds the window, and without a window no more than tells of as many attempts as are judged. `is_response`: it is a
    response-management log. Never raises for anything that the
    bytes hold.
    """
    sieve = Sieve(window, zone)
    read = ReadLog()
    with Guard(read.lost):
        begins, read.clock_ahead = _beginning(member)
        read.begins = sieve.zoned(begins)
    if window is not None and (written := _written_before(member, read.begins, window)) is not None:
        read.portion = Portion(member.ref, covers_from=read.begins, covers_to=written, written=written)
        return read
    with member.open() as stream:
        if window is not None or not _read_newest(read, stream, member, sieve, is_response):
            _read(read, stream, member, sieve, _stretch(stream, member, window), is_response)
        if _became_shorter(stream, member):
            read.problems.insert(0, SHORTER)
    read.placed = sieve.placed
    return read


def _became_shorter(stream: BinaryIO, member: Member) -> bool:
    if not member.plain or member.size is None:
        return False
    with suppress(OSError):
        return os.fstat(stream.fileno()).st_size < member.size
    return False


def _read_newest(
    read: ReadLog, stream: BinaryIO, member: Member, sieve: Sieve, is_response: bool, before: Before | None = None
) -> bool:
    """Of a large log the last part alone, where it tells of as many attempts as are judged; False: it was not read."""
    log = LogFile(member.ref, (), begins=read.begins, clock_ahead=read.clock_ahead, dated=member.dated)
    newest = None
    if stream.seekable():
        with suppress(OSError), Guard(read.lost):
            newest = read_newest(stream, log, is_response, before)
        stream.seek(0)
    if newest is None:
        return False
    read.events, read.whole = sieve.through(newest.log.events), False
    read.traces = newest.log.traces
    read.problems = [_only_from(newest), *_told(newest.problems)]
    return True


def _only_from(newest: Newest) -> Message:
    if not newest.thrown_before:
        return Message(
            "only the lines from {line} on were looked at: they tell of as many attempts as are judged",
            line=newest.first_line,
        )
    return Message(
        "only the lines from {line} on were looked at: they tell of as many attempts as are judged; of those before,"
        " {count} begin with an exception of the mail library",
        line=newest.first_line,
        count=newest.thrown_before,
    )


def _told(problems: Iterable[tuple[int | None, str]], before: int = 0) -> Iterator[str]:
    """What a reader could not use, as sentences; so many lines of the file lie before what it read."""
    return (
        Message("line {number}: {problem}", number=line + before, problem=text) if line else text
        for line, text in problems
    )


DENSE = 250
"""Events about mail after which it is asked whether a log that can only be read forwards is full of them."""
SPARSE = 1 << 14
"""It is not where there are so many bytes for each."""


def _read(
    read: ReadLog, stream: BinaryIO, member: Member, sieve: Sieve, stretch: LogStretch | None, is_response: bool
) -> None:
    """Reads a stretch, or (None) all of a log; of one that can only be read forwards and tells of one attempt after the
    other, the newest ones."""
    from sestriage.formats.log import LogReader
    from sestriage.formats.log.day_or_month import Days, day_first_in, settled

    reader = LogReader(member.ref, reference=member.dated, day_first=day_first_in([member.head], member.dated))
    days = Days()
    chunks = _Chunks(stream, stretch, TraceWatch(member.ref), tail=sieve.window is not None)
    if stretch is not None and stretch.start:
        sieve.begin_outside()
    with Guard(read.lost), ExitStack() as files:
        chunks.counts = forwards = sieve.window is None and not stream.seekable() and not is_wide(member.head)
        times: list[datetime] = []
        try:
            for event in reader.events(days.take(chunks)):
                if is_news(event):
                    sieve.take(event)
                if not forwards:
                    continue
                times += [event.time] if event.time is not None else []
                chunks.counts = forwards = sieve.seen < DENSE and chunks.size <= DENSE * SPARSE
                if sieve.seen >= DENSE and (aside := _put_aside(stream, files)) is not None:
                    consumed = Before(chunks.watch.lines, tuple(times), chunks.thrown)
                    if _newest_of_rest(read, aside, member, sieve.fresh(), is_response, consumed):
                        return
                    chunks.stream = aside
        except (OSError, EOFError) as error:
            read.problems.append(_stopped(error))
    events = sieve.kept()
    if any(event.day_unsure for event in events):
        events = tuple(settled(event, days.day_first(member.dated)) for event in events)
    before = _lines_before(stream, stretch) if events or reader.problems or chunks.watch.found else 0
    read.events = tuple(event.moved_down(before) for event in events) if before else events
    read.problems += _told(reader.problems, before)
    with Guard(read.lost):
        read.traces = chunks.watch.traces(before)
    read.whole = sieve.seen <= MAX_EVENTS
    if not read.whole:
        read.problems.append(
            Message(
                "{count} events about mail; only the newest {most} were looked at", count=sieve.seen, most=MAX_EVENTS
            )
        )
    if sieve.window is not None:
        read.portion = _portion(member, sieve, read.begins, chunks, stretch)


def _put_aside(stream: BinaryIO, files: ExitStack) -> Aside | None:
    """What was not read yet; None where there can be no file for it."""
    try:
        return files.enter_context(Aside(stream))
    except OSError:
        return None


def _newest_of_rest(
    read: ReadLog, aside: Aside, member: Member, sieve: Sieve, is_response: bool, before: Before
) -> bool:
    """Reads the rest of a log from its end; False: it does not tell of enough attempts."""
    if not aside.whole or not _read_newest(read, aside.file, member, sieve, is_response, before):
        return False
    if aside.problem is not None:
        read.problems.append(_stopped(aside.problem))
    return True


def _stopped(error: OSError | EOFError) -> Message:
    return Message("reading stopped: {error}", error=error)


class _Chunks:
    """The bytes of a log, or of the stretch of it that is read; keeps the last ones, and what is traced in them."""

    def __init__(self, stream: BinaryIO, stretch: LogStretch | None, watch: TraceWatch, *, tail: bool) -> None:
        self.stream: BinaryIO | Aside = stream
        """May be another one between two chunks."""
        self.size = 0
        """Bytes of the chunks so far."""
        self.counts = False
        self.thrown = Thrown()
        """What was thrown in them, as long as `counts`."""
        self.watch = watch
        self._stretch = stretch
        self._keep_tail = tail
        self.tail = b""

    def __iter__(self) -> Iterator[bytes]:
        left = None
        if self._stretch is not None:
            cast(BinaryIO, self.stream).seek(self._stretch.start)
            left = self._stretch.end - self._stretch.start
        while chunk := self.stream.read(CHUNK if left is None else min(CHUNK, left)):
            if self._keep_tail:
                self.tail = chunk[-END_BYTES:] if len(chunk) >= END_BYTES else (self.tail + chunk)[-END_BYTES:]
            if left is not None:
                left -= len(chunk)
            self.size += len(chunk)
            if self.counts:
                self.thrown = self.thrown.through(chunk)
            self.watch.take(chunk)
            yield chunk


def _stretch(stream: BinaryIO, member: Member, window: Window | None) -> LogStretch | None:
    """The part that is read of a large plain log in order of time; None when all of it is."""
    if window is None or not member.plain or member.size is None:
        return None
    from sestriage.ingest.time_search import find_stretch

    try:
        return find_stretch(stream.fileno(), member.size, window.for_reading(), member.dated)
    except OSError:  # it could not be opened: its head stands for it
        return None


def _lines_before(stream: BinaryIO, stretch: LogStretch | None) -> int:
    """How many lines of the file lie before the stretch that was read."""
    if stretch is None or not stretch.start:
        return 0
    from sestriage.ingest.time_search import count_lines_before

    return count_lines_before(stream.fileno(), stretch.start)


def _portion(
    member: Member, sieve: Sieve, begins: datetime | None, chunks: _Chunks, stretch: LogStretch | None
) -> Portion:
    portion = Portion(
        member.ref,
        left_out=sieve.left_out,
        first_out=sieve.out[0] if sieve.out else None,
        last_out=sieve.out[-1] if sieve.out else None,
        timeless=sieve.timeless,
        covers_from=begins,
        covers_to=sieve.zoned(stretch.last if stretch is not None else _last_time(chunks.tail, member.dated)),
    )
    if stretch is None:
        return portion
    return replace(
        portion, unread=stretch.size - (stretch.end - stretch.start), size=stretch.size, probes=stretch.probes
    )


def _beginning(member: Member) -> tuple[datetime | None, timedelta | None]:
    """When the log begins, and what its clock is ahead of UTC, as far as lines near its start show it.

    Of its events about mail alone one could not tell older lines from a clock that was set back.
    """
    from sestriage.formats.log import LogReader
    from sestriage.formats.log.day_or_month import day_first_in

    known = day_first_in([member.head], member.dated)
    reader = LogReader(member.ref, reference=member.dated, keep_all=True, day_first=known)
    events = list(reader.events([member.head[:BEGIN_BYTES]]))
    begins = next((event.time for event in events if event.time is not None), None)
    return begins, next((event.clock_ahead for event in events if event.clock_ahead is not None), None)


def _last_time(tail: bytes, reference: datetime | None) -> datetime | None:
    """The last time stamp near the end of a log; None when there is none."""
    from sestriage.ingest.time_search import times_in

    whole = tail[tail.find(b"\n") + 1 :] if len(tail) >= END_BYTES else tail
    times = list(times_in(whole, reference))
    return times[-1] if times else None


def _written_before(member: Member, begins: datetime | None, window: Window) -> datetime | None:
    """When a compressed or archived log was last written to, if that says that it ended long before the window.

    The time of a file may be made up; one before the log's own beginning is.
    """
    if member.plain or member.mtime is None or begins is None:
        return None
    from sestriage.times.window import Window as Times

    ended = Times(None, member.mtime, window.zone).wider(WRITTEN_LATER)
    old = window.wider(WRITTEN_LATER).before(member.mtime) and ended.may_hold(begins)
    return member.mtime if old else None
