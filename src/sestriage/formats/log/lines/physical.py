"""Bytes to blocks of whole physical lines, whatever the encoding and however long the lines are."""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Iterable, Iterator

from sestriage.formats.log.limits import BLOCK_BYTES, MAX_LINE_BYTES
from sestriage.formats.log.problems import Problems
from sestriage.model.message import Message

_HEAD = 4096
_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Block:
    """Whole lines, ends included, in UTF-8 (or the 8-bit debris that the file holds): `data[start:end]`.

    Only the last line of the last block may lack its newline. The lines lie somewhere in `data` so that a long stream
    need not be copied once more to cut it at line ends. `first_line` counts from 1; whoever takes the blocks in order
    sets it (`numbered`), but for the first one. `lines` is how many newlines the block has, None as long as nobody has
    counted. `whole`: those of the offsets that matter (`relevant_lines`) that need no lines around their event, and
    where it begins and ends. `quiet`: those of them that do not matter at all unless another one is near.
    """

    __slots__ = ("_asked", "data", "end", "first_line", "lines", "quiet", "start", "whole")

    def __init__(self, data: bytes, start: int = 0, end: int | None = None, lines: int | None = None) -> None:
        self.first_line = 1
        self.data = data
        self.start = start
        self.end = len(data) if end is None else end
        self.lines = lines
        self.whole: dict[int, tuple[int, int]] = {}
        self.quiet: frozenset[int] = frozenset()
        self._asked = (start, 0)

    def count(self) -> int:
        """Newlines in the block. Any thread may call this, and counts when it is the first."""
        if self.lines is None:
            self.lines = count_lines(self.data, self.start, self.end)
        return self.lines

    def line_at(self, offset: int) -> int:
        """Number of the line that begins at an offset. Asked in ascending order it counts each byte once."""
        before, lines = self._asked
        if offset < before:
            before, lines = self.start, 0
        lines += self.data.count(b"\n", before, offset)
        self._asked = (offset, lines)
        return self.first_line + lines


class _Passed:
    """The number of the next line behind the blocks that were given out. Most are counted by those who scan them."""

    MOST = 64
    """Blocks that wait for somebody to count them."""

    def __init__(self, first_line: int) -> None:
        self.first_line = first_line
        self._line = first_line
        self._open: deque[Block] = deque()

    def add(self, block: Block) -> Block:
        block.first_line = self.first_line
        self._open.append(block)
        while len(self._open) > self.MOST or (self._open and self._open[0].lines is not None):
            self._line += self._open.popleft().count()
        return block

    def line(self) -> int:
        while self._open:
            self._line += self._open.popleft().count()
        return self._line


def blocks(chunks: Iterable[bytes], problems: Problems, first_line: int = 1) -> Iterator[Block]:
    """Cut a byte stream into blocks of about `BLOCK_BYTES`, and small ones that hold the line at each seam.

    UTF-16 and UTF-32 become UTF-8, a byte order mark and NUL bytes are dropped, lines over `MAX_LINE_BYTES` are cut;
    each of the last two is a problem. Memory stays bounded for a single endless line too. `first_line` is the number of
    the first line in its file; only the first block has its number, the others get theirs by `numbered`.
    """
    passed = _Passed(first_line)
    carry = b""
    dropping = False
    # further down in a log its first bytes tell nothing: a byte order mark there is debris
    for piece, first, stop in _pieces(_to_utf8(chunks) if first_line == 1 else chunks):
        data, start, end = piece, first, stop
        if (nul := data.find(b"\0", start, end)) >= 0:
            problems.add(
                "NUL bytes in the text were skipped (the file was cut while it was written to, or is binary)",
                passed.line() + data.count(b"\n", start, nul),
            )
            data = data[start:end].replace(b"\0", b"")
            start, end = 0, len(data)
        if dropping:
            start = data.find(b"\n", start, end)
            if start < 0:
                continue
            dropping = False
        last = data.rfind(b"\n", start, end) + 1
        if last:
            if carry:
                seam = data.index(b"\n", start) + 1
                yield passed.add(Block(carry + data[start:seam], lines=1))
                start = seam
            if start < last:
                yield passed.add(Block(data, start, last))
            carry = data[last:end]
        else:
            carry += data[start:end]
        if len(carry) > MAX_LINE_BYTES:
            problems.add(
                Message("the line is longer than {most} KiB; its rest was skipped", most=MAX_LINE_BYTES >> 10),
                passed.line(),
            )
            carry = carry[:MAX_LINE_BYTES]
            dropping = True
    if carry:
        yield passed.add(Block(carry))


