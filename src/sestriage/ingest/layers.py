"""Streams on top of streams: a file, what is inside its compression, a part of that.

A layer never raises: when it cannot continue it ends, and `problem` says why. So every reader uses what came before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from sestriage.errors import reason_of
from sestriage.ingest.limits import KIB, Limits
from sestriage.model.message import Message

CHUNK: Final = 64 * KIB


class Layer:
    """A readable stream of bytes.

    `read(n)` returns at most n bytes and an empty string at the end, `problem` is None or one clause that says why the
    end came early. `position` counts the bytes delivered.
    """

    def __init__(self) -> None:
        self.problem: str | None = None
        self.position = 0

    def read(self, size: int = CHUNK) -> bytes:
        """At most `size` bytes (fewer is no sign of the end, an empty string is)."""
        data = self._next(size) if size > 0 else b""
        self.position += len(data)
        return data

    def _next(self, size: int) -> bytes:
        raise NotImplementedError

    def read_exactly(self, size: int) -> bytes:
        """`size` bytes, fewer only at the end. Call with bounded sizes only."""
        first = self.read(size)
        if len(first) == size or not first:
            return first
        parts = [first]
        missing = size - len(first)
        while missing and (data := self.read(missing)):
            parts.append(data)
            missing -= len(data)
        return b"".join(parts)

    def skip(self, size: int) -> int:
        """Pass over `size` bytes; returns how many there were."""
        passed = 0
        while passed < size and (data := self.read(min(CHUNK, size - passed))):
            passed += len(data)
        return passed

    def again(self) -> Layer | None:
        """The rest once more, to be read without moving this layer; None where that can't be done (a pipe)."""
        return None

    def chunks(self) -> Iterator[bytes]:
        """The rest, piece by piece."""
        while data := self.read(CHUNK):
            yield data


