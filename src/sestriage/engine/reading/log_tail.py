"""A large log read from its end.

So many attempts are judged and no more, the newest ones. Where the last part of a log holds that many, and no line
before it is newer, that part alone is parsed; of the lines before it only their number and some of their times are
looked at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import BinaryIO

from sestriage.engine.attempts import MAX_ATTEMPTS, TERMINAL, group_events
from sestriage.engine.clock import MAX_COMPARED
from sestriage.engine.duplicates import deduplicate
from sestriage.engine.order import in_order, with_known_zones
from sestriage.engine.reading.inputs import Inputs, LogFile
from sestriage.engine.reading.trace_watch import TraceWatch
from sestriage.engine.shown import Shown, shown
from sestriage.model.log import LogEvent

MAX_EVENTS = 20_000
"""Events about mail that are kept of one log, the newest ones: memory must not grow with the log."""
SMALL = 4 << 20
"""A log of fewer bytes is read from its beginning."""
ENOUGH = MAX_ATTEMPTS + 50
"""Attempts that the last part must hold: some more than are judged, for the oldest of them may lack their beginning."""
WARM_UP = 1 << 15
"""Bytes before the last part that are parsed too: an event that begins in them is not of the part."""
PROBES = (1 << 15, 1 << 20)
"""Sizes of the part by which it is estimated how much is needed."""
FEW = 8
"""Attempts in a probe by which nothing can be estimated."""
CHUNK = 1 << 20
STEP = 1 << 17
"""The lines before are looked at in portions of so many bytes: a newer part between them that is smaller may hide."""
SAMPLE = 1 << 13
"""So many bytes of each portion are looked through for a time stamp."""
LATE = timedelta(seconds=1)
"""Threads put lines out of order by so much."""


THROWN = tuple(
    b"\n" + package for package in (b"javax.mail.", b"com.sun.mail.", b"jakarta.mail.", b"org.eclipse.angus.")
)
"""What begins a line with an exception of the mail library."""
LONGEST = max(map(len, THROWN)) - 1
"""Bytes of a piece that the next one needs."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The last part of a log: its events, what could not be read of it, the number of its first line, and how many
    lines before it begin with an exception of the mail library."""

    log: LogFile
    problems: list[tuple[int | None, str]]
    first_line: int
    thrown_before: int


@dataclass(frozen=True, slots=True)
class Thrown:
    """How many lines of a log begin with an exception of the mail library so far, and the last bytes looked at."""

    count: int = 0
    end: bytes = b"\n"

    def through(self, piece: bytes) -> Thrown:
        """The same after the log's next piece."""
        whole = self.end + piece
        more = sum(whole.count(word) - self.end.count(word) for word in THROWN)
        return Thrown(self.count + more, whole[-LONGEST:])


@dataclass(frozen=True, slots=True)
class Before:
    """What is in front of a part: the number of lines, the times of some of them, and what was thrown there."""

    lines: int = 0
    times: tuple[datetime, ...] = ()
    thrown: Thrown = Thrown()


