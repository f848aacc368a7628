"""One direction of a TCP conversation put back in order (RFC 9293): lost, doubled, overlapping, reordered segments.

The first copy of a byte that could be delivered counts; a retransmission with other content changes nothing.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from datetime import datetime

MAX_PENDING_BYTES = 1 << 18
MAX_PENDING_SEGMENTS = 1024
PATIENCE = 12
"""How many more packets of the conversation are awaited for bytes that the receiver has acknowledged already."""
MAX_JUMP = 1 << 24
"""A segment farther away from the expected one is none of this conversation's."""
_MODULUS = 1 << 32
_HALF = 1 << 31


def distance(later: int, earlier: int) -> int:
    """`later - earlier` in sequence space, between -2^31 and 2^31."""
    return (later - earlier + _HALF) % _MODULUS - _HALF


class ByteStream:
    """Delivers one direction's bytes in order.

    `deliver(data, frame, time)` gets each byte once; `skip(length)` is told of bytes that the capture lacks.
    """

    __slots__ = (
        *("_done", "_held", "_hole_age", "_last", "_order", "_pending", "_starts", "acked", "deliver", "delivered"),
        *("expected", "missing", "retransmissions", "skip"),
    )

    def __init__(self, deliver: Callable[[bytes, int, datetime | None], None], skip: Callable[[int], None]) -> None:
        self.deliver = deliver
        self.skip = skip
        self.expected: int | None = None
        """Sequence number of the next byte; None before the first."""
        self.acked = 0
        """How far beyond `expected` the receiver has acknowledged."""
        self.delivered = 0
        self.missing = 0
        self.retransmissions = 0
        self._starts: list[int] = []
        self._pending: list[tuple[int, int, int, bytes, int, datetime | None]] = []
        self._done = 0  # bytes that are behind us, delivered or lost: a position that does not wrap around
        self._held = 0
        self._order = 0
        self._hole_age = 0
        self._last = 0  # the position behind the last byte of all, once a FIN has told it

    @property
    def held(self) -> int:
        """Bytes that wait for earlier ones."""
        return self._held

    def start(self, sequence: int) -> None:
        """A SYN: the first byte will have this number. A second SYN with another number is remembered as well."""
        if self.expected is None:
            self.expected = sequence
        if sequence not in self._starts and len(self._starts) < 16:
            self._starts.append(sequence)

    def segment(self, sequence: int, data: bytes, length: int, frame: int, time: datetime | None) -> None:
        """A segment of `length` bytes, of which `data` was captured."""
        if not length:
            return
        if self.expected is None:
            self.expected = sequence
        elif not self.delivered and not self.missing and not self._pending:
            self._choose_start(sequence)
        offset = distance(sequence, self.expected)
        if offset > MAX_JUMP or offset < -MAX_JUMP:
            return
        if offset > 0:
            self._hold(offset, data, length, frame, time)
            return
        if offset + length <= 0:
            self.retransmissions += 1
            return
        self._take(-offset, data, length, frame, time)
        if self._pending:
            self._release()

    def acknowledged(self, sequence: int) -> None:
        """The receiver has everything before that number."""
        if self.expected is None:
            return
        ahead = distance(sequence, self.expected)
        if not 0 < ahead < MAX_JUMP:
            return
        self.acked = max(self.acked, ahead)
        if self._pending and ahead >= self._pending[0][0] - self._done:
            self._hole_age += 1
            if self._hole_age > PATIENCE:
                self._jump()

    def passed_over(self, sequence: int) -> None:
        """The direction has come to that number; the bytes before it were not looked at."""
        ahead = distance(sequence, self.expected) if self.expected is not None else 0
        if ahead > 0:
            self.expected = sequence
            self.delivered += ahead

    def fin(self, sequence: int) -> None:
        """The sender has nothing to send behind that number: what was not captured before it is missing."""
        ahead = distance(sequence, self.expected) if self.expected is not None else 0
        if 0 < ahead < MAX_JUMP:
            self._last = self._done + ahead

    def close(self) -> None:
        """No more packets will come: gives out what waits, with its gaps."""
        while self._pending:
            self._jump()
        self._lose(self._last - self._done)
        if self.acked > 1:  # one more than the bytes is the FIN
            self._lose(self.acked)
        self.acked = 0

    def _choose_start(self, sequence: int) -> None:
        """Before any byte: if SYNs disagreed, the data tell which one counts; if none fits, the data do."""
        assert self.expected is not None  # noqa: S101
        if sequence in self._starts or abs(distance(sequence, self.expected)) >= MAX_JUMP:
            self.expected = sequence

    def _take(self, overlap: int, data: bytes, length: int, frame: int, time: datetime | None) -> None:
        assert self.expected is not None  # noqa: S101
        if overlap:
            self.retransmissions += 1
        fresh = data[overlap:]
        advance = length - overlap
        self.expected = (self.expected + advance) % _MODULUS
        self._done += advance
        self.acked = max(0, self.acked - advance)
        self._hole_age = 0
        if fresh:
            self.delivered += len(fresh)
            self.deliver(fresh, frame, time)
        if advance > len(fresh):  # the frame was cut by the snaplen
            self.missing += advance - len(fresh)
            self.skip(advance - len(fresh))

    def _hold(self, offset: int, data: bytes, length: int, frame: int, time: datetime | None) -> None:
        self._order += 1
        insort(self._pending, (self._done + offset, self._order, length, data, frame, time))
        self._held += len(data)
        if self._held > MAX_PENDING_BYTES or len(self._pending) > MAX_PENDING_SEGMENTS:
            self._jump()

    def _release(self) -> None:
        """Delivers what has become due."""
        while self._pending:
            position, _, length, data, frame, time = self._pending[0]
            offset = position - self._done
            if offset > 0:
                return
            del self._pending[0]
            self._held -= len(data)
            if offset + length > 0:
                self._take(-offset, data, length, frame, time)
            else:
                self.retransmissions += 1

    def _jump(self) -> None:
        """Gives up the bytes before the first waiting segment."""
        if self._pending:
            self._lose(self._pending[0][0] - self._done)
            self._release()

    def _lose(self, length: int) -> None:
        if length <= 0 or self.expected is None:
            return
        self.missing += length
        self.expected = (self.expected + length) % _MODULUS
        self._done += length
        self.acked = max(0, self.acked - length)
        self._hole_age = 0
        self.skip(length)
