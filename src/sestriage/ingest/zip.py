"""A strict zip reader (PKWARE APPNOTE 6.3.10): by its central directory where one can seek, else front to back.

The standard library's `zipfile` loads the whole directory, trusts it, and has nothing for an archive that was cut
off. Here the directory is read twice as a stream: first for the places (members that overlap are a bomb and are
refused), then for the members.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, Final

from sestriage.ingest.codecs import BZIP2, DEFLATE, XZ, ZSTD, Codec, Decompressed
from sestriage.ingest.layers import BoundedLayer, DecompressionBudget, Layer, Region, Source
from sestriage.ingest.limits import KIB, Limits
from sestriage.ingest.names import decode_name
from sestriage.model.message import Message

LOCAL: Final = b"PK\x03\x04"
CENTRAL: Final = b"PK\x01\x02"
END: Final = b"PK\x05\x06"
END64: Final = b"PK\x06\x06"
LOCATOR64: Final = b"PK\x06\x07"
DESCRIPTOR: Final = b"PK\x07\x08"

_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
LOCAL_HEADER: Final = struct.Struct("<4s5H3L2H")
_END: Final = struct.Struct("<4s4H2LH")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
MAX32: Final = 0xFFFFFFFF

STORED: Final = 0
METHODS: Final[dict[int, Codec]] = {8: DEFLATE, 12: BZIP2, 93: ZSTD, 95: XZ}
_ENCRYPTED: Final = 0x1
DESCRIPTOR_FOLLOWS: Final = 0x8
_UTF8: Final = 0x800
_UNIX: Final = 3
_FILE_KINDS: Final = {
    0o120000: Message("it is a symbolic link"),
    0o020000: Message("it is a device"),
    0o060000: Message("it is a device"),
    0o010000: Message("it is a named pipe"),
    0o140000: Message("it is a socket"),
}


@dataclass(slots=True)
class ZipEntry:
    """One member. `data` is its content, None when it is `refused` or a folder."""

    name: str
    is_folder: bool
    size: int | None
    mtime: float | None
    refused: str | None = None
    data: Layer | None = None


@dataclass(frozen=True, slots=True)
class ZipHeader:
    """The statements of a directory entry or a local header about a member."""

    name: str
    flags: int
    method: int
    mtime: float | None
    crc: int
    packed: int
    size: int
    offset: int = 0
    mode: int = 0

    @property
    def is_folder(self) -> bool:
        """True for a folder: zip marks it by the last character of the name."""
        return self.name.endswith("/")

    def refused(self) -> str | None:
        """Why this member can't be read; None when it can."""
        if self.flags & _ENCRYPTED:
            return Message("it is encrypted: unpack it with its password first")
        if self.method != STORED and self.method not in METHODS:
            return Message("its compression method {method} is not supported: unpack it first", method=self.method)
        return _FILE_KINDS.get(self.mode & 0o170000)


def is_zip(head: bytes) -> bool:
    """True if the bytes begin with a local header, or the end record of an empty archive (also after the marker of a
    split one)."""
    if head.startswith((DESCRIPTOR, b"PK00")):
        head = head[4:]
    return head.startswith(LOCAL) or (head.startswith(END) and len(head) >= _END.size)


