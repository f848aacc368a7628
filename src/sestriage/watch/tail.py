"""New bytes of the log as one stream, cut before an event that may still be written to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sestriage.formats.guard import Guard
from sestriage.formats.log import LogReader
from sestriage.formats.log.header import parse_header, starts_event
from sestriage.model.fault import Fault
from sestriage.model.log import LogEvent
from sestriage.model.source import SourceRef
from sestriage.watch.cursor import Segment
from sestriage.watch.rotation import Changed, OpenLog

WINDOWS = (1 << 13, 1 << 16, 1 << 20)
"""How much of the end is looked at to find where the last event begins; an event longer than the last is cut."""

OPEN_LINE = 60
"""So many times longer it is waited for the rest of a line."""


def whole_until(member: OpenLog, start: int) -> int:
    """The offset at which the last event begins, which may still be written to; `start` when that event is all."""
    size = member.length()
    for window in WINDOWS:
        at = max(start, size - window)
        data = member.window(at, size)
        if at > start:
            skip = data.find(b"\n") + 1
            data, at = data[skip:], at + skip
        found = _last_event(data)
        if found is not None and (found > 0 or at == start):
            return at + found
        if at == start:
            return start
    return max(start, size - WINDOWS[0])


def patience(live: OpenLog, grace: float) -> float:
    """How long the end of the log must have been silent to be whole.

    A line that has no end yet is not: a writer with a buffer continues it when the buffer is full again, which takes
    much longer than what lies between two lines of one event.
    """
    return grace * OPEN_LINE if live.size and live.window(live.size - 1, live.size) != b"\n" else grace


def end_of_reading(segments: Sequence[Segment]) -> Segment:
    """Where reading must stop while the last event may still be written to: its file and offset (the line is not set).

    The last event may have begun in the file before, which was rotated in the middle of it.
    """
    for index in range(len(segments) - 1, -1, -1):
        segment = segments[index]
        at = whole_until(segment.member, segment.start)
        if at > segment.start or index == 0:
            return Segment(segment.member, at, 0)
    raise AssertionError("a plan has a segment")


def _last_event(data: bytes) -> int | None:
    """Offset of the last event in some lines; None when there is none."""
    end = data.rfind(b"\n") + 1
    events: list[LogEvent] = []
    faults: list[Fault] = []
    with Guard(faults.append):
        events = list(LogReader(SourceRef("-"), keep_all=True, as_written=True).events([data[:end]]))
    if faults:  # told when all of it is read; waiting would not help
        return end
    lines = [event.source.line for event in events if event.source.line is not None]
    if not lines:
        return 0 if data else None
    at = 0
    for _ in range(max(lines) - 1):
        at = data.find(b"\n", at) + 1
    return at


class NewBytes:
    """The segments of a plan as one stream of bytes; afterwards tells lines of the stream as lines of files."""

    def __init__(self, segments: Sequence[Segment], end: Segment) -> None:
        """`end` tells in which file and at which offset reading stops."""
        index = next(i for i, segment in enumerate(segments) if segment.member is end.member)
        self._segments = segments[: index + 1]
        self._end = end
        self._starts: list[int] = []
        self.bytes_read = 0
        self.lines = 0
        self.goes_on = False
        """True if the first line continues an event of which the rest was read before."""

    def chunks(self) -> Iterator[bytes]:
        """All bytes. Raises Changed when the log was cut shorter meanwhile."""
        open_line = False
        for segment in self._segments:
            member = segment.member
            self._starts.append(self.lines)
            got = 0
            wanted = self._end.start - segment.start if member is self._end.member else None
            for chunk in _up_to(member.chunks(segment.start), wanted):
                if open_line and not got and _begins_event(chunk):
                    # The older file ended in the middle of a line, and this one does not continue it.
                    yield b"\n"
                    self.lines += 1
                    self._starts[-1] = self.lines
                if not self.lines and not self.bytes_read and not got:
                    self.goes_on = segment.start > 0 and not _begins_event(chunk)
                got += len(chunk)
                self.lines += chunk.count(b"\n")
                open_line = not chunk.endswith(b"\n")
                yield chunk
            self.bytes_read += got
            if wanted is not None and got < wanted:
                raise Changed

    def locate(self, event: LogEvent) -> LogEvent:
        """The event with file and line where it really stands."""
        line = event.source.line or 1
        index = max(0, bisect_right(self._starts, line - 1) - 1)
        segment = self._segments[index]
        moved = event.moved_down(segment.line - self._starts[index])
        return replace(moved, source=replace(moved.source, path=segment.member.path, member=None))

    def end(self) -> Segment:
        """Where reading stopped, with the lines before it."""
        last = self._segments[-1]
        return Segment(last.member, self._end.start, last.line + self.lines - self._starts[-1])


def _up_to(chunks: Iterator[bytes], size: int | None) -> Iterator[bytes]:
    """At most `size` bytes of a stream; all of it for None."""
    left = size
    for chunk in chunks:
        if left is None:
            yield chunk
        elif left > 0:
            yield chunk[:left]
            left -= len(chunk)
        if left is not None and left <= 0:
            return


def _begins_event(chunk: bytes) -> bool:
    text = chunk[:1000].split(b"\n", 1)[0].decode("utf-8", "replace")
    return starts_event(text) and parse_header(text) is not None


def read_events(stream: NewBytes, source: SourceRef, lost: Callable[[Fault], object]) -> Iterator[LogEvent]:
    """The relevant events of a stream, each with its place.

    A fault of ours ends them, and `lost` is told; the rest is skipped, so that the next run begins there.
    """
    chunks = stream.chunks()
    with Guard(lost, Changed):
        for event in LogReader(source, as_written=True).events(chunks):
            yield stream.locate(event)
    for _ in chunks:
        pass
