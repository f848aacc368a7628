"""TLS records (RFC 5246 6.2, RFC 8446 5.1; SSL 2.0): one direction's bytes in any pieces, whole records out.

The reader keeps at most one record; the payload of application data is counted, not kept, unless it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA, HEARTBEAT = 20, 21, 22, 23, 24
SSL2 = 2
"""Kind of a record in SSL 2.0 framing."""
MAX_RECORD = (1 << 14) + 2048
"""Longest payload of a record (RFC 5246 6.2.3)."""


_HEADER = re.compile(rb"[\x14-\x18]\x03[\x00-\x04][\x00-\x48].", re.DOTALL)


class TlsRecord(NamedTuple):
    """One record. `length` is the payload's length on the wire, `payload` may be cut (`complete` is then False) or, for
    application data, empty. `frame` is the frame in which the record began, `end_frame` that in which it ended."""

    kind: int
    version: int
    payload: bytes
    length: int
    complete: bool
    frame: int
    end_frame: int
    time: datetime | None


def looks_like_record(data: bytes) -> bool:
    """True if the bytes begin like a TLS record (at least its kind and major version must be there)."""
    if len(data) < 2 or not 20 <= data[0] <= 24 or data[1] != 3:
        return False
    if len(data) > 2 and data[2] > 4:
        return False
    return not (len(data) > 4 and not 0 < (data[3] << 8 | data[4]) <= MAX_RECORD)


def looks_like_client_hello(data: bytes) -> bool:
    """True if the bytes begin like the record of a ClientHello."""
    return len(data) > 5 and data[0] == HANDSHAKE and data[5] == 1 and looks_like_record(data)


def looks_like_ssl2_hello(data: bytes) -> bool:
    """True if the bytes begin like a CLIENT-HELLO in SSL 2.0 framing, for SSL 2.0 or a later version."""
    if len(data) < 11 or not data[0] & 0x80 or data[2] != 1:
        return False
    length = (data[0] & 0x7F) << 8 | data[1]
    version = data[3] << 8 | data[4]
    specs = data[5] << 8 | data[6]
    session = data[7] << 8 | data[8]
    challenge = data[9] << 8 | data[10]
    sane = specs >= 3 and specs % 3 == 0 and session in (0, 16, 32) and 16 <= challenge <= 32
    return (version == 2 or 0x0300 <= version <= 0x0304) and sane and length == 9 + specs + session + challenge


def looks_like_ssl2_reply(data: bytes) -> bool:
    """True if the bytes begin like an SSL 2.0 SERVER-HELLO."""
    if len(data) < 11 or not data[0] & 0x80 or data[2] != 4:
        return False
    rest = sum(data[i] << 8 | data[i + 1] for i in (7, 9)) + (data[11] << 8 | data[12] if len(data) > 12 else 0)
    return data[5:7] == b"\x00\x02" and (data[0] & 0x7F) << 8 | data[1] == 11 + rest


class RecordReader:
    """Cuts one direction of a TLS conversation into records.

    `feed` and `gap` may be called in any portions; records go to `emit`. With `keep_data` the payload of application
    data is kept for decryption, else it is counted only. `lost` is True while the reader does not know where the next
    record begins; `garbage` is the start of the first bytes that were no record, None when there were none.
    """

    __slots__ = ("_buffer", "_discard", "_frame", "_skipping", "_ssl2", "_time", "emit", "garbage", "keep_data", "lost")

    def __init__(self, emit: Callable[[TlsRecord], None], *, keep_data: bool = False) -> None:
        self.emit = emit
        self.keep_data = keep_data
        self.lost = False
        self.garbage: bytes | None = None
        self._buffer = bytearray()
        # an application data record whose payload is only counted: version, length, first frame, time
        self._skipping: tuple[int, int, int, datetime | None] | None = None
        self._discard = 0  # bytes that still belong to that record, or to one that was given up
        self._ssl2: bool | None = None  # None: neither framing seen yet
        self._frame = 0
        self._time: datetime | None = None

    @property
    def buffered(self) -> int:
        """Bytes held back."""
        return len(self._buffer)

    def feed(self, data: bytes, frame: int, time: datetime | None) -> None:
        """The next bytes of the direction, captured in `frame`."""
        if self.lost:
            start = _resynchronise(data)
            if start is None:
                return
            self.lost = False
            data = data[start:]
        while data:
            if self._discard:
                data = self._swallow(data, frame)
                continue
            buffer = self._buffer
            if not buffer:
                self._frame, self._time = frame, time
            buffer += data
            data = self._cut(frame, time)

    def gap(self, length: int) -> None:
        """`length` bytes of the direction are missing in the capture."""
        if self.lost:
            return
        if not self._discard:
            self._give_up_record()
        if 0 < length <= self._discard:
            self._discard -= length
            if not self._discard:
                self._end_skipped(self._frame)
            return
        self._end_skipped(self._frame)
        self._discard = 0
        self.lost = True

    def flush(self) -> None:
        """No more bytes will come: an unfinished record is given out as it is."""
        if not self.lost and not self._discard:
            self._give_up_record()
        self._discard = 0
        self._skipping = None

    def _swallow(self, data: bytes, frame: int) -> bytes:
        taken = min(self._discard, len(data))
        self._discard -= taken
        if not self._discard:
            self._end_skipped(frame)
        return data[taken:]

    def _end_skipped(self, frame: int) -> None:
        if self._skipping is not None:
            version, length, begun, time = self._skipping
            self._skipping = None
            self.emit(TlsRecord(APPLICATION_DATA, version, b"", length, not self._discard, begun, frame, time))

    def _give_up_record(self) -> None:
        """The record in the buffer will not be completed: gives out what is there, and arranges to skip the rest."""
        buffer = self._buffer
        header, length = self._frame_header()
        if header and len(buffer) >= header:
            self._out(bytes(buffer[header:]), length, complete=False, frame=self._frame)
            self._discard = header + length - len(buffer)
        buffer.clear()

    def _frame_header(self) -> tuple[int, int]:
        """Sizes of header and payload at the start of the buffer; (0, 0) when more bytes are needed or it is none."""
        buffer = self._buffer
        if len(buffer) >= 5 and 20 <= buffer[0] <= 24 and buffer[1] == 3:
            length = buffer[3] << 8 | buffer[4]
            return (5, length) if length <= MAX_RECORD else (0, 0)
        if self._ssl2 is False or len(buffer) < 3:
            return 0, 0
        if buffer[0] & 0x80:
            return 2, (buffer[0] & 0x7F) << 8 | buffer[1]
        if self._ssl2 and not buffer[0] & 0x40:
            return 3, (buffer[0] & 0x3F) << 8 | buffer[1]
        return 0, 0

    def _cut(self, frame: int, time: datetime | None) -> bytes:
        """Takes the records at the start of the buffer; gives back bytes that belong to a payload to be skipped."""
        buffer = self._buffer
        while len(buffer) >= 3:
            header, length = self._frame_header()
            if not header:
                if len(buffer) >= 5:
                    self._refuse()
                return b""
            if header == 5 and buffer[0] == APPLICATION_DATA and not self.keep_data:
                version = buffer[1] << 8 | buffer[2]
                self._ssl2 = False
                self._skipping = (version, length, self._frame, self._time)
                rest = bytes(buffer[5:])
                buffer.clear()
                self._discard = length
                if not length:
                    self._end_skipped(frame)
                return rest
            if len(buffer) < header + length:
                return b""
            payload = bytes(buffer[header : header + length])
            self._out(payload, length, complete=True, frame=frame)
            del buffer[: header + length]
            self._frame, self._time = frame, time
        return b""

    def _out(self, payload: bytes, length: int, *, complete: bool, frame: int) -> None:
        buffer = self._buffer
        ssl2 = not (20 <= buffer[0] <= 24 and buffer[1] == 3)
        self._ssl2 = ssl2
        kind, version = (SSL2, 2) if ssl2 else (buffer[0], buffer[1] << 8 | buffer[2])
        self.emit(TlsRecord(kind, version, payload, length, complete, self._frame, frame, self._time))

    def _refuse(self) -> None:
        if self.garbage is None:
            self.garbage = bytes(self._buffer[:200])
        self._buffer.clear()
        self.lost = True


def _resynchronise(data: bytes) -> int | None:
    """Where in a portion of bytes a record begins, by a chain of headers that fits; None when none is to be seen."""
    if looks_like_record(data) and len(data) >= 5:
        return 0
    for match in _HEADER.finditer(data):
        end = match.end() + int.from_bytes(data[match.end() - 2 : match.end()], "big")
        if end == len(data) or (end < len(data) - 4 and looks_like_record(data[end : end + 5])):
            return match.start()
    return None
