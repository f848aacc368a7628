"""The lines that `scan.select` gives out, carried from the process that reads a log to the one that parses it."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

from sestriage.formats.log.physical import blocks
from sestriage.formats.log.problems import Problems
from sestriage.formats.log.scan import RawLine, select

PORTION_LINES = 256
"""Lines that are handed over at once."""
_LENGTH_BYTES = 4


def send_selection(chunks: Iterable[bytes], out: BinaryIO) -> None:
    """Write the lines of a log that are worth reading, then what could not be read of it."""
    problems = Problems()
    portion: list[tuple[int, bytes, bool] | None] = []
    for line in select(blocks(chunks, problems)):
        portion.append(None if line is None else (line.number, line.data, line.hot))
        if len(portion) >= PORTION_LINES:
            _send(portion, out)
            portion.clear()
    _send(portion, out)
    _send(problems.carried(), out)


class Selection:
    """Takes in what `send_selection` wrote. `again` reads the log itself, should the other process end too early."""

    def __init__(self, stream: BinaryIO, again: Callable[[], Iterable[bytes]]) -> None:
        self._stream = stream
        self._again = again

    def lines(self, problems: Problems) -> Iterator[RawLine | None]:
        """What `select` would give out for the log; `problems` gets what could not be read."""
        last = 0
        with self._stream:
            while (found := self._receive()) is not None:
                if isinstance(found, dict):
                    problems.take(found)
                    return
                for item in found:
                    line = None if item is None else RawLine(*item)
                    last = last if line is None else line.number
                    yield line
        yield from self._rest(last, problems)

    def _rest(self, last: int, problems: Problems) -> Iterator[RawLine | None]:
        """What comes behind a line."""
        gap = False
        for line in select(blocks(self._again(), problems)):
            if line is None:
                gap = True
            elif line.number > last:
                if gap:
                    yield None
                yield line
                gap = False
            else:
                gap = False

    def _receive(self) -> Any:
        """The next portion (a list), the problems (a dict), or None at an end that came too early."""
        head = self._stream.read(_LENGTH_BYTES)
        size = int.from_bytes(head, "little")
        body = self._stream.read(size)
        if len(head) < _LENGTH_BYTES or len(body) < size:
            return None
        return marshal.loads(body)  # noqa: S302 - written by our own child


def _send(value: Any, out: BinaryIO) -> None:
    body = marshal.dumps(value)
    out.write(len(body).to_bytes(_LENGTH_BYTES, "little") + body)
