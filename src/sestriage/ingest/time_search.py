"""Find the part of a large plain log that holds a window of time, by binary search over its time stamps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sestriage import system
from sestriage.formats.log import LogReader
from sestriage.formats.log.lines.physical import count_lines, wide_encoding
from sestriage.model.source import SourceRef
from sestriage.times.window import Window
from sestriage.times.zone import SETBACK

WORTH_IT = 4 << 20
"""Smaller files are read from their beginning to their end."""
PROBES = (1 << 13, 1 << 18)
"""How much is looked through for a time stamp: the second where the first holds none (a long stack trace)."""
SAMPLES = 32
STEP = 1 << 17
"""The search stops at this distance, in bytes."""
REST = 1 << 20
"""How much behind the last event of the window its own lines may still come, between those of other threads."""
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class LogStretch:
    """The part of a log that holds a window: whole lines, from offset `start` to `end`.

    `size` is that of the log, `first` and `last` are the times at both of its ends as its lines show them, `probes` the
    places at which the order of its times was checked.
    """

    start: int
    end: int
    size: int
    first: datetime
    last: datetime
    probes: int


def find_stretch(handle: int, size: int, window: Window, reference: datetime | None = None) -> LogStretch | None:
    """The part of a log of `size` bytes, open for reading, outside of which no event lies in the window.

    None when the log has to be read whole: it is small, its encoding is not made of bytes, or its times are missing or
    not in order at the places that were looked at (a minute back is not out of order: threads and buffers). `reference`
    lends the year to time stamps without one.
    """
    if size < WORTH_IT:
        return None
    search = _Search(handle, size, window, reference)
    try:
        return search.stretch()
    except (_NotInOrder, OSError):
        return None


def count_lines_before(handle: int, offset: int) -> int:
    """How many lines lie before an offset. Raises `OSError`."""
    lines = at = 0
    while at < offset and (data := system.read_at(handle, min(CHUNK, offset - at), at)):
        lines += count_lines(data, 0, len(data))
        at += len(data)
    return lines


def times_at(handle: int, offset: int, size: int, reference: datetime | None = None) -> Iterator[datetime]:
    """The times of the events in `size` bytes from a place on, the line that it cuts left out."""
    data = system.read_at(handle, size, max(0, offset))
    if offset > 0:
        data = data[data.find(b"\n") + 1 :]
    return times_in(data[: data.rfind(b"\n") + 1], reference)


def times_in(data: bytes, reference: datetime | None = None) -> Iterator[datetime]:
    """The times of the events in some whole lines, as they are parsed."""
    reader = LogReader(SourceRef("-"), reference=reference, keep_all=True)
    return (event.time for event in reader.events([data]) if event.time is not None)


class _NotInOrder(Exception):  # noqa: N818 - no error: then the log is read whole
    """The times are not in order, or there are none."""


@dataclass(frozen=True, slots=True)
class _Place:
    offset: int
    time: datetime


class _Search:
    """The probes of one log. `places` are what was found so far, ascending and in order of time."""

    def __init__(self, handle: int, size: int, window: Window, reference: datetime | None) -> None:
        self._handle = handle
        self._size = size
        self._reference = reference
        self._exact = window
        self._window = window.wider(SETBACK)
        self._probes = 0

    def stretch(self) -> LogStretch:
        if wide_encoding(system.read_at(self._handle, 4096, 0))[0] is not None:
            raise _NotInOrder
        places = [self._place(n * (self._size // SAMPLES)) for n in range(SAMPLES)]
        last = _Place(self._size, self._last_time())
        for one, other in pairwise((*places, last)):
            self._check(one, other)
        start = self._start((*places, last)) if self._window.since is not None else 0
        end = self._end((*places, last)) if self._window.until is not None else self._size
        return LogStretch(start, max(start, end), self._size, places[0].time, last.time, self._probes)

    def _start(self, places: tuple[_Place, ...]) -> int:
        """The beginning of a line before which everything lies before the window."""
        before = [n for n, place in enumerate(places[:-1]) if self._window.before(place.time)]
        if not before:
            return 0
        low, high = places[before[-1]], places[before[-1] + 1]
        while high.offset - low.offset > STEP:
            middle = self._between(low, high)
            low, high = (middle, high) if self._window.before(middle.time) else (low, middle)
        return self._line_from(low.offset)

    def _end(self, places: tuple[_Place, ...]) -> int:
        """The beginning of a line from which on everything lies behind the window."""
        after = next((n for n, place in enumerate(places[:-1]) if self._window.after(place.time)), None)
        if after == 0:
            high = places[0]
        else:
            low, high = places[after - 1 if after else -2], places[after if after else -1]
            while high.offset - low.offset > STEP:
                middle = self._between(low, high)
                low, high = (low, middle) if self._window.after(middle.time) else (middle, high)
        end = high.offset + REST
        return self._size if end >= self._size else self._line_from(end)

    def _between(self, low: _Place, high: _Place) -> _Place:
        middle = self._place((low.offset + high.offset) // 2)
        self._check(low, middle)
        self._check(middle, high)
        return middle

    def _place(self, offset: int) -> _Place:
        self._probes += 1
        for size in PROBES:
            time = next(times_at(self._handle, offset, size, self._reference), None)
            if time is not None:
                return _Place(offset, time)
        raise _NotInOrder

    def _last_time(self) -> datetime:
        self._probes += 1
        for size in PROBES:
            times = list(times_at(self._handle, self._size - size, size, self._reference))
            if times:
                return times[-1]
        raise _NotInOrder

    def _check(self, earlier: _Place, later: _Place) -> None:
        """Raises when the time at the later place is before that at the earlier one for certain."""
        if (earlier.time.tzinfo is None) != (later.time.tzinfo is None):
            raise _NotInOrder
        from_then = Window(earlier.time, None)
        if self._exact.zone is not None:
            from_then = from_then.in_zone(self._exact.zone)
        if from_then.wider(SETBACK).before(later.time):
            raise _NotInOrder

    def _line_from(self, offset: int) -> int:
        """The beginning of the first line that begins at an offset or behind it."""
        if offset <= 0:
            return 0
        at = offset - 1
        while data := system.read_at(self._handle, PROBES[1], at):
            if (found := data.find(b"\n")) >= 0:
                return at + found + 1
            at += len(data)
        return self._size
