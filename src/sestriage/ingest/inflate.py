"""Inflating gzip members and raw deflate streams: by isal where it is installed, by zlib elsewhere, equal results.

isal needs less than half of zlib's time: a ninth of all that `triage` of a gzipped log of 120 MiB takes. But in the
call in which it meets damage it drops all output, what it looked ahead included, and its state can't be copied before,
as zlib's can. So the compressed bytes of a stream are kept (`CompressedReplay`): at damage, and at an early end, zlib
reads them again, and its output and its error count. Where they cannot be kept (a pipe, after `KEPT` bytes), zlib takes
over in time.

One difference is left: a damaged table of codes that zlib refuses at once may be noticed by isal some symbols later;
then what was delivered ends with that debris.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, Final, Protocol

from sestriage.ingest.layers import CHUNK, Layer
from sestriage.ingest.limits import MIB

GZIP_WRAPPED: Final = 31
"""zlib's `wbits` for one gzip member."""
RAW: Final = -15
"""zlib's `wbits` for deflate without header and trailer."""

KEPT: Final = 8 * MIB
"""Compressed bytes of one stream that are kept when they can't be read a second time."""

_RESERVED: Final = 0xE0
"""Flags of a gzip header that no program sets (RFC 1952, 2.3.1.2): zlib refuses them, isal doesn't look."""


class Decoder(Protocol):
    """The interface that the standard library's decompressors share."""

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """At most `max_length` bytes of output. Without data at the end of the input: what is still held back."""

    @property
    def eof(self) -> bool:
        """True if the end of the compressed stream was seen."""

    @property
    def needs_input(self) -> bool:
        """True if nothing more comes out without more input."""

    @property
    def unused_data(self) -> bytes:
        """Input after the end of the stream."""


class CompressedReplay:
    """The compressed bytes of one stream once more, from its start: read again where the input allows it, else kept.

    `again` reads what comes from here on, and the decoder is given `before` bytes first that are not part of that.
    """

    def __init__(self, again: Layer | None, before: int = 0) -> None:
        self._again = again
        self._before = before
        self._kept: list[bytes] = []
        self._size = 0
        self.fed = 0
        """Bytes that the decoder was given so far."""

    def add(self, data: bytes) -> bool:
        """Record bytes that the decoder is given. False if no more can be kept."""
        if data and (self._again is None or self.fed < self._before):
            self._kept.append(data)
            self._size += len(data)
        self.fed += len(data)
        return self._size <= KEPT

    def chunks(self) -> Iterator[bytes]:
        """The bytes given so far; fewer if the file has become shorter meanwhile."""
        left = self.fed - self._size
        yield from self._kept
        self._kept.clear()
        while left and self._again is not None and (data := self._again.read(min(CHUNK, left))):
            left -= len(data)
            yield data


def inflater(wbits: int, replay: CompressedReplay) -> Decoder:
    """A decoder for one gzip member or one raw deflate stream."""
    library = _isal()
    return ZlibInflate(wbits) if library is None else IsalInflate(library, wbits, replay)


def _isal() -> Any:
    try:
        from isal import igzip_lib  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return None
    return igzip_lib


class ZlibInflate:
    """zlib behind the interface that bz2, lzma and zstd share.

    zlib drops the output of the step in which it meets an error, a wrong checksum included; the state before the step
    is kept so that this output can be had byte by byte.
    """

    def __init__(self, wbits: int) -> None:
        self._z = zlib.decompressobj(wbits)
        self._error: zlib.error | None = None

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """At most `max_length` bytes; raises zlib.error only after everything before the damage was delivered."""
        if self._error is not None:
            raise self._error
        data = self._z.unconsumed_tail + data
        before = self._z.copy()
        try:
            return self._z.decompress(data, max_length)
        except zlib.error as error:
            self._error = error
            salvaged = _salvage(before, data)
            if not salvaged:
                raise
            return salvaged

    @property
    def eof(self) -> bool:
        """True if the deflate stream (and gzip trailer) was read to its end."""
        return self._z.eof

    @property
    def needs_input(self) -> bool:
        """True if all input was consumed."""
        return self._error is None and not self._z.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """Input after the end of the stream."""
        return self._z.unused_data


def _salvage(decoder: Any, data: bytes) -> bytes:
    out = bytearray()
    try:
        for at in range(len(data)):
            out += decoder.decompress(data[at : at + 1])
    except zlib.error:
        pass
    return bytes(out)


class IsalInflate:
    """isal until it meets damage, then zlib from the start of the stream, without output until it reaches the place
    where isal was."""

    def __init__(self, library: Any, wbits: int, replay: CompressedReplay) -> None:
        flag = library.DECOMP_GZIP if wbits == GZIP_WRAPPED else library.DECOMP_DEFLATE
        self._fast = library.IgzipDecompressor(flag)
        self._failure: type[Exception] = library.error
        self._wbits = wbits
        self._replay = replay
        self._head = b""
        self._slow: ZlibInflate | None = None
        self._past: Iterator[bytes] = iter(())
        self._delivered = 0
        """Bytes of output; once zlib took over: those that zlib still has to pass over."""
        self.behind = 0
        """Bytes of the input that zlib has not come to yet."""
        self._beyond = b""

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """At most `max_length` bytes; raises zlib.error only after everything before the damage was delivered."""
        if self._slow is not None:
            return self._slowly(self._slow, data, max_length)
        ending = not data and self._fast.needs_input  # isal may hold back a last byte that zlib does not
        if ending or not self._replay.add(data) or self._refused(data):
            return self._by_zlib()
        try:
            out: bytes = self._fast.decompress(data, max_length)
        except self._failure:
            return self._by_zlib()
        self._delivered += len(out)
        if not (out or data or self.eof or self.needs_input):  # never seen; would be asked again for ever
            return self._by_zlib()
        return out

    def _refused(self, data: bytes) -> bool:
        if self._wbits != GZIP_WRAPPED or len(self._head) >= 4:
            return False
        self._head += data[: 4 - len(self._head)]
        return len(self._head) == 4 and self._head[3] & _RESERVED != 0

    def _by_zlib(self) -> bytes:
        self._slow = ZlibInflate(self._wbits)
        self._past = self._replay.chunks()
        self.behind = self._replay.fed
        self._fast = None
        return b""

    def _slowly(self, slow: ZlibInflate, data: bytes, max_length: int) -> bytes:
        if self.behind and slow.needs_input:
            data = next(self._past, b"")
            self.behind = self.behind - len(data) if data else 0
        out = slow.decompress(data, min(self._delivered, 4 * CHUNK) or max_length)
        if slow.eof and self.behind:  # isal went past the end: never seen
            self._beyond, self.behind = b"".join(self._past), 0
        if not self._delivered:
            return out
        self._delivered -= len(out)
        return b""

    @property
    def eof(self) -> bool:
        """True if the deflate stream (and gzip trailer) was read to its end."""
        return bool(self._fast.eof) if self._slow is None else self._slow.eof

    @property
    def needs_input(self) -> bool:
        """True if all input was consumed."""
        if self._slow is None:
            return bool(self._fast.needs_input)
        return not self.behind and self._slow.needs_input

    @property
    def unused_data(self) -> bytes:
        """Input after the end of the stream."""
        return bytes(self._fast.unused_data) if self._slow is None else self._slow.unused_data + self._beyond
