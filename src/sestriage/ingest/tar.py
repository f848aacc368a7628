"""A strict tar reader over a stream (POSIX.1-2001 pax, ustar, GNU tar; tar(5) of libarchive).

The standard library's `tarfile` is made to unpack: it keeps every member it saw, and allocates what a header asks for.
This reader holds one bounded header at a time, never seeks back, and continues after a damaged header.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sestriage.ingest.layers import BoundedLayer, Layer
from sestriage.ingest.limits import Limits
from sestriage.ingest.names import decode_name
from sestriage.model.message import Message, together

BLOCK: Final = 512

_FILE_TYPES: Final = b"0\x007"
_REFUSED: Final = {
    b"1": Message("it is a hard link"),
    b"2": Message("it is a symbolic link"),
    b"3": Message("it is a device"),
    b"4": Message("it is a device"),
    b"6": Message("it is a named pipe"),
    b"S": Message("it is a sparse file"),
    b"M": Message("it continues on another volume"),
}
_PASSED_OVER: Final = b"gVDNAE"
"""Global headers, volume labels, directory dumps, Solaris extras: payload without a file."""
_PAX: Final = b"xX"
_LONG_NAME: Final = b"L"
_LONG_LINK: Final = b"K"
_MAX_SIZE: Final = 1 << 62
_SEARCHED_BLOCKS: Final = 1 << 17
"""How far a next header is searched for behind a damaged one: 64 MiB."""


@dataclass(slots=True)
class TarEntry:
    """One member. `data` is its content, valid until the next entry is asked for; `refused` says why it is not read."""

    name: str
    is_folder: bool
    size: int
    mtime: float | None
    data: BoundedLayer
    offset: int
    refused: str | None = None


@dataclass(slots=True)
class _Pending:
    """The statements of extended headers about the member that follows them."""

    path: bytes | None = None
    size: int | None = None
    mtime: float | None = None
    sparse: bool = False
    refused: str | None = None


def is_tar(head: bytes) -> bool:
    """True if the first block is a tar header: its checksum is right (old tars have no magic)."""
    return len(head) >= BLOCK and any(head[:100]) and _checksum_fits(head[:BLOCK])


def _checksum_fits(block: bytes) -> bool:
    stored = _number(block[148:156])
    if stored is None or stored <= 0:
        return False
    rest = block[:148] + b" " * 8 + block[156:]
    total = sum(rest)
    return stored == total or stored == total - 256 * sum(byte > 127 for byte in rest)  # some wrote signed sums


def _number(field: bytes) -> int | None:
    """An octal field, or GNU's base-256 for large values; None when it is neither."""
    if field[0] & 0x80:
        value = int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
        return value if value < _MAX_SIZE else None
    text = field.split(b"\0", 1)[0].strip()
    if not text:
        return 0
    return None if text.strip(b"01234567") else int(text, 8)


