"""Capture bytes from a stream that can only be read forward, gzip taken off on the way."""

from __future__ import annotations

import io
import zlib
from typing import Protocol

from sestriage.model.message import Message

CHUNK = 1 << 19
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
        # a real file saves one copy of every byte this way; any other stream need not have it
        self._readinto = stream.readinto if isinstance(stream, (io.BufferedReader, io.FileIO, io.BytesIO)) else None
        self.compressed = self._inflater is not None

    def read_into(self, room: memoryview) -> int:
        """Puts the next portion into `room`, which is CHUNK bytes long; how many bytes, 0 at the end."""
        if self._inflater is not None:
            data = self._inflate()
        elif self._first:
            data, self._first = self._first, b""
        elif self._readinto is not None:
            return self._straight(room)
        else:
            data = self._raw(CHUNK)
        room[: len(data)] = data
        return len(data)

    def _straight(self, room: memoryview) -> int:
        assert self._readinto is not None  # noqa: S101
        try:
            return self._readinto(room) or 0
        except (OSError, EOFError, ValueError, zlib.error) as error:
            self.problem = Message("reading stopped: {error}", error=error)
            return 0

    def _raw(self, size: int) -> bytes:
        try:
            return self._stream.read(size)[:size]
        except (OSError, EOFError, ValueError, zlib.error) as error:
            self.problem = Message("reading stopped: {error}", error=error)
            return b""

    def _inflate(self) -> bytes:
        while self._inflater is not None:
            data = self._pending or self._first or self._raw(CHUNK)
            self._first = self._pending = b""
            if not data:
                if not self._inflater.eof:
                    self.problem = self.problem or Message("the gzip data ends before its end mark")
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
                self.problem = Message("the gzip data is damaged ({error})", error=error)
                self._inflater = None
                return b""
            self._pending = self._inflater.unconsumed_tail or self._inflater.unused_data
            if out:
                return out
        return b""


class Buffer:
    """The portion at hand: `view[pos:size]` has not been walked over yet. `base` is the offset of `view[0]`."""

    __slots__ = ("_feed", "_store", "base", "ended", "size", "view")

    def __init__(self, feed: Feed) -> None:
        self.view = memoryview(b"")
        self.size = 0
        self.base = 0
        self.ended = False
        self._feed = feed
        self._store = bytearray(2 * CHUNK)

    @property
    def problem(self) -> str | None:
        """Why the capture ended early; None when it did not."""
        return self._feed.problem

    def refill(self, pos: int, wanted: int) -> bool:
        """Drops what lies before `pos` and reads until `wanted` bytes are there; False when the capture ends before.

        At least one portion is read. Slices of the old view are not valid any more.
        """
        rest = bytes(self.view[pos : self.size])
        self.view.release()
        self.base += pos
        size = len(rest)
        if len(self._store) < max(wanted, size) + CHUNK:
            self._store = bytearray(max(wanted, size) + CHUNK)
        self._store[:size] = rest
        grown = False
        with memoryview(self._store) as room:
            while size < wanted or not grown:
                count = self._feed.read_into(room[size : size + CHUNK])
                if not count:
                    self.ended = True
                    break
                grown = True
                size += count
        self.view = memoryview(self._store)[:size]
        self.size = size
        return size >= wanted
