"""Whole events of other services, told by their bytes: a header, and the stack trace of an exception.

An exception of the network makes its line hot whoever had the trouble. The trace of a service that has nothing to do
with mail comes again and again, and drags a dozen events on either side with it each time. Where its event stands
whole, what it is worth is found out once for all that differ from it in numbers and ids only.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from hashlib import blake2b

from sestriage.formats.log.limits import LOOK_BACK_BYTES
from sestriage.formats.log.lines.certain_header import CERTAIN_HEADER
from sestriage.formats.log.lines.physical import Block
from sestriage.formats.log.lines.weigh import SaysNothing, shape

_TRACE = re.compile(
    rb"(?:(?:[\t ]+(?:at |\.\.\. \d|Suppressed: |Caused by: )[^\n]*|Caused by: [^\n]*"
    rb"|[a-z][\w$]{0,60}(?:\.[\w$]{1,120}){1,12}(?:: [^\n]*|\r?))\n)++"
)
"""Lines of a stack trace: frames, causes, the names of exceptions. A message of several lines is none. Where a wrapping
stands before each line there are none: a line that looks like a whole event there may be any part of one."""
_OF_MAIL = (b"mail", b"smtp", b"tls_process", b"\\u", b"\0")
"""Events with one of these are read like all others."""
_MAX_UNLIKE = 64
"""So many events unlike all before it, more than twice as many as are like one, and no more of them are looked at: to
read each of them twice would not pay."""


class EventWorth(Enum):
    """What an event is worth. `NOTHING`: by itself nothing. `APART`: something, to which its neighbours add nothing.
    `UNKNOWN`: it has to be read with its neighbours."""

    NOTHING = 0
    APART = 1
    UNKNOWN = 2


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the reader would make of lines and of whole events; it hands that down to here."""

    says_nothing: SaysNothing
    worth_of_event: Callable[[str], EventWorth]


class WholeEvents:
    """Looks for whole events in blocks, one after the other."""

    MOST = 1 << 12
    """Kinds of events that are remembered."""

    def __init__(self, weigh: Callable[[str], EventWorth]) -> None:
        self._weigh = weigh
        self._known: dict[bytes, EventWorth] = {}
        self._like = self._unlike = 0

    def look(self, block: Block, strong: Sequence[int], digits: Sequence[int], hot: Sequence[int]) -> None:
        """Notes in the block which of the hits need no lines around them (`Block.whole`, `Block.quiet`). `strong` and
        `digits` (ports and codes of replies, which events that are alike may not share) are parts of `hot`; all ascend.
        """
        quiet: dict[int, tuple[int, int]] = {}
        apart: list[tuple[int, int, Sequence[int]]] = []
        done = block.start
        bounds_of = EventBounds(block)
        for at in strong:
            if at < done or (bounds := bounds_of.around(at)) is None:
                continue
            begin, done = bounds
            if _between(digits, begin, done):
                continue
            hits = _between(hot, begin, done)
            worth = self._worth(block.data[begin:done])
            if worth is EventWorth.NOTHING:
                quiet |= dict.fromkeys(hits, bounds)
            elif worth is EventWorth.APART:
                apart.append((begin, done, hits))
        block.quiet = frozenset(quiet)
        far = _far_from_others(apart, [at for at in hot if at not in quiet], block.end)
        block.whole = {**block.whole, **quiet, **dict(far)}

    def _worth(self, event: bytes) -> EventWorth:
        lowered = event.lower()
        if any(sign in lowered for sign in _OF_MAIL):
            return EventWorth.UNKNOWN
        kind = blake2b(shape(event), digest_size=16).digest()
        known = self._known.get(kind)
        if known is not None:
            self._like += 1
            return known
        if self._unlike > _MAX_UNLIKE + 2 * self._like:
            return EventWorth.UNKNOWN
        self._unlike += 1
        if len(self._known) >= self.MOST:
            self._known.clear()
        worth = self._known[kind] = self._weigh(event.decode("utf-8", "replace"))
        return worth


def _between(offsets: Sequence[int], begin: int, end: int) -> Sequence[int]:
    return offsets[bisect_left(offsets, begin) : bisect_left(offsets, end)]


class EventBounds:
    """The whole events of a block, asked for in ascending order: no line is looked at twice, however many hits an event
    has."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self._line = -1
        """Where the line of the last offset begins, `_begin` and `_end` where its event does."""
        self._begin: int | None = None
        self._end: int | None = None

    def around(self, at: int) -> tuple[int, int] | None:
        """Where the event of an offset begins and ends; None when it is not a header with nothing but a stack trace
        behind it and the header of the next event, or when it is long."""
        line = self._block.data.rfind(b"\n", self._block.start, at) + 1 or self._block.start
        if line != self._line:
            begin = self._header_of(line)
            if begin != self._begin:
                self._begin, self._end = begin, None if begin is None else self._end_of(begin)
            self._line = line
        if self._begin is None or self._end is None or self._end <= line:
            return None
        return self._begin, self._end

    def _header_of(self, line: int) -> int | None:
        data, start = self._block.data, self._block.start
        begin, floor = line, max(line - LOOK_BACK_BYTES, start)
        while not CERTAIN_HEADER.match(data, begin, begin + 300):
            if begin <= floor:
                return None
            begin = data.rfind(b"\n", start, begin - 1) + 1 or start
            if begin == self._line:
                return self._begin
        return begin

    def _end_of(self, begin: int) -> int | None:
        data = self._block.data
        most = min(begin + LOOK_BACK_BYTES, self._block.end)
        trace = _TRACE.match(data, data.find(b"\n", begin, self._block.end) + 1, most)
        if trace is None or not CERTAIN_HEADER.match(data, trace.end(), trace.end() + 300):
            return None
        return trace.end()


def _far_from_others(
    apart: Sequence[tuple[int, int, Sequence[int]]], hot: Sequence[int], block_end: int
) -> Iterator[tuple[int, tuple[int, int]]]:
    """Those events behind which no other hit is so near that it needs to look back at what lies before them."""
    alone = {at for _, _, hits in apart for at in hits}
    others = [at for at in hot if at not in alone]
    for begin, end, hits in apart:
        index = bisect_left(others, end)
        after = others[index] if index < len(others) else block_end
        if after - end > LOOK_BACK_BYTES:
            yield from ((at, (begin, end)) for at in hits)
