"""A zip archive read front to back, by its local headers: piped in, or cut off before its directory.

A member whose length stands behind it (a data descriptor, APPNOTE 4.3.9) ends where its compressed data end. A stored
one can't be told from what follows; it is refused and the next header searched for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sestriage.ingest.codecs import Decompressed
from sestriage.ingest.layers import CHUNK, BoundedLayer, DecompressionBudget, Layer, Peekable
from sestriage.ingest.zip import (
    CENTRAL,
    DESCRIPTOR,
    DESCRIPTOR_FOLLOWS,
    END,
    END64,
    LOCAL,
    LOCAL_HEADER,
    MAX32,
    METHODS,
    STORED,
    Checked,
    ZipEntry,
    ZipHeader,
    decode_zip_name,
    dos_time,
    zip64_values,
)
from sestriage.model.message import Message, together

_AFTER_MEMBERS: Final = (CENTRAL, END, END64)
_EXTRA_DATA: Final = b"PK\x06\x08"
"""Archive extra data record: marks an encrypted directory."""


class StreamedZip:
    """Members of a zip stream. After the iteration `problem` says what cut it short, `inside` the member."""

    def __init__(self, stream: Peekable, budget: DecompressionBudget, window: int) -> None:
        self._stream = stream
        self._budget = budget
        self._window = window
        self.problem: str | None = None
        self.inside: str | None = None

    def __iter__(self) -> Iterator[ZipEntry]:
        if self._stream.peek(4) in (DESCRIPTOR, b"PK00"):  # the marker of a split archive
            self._stream.skip(4)
        while self._at_member():
            header = self._header()
            if header is None:
                return
            entry = ZipEntry(header.name, header.is_folder, header.size or None, header.mtime, header.refused())
            if header.flags & DESCRIPTOR_FOLLOWS and not header.packed:
                yield from self._open_ended(entry, header)
            else:
                yield from self._of_known_size(entry, header)

    def _at_member(self) -> bool:
        """Move to the next local header. False at the end of the members."""
        signature = self._stream.peek(4)
        if signature == LOCAL:
            return True
        if signature in _AFTER_MEMBERS:
            return False
        if len(signature) < 4:
            self._cut(None)
            return False
        at = self._stream.position
        if signature != _EXTRA_DATA:
            self.problem = self.problem or Message(
                "damaged at byte {offset}: what follows was searched for further members", offset=at
            )
        return self._search()

    def _search(self) -> bool:
        """Go to the next local header; False when the directory or the end comes first."""
        while len(window := self._stream.peek(CHUNK)) >= 4:
            places = [at for at in (window.find(mark) for mark in (LOCAL, *_AFTER_MEMBERS)) if at >= 0]
            if places:
                self._stream.skip(min(places))
                return self._stream.peek(4) == LOCAL
            self._stream.skip(len(window) - 3)
            if len(self._stream.peek(4)) < 4:
                break
        self._cut(None)
        return False

    def _header(self) -> ZipHeader | None:
        fixed = self._stream.read_exactly(LOCAL_HEADER.size)
        if len(fixed) < LOCAL_HEADER.size:
            self._cut(None)
            return None
        _, _, flags, method, time, date, crc, packed, size, name_size, extra_size = LOCAL_HEADER.unpack(fixed)
        variable = self._stream.read_exactly(name_size + extra_size)
        if len(variable) < name_size + extra_size:
            self._cut(None)
            return None
        if MAX32 in (size, packed):
            large = zip64_values(variable[name_size:], 2)  # the local field always holds both (APPNOTE 4.5.3)
            if len(large) == 2:
                size, packed = large
        name = decode_zip_name(variable[:name_size], flags)
        return ZipHeader(name, flags, method, dos_time(date, time), crc, packed, size)

    def _of_known_size(self, entry: ZipEntry, header: ZipHeader) -> Iterator[ZipEntry]:
        packed = BoundedLayer(self._stream, header.packed)
        if not entry.refused and not entry.is_folder:
            plain: Layer = packed
            if header.method != STORED:
                plain = Decompressed(packed, METHODS[header.method], self._budget, self._window, single=True)
            entry.data = plain if header.flags & DESCRIPTOR_FOLLOWS else Checked(plain, header.crc, header.size)
        yield entry
        wanted = packed.left
        if packed.skip(wanted) < wanted:
            self._cut(entry.name)
        elif header.flags & DESCRIPTOR_FOLLOWS:
            self._skip_descriptor()

    def _open_ended(self, entry: ZipEntry, header: ZipHeader) -> Iterator[ZipEntry]:
        if header.method == STORED or entry.refused:
            if not entry.is_folder:
                entry.refused = entry.refused or Message("its length is only in the directory, which is not at hand")
            yield entry
            self._skip_descriptor() if entry.is_folder else self._search()
            return
        plain = Decompressed(self._stream, METHODS[header.method], self._budget, self._window, single=True)
        if not entry.is_folder:
            entry.data = plain
        yield entry
        for _ in plain.chunks():
            pass
        if plain.problem is not None:
            if len(self._stream.peek(4)) < 4:
                self._cut(entry.name)
            else:
                self._search()
            return
        self._stream.unread(plain.unused)
        self._skip_descriptor()

    def _skip_descriptor(self) -> None:
        """CRC and sizes behind a member: signature optional, sizes of 4 or 8 bytes, told by what comes next."""
        ahead = self._stream.peek(28)
        signed = 4 if ahead.startswith(DESCRIPTOR) else 0
        for length in (signed + 12, signed + 20):
            if ahead[length : length + 2] == b"PK" or len(ahead) == length:
                self._stream.skip(length)
                return

    def _cut(self, inside: str | None) -> None:
        if self.inside is None:
            cut = self._stream.problem or Message("cut off at byte {offset}", offset=self._stream.position)
            self.problem = together(self.problem or "", cut, between="; ")
            self.inside = inside or ""
