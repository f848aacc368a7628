"""Capture bytes from a stream that can only be read forward, gzip taken off on the way."""

from __future__ import annotations

import zlib
from typing import Protocol

CHUNK = 1 << 18
GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31
"""zlib's code for a gzip header with the largest window."""


class Readable(Protocol):
    """All that is asked of a stream."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""


class Feed:
    """Reads portions of the (decompressed) capture. `problem` says why the stream ended early, None if it did not."""

    def __init__(self, stream: Readable) -> None:
        self.problem: str | None = None
        self._stream = stream
        self._first = self._raw(4)
        self._inflater = zlib.decompressobj(_GZIP_WINDOW) if self._first.startswith(GZIP_MAGIC) else None
        self._pending = b""
        self.compressed = self._inflater is not None

    def read(self) -> bytes:
        """The next portion; empty at the end."""
        if self._inflater is None:
            first, self._first = self._first, b""
            return first or self._raw(CHUNK)
        return self._inflate()

    def _raw(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except (OSError, EOFError, ValueError, zlib.error) as error:
            self.problem = f"reading stopped: {error}"
            return b""

    def _inflate(self) -> bytes:
        while self._inflater is not None:
            data = self._pending or self._first or self._raw(CHUNK)
            self._first = self._pending = b""
            if not data:
                if not self._inflater.eof:
                    self.problem = self.problem or "the gzip data ends before its end mark"
                self._inflater = None
                return b""
            try:
                if self._inflater.eof:  # several gzip members in a row
                    if not data.startswith(GZIP_MAGIC):
                        self._inflater = None
                        return b""
                    self._inflater = zlib.decompressobj(_GZIP_WINDOW)
                out = self._inflater.decompress(data, CHUNK)
            except zlib.error as error:
                self.problem = f"the gzip data is damaged ({error})"
                self._inflater = None
                return b""
            self._pending = self._inflater.unconsumed_tail or self._inflater.unused_data
            if out:
                return out
        return b""


class Buffer:
    """The portion at hand, with room behind it; `data[pos:size]` has not been walked over yet."""

    __slots__ = ("_feed", "_room", "base", "data", "ended", "size")

    def __init__(self, feed: Feed, room: int) -> None:
        self._feed = feed
        self._room = bytes(room)
        self.data = b""
        self.size = 0
        self.base = 0
        """Offset of `data[0]` in the capture."""
        self.ended = False

    def refill(self, pos: int, wanted: int) -> bool:
        """Drops what lies before `pos` and reads until `wanted` bytes are there; False when the capture ends before."""
        parts = [self.data[pos : self.size]]
        size = len(parts[0])
        self.base += pos
        grown = False
        while size < wanted or not grown:
            portion = self._feed.read()
            if not portion:
                self.ended = True
                break
            grown = True
            parts.append(portion)
            size += len(portion)
        parts.append(self._room)
        self.data = b"".join(parts)
        self.size = size
        return size >= wanted
