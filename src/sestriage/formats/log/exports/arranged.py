"""Whether a log is an export that has to be put in order first, and the lines of it in the order of time.

Decided by the first bytes. Lines of an ordinary log pass as they come, without a copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from sestriage.formats.log.exports.folded import may_be_folded, unfold
from sestriage.formats.log.exports.json_document import may_be_document, read_document
from sestriage.formats.log.exports.marked import plain_blanks
from sestriage.formats.log.exports.markup import may_be_markup, read_markup
from sestriage.formats.log.exports.table import may_be_table, read_table
from sestriage.formats.log.exports.upside_down import may_be_upside_down, turn
from sestriage.formats.log.lines.physical import wide_encoding

MAX_DOCUMENT_BYTES = 12 << 20
"""A larger export is read line by line, as far as its lines tell."""
_HEAD_BYTES = 1 << 14
_LINES = 24
_ODD_BLANK = "\u00a0"

Arranged = list[tuple[int, str]]
"""Lines of text, each with the number of the line of the file at which it stands."""


class Rearranged:
    """The chunks of a log as they are to be read. `number` tells where a line of them stands in the file.

    `as_written`: they are read where a program writes them, and are no export.
    """

    def __init__(self, chunks: Iterable[bytes], as_written: bool = False) -> None:
        self._as_written = as_written
        self._numbers: list[int] | None = None
        self.first_lines: list[str] = []
        """Some lines of the log as it stands, for who looks at what they have in common."""
        self.chunks = self._arrange(iter(chunks))

    @property
    def in_order(self) -> bool:
        """The lines are not those of the file."""
        return self._numbers is not None

    def number(self, line: int) -> int:
        """The number in the file of a line that was read from `chunks`."""
        if self._numbers is None:
            return line
        return self._numbers[min(line, len(self._numbers)) - 1] if self._numbers else 1

    def _arrange(self, source: Iterator[bytes]) -> Iterable[bytes]:
        taken: list[bytes] = []
        size = 0
        for piece in source:
            taken.append(piece)
            size += len(piece)
            if size >= _HEAD_BYTES:
                break
        head = b"".join(taken)[:_HEAD_BYTES] if len(taken) > 1 else (taken[0][:_HEAD_BYTES] if taken else b"")
        begin = _decoded(head)
        if self._as_written or not _may_need_it(begin):
            self.first_lines = [line.rstrip("\r") for line in begin.split("\n", _LINES)[:_LINES]]
            return chain(taken, source)
        for piece in source:
            taken.append(piece)
            size += len(piece)
            if size > MAX_DOCUMENT_BYTES:
                return chain(taken, source)
        lines = arranged(_decoded(b"".join(taken)))
        if lines is None:
            return taken
        self._numbers = [number for number, _ in lines]
        return ["\n".join(text for _, text in lines).encode("utf-8", "replace") + b"\n"]


def arranged(text: str) -> Arranged | None:
    """The lines of a whole export in the order of time; None when it is none, and each line stands for itself."""
    if may_be_document(text):
        found = read_document(text)
    elif may_be_markup(text):
        found = read_markup(text)
    elif may_be_table(text):
        found = read_table(text)
    elif _has_odd_blanks(text):
        return list(enumerate(plain_blanks(text).split("\n"), start=1))
    elif may_be_folded(text[:_HEAD_BYTES]):
        found = unfold(text.removesuffix("\n").split("\n"))
    else:
        return turn(text.removesuffix("\n").split("\n")) if may_be_upside_down(text) else None
    if found is None:
        return None
    return turn([line for _, line in found], [number for number, _ in found]) or found


def _may_need_it(head: str) -> bool:
    return (
        may_be_document(head)
        or may_be_markup(head)
        or may_be_table(head)
        or _has_odd_blanks(head)
        or may_be_folded(head)
        or may_be_upside_down(head)
    )


def _has_odd_blanks(text: str) -> bool:
    """A text processor made blanks that do not break of most blanks; no word of a log stands beside such a one."""
    return text.count(_ODD_BLANK) > max(8, text.count(" "))


def _decoded(data: bytes) -> str:
    encoding, mark = wide_encoding(data[:4096])
    return data[mark:].decode(encoding or "utf-8", "surrogateescape" if encoding is None else "replace")
