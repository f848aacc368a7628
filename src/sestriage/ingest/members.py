"""The items of a walk: one file or archive member, recognised, readable once as a stream."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import BinaryIO, Final, cast

from sestriage.errors import reason_of
from sestriage.ingest.layers import CHUNK, Layer
from sestriage.ingest.limits import Limits
from sestriage.ingest.paced import Paced
from sestriage.model.effort import TOOK_LONG, Effort
from sestriage.model.message import Message
from sestriage.model.source import SourceRef

_UNSET: Final = datetime(1981, 1, 1, tzinfo=UTC)
"""Archives write the beginning of their time (1970, 1980) where they do not know."""
NOTE_KINDS: Final = {"store": "trust-store", "openpgp": "other", "text": "other"}
"""Member kinds that an `InputNote` calls differently."""


class MemberStream(io.RawIOBase):
    """The content of a member as a file: `read(n)`, no seeking.

    Never raises: at a limit or at damage it ends, and the member's `problem` says so.
    """

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self._layer = layer

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """At most `size` bytes, an empty string at the end; everything when `size` is negative (bounded by limits)."""
        if size is None or size < 0:
            return b"".join(self._layer.chunks())
        return self._layer.read(size)

    def readinto(self, buffer: object, /) -> int:
        """Fill a buffer (makes io.BufferedReader possible)."""
        view = memoryview(cast(bytearray, buffer)).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)


class Member:
    """One file or archive member of the input.

    `ref` names it; `kind` is what its content is: `log`, `capture`, `store`, `certificates`, `tls-ciphers`, `keylog`,
    `mail`, `settings`, `transcript`, `openpgp`, `text` or `other`. `format` says more where more is known (`jks`,
    `pkcs12`, `pem`, …). `head` are the first 64 KiB after decompression, `size` the bytes after decompression (None:
    not known before reading), `mtime` the time of last change in UTC (None: not recorded). `compression` lists what
    the content was wrapped in by itself, such as `("gzip",)`; the archive around it does not count.

    `role`: `response` for the log of response management, `other-service` for logs of other services, `backup` for a
    kept copy (`tls-ciphers.bak`), else empty. `named`: the user named this very file (or piped it in).

    `problem`: None, or why it can't be used, or what cut its content short; final only after the content was read.
    """

    def __init__(
        self,
        ref: SourceRef,
        *,
        kind: str,
        head: bytes,
        size: int | None,
        mtime: datetime | None,
        limits: Limits,
        layer: Layer | None = None,
        opener: Callable[[], BinaryIO] | None = None,
        format: str | None = None,
        role: str = "",
        named: bool = False,
        compression: tuple[str, ...] = (),
        problem: str | None = None,
    ) -> None:
        self.ref = ref
        self.kind = kind
        self.head = head
        self.size = size
        self.mtime = mtime
        self.format = format
        self.role = role
        self.named = named
        self.compression = compression
        self._limits = limits
        self._layer = layer
        self._opener = opener
        self._problem = problem
        self._effort = Effort(limits.max_seconds)
        self._paced: list[Paced] = []

    def __repr__(self) -> str:
        return f"Member({self.ref!s}, kind={self.kind!r}, size={self.size})"

    @property
    def dated(self) -> datetime | None:
        """`mtime`, if it can be true: neither unset (1970, 1980) nor later than now; else None."""
        if self.mtime is None or self.mtime < _UNSET:
            return None
        return self.mtime if self.mtime <= datetime.now(UTC) else None

    @property
    def note_kind(self) -> str:
        """The kind as an `InputNote` calls it."""
        return NOTE_KINDS.get(self.kind, self.kind)

    @property
    def problem(self) -> str | None:
        """The problem that cut the content short, in the part read so far; None if there is none."""
        cut = max((paced.cut_at for paced in self._paced if paced.cut_at is not None), default=None)
        if cut is not None:
            return Message(TOOK_LONG, bytes=cut, seconds=self._effort.seconds)
        return self._problem or (self._layer.problem if self._layer is not None else None)

    @property
    def plain(self) -> bool:
        """True if the content is a file on disk as it is: it can be opened again, and read from any place on."""
        return self._opener is not None

    def open(self) -> BinaryIO:
        """The content from its first byte.

        A plain file can be opened any number of times and can seek. The content of an archive or a compression is a
        stream with `read(n)`, valid until the walk continues; a second `open` of it gives the head only (which is
        everything for a member of up to 64 KiB). Either ends early once the member has cost too much processor time.
        """
        paced = Paced(self._stream(), self._effort)
        self._paced = [*(each for each in self._paced if each.cut_at is not None), paced]
        return cast(BinaryIO, paced)

    def _stream(self) -> BinaryIO:
        if self._opener is not None:
            try:
                return self._opener()
            except OSError as error:
                self._problem = Message("cannot be opened: {reason}", reason=reason_of(error))
                return io.BytesIO(self.head)
        if self._layer is None:
            return io.BytesIO(self.head)
        if self._layer.position:
            self._problem = self._problem or Message("was read once already")
            return io.BytesIO(self.head)
        return cast(BinaryIO, MemberStream(self._layer))

    def read(self, limit: int | None = None) -> bytes:
        """The content, at most `limit` bytes (None: `Limits.max_small_bytes`); `problem` says when it was longer."""
        most = self._limits.max_small_bytes if limit is None else limit
        parts: list[bytes] = []
        left = most + 1
        with self.open() as stream:
            while left and (data := stream.read(min(CHUNK, left))):
                parts.append(data)
                left -= len(data)
        content = b"".join(parts)
        if len(content) > most:
            self._problem = Message("only the first {bytes} bytes were read", bytes=most)
        return content[:most]
