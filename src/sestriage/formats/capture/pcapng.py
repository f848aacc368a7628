"""The pcapng file format (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html): a walk over its blocks.

Secrets blocks go to the key log, name resolution blocks to the names; blocks of other kinds are skipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from itertools import count
from struct import Struct
from struct import error as StructError  # noqa: N812

from sestriage.formats.capture.input_buffer import Buffer
from sestriage.formats.capture.packet_walk import Walker
from sestriage.model.message import Message

_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_SECTION, _INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _NAMES, _PACKET, _SECRETS = 0x0A0D0D0A, 1, 2, 3, 4, 6, 10
_TLS_KEY_LOG = 0x544C534B
_OPTION_TSRESOL, _OPTION_TSOFFSET = 9, 14
MAX_BLOCK = 1 << 24
MAX_PACKET = 262_144
MAX_INTERFACES = 4096
MAX_NAMES = 10_000
_SMALLEST = 12
_PACKET_FRAME = 32
"""Bytes of a packet block around the packet."""


@dataclass(slots=True)
class Interface:
    """An interface: link type, snaplen (0: none), units of time per second, offset of its clock in seconds."""

    link_type: int
    snaplen: int
    per_second: int = 1_000_000
    offset: int = 0

    def nanoseconds(self, units: int) -> int:
        """A time stamp as nanoseconds since 1970."""
        return units * 1_000_000_000 // self.per_second + self.offset * 1_000_000_000


def _options(order: str, data: bytes) -> dict[int, bytes]:
    head = Struct(f"{order}HH")
    found: dict[int, bytes] = {}
    pos = 0
    while pos + 4 <= len(data):
        code, length = head.unpack_from(data, pos)
        if code == 0:
            break
        found.setdefault(code, data[pos + 4 : pos + 4 + length])
        pos += 4 + (length + 3 & ~3)
    return found


def _interface(order: str, body: bytes) -> Interface:
    link_type, _, snaplen = Struct(f"{order}HHI").unpack_from(body)
    interface = Interface(link_type, snaplen)
    options = _options(order, body[8:])
    if resolution := options.get(_OPTION_TSRESOL):
        power = resolution[0] & 0x7F
        interface.per_second = 2**power if resolution[0] & 0x80 else 10 ** min(power, 38)
    if len(offset := options.get(_OPTION_TSOFFSET, b"")) == 8:
        interface.offset = Struct(f"{order}q").unpack(offset)[0]
    return interface


class _Section:
    """The statements of the blocks of one section so far."""

    def __init__(self, order: str) -> None:
        self.order = order
        self.interfaces: list[Interface] = []
        self.link_type: int | None = None
        """That of all interfaces; None when they differ, or there is none."""
        self.block = Struct(f"{order}II").unpack_from
        self.packet = Struct(f"{order}IIIII").unpack_from
        self.old_packet = Struct(f"{order}HHIIII").unpack_from
        self.number = Struct(f"{order}I").unpack_from

    def add(self, interface: Interface) -> None:
        """One more interface."""
        first = not self.interfaces
        self.interfaces.append(interface)
        self.link_type = interface.link_type if first or self.link_type == interface.link_type else None

    def captured(self, view: memoryview, pos: int) -> int | None:
        """How much was captured of the packet in the block at `pos`; None when the block is damaged."""
        length: int
        number, _, _, length, _ = self.packet(view, pos + 8)
        room = self.block(view, pos)[1] - _PACKET_FRAME
        return length if number < len(self.interfaces) and length <= min(room, MAX_PACKET) else None

    def stamp(self, view: memoryview, start: int) -> int:
        """The time of the packet that begins at `start`, in nanoseconds since 1970."""
        number, high, low, _, _ = self.packet(view, start - 20)
        interface: Interface = self.interfaces[number]
        return interface.nanoseconds(high << 32 | low)

    def peek(self, walker: Walker) -> Struct:
        """Block type, block length, and key and flags where the front plan has them."""
        return Struct(f"{self.order}II20x{walker.front.key.format}")


class _Walk:
    def __init__(self, buffer: Buffer, walker: Walker) -> None:
        self.buffer = buffer
        self.walker = walker
        self.frame = 0
        self.section = _Section("<")
        self.names = 0
        self.problem: str | None = None

    def run(self) -> str | None:
        buffer, walker = self.buffer, self.walker
        pos = 0
        while True:
            begun = self.frame
            pos = self._fast(pos)
            if buffer.ended and self.problem is None:
                pos = self._slow(pos)
            walker.frames = self.frame
            walker.settle_plans(self.frame - begun)
            if self.problem is not None:
                return self.problem
            wanted = _SMALLEST
            if pos + _SMALLEST <= buffer.size:
                wanted = self._length(buffer.view, pos)
                if not _SMALLEST <= wanted <= MAX_BLOCK:
                    return self._damaged(pos, Message("a block that claims {count} bytes", count=wanted))
            if not buffer.refill(min(pos, buffer.size), wanted) and buffer.ended:
                if not buffer.size:
                    return None
                place = buffer.base + buffer.size
                return Message(
                    "the capture ends inside a block behind packet {frame} (at byte {offset})",
                    frame=self.frame,
                    offset=place,
                )
            pos = 0

    def _length(self, view: memoryview, pos: int) -> int:
        """A block's length. A section header may have another byte order than the section before it."""
        kind, total = self.section.block(view, pos)
        if kind == _SECTION:
            order = _ORDERS.get(bytes(view[pos + 8 : pos + 12]), self.section.order)
            total = Struct(f"{order}I").unpack_from(view, pos + 4)[0]
        return int(total)

    def _fast(self, pos: int) -> int:
        """The tight loop, while the front plan can look ahead in the buffer; returns where it stopped."""
        view = self.buffer.view
        size, mark_of = self.buffer.size, self.walker.table.marks.get
        while self.problem is None:
            section = self.section
            peek = section.peek(self.walker).unpack_from
            gate = self.walker.gate(self.walker.front, section.link_type, section.stamp)
            frame, previous, total = self.frame, -1, 0
            try:
                for frame in count(frame + 1):  # noqa: B020
                    kind, total, key, flags = peek(view, pos)
                    if kind != _PACKET or total < _PACKET_FRAME:
                        break
                    mark = mark_of(key)
                    if mark is not None and flags & mark:
                        break
                    if mark is None:
                        if gate is None or self.walker.last_time is None or pos + total > size:
                            break
                        captured, start = section.captured(view, pos), pos + 28
                        number = lambda: frame  # noqa: B023, E731 - it is asked at once
                        if captured is None or not gate(view, start, start + captured, key, number):
                            break
                    previous = pos
                    pos += total
            except StructError:
                total = 0
            self.frame = frame - 1
            if pos > self.buffer.size:  # the last packet that was passed over is not all there
                self.frame -= 1
                return previous
            if previous >= 0:
                self._note_time(view, previous)
            after = self._block(pos) if total else None
            if after is None:
                return pos
            pos = after
        return pos

    def _slow(self, pos: int) -> int:
        """The last blocks of the capture, one by one; where the first one begins that is not all there."""
        while self.problem is None and pos + _SMALLEST <= self.buffer.size:
            after = self._block(pos)
            if after is None:
                break
            pos = after
        return pos

    def _block(self, pos: int) -> int | None:
        """Reads the block at `pos`; where the next begins, None when it is not all there or no block."""
        view, size = self.buffer.view, self.buffer.size
        if pos + _SMALLEST > size:
            return None
        kind, total = self.section.block(view, pos)[0], self._length(view, pos)
        after = pos + total
        if after > size or not _SMALLEST <= total <= MAX_BLOCK:
            return None
        if kind == _SECTION:
            self._begin_section(view, pos)
        elif kind == _PACKET:
            self._packet(view, pos, total)
        elif kind in _HANDLERS:
            _HANDLERS[kind](self, view, pos, total)
        return int(after + (-total & 3))

    def _note_time(self, view: memoryview, pos: int) -> None:
        number, high, low, _, _ = self.section.packet(view, pos + 8)
        if number < len(self.section.interfaces):
            self.walker.note_time(self.section.interfaces[number].nanoseconds(high << 32 | low))

    def _damaged(self, pos: int, what: str) -> str:
        place = self.buffer.base + pos
        return Message(
            "{what} behind packet {frame} (at byte {offset}); what follows was not read",
            what=what,
            frame=self.frame,
            offset=place,
        )

    def _begin_section(self, view: memoryview, pos: int) -> None:
        order = _ORDERS.get(bytes(view[pos + 8 : pos + 12]))
        if order is None:
            self.problem = self._damaged(pos, Message("a section header without byte order mark"))
            return
        self.section = _Section(order)

    def _packet(self, view: memoryview, pos: int, total: int) -> None:
        self.frame += 1
        if total < _PACKET_FRAME:
            return
        number, high, low, length, wire = self.section.packet(view, pos + 8)
        if length > total - _PACKET_FRAME or length > MAX_PACKET:
            self.problem = self._damaged(
                pos,
                Message(
                    "packet {frame} claims {count} bytes in a block of {size}:",
                    frame=self.frame,
                    count=length,
                    size=total,
                ),
            )
            return
        section, start = self.section, pos + 28
        if self.walker.others and self.walker.passes_over(
            view, start, start + length, lambda: self.frame, section.link_type, section.stamp
        ):
            self._note_time(view, pos)
            return
        self._deliver(number, high << 32 | low, view, start, length, wire)

    def _deliver(self, number: int, units: int, view: memoryview, start: int, length: int, wire: int) -> None:
        if number >= len(self.section.interfaces):
            self.problem = Message(
                "packet {frame} names interface {number}, which does not exist", frame=self.frame, number=number
            )
            return
        interface = self.section.interfaces[number]
        if wire > length:
            self.walker.cut_frames = True
        frame = bytes(view[start : start + max(0, length)])
        self.walker.packet(self.frame, interface.nanoseconds(units), interface.link_type, frame, wire)

    def _old_packet(self, view: memoryview, pos: int, total: int) -> None:
        self.frame += 1
        if total < _PACKET_FRAME:
            return
        number, _, high, low, length, wire = self.section.old_packet(view, pos + 8)
        if length <= total - _PACKET_FRAME:
            self._deliver(number, high << 32 | low, view, pos + 28, length, wire)

    def _simple_packet(self, view: memoryview, pos: int, total: int) -> None:
        self.frame += 1
        if total < 16:
            return
        wire = self.section.number(view, pos + 8)[0]
        if self.section.interfaces:
            snaplen = self.section.interfaces[0].snaplen or wire
            self._deliver(0, 0, view, pos + 12, min(wire, snaplen, total - 16), wire)

    def _new_interface(self, view: memoryview, pos: int, total: int) -> None:
        if total >= 20 and len(self.section.interfaces) < MAX_INTERFACES:
            body = bytes(view[pos + 8 : pos + total - 4])
            self.section.add(_interface(self.section.order, body))

    def _secrets(self, view: memoryview, pos: int, total: int) -> None:
        if total < 20:
            return
        kind, length = self.section.block(view, pos + 8)
        keys = self.walker.table.keys
        if kind == _TLS_KEY_LOG and keys is not None:
            keys.add(bytes(view[pos + 16 : min(pos + 16 + length, pos + total - 4)]))

    def _resolution(self, view: memoryview, pos: int, total: int) -> None:
        head = Struct(f"{self.section.order}HH").unpack_from
        end = pos + total - 4
        pos += 8
        while pos + 4 <= end:
            kind, length = head(view, pos)
            record = bytes(view[pos + 4 : min(end, pos + 4 + length)])
            pos += 4 + (length + 3 & ~3)
            size = {1: 4, 2: 16}.get(kind)
            if kind == 0:
                return
            self.names += 1
            if size is not None and len(record) > size and self.names <= MAX_NAMES:
                name = record[size:].split(b"\0", 1)[0].decode("utf-8", "backslashreplace").lower()
                self.walker.table.dns.names.setdefault(str(ip_address(record[:size])), name)


_HANDLERS = {
    _INTERFACE: _Walk._new_interface,
    _OLD_PACKET: _Walk._old_packet,
    _SIMPLE_PACKET: _Walk._simple_packet,
    _NAMES: _Walk._resolution,
    _SECRETS: _Walk._secrets,
}


def walk(buffer: Buffer, walker: Walker) -> str | None:
    """Walks over a pcapng file from its first byte; what was wrong, None when nothing was."""
    return _Walk(buffer, walker).run()
