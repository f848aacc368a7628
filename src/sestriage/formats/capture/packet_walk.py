"""Shared by the walks over pcap and pcapng: packets that do not matter are skipped in the tight loop.

A packet of a conversation that is known not to matter is recognised by the bytes of its addresses and ports alone,
read at the place where the last such packets had them (a `FrameLayout`); of others the headers tell (`gate`).
Everything else goes to `Walker.packet`.
"""

from __future__ import annotations

from struct import Struct

from sestriage.formats.capture import link
from sestriage.formats.capture.flow_table import FlowTable
from sestriage.formats.capture.gate import MAX_OFFSET, FrameLayout, Gate, Number, Stamp, gate_of, narrow_gate_of
from sestriage.formats.capture.ip import TCP, IpUnwrapper, plain_tcp
from sestriage.formats.capture.oddlink import OddLinks

_ETHERNET = 1
_USUAL = Struct(">12xHBxHxxHxB10xHHIIBB").unpack_from
"""Ethernet with EtherType, IPv4 without options, TCP up to the flags."""
_USUAL_BYTES = 48
MAX_PLANS = 6


class Walker:
    """Takes single packets, and keeps the plans by which the loops pass over packets."""

    def __init__(self, table: FlowTable) -> None:
        self.table = table
        self.frames = 0
        self.first_time: int | None = None
        self.last_time: int | None = None
        self.cut_frames = False
        self.unknown_links: set[int] = set()
        self.odd_links = OddLinks()
        self.plans: list[FrameLayout] = [FrameLayout(14, link.IPV4, _ETHERNET)]
        self.others: list[FrameLayout] = []
        self._gates: dict[tuple[FrameLayout, Stamp, bool], Gate] = {}
        self._unwrapper = IpUnwrapper()

    @property
    def front(self) -> FrameLayout:
        """The plan that the loop tries itself."""
        return self.plans[0]

    def gate(self, layout: FrameLayout, link_type: int | None, stamp: Stamp) -> Gate | None:
        """The gate for the frames of a link type in that layout; None where frames of other builds could not be told
        from them."""
        if layout.link_type != link_type or not (layout.ethertype or link_type not in link.WITH_ETHERTYPE):
            return None
        narrow = self.table.scope.narrow
        gate = self._gates.get((layout, stamp, narrow))
        if gate is None:
            if narrow:
                self.table.scope.passed(self.frames + 1)
            gate = narrow_gate_of(layout, self.table) if narrow else gate_of(layout, self.table, stamp)
            self._gates[layout, stamp, narrow] = gate
        return gate

    def leave_file(self) -> None:
        """The walk over a file is over: its gates hold on to it, and to the open file."""
        self._gates.clear()

    def passes_over(
        self, view: memoryview, start: int, end: int, number: Number, link_type: int | None, stamp: Stamp
    ) -> bool:
        """True if by one of the other plans nothing is left to do for the packet."""
        marks = self.table.marks
        for plan in self.others:
            if plan.key.size > end - start:
                continue
            key, flags = plan.key.unpack_from(view, start)
            mark = marks.get(key)
            if mark is not None:
                plan.hits += 1
                return not flags & mark
            gate = self.gate(plan, link_type, stamp)
            if gate is not None and gate(view, start, end, key, number):
                plan.hits += 1
                return True
        return False

    def settle_plans(self, walked: int) -> None:
        """After a portion of `walked` packets: brings the most useful plan to the front."""
        best = max(self.others, key=lambda p: p.hits, default=None)
        if best is not None and best.hits * 4 > walked:
            self.plans.remove(best)
            self.plans.insert(0, best)
            self.others = self.plans[1:]
        for plan in self.plans:
            plan.hits = 0

    def note_time(self, nanoseconds: int) -> None:
        """The time of a packet: the capture begins with the first and ends with the latest."""
        last = self.last_time
        if last is None:
            self.first_time = self.last_time = nanoseconds
        elif nanoseconds > last:
            self.last_time = nanoseconds

    def packet(self, frame: int, nanoseconds: int, link_type: int, data: bytes, wire: int) -> None:
        """One packet: the captured part of `wire` bytes."""
        last = self.last_time
        if last is None or nanoseconds > last:
            self.note_time(nanoseconds)
        if link_type == _ETHERNET and len(data) >= _USUAL_BYTES and self._usual(frame, nanoseconds, data, wire):
            return
        find, buf = link.LINKS.get(link_type), data
        if find is None:
            find, buf = link.by_version, self._odd(link_type, data)
        end = len(buf)
        place = find(buf, 0, end)
        if place is None:
            return
        pos, family = place
        wire_end = wire if wire > end else end
        plain = plain_tcp(family, buf, pos, end, wire_end)
        if plain is not None:
            start, stop, length = plain
            ends = buf[start - 8 : start] if family == link.IPV4 else buf[start - 32 : start]
            if self.table.tcp(frame, nanoseconds, ends, buf, start, stop, length) and buf is data:
                self._add_plan(pos, family, link_type)
            return
        datagram = self._unwrapper.unwrap(family, buf, pos, end, wire_end)
        if datagram is None:
            return
        passed = self.table.datagram(frame, nanoseconds, datagram)
        if passed and datagram.plain and datagram.buf is data:
            header = 20 if len(datagram.source) == 4 else 40
            self._add_plan(datagram.pos - header, link.IPV4 if header == 20 else link.IPV6, link_type)

    def _usual(self, frame: int, nanoseconds: int, data: bytes, wire: int) -> bool:
        """Handle a packet of the most frequent layout in one go. False for any other, which takes the long way."""
        kind, first, total, fragment, protocol, sport, dport, sequence, ack, offset, flags = _USUAL(data)
        if kind != link.IPV4 or first != 0x45 or protocol != TCP or fragment & 0x3FFF:
            return False
        end = len(data)
        header = (offset >> 4) * 4
        length = total - 20 - header
        if total < _USUAL_BYTES - 14 or header < 20 or total > (wire if wire > end else end) - 14:
            return False
        payload = data[34 + header : 14 + total] if length > 0 else b""
        # the loop has the plan for such packets from the beginning
        key, length = data[26:38], (length if length > 0 else 0)
        self.table.segment(frame, nanoseconds, key, sport, dport, sequence, ack, flags, payload, length)
        return True

    def _odd(self, link_type: int, frame: bytes) -> bytes:
        """The IP packet in a frame of an odd link type; nothing when there is none."""
        if not self.odd_links.knows(link_type):
            self.unknown_links.add(link_type)
            return b""
        return self.odd_links.ip_bytes(link_type, frame) or b""

    def _add_plan(self, offset: int, family: int, link_type: int) -> None:
        if len(self.plans) >= MAX_PLANS or offset > MAX_OFFSET:
            return
        if any(plan.same(offset, family, link_type) for plan in self.plans):
            return
        self.plans.append(FrameLayout(offset, family, link_type))
        self.others = self.plans[1:]
