"""Which lines of a block are worth reading, from the hits of a finder."""

from __future__ import annotations

from sestriage.formats.log.lines.finder import Finder, fastest_finder
from sestriage.formats.log.lines.gates import says_reply
from sestriage.formats.log.lines.physical import Block
from sestriage.formats.log.lines.split_lines import is_part, may_hold_parts
from sestriage.formats.log.lines.weigh import Scale

REPLY_REACH = 96
"""Bytes behind a code in which the foreign words of a reply begin (`gates.says_reply`); a line may hold thousands."""


class Looker:
    """Looks at blocks, one after the other; for one thread. Without a `finder` it takes the fastest installed one."""

    def __init__(self, finder: Finder | None = None) -> None:
        self._find = finder or fastest_finder()
        self._scale = Scale()

    def hot(self, block: Block) -> list[int]:
        """Offsets in lines that matter, ascending: strong hits, weak ones whose line also says what became of it, and
        replies in other languages. Counts the block's lines by the way, while its bytes are at hand.
        """
        block.count()
        strong, weak, codes = self._find(block.data, block.start, block.end)
        if not weak and not codes:
            return strong
        confirmed = [*self._confirmed(block, weak), *_replies(block.data, codes)]
        return sorted({*strong, *confirmed}) if confirmed else strong

    def _confirmed(self, block: Block, weak: list[int]) -> list[int]:
        """Weak hits whose line is worth reading, by itself."""
        data, start, end = block.data, block.start, block.end
        splits = may_hold_parts(data)
        found = []
        done = -1
        for at in weak:
            if at < done:
                continue
            done = data.find(b"\n", at, end) + 1 or end
            begin = max(data.rfind(b"\n", start, at) + 1, start)
            if self._scale.worth(data[begin:done]) or (splits and _is_split(block, begin, done)):
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