def numbered(found: Iterable[Block]) -> Iterator[Block]:
    """Blocks that come in order, with the numbers of their first lines: they follow from the first block's."""
    after: int | None = None
    for block in found:
        if after is not None:
            block.first_line = after
        after = block.first_line + block.count()
        yield block


try:
    from stringzilla import count as _count_bytes  # type: ignore[import-not-found, unused-ignore]
    from stringzilla import find as _find_bytes
except ImportError:
    _count_bytes = _find_bytes = None


def count_lines(data: bytes, start: int, end: int) -> int:
    """Newlines between two offsets."""
    if _count_bytes is None:
        return data.count(b"\n", start, end)
    return int(_count_bytes(memoryview(data)[start:end], b"\n"))


def find_bytes(data: bytes, sought: bytes, start: int, end: int) -> int:
    """`data.find`, for what is most often not there in many bytes."""
    if _find_bytes is None:
        return data.find(sought, start, end)
    at = int(_find_bytes(memoryview(data)[start:end], sought))
    return at if at < 0 else at + start


def decode_line(raw: bytes) -> tuple[str, bool]:
    """One line as text, without its end; the flag is False when bytes of it were not UTF-8 and were read as
    Windows-1252.

    All of the line is, unless most of what lies outside ASCII is UTF-8: then only the bytes that are not.
    """
    raw = raw.rstrip(b"\r\n")
    try:
        return raw.decode("utf-8"), True
    except UnicodeDecodeError:
        mixed = raw.decode("utf-8", "surrogateescape")
    strays = len(_STRAY.findall(mixed))
    if sum(map(len, _OUTSIDE_ASCII.findall(mixed))) < 2 * strays:
        return raw.decode("cp1252", "replace"), False
    return _STRAY.sub(lambda match: bytes([ord(match[0]) & 0xFF]).decode("cp1252", "replace"), mixed), False


_OUTSIDE_ASCII = re.compile(r"[^\x00-\x7f]+")
_STRAY = re.compile(r"[\udc80-\udcff]")
"""Bytes that are not UTF-8, as `surrogateescape` writes them."""


def wide_encoding(head: bytes) -> tuple[str | None, int]:
    """Name of the encoding that the first bytes show (`utf-16-le`, …; None for 8-bit text), and length of the mark."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return (None if name == "utf-8" else name), len(mark)
    even, odd = head[0::2], head[1::2]
    if len(odd) >= 8:
        if odd.count(0) > len(odd) * 0.7 and even.count(0) < len(even) * 0.1:
            return "utf-16-le", 0
        if even.count(0) > len(even) * 0.7 and odd.count(0) < len(odd) * 0.1:
            return "utf-16-be", 0
    return None, 0


def _to_utf8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    source = iter(chunks)
    head = b""
    for chunk in source:
        head += chunk
        if len(head) >= _HEAD:
            break
    encoding, mark = wide_encoding(head[:_HEAD])
    if encoding is None:
        yield head[mark:]
        yield from source
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for data, start, end in _pieces(_chain(head[mark:], source)):
        yield decoder.decode(data[start:end]).encode("utf-8", "replace")
    yield decoder.decode(b"", True).encode("utf-8", "replace")


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _pieces(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, int, int]]:
    """Places of at most `BLOCK_BYTES` in the chunks; small chunks are put together, lest each cost more than its bytes.

    Large chunks are not copied.
    """
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks:
        if len(chunk) * 4 < BLOCK_BYTES:
            waiting.append(chunk)
            size += len(chunk)
            if size < BLOCK_BYTES:
                continue
            chunk = b""
        if waiting:
            yield b"".join(waiting), 0, size
            waiting.clear()
            size = 0
        for start in range(0, len(chunk), BLOCK_BYTES):
            yield chunk, start, min(start + BLOCK_BYTES, len(chunk))
    if waiting:
        yield b"".join(waiting), 0, size