class TarReader:
    """Entries of a tar stream. After the iteration `problem` says what cut it short, None when nothing did."""

    def __init__(self, stream: Layer, limits: Limits) -> None:
        self._stream = stream
        self._limits = limits
        self.problem: str | None = None
        self.inside: str | None = None
        """The member in which the archive ended too early."""

    def __iter__(self) -> Iterator[TarEntry]:
        pending = _Pending()
        while (block := self._header()) is not None:
            kind = block[156:157]
            size = _number(block[124:136])
            if size is None:
                self._note(
                    Message("a header with an impossible size at byte {offset}", offset=self._stream.position - BLOCK)
                )
                pending = _Pending()
                continue
            if kind in _PAX or kind in (_LONG_NAME, _LONG_LINK):
                self._extended(kind, size, pending)
                continue
            if kind and kind in _PASSED_OVER:
                self._pass(size)
                continue
            entry = self._entry(block, kind, size, pending)
            pending = _Pending()
            yield entry
            self._leave(entry)

    def _header(self) -> bytes | None:
        """The next header block; None at the end. Damage is noted once and searched over."""
        zeros = damaged = 0
        while True:
            at = self._stream.position
            block = self._stream.read_exactly(BLOCK)
            if len(block) < BLOCK:
                if block or self._stream.problem or not zeros:
                    self._cut(self._stream.problem or Message("cut off at byte {offset}", offset=self._stream.position))
                return None
            if not any(block):
                zeros += 1
                if zeros == 2:
                    return None
                continue
            if _checksum_fits(block):
                return block
            self._note(Message("damaged at byte {offset}: what follows was searched for further members", offset=at))
            damaged += 1
            if damaged == _SEARCHED_BLOCKS:
                return None

    def _extended(self, kind: bytes, size: int, pending: _Pending) -> None:
        largest = self._limits.max_header_bytes if kind in _PAX else self._limits.max_name_bytes + 1
        if size > largest:
            self._pass(size)
            if kind != _LONG_LINK:
                long = Message("its extended header has {size} bytes", size=size)
                pending.refused = long if kind in _PAX else Message("its name is too long")
            return
        payload = self._stream.read_exactly(size)
        self._stream.skip(-size % BLOCK)
        if kind == _LONG_NAME:
            pending.path = payload.split(b"\0", 1)[0]
        elif kind in _PAX and not _read_pax(payload, pending):
            pending.refused = Message("its extended header is damaged")

    def _entry(self, block: bytes, kind: bytes, size: int, pending: _Pending) -> TarEntry:
        if pending.size is not None:
            size = pending.size
        raw = pending.path if pending.path is not None else _ustar_name(block)
        name = decode_name(raw)
        folder = kind == b"5" or (kind in (b"0", b"\0") and name.endswith("/"))
        refused = pending.refused or _REFUSED.get(kind)
        if refused is None and pending.sparse:
            refused = _REFUSED[b"S"]
        if refused is None and not folder and kind not in _FILE_TYPES:
            refused = Message("its type {type} is unknown", type=repr(kind))
        if kind == b"S":
            self._skip_sparse_map(block)
        if kind in b"12346" or (folder and kind == b"5"):
            size = 0  # links, devices and folders carry no data, whatever the field says
        mtime = pending.mtime if pending.mtime is not None else _number(block[136:148])
        offset = self._stream.position - BLOCK
        return TarEntry(name, folder, size, mtime, BoundedLayer(self._stream, size), offset, refused)

    def _skip_sparse_map(self, block: bytes) -> None:
        """GNU sparse files (old form) continue their map in extra blocks, flagged in the last bytes."""
        more = block[482]
        while more:
            extra = self._stream.read_exactly(BLOCK)
            more = extra[504] if len(extra) == BLOCK else 0

    def _pass(self, size: int) -> None:
        self._stream.skip(size + -size % BLOCK)

    def _leave(self, entry: TarEntry) -> None:
        """Skip what the reader left of a member, and its padding."""
        wanted = entry.data.left
        if entry.data.skip(wanted) < wanted:
            self._cut(
                self._stream.problem or Message("cut off at byte {offset}", offset=self._stream.position), entry.name
            )
        else:
            self._stream.skip(-entry.size % BLOCK)

    def _cut(self, problem: str, inside: str | None = None) -> None:
        if self.inside is None:
            self.problem = together(self.problem or "", problem, between="; ")
            self.inside = inside or ""

    def _note(self, problem: str) -> None:
        self.problem = self.problem or problem


def _ustar_name(block: bytes) -> bytes:
    name = block[:100].split(b"\0", 1)[0]
    prefix = block[345:500].split(b"\0", 1)[0]
    # GNU's own format (magic "ustar  \0") keeps times where POSIX keeps the prefix
    return prefix + b"/" + name if prefix and block[257:263] == b"ustar\0" else name


def _read_pax(payload: bytes, pending: _Pending) -> bool:
    """Records of `LENGTH KEY=VALUE\\n` (pax, POSIX.1-2001); False when they are malformed."""
    at = 0
    while at < len(payload) and payload[at]:
        blank = payload.find(b" ", at, at + 20)
        digits = payload[at:blank] if blank > at else b""
        if not digits.isdigit():
            return False
        end = at + int(digits)
        if end <= blank + 1 or end > len(payload) or payload[end - 1 : end] != b"\n":
            return False
        key, equals, value = payload[blank + 1 : end - 1].partition(b"=")
        if not equals or not _apply_pax(key, value, pending):
            return False
        at = end
    return True


def _apply_pax(key: bytes, value: bytes, pending: _Pending) -> bool:
    if key == b"path":
        pending.path = value
    elif key == b"size":
        if not (value.isdigit() and len(value) <= 18):
            return False
        pending.size = int(value)
    elif key == b"mtime":
        try:
            pending.mtime = float(value[:40])
        except ValueError:
            return False
    elif key.startswith(b"GNU.sparse."):
        pending.sparse = True
    return True