def decode_zip_name(raw: bytes, flags: int) -> str:
    """UTF-8 when flagged (or when it happens to be), else the DOS code page of the APPNOTE."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return decode_name(raw) if flags & _UTF8 else raw.decode("cp437")


def dos_time(date: int, time: int) -> float | None:
    """MS-DOS date and time, taken as UTC (the format knows no zone); None when it is no date."""
    try:
        moment = datetime(
            1980 + (date >> 9), date >> 5 & 15, date & 31, time >> 11, time >> 5 & 63, time % 32 * 2, tzinfo=UTC
        )
    except ValueError:
        return None
    return moment.timestamp()


def zip64_values(extra: bytes, wanted: int) -> list[int]:
    """The first `wanted` 64-bit values of the zip64 extra field (APPNOTE 4.5.3); fewer when it has fewer."""
    at = 0
    while at + 4 <= len(extra):
        tag, length = struct.unpack_from("<2H", extra, at)
        if tag == 1:
            count = min(wanted, length // 8, (len(extra) - at - 4) // 8)
            return list(struct.unpack_from(f"<{count}Q", extra, at + 4))
        at += 4 + length
    return []


class Checked(Layer):
    """Content with the checksum that the archive promises."""

    def __init__(self, inner: Layer, crc: int, size: int) -> None:
        super().__init__()
        self._inner = inner
        self._want = crc
        self._size = size
        self._crc = 0

    def _next(self, size: int) -> bytes:
        data = self._inner.read(size)
        self._crc = zlib.crc32(data, self._crc)
        if not data and self.problem is None:
            self.problem = self._inner.problem
            if self.problem is None and self._crc != self._want:
                self.problem = Message("its checksum is wrong: the content is damaged")
        return data


@dataclass(frozen=True, slots=True)
class Directory:
    """Where the central directory lies."""

    start: int
    size: int
    entries: int


class SeekableZip:
    """A zip archive read by its central directory. `problem` after the iteration as in the tar reader."""

    def __init__(
        self, file: BinaryIO, source: Source, limits: Limits, budget: DecompressionBudget, window: int
    ) -> None:
        self._file = file
        self._source = source
        self._limits = limits
        self._budget = budget
        self._window = window
        self.problem: str | None = None
        self._length = file.seek(0, 2)

    def directory(self) -> Directory | None:
        """The central directory; None when there is none (cut off, or no zip)."""
        tail_start = max(0, self._length - _END.size - 64 * KIB)
        tail = self._at(tail_start, self._length - tail_start)
        at = tail.rfind(END)
        while at >= 0:
            if at + _END.size <= len(tail):
                found = self._directory_at(tail, at, tail_start + at)
                if found is not None:
                    return found
            at = tail.rfind(END, 0, at)
        return None

    def _directory_at(self, tail: bytes, at: int, end: int) -> Directory | None:
        _, _, _, _, entries, size, start, _ = _END.unpack_from(tail, at)
        if entries == 0xFFFF or MAX32 in (size, start):
            locator = self._at(end - 20, 20) if end >= 20 else b""
            if locator.startswith(LOCATOR64):
                record_at = int.from_bytes(locator[8:16], "little")
                record = self._at(record_at, _END64.size)
                if len(record) == _END64.size and record.startswith(END64):
                    entries, size, start = _END64.unpack(record)[7:10]
                    end = record_at
        # It must end right here: else it is the directory of an archive stored inside this one, which was cut off
        if start + size != end or (size and self._at(start, 4) != CENTRAL):
            return None
        return Directory(start, size, entries)

    def _at(self, offset: int, size: int) -> bytes:
        if not 0 <= offset <= self._length:
            return b""
        self._file.seek(offset)
        data = self._file.read(size)
        self._source.raw += len(data)
        return data

    def _headers(self, directory: Directory) -> Iterator[ZipHeader]:
        at, end = directory.start, directory.start + directory.size
        while at + _CENTRAL.size <= end:
            fixed = self._at(at, _CENTRAL.size)
            if len(fixed) < _CENTRAL.size or not fixed.startswith(CENTRAL):
                self.problem = Message("the directory is damaged at byte {offset}", offset=at)
                return
            name_size, extra_size, comment_size = struct.unpack_from("<3H", fixed, 28)
            variable = self._at(at + _CENTRAL.size, name_size + extra_size)
            yield _central_header(fixed, variable[:name_size], variable[name_size:])
            at += _CENTRAL.size + name_size + extra_size + comment_size

    def entries(self, directory: Directory) -> Iterator[ZipEntry]:
        """The members in the order of the directory. Each `data` is valid until the next is asked for."""
        overlapping = self._overlaps(directory)
        for index, header in enumerate(self._headers(directory)):
            if index >= self._limits.max_members:
                return
            entry = ZipEntry(header.name, header.is_folder, header.size, header.mtime, header.refused())
            if header.is_folder or entry.refused:
                pass
            elif index in overlapping:
                entry.refused = Message("it overlaps another member")
            elif header.offset + header.packed > directory.start:
                entry.refused = Message("its data would lie outside the archive")
            else:
                self._open(entry, header)
            yield entry

    def _overlaps(self, directory: Directory) -> set[int]:
        """Indices of the members whose data begin inside another's (D. Fifield, "A better zip bomb", 2019)."""
        starts, ends = array("Q"), array("Q")
        for header in self._headers(directory):
            if len(starts) >= self._limits.max_members:
                break
            starts.append(header.offset)
            ends.append(min(header.offset + LOCAL_HEADER.size + header.packed, (1 << 64) - 1))
        covered, overlapping = 0, set()
        for index in sorted(range(len(starts)), key=starts.__getitem__):
            if starts[index] < covered:
                overlapping.add(index)
            covered = max(covered, ends[index])
        return overlapping

    def _open(self, entry: ZipEntry, header: ZipHeader) -> None:
        start = header.offset
        fixed = self._at(start, LOCAL_HEADER.size)
        if len(fixed) < LOCAL_HEADER.size or not fixed.startswith(LOCAL):
            entry.refused = Message("there is no member at byte {offset}", offset=start)
            return
        name_size, extra_size = struct.unpack_from("<2H", fixed, 26)
        packed = BoundedLayer(
            Region(self._file, start + LOCAL_HEADER.size + name_size + extra_size, self._source), header.packed
        )
        plain: Layer = packed
        if header.method != STORED:
            plain = Decompressed(packed, METHODS[header.method], self._budget, self._window, single=True)
        entry.data = Checked(plain, header.crc, header.size)


def _central_header(fixed: bytes, raw_name: bytes, extra: bytes) -> ZipHeader:
    (_, made_by, _, flags, method, time, date, crc, packed, size, _, _, _, _, _, attributes, offset) = _CENTRAL.unpack(
        fixed
    )
    large = [value == MAX32 for value in (size, packed, offset)]
    if any(large):
        values = iter(zip64_values(extra, sum(large)))
        size, packed, offset = (
            next(values, value) if is_large else value
            for value, is_large in zip((size, packed, offset), large, strict=True)
        )
    mode = attributes >> 16 if made_by >> 8 == _UNIX else 0
    name = decode_zip_name(raw_name, flags)
    return ZipHeader(name, flags, method, dos_time(date, time), crc, packed, size, offset, mode)
