"""From blocks to the lines that are worth reading: those near a gate literal."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sestriage.formats.log.gates import GATES, NUMBER_GATES
from sestriage.formats.log.limits import LOOK_AHEAD_BYTES, LOOK_BACK_BYTES
from sestriage.formats.log.physical import Block


@dataclass(frozen=True, slots=True)
class RawLine:
    """A physical line as bytes (its end included); `hot`: it holds a gate literal."""

    number: int
    data: bytes
    hot: bool


def select(blocks: Iterable[Block], gates: tuple[bytes, ...] = GATES) -> Iterator[RawLine | None]:
    """The lines of every block that holds a gate, with some lines before and after; None where lines were left out.

    A block without any gate costs one pass of `bytes.find` per gate and nothing else.
    """
    tail: Block | None = None  # the end of the block before, when it was left out
    after_hit = False
    for block in blocks:
        hot = _hot_offsets(block.data, gates)
        if hot:
            if tail is not None:
                yield None
                yield from _lines(tail, [])
                tail = None
            yield from _lines(block, hot)
            after_hit = True
            continue
        if after_hit:
            yield from _lines(_head(block), [])
            yield None
            after_hit = False
        tail = _tail(block)


def _hot_offsets(data: bytes, gates: tuple[bytes, ...]) -> list[int]:
    """Sorted offsets of gate literals, at least one and at most one a gate for every line that holds some."""
    lowered = data.lower()
    found: set[int] = set()
    for gate in gates:
        at = lowered.find(gate)
        while at >= 0:
            found.add(at)
            next_line = lowered.find(b"\n", at) + 1
            at = lowered.find(gate, next_line) if 0 < next_line < len(lowered) else -1
    if gates is GATES:
        for number in NUMBER_GATES:
            found.update(_numbers(lowered, number))
    return sorted(found)


def _numbers(data: bytes, gate: bytes) -> Iterator[int]:
    """Offsets of a reply's code that is not the tail of a longer number or of a time (`10:12:13.535 `)."""
    at = data.find(gate)
    while at >= 0:
        if at == 0 or data[at - 1] not in b".,0123456789":
            yield at
        at = data.find(gate, at + 1)


def _lines(block: Block, hot: list[int]) -> Iterator[RawLine]:
    start = 0
    number = block.first_line
    for line in block.data.splitlines(keepends=True) if b"\r" not in block.data else _split(block.data):
        end = start + len(line)
        at = bisect_right(hot, start - 1) if hot else 0
        yield RawLine(number, line, bool(hot) and at < len(hot) and hot[at] < end)
        start = end
        number += 1


def _split(data: bytes) -> Iterator[bytes]:
    """Lines at newlines only: a lone carriage return ends no line."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start) + 1 or len(data)
        yield data[start:end]
        start = end


def _head(block: Block) -> Block:
    cut = block.data.find(b"\n", LOOK_AHEAD_BYTES) + 1
    return Block(block.first_line, block.data[:cut]) if cut else block


def _tail(block: Block) -> Block:
    if len(block.data) <= LOOK_BACK_BYTES:
        return block
    cut = block.data.find(b"\n", len(block.data) - LOOK_BACK_BYTES) + 1
    return Block(block.first_line + block.data.count(b"\n", 0, cut), block.data[cut:]) if cut else block
