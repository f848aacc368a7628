"""The pcap file format (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html): a walk over its records."""

from __future__ import annotations

import sys
from itertools import repeat
from operator import length_hint
from struct import Struct
from struct import error as StructError  # noqa: N812

from sestriage.formats.capture.input_buffer import Buffer
from sestriage.formats.capture.magic import PCAP
from sestriage.formats.capture.packet_walk import Walker
from sestriage.model.message import Message

HEADER_SIZE = 24
MAX_RECORD = 262_144
"""No capture tool writes longer packets; a record that claims to be longer is damage."""


def walk(buffer: Buffer, walker: Walker) -> str | None:
    """Walks over a pcap file from its first byte; what was wrong, None when nothing was."""
    if buffer.size < HEADER_SIZE and not buffer.refill(0, HEADER_SIZE):
        return Message("the capture ends inside its file header (at byte {offset})", offset=buffer.size)
    order, unit, header = PCAP[bytes(buffer.view[:4])]
    link_type = Struct(f"{order}I").unpack_from(buffer.view, 20)[0] & 0x0FFFFFFF
    return _Walk(buffer, walker, order, unit, header, link_type).run()


class _Walk:
    def __init__(self, buffer: Buffer, walker: Walker, order: str, unit: int, header: int, link_type: int) -> None:
        self.buffer = buffer
        self.walker = walker
        self.order = order
        self.unit = unit
        self.header = header
        self.link_type = link_type
        self.frame = 0
        self.head = Struct(f"{order}IIII").unpack_from
        self.time = Struct(f"{order}II").unpack_from

    def run(self) -> str | None:
        buffer = self.buffer
        pos = HEADER_SIZE
        while True:
            begun = self.frame
            pos = self._fast(pos)
            if buffer.ended:
                pos = self._slow(pos)
            self.walker.frames = self.frame
            self.walker.settle_plans(self.frame - begun)
            wanted = self.header
            if pos + self.header <= buffer.size:
                length = self.head(buffer.view, pos)[2]
                if length > MAX_RECORD:
                    return Message(
                        "record {number} is damaged: it claims {count} bytes (at byte {offset}); what follows was not"
                        " read",
                        number=self.frame + 1,
                        count=length,
                        offset=buffer.base + pos,
                    )
                wanted += length
            complete = buffer.refill(pos, wanted)
            pos = 0
            if buffer.ended and not complete:
                pos = self._slow(0)
                self.walker.frames = self.frame
                if pos == buffer.size:
                    return None
                place = buffer.base + buffer.size
                return Message(
                    "the capture ends inside record {number} (at byte {offset})", number=self.frame + 1, offset=place
                )

    def _fast(self, pos: int) -> int:
        """The tight loop, while the front plan can look ahead in the buffer; returns where it stopped."""
        buffer, walker = self.buffer, self.walker
        view, size, header = buffer.view, buffer.size, self.header
        # a record's length, and key and flags where the front plan has them
        peek = Struct(f"{self.order}8xI{header - 12}x{walker.front.key.format}").unpack_from
        mark_of, gate = walker.table.marks.get, walker.gate(walker.front, self.link_type, self._stamp)
        if walker.last_time is None and pos + header <= size:
            self._note_time(view, pos)
        steps = repeat(None, sys.maxsize)  # knows how many are left: numbers are made only where they are asked for
        origin = self.frame + sys.maxsize
        length = 0

        def number() -> int:
            return origin - length_hint(steps)

        while True:
            try:
                for _ in steps:
                    length, key, flags = peek(view, pos)
                    pos += header + length
                    mark = mark_of(key)
                    if mark is None:
                        if gate is None or pos > size or length > MAX_RECORD:
                            break
                        if not gate(view, pos - length, pos, key, number):
                            break
                    elif flags & mark:
                        break
            except StructError:
                frame = number() - 1
                break
            frame = number()
            if pos > size or length > MAX_RECORD:
                break
            self._packet(frame, view, pos - header - length, pos)
        if frame > self.frame:
            before = pos - header - length
            if pos > size or length > MAX_RECORD:  # the last record is not all there, or none
                frame, pos = frame - 1, before
            else:
                self._note_time(view, before)
        self.frame = frame
        return pos

    def _slow(self, pos: int) -> int:
        """The last records of the capture, one by one; where the first one begins that is not all there."""
        view, size = self.buffer.view, self.buffer.size
        while pos + self.header <= size:
            length = self.head(view, pos)[2]
            after = pos + self.header + length
            if after > size or length > MAX_RECORD:
                break
            self.frame += 1
            self._packet(self.frame, view, pos, after)
            pos = after
        return pos

    def _packet(self, frame: int, view: memoryview, pos: int, after: int) -> None:
        start = pos + self.header
        walker = self.walker
        if walker.others and walker.passes_over(view, start, after, lambda: frame, self.link_type, self._stamp):
            walker.note_time(self._stamp(view, start))
            return
        seconds, fraction, length, wire = self.head(view, pos)
        if wire > length:
            walker.cut_frames = True
        nanoseconds = seconds * 1_000_000_000 + fraction * self.unit
        walker.packet(frame, nanoseconds, self.link_type, bytes(view[start:after]), wire)

    def _stamp(self, view: memoryview, start: int) -> int:
        seconds, fraction = self.time(view, start - self.header)
        return int(seconds * 1_000_000_000 + fraction * self.unit)

    def _note_time(self, view: memoryview, pos: int) -> None:
        self.walker.note_time(self._stamp(view, pos + self.header))
