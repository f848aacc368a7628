"""Shared by the walks over pcap and pcapng: packets that do not matter are skipped in the tight loop.

A packet of a conversation that is known not to matter is recognised by the bytes of its addresses and ports alone,
read at the place where the last such packets had them (a `FrameLayout`). Everything else goes to `Walker.packet`.
"""

from __future__ import annotations

from struct import Struct

from sestriage.formats.capture import link
from sestriage.formats.capture.flow_table import FlowTable
from sestriage.formats.capture.ip import TCP, IpUnwrapper, plain_tcp
from sestriage.formats.capture.oddlink import OddLinks

_ETHERNET = 1
_USUAL = Struct(">12xHBxHxxHxB10xHHIIBB").unpack_from
"""Ethernet with EtherType, IPv4 without options, TCP up to the flags."""
_USUAL_BYTES = 48
MAX_PLAN_OFFSET = 128
MAX_PLANS = 6


class FrameLayout:
    """Where frames of one build have addresses, ports and TCP flags: `peek` gives record length, key, flags."""

    __slots__ = ("family", "hits", "key", "offset")

    def __init__(self, offset: int, family: int) -> None:
        self.offset = offset
        self.family = family
        self.hits = 0
        self.key = Struct(key_format(offset, family))


def key_format(offset: int, family: int) -> str:
    """The struct that reads, from the start of a frame, addresses with ports, and the TCP flags."""
    return f"{offset + 12}x12s9xB" if family == link.IPV4 else f"{offset + 8}x36s9xB"


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
        self.plans: list[FrameLayout] = [FrameLayout(14, link.IPV4)]
        self.others: list[FrameLayout] = []
        self._unwrapper = IpUnwrapper()

    @property
    def front(self) -> FrameLayout:
        """The plan that the loop tries itself."""
        return self.plans[0]

    def passes_over(self, view: memoryview, start: int) -> bool:
        """True if the packet belongs, by one of the other plans, to a conversation that does not matter."""
        marks = self.table.marks
        room = len(view) - start
        for plan in self.others:
            if plan.key.size > room:
                continue
            key, flags = plan.key.unpack_from(view, start)
            mark = marks.get(key)
            if mark is not None and not flags & mark:
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
                self._add_plan(pos, family)
            return
        datagram = self._unwrapper.unwrap(family, buf, pos, end, wire_end)
        if datagram is None:
            return
        passed = self.table.datagram(frame, nanoseconds, datagram)
        if passed and datagram.plain and datagram.buf is data:
            header = 20 if len(datagram.source) == 4 else 40
            self._add_plan(datagram.pos - header, link.IPV4 if header == 20 else link.IPV6)

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

    def _add_plan(self, offset: int, family: int) -> None:
        if len(self.plans) >= MAX_PLANS or offset > MAX_PLAN_OFFSET:
            return
        if any(p.offset == offset and p.family == family for p in self.plans):
            return
        self.plans.append(FrameLayout(offset, family))
        self.others = self.plans[1:]
