"""Compression: gzip, bzip2, xz, zstd. Recognised by magic number, decompressed in bounded steps."""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sestriage.ingest.inflate import GZIP_WRAPPED, RAW, CompressedReplay, Decoder, IsalInflate, inflater
from sestriage.ingest.layers import CHUNK, DecompressionBudget, Layer
from sestriage.ingest.limits import KIB
from sestriage.model.message import Message

ZSTD_PACKAGE: Final = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
"""Since Python 3.14 a part of it, but for one that was built without."""


def reads_zstd() -> bool:
    """True where the package is there and can be loaded."""
    try:
        _zstd_module()
    except ImportError:
        return False
    return True


def _zstd_module() -> Any:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def _new_zstd(window: int, _replay: CompressedReplay) -> Decoder:
    zstd = _zstd_module()
    largest = max(10, window.bit_length() - 1)
    decoder: Decoder = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: largest})
    return decoder


def _new_xz(window: int, _replay: CompressedReplay) -> Decoder:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=window)


@dataclass(frozen=True, slots=True)
class Codec:
    """One compression format. `step` is how many bytes go in at once: so much is lost at a damaged place."""

    name: str
    magic: bytes
    new: Callable[[int, CompressedReplay], Decoder]
    step: int = CHUNK


GZIP: Final = Codec("gzip", b"\x1f\x8b\x08", lambda _, replay: inflater(GZIP_WRAPPED, replay))
BZIP2: Final = Codec("bzip2", b"BZh", lambda _window, _replay: bz2.BZ2Decompressor())
XZ: Final = Codec("xz", b"\xfd7zXZ\x00", _new_xz, 4 * KIB)
ZSTD: Final = Codec("zstd", b"\x28\xb5\x2f\xfd", _new_zstd, 4 * KIB)
DEFLATE: Final = Codec("deflate", b"", lambda _, replay: inflater(RAW, replay))

CODECS: Final = (GZIP, BZIP2, XZ, ZSTD)

_BZ2_BLOCKS: Final = (b"1AY&SY", b"\x17rE8P\x90")
"""The bytes after `BZh` and the level: a block, or the end of an empty file."""


def codec_of(head: bytes) -> Codec | None:
    """The compression that the first bytes show; None when they show none."""
    for codec in CODECS:
        if head.startswith(codec.magic):
            if codec is BZIP2 and not (head[3:4] in b"123456789" and head[4:10] in _BZ2_BLOCKS):
                return None
            return codec
    return _skippable_zstd(head)


_SKIPPABLE: Final = b"\x2a\x4d\x18"


def _skippable_zstd(head: bytes) -> Codec | None:
    """A zstd file may begin with skippable frames (RFC 8878, 3.1.2), as pzstd and seekable zstd write them."""
    if head[1:4] != _SKIPPABLE or not 0x50 <= head[0] <= 0x5F:
        return None
    after = 8 + int.from_bytes(head[4:8], "little")
    return ZSTD if head[after : after + 4] == ZSTD.magic else None


def _damage(error: Exception) -> Message:
    if isinstance(error, ImportError):
        return Message("can't be read without the Python package {name}: it ends", name=ZSTD_PACKAGE)
    if isinstance(error, lzma.LZMAError) and "limit" in str(error).lower():
        return Message("needs more memory than allowed")
    return Message("is damaged")


class Decompressed(Layer):
    """The content of a compressed stream; all members of a multi-member file in a row.

    `end` tells whether one compressed stream is all (a zip member) or the whole input is decompressed.
    """

    def __init__(
        self, inner: Layer, codec: Codec, budget: DecompressionBudget, window: int, single: bool = False
    ) -> None:
        super().__init__()
        self._inner = inner
        self._codec = codec
        self._budget = budget
        self._window = window
        self._single = single
        self._decoder: Decoder | None = None
        self._done = False
        self._drained = False
        self.unused = b""
        """With `single`: input that was read but lies after the end of the stream."""

    def _next(self, size: int) -> bytes:
        while not self._done:
            data = self._step(min(size, 4 * CHUNK))
            if data:
                allowed = self._budget.take(len(data))
                if allowed < len(data):
                    self._end(Message("the limit of decompressed bytes for the whole input is reached"))
                elif self.position > self._most():
                    self._end(self._place(Message("unpacks like a decompression bomb")))
                return data[:allowed]
        return b""

    def _most(self) -> int:
        limits = self._budget.limits
        return limits.container_floor + limits.max_ratio * self._inner.position

    def _end(self, problem: str | None = None) -> None:
        self._done = True
        self.problem = self.problem or problem

    def _step(self, size: int) -> bytes:
        try:
            if self._decoder is None:
                self._decoder = self._new(0)
            if self._decoder.eof:
                return self._after_end(self._decoder.unused_data, size)
            if not self._decoder.needs_input:
                return self._decoder.decompress(b"", size)
            data = self._inner.read(self._codec.step)
            return self._decoder.decompress(data, size) if data else self._early_end(self._decoder, size)
        except Exception as error:  # the zstd error class exists only where the module does
            if not _is_damage(error):
                raise
            self._end(self._place(_damage(error)))
            return b""

    def _new(self, before: int) -> Decoder:
        """A decoder for the stream that begins here; `before`: how many of its bytes were read already."""
        return self._codec.new(self._window, CompressedReplay(self._inner.again(), before))

    def _early_end(self, decoder: Decoder, size: int) -> bytes:
        """No input is left: what the decoder still holds back, then the end."""
        if self._drained:
            self._end(self._inner.problem or self._place(Message("is cut off")))
            return b""
        data = decoder.decompress(b"", size)
        self._drained = not data and decoder.needs_input
        return data

    def _place(self, what: Message) -> Message:
        at = self._inner.position - (self._decoder.behind if isinstance(self._decoder, IsalInflate) else 0)
        return Message("the {codec} data {what} after {count} bytes", codec=self._codec.name, what=what, count=at)

    def _after_end(self, rest: bytes, size: int) -> bytes:
        """At the end of one stream: another one, padding, or the end."""
        self.unused = rest
        if self._single:
            self._end()
            return b""
        while not (rest := rest.lstrip(b"\0")):
            rest = self._inner.read(self._codec.step)
            if not rest:
                self._end(self._inner.problem)
                return b""
        wanted = len(self._codec.magic)
        if len(rest) < wanted:
            rest += self._inner.read_exactly(wanted - len(rest))
        if not rest.startswith(self._codec.magic) and not (self._codec is ZSTD and rest[1:4] == _SKIPPABLE):
            self._end(self._place(Message("is followed by something else")))
            return b""
        self._decoder = self._new(len(rest))
        return self._decoder.decompress(rest, size)


def _is_damage(error: Exception) -> bool:
    return isinstance(error, (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, ImportError)) or (
        type(error).__name__ == "ZstdError"
    )