def read_newest(stream: BinaryIO, log: LogFile, is_response: bool, before: Before | None = None) -> Newest | None:
    """The newest events of a log, at least as many as are judged; None: read the log from its beginning.

    `stream` must be able to seek; `log` is the log without its events; `before` is what of it was in front of the
    stream. None where the log is small, its last part holds too few attempts, or a line in front of that part is newer
    than one in it.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    if size < SMALL or is_wide(stream.read(1 << 12)):
        return None
    part = _estimate(stream, size, log, is_response)
    for _ in range(2):
        if part is None or part > size // 2:
            return None
        found, front = _read_part(stream, size - part, log, before or Before())
        about_mail = _shown(found.log, is_response)
        if not _decided_by_itself(about_mail):
            return None
        if _attempts(about_mail.counted[0]) >= ENOUGH and _results(found.log) >= MAX_COMPARED:
            return found if _all_older(front.times, found.log.events) else None
        part *= 2
    return None


def is_wide(head: bytes) -> bool:
    """The end of a line is more than one byte, as the beginning of a log shows."""
    from sestriage.formats.log.lines.physical import wide_encoding

    return wide_encoding(head)[0] is not None


def _estimate(stream: BinaryIO, size: int, log: LogFile, is_response: bool) -> int | None:
    """How large a part holds enough attempts; None when there are few of them at the end of the log."""
    for part in PROBES:
        found, _ = _read_part(stream, size - part, log, None)
        count = _attempts(_shown(found.log, is_response).counted[0])
        if count >= FEW:
            return max(part, ENOUGH * part * 17 // 16 // count)
    return None


def _read_part(stream: BinaryIO, start: int, log: LogFile, front: Before | None) -> tuple[Newest, Before]:
    """The events that begin at or after an offset, and what is before it. `front` is in front of the stream; without
    one nothing before is looked at, and lines count from anywhere."""
    from sestriage.formats.log import LogReader
    from sestriage.formats.log.day_or_month import Days, settled
    from sestriage.formats.log.limits import MAX_LINE_BYTES

    stream.seek(start if front is None else max(0, start - WARM_UP))
    stream.readline(MAX_LINE_BYTES)
    begin = stream.tell()
    before = Before() if front is None else _look_before(stream, begin, front, log.dated)
    stream.seek(begin)
    warm = stream.read(max(0, start - begin))
    first_line = before.lines + 1 + warm.count(b"\n")
    stream.seek(begin)
    reader = LogReader(log.source, reference=log.dated, first_line=before.lines + 1)
    events: deque[LogEvent] = deque(maxlen=MAX_EVENTS)
    watch = TraceWatch(log.source, before.lines + 1)
    days = Days()
    for event in reader.events(days.take(watch.through(iter(lambda: stream.read(CHUNK), b"")))):
        if (event.outcome != "other" or event.perhaps) and (event.source.line or 0) > first_line:
            events.append(event)
    if any(event.day_unsure for event in events):
        events = deque((settled(event, days.day_first(log.dated)) for event in events), maxlen=MAX_EVENTS)
    part = replace(log, events=tuple(events), whole=False, traces=() if front is None else watch.traces())
    return Newest(part, reader.problems, first_line + 1, before.thrown.through(warm).count), before


def _shown(log: LogFile, is_response: bool) -> Shown:
    """What the log shows by itself."""
    return shown(Inputs(logs=[log]) if is_response else Inputs(other_logs=[log]))


def _attempts(about_mail: LogFile) -> int:
    """Attempts of which the log tells."""
    return len(group_events(in_order(deduplicate(with_known_zones([about_mail])), timedelta(0))))


def _decided_by_itself(about_mail: Shown) -> bool:
    """Nothing in the part waits for lines further up to tell whether it is about mail."""
    undecided = (
        *about_mail.left_over,
        *(e for log in about_mail.trouble for e in log.events if e.perhaps != "foreign"),
    )
    return not about_mail.weak and not undecided


def _results(log: LogFile) -> int:
    return sum(1 for event in log.events if event.outcome in TERMINAL)


# --- the lines before --------------------------------------------------------------------------------------------


def _look_before(stream: BinaryIO, stop: int, front: Before, reference: datetime | None) -> Before:
    """What is before an offset: the lines, counted, and one time stamp of each portion that has one. `front` is in
    front of the stream."""
    from sestriage.formats.log.lines.physical import count_lines

    lines, times, thrown = front.lines, [*front.times], front.thrown
    stream.seek(0)
    left = stop
    while left > 0 and (chunk := stream.read(min(STEP, left))):
        lines += count_lines(chunk, 0, len(chunk))
        thrown = thrown.through(chunk)
        left -= len(chunk)
        time = next(_times(chunk[:SAMPLE], reference), None)
        if time is not None:
            times.append(time)
    return Before(lines, tuple(times), thrown)


def _times(sample: bytes, reference: datetime | None) -> Iterator[datetime]:
    """The times of the lines of a sample, but for the first and the last one, which may be cut."""
    from sestriage.formats.log.grouping import EventDraft
    from sestriage.formats.log.problems import Problems
    from sestriage.formats.log.unwrap import LineUnwrapper

    unwrapper = LineUnwrapper(Problems(), reference)
    for text in sample.decode("utf-8", "replace").split("\n")[1:-1]:
        for line in unwrapper.feed(1, text, hot=False):
            time = EventDraft(line, [line], hot=False, headed=True).time(reference)
            if time is not None:
                yield time


def _all_older(times: Sequence[datetime], events: tuple[LogEvent, ...]) -> bool:
    """None of the times is later than the first event; False as well when that cannot be told."""
    own = [event.time for event in events if event.time is not None]
    if not own:
        return not times
    zoned = own[0].tzinfo is not None
    if any((time.tzinfo is not None) is not zoned for time in (*own, *times)):
        return False
    return all(time <= min(own) + LATE for time in times)
