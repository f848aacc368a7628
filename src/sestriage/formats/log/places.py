"""Where in a large plain log there are lines that matter: found stretch by stretch, by several processes at once.

Whoever parses the log reads those places and what is around them, and nothing else. What a finder finds in a place is
sent as numbers, so the processes need no more between them than a short message.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import BinaryIO

from sestriage.formats.log.finder import fastest_finder
from sestriage.formats.log.hot import Looker
from sestriage.formats.log.limits import LOOK_AHEAD_BYTES, LOOK_BACK_BYTES, MAX_LINE_BYTES
from sestriage.formats.log.physical import Block, blocks, count_lines, wide_encoding
from sestriage.formats.log.problems import Problems
from sestriage.formats.log.scan import RawLine, select

AROUND = max(LOOK_BACK_BYTES, LOOK_AHEAD_BYTES) + MAX_LINE_BYTES
"""Bytes before and behind a line that matters in which everything lies that is given out because of it."""
DENSE_FROM = 8 << 20
"""From so many bytes on a log must leave out half of its bytes: else it is quicker read as a whole."""
CHUNK = 1 << 20
"""Bytes read at a time."""


@dataclass(frozen=True, slots=True)
class Place:
    """Lines that matter close to each other. `last` is an offset in the last of them; `begin` is the beginning of a
    line at least `AROUND` bytes before the first (or the first line that was read), with `lines` lines before it.
    """

    begin: int
    lines: int
    last: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the log, from the beginning of a line to the end of another, and its places in order.

    All `lines` count from its beginning. `tail` is the beginning of a line at least `AROUND` bytes before its end (or
    its own beginning).
    """

    begin: int
    end: int
    lines: int
    tail: Place
    places: tuple[Place, ...]


def cut(size: int, parts: int) -> list[tuple[int, int]]:
    """Offsets of so many parts of a log; each begins before the one before it ends, so that nothing is cut apart."""
    edges = [size * part // parts for part in range(parts + 1)]
    return [(max(0, start - AROUND), stop) for start, stop in pairwise(edges)]


def find_places(stream: BinaryIO, start: int, stop: int) -> Stretch | None:
    """The places in the lines that begin between two offsets.

    None when the log must be read as a whole: in another encoding than UTF-8 or eight bits, with NUL bytes, with lines
    too long, or with too many places.
    """
    stream.seek(start)
    cut_line = stream.readline(MAX_LINE_BYTES) if start else b"\n"
    begin = start + len(cut_line) if start else 0
    stream.seek(begin)
    if not cut_line.endswith(b"\n") or wide_encoding(stream.read(1 << 12)) != (None, 0):
        return None
    problems = Problems()
    looker = Looker()
    places: list[Place] = []
    recent: deque[Place] = deque([Place(begin, 0, begin)])
    at = begin
    lines = 0
    covered = 0
    for block in blocks(_chunks(stream, begin, stop), problems):
        for offset in looker.hot(block):
            hot = at + offset - block.start
            if places and hot <= places[-1].last + 2 * AROUND:
                covered += hot - places[-1].last
                places[-1] = replace(places[-1], last=hot)
            else:
                covered += 2 * AROUND
                before = _well_before(block, offset, Place(at, lines, at)) or recent[0]
                places.append(replace(before, last=hot))
        if problems.listed() or covered > max(DENSE_FROM, (at - begin) // 2):
            return None
        at += block.end - block.start
        lines += block.count()
        recent.append(Place(at, lines, at))
        while len(recent) > 1 and recent[1].begin <= at - AROUND:
            recent.popleft()
    return None if problems.listed() else Stretch(begin, at, lines, recent[0], tuple(places))


def _well_before(block: Block, offset: int, first: Place) -> Place | None:
    """The beginning of a line `AROUND` bytes before an offset in a block that begins at `first`; None: not in it."""
    start = block.data.rfind(b"\n", block.start, max(block.start, offset - AROUND)) + 1
    if not start:
        return None
    return Place(first.begin + start - block.start, first.lines + count_lines(block.data, block.start, start), 0)


class Selection:
    """The lines of a log around places that are known: what `select` gives out for the whole of it.

    The stretches come in order. Where one is None, the log is read as a whole from there on.
    """

    def __init__(self, open_log: Callable[[], BinaryIO], stretches: Iterable[Stretch | None]) -> None:
        self._open = open_log
        self._stretches = stretches

    def lines(self, problems: Problems) -> Iterator[RawLine | None]:
        """As `scan.select` does."""
        here = fastest_finder()
        with self._open() as stream:
            for place in _together(self._places(stream)):
                if place.begin:
                    yield None
                around = _chunks(stream, place.begin, place.last + AROUND)
                finder = None if place.last == _TO_THE_END else here  # a place is too small for other threads
                yield from select(blocks(around, problems, place.lines + 1), finder)

    def _places(self, stream: BinaryIO) -> Iterator[Place]:
        """The places of all stretches, with the number of lines before them in the log."""
        lines = end = 0
        tail = Place(0, 0, 0)
        for stretch in self._stretches:
            if stretch is None:
                yield replace(tail, last=_TO_THE_END)
                return
            lines -= sum(count_lines(chunk, 0, len(chunk)) for chunk in _chunks(stream, stretch.begin, end))
            for place in stretch.places:
                yield replace(place, lines=lines + place.lines)
            tail = replace(stretch.tail, lines=lines + stretch.tail.lines)
            lines += stretch.lines
            end = stretch.end


_TO_THE_END = 1 << 62


def _together(places: Iterable[Place]) -> Iterator[Place]:
    """Places of which one might reach into the next, as one."""
    merged: Place | None = None
    for place in places:
        if merged is not None and place.begin <= merged.last + AROUND + MAX_LINE_BYTES:
            merged = replace(merged, last=max(merged.last, place.last))
            continue
        if merged is not None:
            yield merged
        merged = place
    if merged is not None:
        yield merged


def _chunks(stream: BinaryIO, start: int, stop: int) -> Iterator[bytes]:
    """The bytes from one offset to the end of the line that holds, or ends before, another; of a line that is too long
    enough to show that.
    """
    if start >= stop:
        return
    stream.seek(start)
    left = stop - start
    chunk = b"\n"
    while left > 0 and (chunk := stream.read(min(CHUNK, left))):
        left -= len(chunk)
        yield chunk
    more = MAX_LINE_BYTES + 1
    while chunk and more > 0 and not chunk.endswith(b"\n"):
        chunk = stream.readline(more)
        more -= len(chunk)
        yield chunk
