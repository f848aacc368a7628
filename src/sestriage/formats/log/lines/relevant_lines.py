"""Which lines of a block are worth reading, from the hits of a finder."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from functools import cached_property

from sestriage.formats.log.lines.certain_header import CERTAIN_HEADER
from sestriage.formats.log.lines.finder import Finder, fastest_finder
from sestriage.formats.log.lines.gates import says_reply
from sestriage.formats.log.lines.physical import Block, find_bytes
from sestriage.formats.log.lines.split_lines import is_part, may_hold_parts
from sestriage.formats.log.lines.weigh import NOTHING, SOMETHING, Scale, Worth
from sestriage.formats.log.lines.whole_events import Opinion, WholeEvents

_EXCEPTIONS = (
    *(b"Exce", b"Ausnahme", b"Eccezione", b"Error", b"Throwable", b"Fault", b"\\u4f8b", b"\\u5f02", b"\\uc608"),
    *(word.encode() for word in ("例外", "异常", "예외")),
)
"""What every name of an exception holds (`classnames.CLASS`)."""
_FAR = 1 << 16
"""An exception so many bytes away is not of the event."""
_BEFORE = 1 << 12
_EVENTS_ON = 8
"""So many events later (`grouping`) no exception is printed that belongs to this one."""


class Looker:
    """Looks at blocks, one after the other. Without a `finder` it takes the fastest installed one."""

    def __init__(self, finder: Finder | None = None, opinion: Opinion | None = None) -> None:
        self._find = finder or fastest_finder()
        self._scale = Scale(opinion.says_nothing if opinion is not None else None)
        self._whole = WholeEvents(opinion.worth_of_event) if opinion is not None else None

    def hot(self, block: Block, *, last: bool = False) -> list[int]:
        """Offsets in lines that matter, ascending: strong hits, and others whose line is worth reading by itself.
        Counts the block's lines by the way, while its bytes are at hand. `last`: nothing comes after the block.
        """
        block.count()
        strong, weak, digits, codes = self._find(block.data, block.start, block.end)
        hot, said = strong, []
        if weak or digits or codes:
            around = _Around(block, last)
            words = _worth(around, weak, self._scale.by_words)
            said = [*_worth(around, digits, self._scale.by_digits), *_replies(block.data, codes)]
            if words or said:
                hot = sorted({*strong, *words, *said})
            if words and not around.splits:
                block.whole = {at: bounds for at in words if (bounds := around.alone(at, hot)) is not None}
        if strong and self._whole is not None:
            self._whole.look(block, strong, sorted(said), hot)
        return hot


REPLY_REACH = 96
"""Bytes behind a code in which the foreign words of a reply begin (`gates.says_reply`); a line may hold thousands."""


class _Around:
    """What else a block holds; looked for when somebody asks."""

    def __init__(self, block: Block, last: bool) -> None:
        self.block = block
        self._last = last

    @cached_property
    def splits(self) -> bool:
        """Some line may be a part of one that a runtime split."""
        return may_hold_parts(self.block.data, self.block.start, self.block.end)

    def exception_near(self, begin: int, end: int) -> bool:
        """The event of a line, which begins it, may have an exception: in the lines that follow up to the next event,
        or in one that was printed with a header of its own."""
        block = self.block
        if not CERTAIN_HEADER.match(block.data, begin, begin + 300):
            return True
        found = self._exceptions
        index = bisect_left(found, begin)
        if index and begin - found[index - 1] < _BEFORE:
            return True
        exception = found[index] if index < len(found) else block.end
        if exception - begin > _FAR or (self._last and exception == block.end):
            return False
        events = 0
        while end <= exception and end < block.end and events < _EVENTS_ON:
            events += CERTAIN_HEADER.match(block.data, end, end + 300) is not None
            end = block.data.find(b"\n", end, block.end) + 1 or block.end
        return events < _EVENTS_ON

    def alone(self, at: int, hot: list[int]) -> tuple[int, int] | None:
        """Where the line of an offset begins and ends, if it holds no other one that matters and is the whole of its
        event."""
        begin = self.block.data.rfind(b"\n", self.block.start, at) + 1 or self.block.start
        end = self.block.data.find(b"\n", at, self.block.end) + 1 or self.block.end
        index = bisect_left(hot, begin)
        only = index + 1 == len(hot) or hot[index + 1] >= end
        if not only or not CERTAIN_HEADER.match(self.block.data, end, end + 300) or self.exception_near(begin, end):
            return None
        return begin, end

    @cached_property
    def _exceptions(self) -> list[int]:
        """Where the names of exceptions stand, at least one of each line."""
        data, end = self.block.data, self.block.end
        found = set()
        for name in _EXCEPTIONS:
            at = find_bytes(data, name, self.block.start, end)
            while at >= 0:
                found.add(at)
                next_line = data.find(b"\n", at, end) + 1
                at = find_bytes(data, name, next_line, end) if next_line else -1
        return sorted(found)


def _worth(around: _Around, hits: list[int], worth: Callable[[bytes], Worth]) -> list[int]:
    """Hits whose line is worth reading, by itself or by the exception that comes with it."""
    data, start, end = around.block.data, around.block.start, around.block.end
    found = []
    done = -1
    for at in hits:
        if at < done:
            continue
        done = data.find(b"\n", at, end) + 1 or end
        begin = data.rfind(b"\n", start, at) + 1 or start
        said = worth(data[begin:done])
        if said is NOTHING:
            if around.splits and _is_split(around.block, begin, done):
                found.append(at)
        elif said is SOMETHING or around.splits or around.exception_near(begin, done):
            found.append(at)
    return found


def _is_split(block: Block, begin: int, end: int) -> bool:
    """A line is a part of one that a runtime split: its words may go on in the next part."""
    data, start = block.data, block.start
    if begin == start and (data.startswith(b'{"log"', begin) or b" std" in data[begin : begin + 60]):
        return True  # the part before it may be in another block
    if begin > start and is_part(data, max(data.rfind(b"\n", start, begin - 1) + 1, start), begin):
        return True
    return is_part(data, begin, end)


def _replies(data: bytes, codes: list[int]) -> list[int]:
    """Codes with letters outside ASCII behind them in their line."""
    found = []
    for at in codes:
        behind = data[at : at + REPLY_REACH]
        if (not behind.isascii() or b"\\" in behind) and says_reply(data[at - 3 : at] + _line(behind).lower()):
            found.append(at)
    return found


def _line(text: bytes) -> bytes:
    return text.split(b"\n", 1)[0]
