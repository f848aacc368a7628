"""From blocks to the lines that are worth reading: those near a gate literal."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sestriage.formats.log.limits import LOOK_AHEAD_BYTES, LOOK_BACK_BYTES, LOOK_HEADERS, MAX_LINE_BYTES
from sestriage.formats.log.lines.certain_header import CERTAIN_HEADER
from sestriage.formats.log.lines.finder import Finder
from sestriage.formats.log.lines.physical import Block, numbered
from sestriage.formats.log.lines.relevant_lines import Looker
from sestriage.formats.log.lines.split_lines import is_part
from sestriage.formats.log.lines.whole_events import Opinion


@dataclass(frozen=True, slots=True)
class RawLine:
    """A physical line as bytes (its end included); `hot`: it holds a gate literal."""

    number: int
    data: bytes
    hot: bool


def every_line(blocks: Iterable[Block]) -> Iterator[RawLine]:
    """All lines, all hot."""
    for block in numbered(blocks):
        yield from _lines(block, block.start, block.end, None)


def select(
    blocks: Iterable[Block], finder: Finder | None = None, opinion: Opinion | None = None
) -> Iterator[RawLine | None]:
    """Every line that holds a gate, with some lines before and after; None where lines were left out.

    A block without any gate costs one pass of the finder and nothing else. Without a `finder` it is the fastest that
    is installed.
    """
    window = _Window()
    looker = Looker(finder, opinion)
    for block in numbered(blocks):
        yield from window.take(block, looker.hot(block))


def _line_start(block: Block, at: int) -> int:
    return max(block.data.rfind(b"\n", block.start, at) + 1, block.start)


def _line_end(block: Block, at: int) -> int:
    """Offset after the end of the line that holds this offset."""
    end = block.data.find(b"\n", at, block.end) + 1
    return end or block.end


def _whole_around(block: Block, at: int, hot: list[int]) -> tuple[int, int] | None:
    """The whole event (`Block.whole`) that an offset at a line's start would cut in two."""
    index = bisect_left(hot, at)
    for near in hot[max(index - 1, 0) : index + 1]:
        bounds = block.whole.get(near)
        if bounds is not None and bounds[0] < at < bounds[1]:
            return bounds
    return None


def _uncut(block: Block, start: int, done: int, hot: list[int]) -> int:
    around = _whole_around(block, start, hot)
    return start if around is None else max(around[0], done)


def _back(block: Block, at: int, done: int, hot: list[int]) -> int:
    """Where to begin for a hit: some events before it, or `LOOK_BACK_BYTES`; not before `done`. A line's beginning, and
    not one inside a line that a runtime split or inside a whole event."""
    floor = max(done, at - LOOK_BACK_BYTES)
    start = max(_line_start(block, at), done)
    headers = 0
    while start > floor:
        if CERTAIN_HEADER.match(block.data, start, start + 300):
            headers += 1
            if headers > LOOK_HEADERS:
                break
        start = max(_line_start(block, start - 1), done)
    return _uncut(block, _first_part(block, start, max(done, at - MAX_LINE_BYTES)), done, hot)


def _first_part(block: Block, start: int, floor: int) -> int:
    """The beginning of the split line that goes on at an offset, else the offset; not before `floor`."""
    while start > floor and _continues(block, start):
        before = _line_start(block, start - 1)
        if before < floor:
            break
        start = before
    return start


def _continues(block: Block, at: int) -> bool:
    """The line that begins (or would) at an offset is the next part of the one before it in the block."""
    return at > block.start and is_part(block.data, _line_start(block, at - 1), at)


def _reach(block: Block, at: int, owed: int, hot: list[int]) -> tuple[int, int]:
    """Where to end after an offset, `owed` bytes on or some events on, and the bytes owed in the next block.

    Each hit on the way begins the count anew, but for those of whole events. Neither such an event is cut, nor a line
    that a runtime split.
    """
    limit = at + owed
    end = at
    headers = 0
    index = bisect_left(hot, at)
    while end < block.end:
        begin, end = end, _line_end(block, end)
        while index < len(hot) and hot[index] < end and hot[index] in block.whole:
            index += 1
        if index < len(hot) and hot[index] < end:
            headers, limit = 0, hot[index] + LOOK_AHEAD_BYTES
            while index < len(hot) and hot[index] < end:
                index += 1
            continue
        headers += begin < limit and CERTAIN_HEADER.match(block.data, begin, begin + 300) is not None
        enough = begin >= limit or headers > LOOK_HEADERS
        if enough and (begin >= limit + MAX_LINE_BYTES or not _continues(block, begin)):
            around = _whole_around(block, begin, hot)
            return (begin if around is None else around[1]), 0
    return block.end, max(int(_continues(block, block.end)), limit - block.end)