class DecompressionBudget:
    """Counts what one walk decompresses; shared by all its layers."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.spent = 0
        self.spooled = 0

    def take(self, size: int) -> int:
        """How much of `size` bytes may still be delivered."""
        allowed = max(0, min(size, self.limits.max_total_bytes - self.spent))
        self.spent += size
        return allowed


class Source(Layer):
    """An open file or pipe. `seekable` files are skipped without reading."""

    def __init__(self, file: BinaryIO, size: int | None = None) -> None:
        super().__init__()
        self._file = file
        self._size = size
        # of a pipe what is there: a read that waits for more in between would not hear an interrupt (Ctrl-C)
        self._take = getattr(file, "read1", file.read) if size is None else file.read
        self.raw = 0
        """Bytes really read from the input: the cost that a bomb is measured by."""

    def _next(self, size: int) -> bytes:
        try:
            data = self._take(size)
        except (OSError, ValueError) as error:
            self.problem = Message("cannot be read on: {reason}", reason=reason_of(error))
            return b""
        self.raw += len(data)
        return data

    def again(self) -> Layer | None:
        """The file from here on."""
        try:
            return None if self._size is None else Region(self._file, self._file.tell())
        except (OSError, ValueError):
            return None

    def skip(self, size: int) -> int:
        """Seek where the size is known, read elsewhere."""
        if self._size is None:
            return super().skip(size)
        passed = min(size, max(0, self._size - self.position))
        try:
            self._file.seek(passed, 1)
        except (OSError, ValueError):
            return super().skip(size)
        self.position += passed
        return passed


class Region(Layer):
    """A seekable file from an offset on. The place at which others read it does not change.

    With a `source` the bytes count as read from the input there.
    """

    def __init__(self, file: BinaryIO, offset: int, source: Source | None = None) -> None:
        super().__init__()
        self._file = file
        self._offset = offset
        self._source = source

    def _next(self, size: int) -> bytes:
        try:
            place = self._file.tell()
            self._file.seek(self._offset + self.position)
            data = self._file.read(size)
            self._file.seek(place)
        except (OSError, ValueError) as error:
            self.problem = Message("cannot be read on: {reason}", reason=reason_of(error))
            return b""
        if self._source is not None:
            self._source.raw += len(data)
        return data

    def again(self) -> Layer | None:
        """The same file from here on."""
        return Region(self._file, self._offset + self.position)


class Peekable(Layer):
    """A layer whose next bytes can be looked at."""

    def __init__(self, inner: Layer) -> None:
        super().__init__()
        self.inner = inner
        self._held = b""
        self._at = 0
        """Bytes of `_held` that are consumed already (cutting them off at each read would take quadratic time)."""

    def peek(self, size: int) -> bytes:
        """The next bytes without consuming them; fewer than `size` only at the end."""
        if len(self._held) - self._at < size:
            held = self._held[self._at :]
            self._held = held + self.inner.read_exactly(size - len(held))
            self._at = 0
            self.problem = self.inner.problem
        return self._held[self._at : self._at + size]

    def unread(self, data: bytes) -> None:
        """Put back the last bytes that were read."""
        self._held = data + self._held[self._at :]
        self._at = 0
        self.position -= len(data)

    def _next(self, size: int) -> bytes:
        if self._held:
            data = self._held[self._at : self._at + size]
            self._consume(len(data))
            return data
        data = self.inner.read(size)
        self.problem = self.inner.problem
        return data

    def _consume(self, size: int) -> None:
        self._at += size
        if self._at >= len(self._held):
            self._held, self._at = b"", 0

    def again(self) -> Layer | None:
        """The bytes peeked at, then the layer below."""
        below = self.inner.again()
        if below is None:
            return None
        rest = Peekable(below)
        rest._held = self._held[self._at :]
        return rest

    def skip(self, size: int) -> int:
        """Through what was peeked at, then through the layer below."""
        passed = min(size, len(self._held) - self._at)
        self._consume(passed)
        if passed < size:
            passed += self.inner.skip(size - passed)
            self.problem = self.inner.problem
        self.position += passed
        return passed


class BoundedLayer(Layer):
    """The next `size` bytes of another layer, such as the content of one member."""

    def __init__(self, inner: Layer, size: int) -> None:
        super().__init__()
        self._inner = inner
        self.left = size

    def _next(self, size: int) -> bytes:
        data = self._inner.read(min(size, self.left)) if self.left else b""
        self.left -= len(data)
        if not data and self.left:
            self.problem = self._inner.problem or Message("the archive is cut off inside it")
        return data

    def again(self) -> Layer | None:
        """The rest of this section."""
        below = self._inner.again()
        return None if below is None else BoundedLayer(below, self.left)

    def skip(self, size: int) -> int:
        """Pass over bytes of this section."""
        passed = self._inner.skip(min(size, self.left))
        self.left -= passed
        self.position += passed
        return passed


class Guarded(Layer):
    """The content of one member, ended when it grows beyond the limits.

    The ratio is taken against what was read from the input file meanwhile (`source`), so that layers of compression
    inside each other do not hide it.
    """

    def __init__(self, inner: Layer, source: Source, raw_before: int, limits: Limits) -> None:
        super().__init__()
        self._inner = inner
        self._source = source
        self._limits = limits
        self._raw_before = raw_before

    def _next(self, size: int) -> bytes:
        if self.problem is not None:
            return b""
        data = self._inner.read(size)
        self.problem = self._inner.problem
        total = self.position + len(data)
        if total > self._limits.max_member_bytes:
            self.problem = Message(
                "only the first {bytes} bytes were read: it is larger than one member may be", bytes=self.position
            )
            return b""
        paid = self._source.raw - self._raw_before
        if total > self._limits.ratio_floor + self._limits.max_ratio * paid:
            self.problem = Message(
                "only the first {bytes} bytes were read: it unpacks like a decompression bomb", bytes=self.position
            )
            return b""
        return data


def past_nuls(layer: Layer) -> tuple[Peekable, int]:
    """The layer without the NUL bytes at its start, and how many there were.

    A log that is emptied while its writer continues at the old offset begins with as many NULs as were in it before.
    """
    rest = Peekable(layer)
    while data := rest.read(CHUNK):
        if kept := data.lstrip(b"\0"):
            rest.unread(kept)
            break
    nuls, rest.position = rest.position, 0
    return rest, nuls
