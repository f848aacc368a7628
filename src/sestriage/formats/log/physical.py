"""Bytes to blocks of whole physical lines, whatever the encoding and however long the lines are."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

from sestriage.formats.log.limits import BLOCK_BYTES, MAX_LINE_BYTES
from sestriage.formats.log.problems import Problems

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

    `first_line` counts from 1. Only the last line of the last block may lack its newline. The lines lie somewhere in
    `data` so that a long stream need not be copied once more to cut it at line ends.
    """

    __slots__ = ("data", "end", "first_line", "start")

    def __init__(self, first_line: int, data: bytes, start: int = 0, end: int | None = None) -> None:
        self.first_line = first_line
        self.data = data
        self.start = start
        self.end = len(data) if end is None else end


def blocks(chunks: Iterable[bytes], problems: Problems, first_line: int = 1) -> Iterator[Block]:
    """Cut a byte stream into blocks of about `BLOCK_BYTES`, and small ones that hold the line at each seam.

    UTF-16 and UTF-32 become UTF-8, a byte order mark and NUL bytes are dropped, lines over `MAX_LINE_BYTES` are cut;
    each of the last two is a problem. Memory stays bounded for a single endless line too. `first_line` is the number of
    the first line in its file.
    """
    line = first_line
    carry = b""
    dropping = False
    for piece in _pieces(_to_utf8(chunks)):
        if b"\0" in piece:
            where = line + piece.count(b"\n", 0, piece.index(b"\0"))
            problems.add(
                "NUL bytes in the text were skipped (the file was cut while it was written to, or is binary)", where
            )
            piece = piece.replace(b"\0", b"")
        start = 0
        if dropping:
            start = piece.find(b"\n")
            if start < 0:
                continue
            dropping = False
        last = piece.rfind(b"\n", start) + 1
        if last:
            if carry:
                seam = piece.index(b"\n", start) + 1
                yield Block(line, carry + piece[start:seam])
                line += 1
                start = seam
            if start < last:
                yield Block(line, piece, start, last)
                line += count_lines(piece, start, last)
            carry = piece[last:]
        else:
            carry += piece[start:]
        if len(carry) > MAX_LINE_BYTES:
            problems.add(f"the line is longer than {MAX_LINE_BYTES >> 10} KiB; its rest was skipped", line)
            carry = carry[:MAX_LINE_BYTES]
            dropping = True
    if carry:
        yield Block(line, carry)


try:
    from stringzilla import count as _count_bytes  # type: ignore[import-not-found, unused-ignore]
except ImportError:
    _count_bytes = None


def count_lines(data: bytes, start: int, end: int) -> int:
    """Newlines between two offsets."""
    if _count_bytes is None:
        return data.count(b"\n", start, end)
    return int(_count_bytes(memoryview(data)[start:end], b"\n"))


def decode_line(raw: bytes) -> tuple[str, bool]:
    """One line as text, without its end; the flag is False when it was not UTF-8 and was read as Windows-1252."""
    try:
        return raw.rstrip(b"\r\n").decode("utf-8"), True
    except UnicodeDecodeError:
        return raw.rstrip(b"\r\n").decode("cp1252", "replace"), False


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
    for piece in _pieces(_chain(head[mark:], source)):
        yield decoder.decode(piece).encode("utf-8", "replace")
    yield decoder.decode(b"", True).encode("utf-8", "replace")


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces of at most `BLOCK_BYTES`, and small chunks put together, so that neither cost more than their bytes."""
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks:
        if len(chunk) * 2 >= BLOCK_BYTES and not waiting:
            if len(chunk) <= BLOCK_BYTES:
                yield chunk
            else:
                yield from (chunk[start : start + BLOCK_BYTES] for start in range(0, len(chunk), BLOCK_BYTES))
            continue
        for start in range(0, len(chunk), BLOCK_BYTES):
            part = chunk[start : start + BLOCK_BYTES]
            waiting.append(part)
            size += len(part)
            if size >= BLOCK_BYTES:
                yield b"".join(waiting)
                waiting.clear()
                size = 0
    if waiting:
        yield b"".join(waiting)