def none_matters(data: bytes) -> bool:
    """No line of a text that begins at a line's start can matter to the reader; False when that is not certain.

    NUL bytes (UTF-16, a damaged file) are left to the reader.
    """
    if b"\0" in data:
        return False
    return not Looker().hot(Block(data), last=True)


def beginning_of_last_event(data: bytes) -> int | None:
    """Offset of the last line that begins an event for certain; None when there is none among the last lines."""
    at = data.rfind(b"\n") + 1
    floor = len(data) - LOOK_BACK_BYTES
    while at > max(0, floor):
        begin = data.rfind(b"\n", 0, at - 1) + 1
        if CERTAIN_HEADER.match(data, begin, begin + 300):
            return begin
        at = begin
    return None


class _Window:
    """Gives out the lines around hits, in order, each once; remembers enough of what was left out to look back."""

    def __init__(self) -> None:
        self._past: deque[tuple[Block, int, list[int]]] = deque()
        """Blocks whose ends were left out so far, where, and the hits in them: what may have to be looked back at."""
        self._kept = 0
        self._joined = True
        """The first of these lines (the next one, when there are none) follows the last one that was given out."""
        self._owed = 0
        """Bytes after the last hit that are still to be given out."""

    def take(self, block: Block, hot: list[int]) -> Iterator[RawLine | None]:
        """The lines of the next block that are near hits of this block or of the one before."""
        done = block.start
        if self._owed:
            done, self._owed = _reach(block, block.start, self._owed, hot)
            yield from _lines(block, block.start, done, hot)
        index = bisect_left(hot, done)
        while index < len(hot):
            if hot[index] in block.quiet:
                index += 1
                continue
            alone = block.whole.get(hot[index])
            start = max(alone[0], done) if alone is not None else _back(block, hot[index], done, hot)
            if start > done or (self._past and done == block.start):
                yield from self._gap(start == done)
            if alone is not None:
                end, self._owed = alone[1], 0
            else:
                end, self._owed = _reach(block, hot[index], LOOK_AHEAD_BYTES, hot)
            yield from _lines(block, start, end, hot)
            done = end
            index = bisect_left(hot, done)
        self._remember(block, done, hot)

    def _gap(self, from_past: bool) -> Iterator[RawLine | None]:
        """Lines were left out before this place; those near it, in blocks before, are not. None marks what is missing:
        nothing is where all the lines between were remembered."""
        if not (from_past and self._joined):
            yield None
        if from_past:
            for past, start, hot in self._past:
                yield from _lines(past, start, past.end, hot)
        self._past.clear()
        self._kept = 0

    def _remember(self, block: Block, done: int, hot: list[int]) -> None:
        if done > block.start:
            self._past.clear()
            self._kept = 0
            self._joined = True
        if done >= block.end:
            return
        start = max(done, block.end - LOOK_BACK_BYTES)
        if start > done:
            start = _first_part(block, _line_end(block, start), max(done, block.end - MAX_LINE_BYTES))
            start = _uncut(block, start, done, hot)
            self._joined = self._joined and start == done
        self._past.append((block, start, hot[bisect_left(hot, start) :]))
        self._kept += block.end - start
        while len(self._past) > 1 and self._spare(*self._past[0][:2]):
            past, start, _ = self._past.popleft()
            self._kept -= past.end - start
            self._joined = False

    def _spare(self, block: Block, start: int) -> bool:
        """What is remembered of later blocks is enough without this one."""
        later = self._kept - (block.end - start)
        return later >= MAX_LINE_BYTES or (later >= LOOK_BACK_BYTES and not _continues(block, block.end))


def _lines(block: Block, start: int, end: int, hot: list[int] | None) -> Iterator[RawLine]:
    """The lines between two offsets at line starts; with `hot` None all of them are hot."""
    data = block.data
    number = block.line_at(start)
    index = bisect_left(hot, start) if hot else 0
    while start < end:
        stop = data.find(b"\n", start, end) + 1 or end
        if hot is None:
            warm = True
        else:
            warm = False
            while index < len(hot) and hot[index] < stop:
                warm = True
                index += 1
        yield RawLine(number, data[start:stop], warm)
        start = stop
        number += 1
