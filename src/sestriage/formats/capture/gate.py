"""Decides upon a packet from its headers, without taking it apart: most packets of a capture are none of our business.

The loops over records ask the gate of a packet whose conversation has no mark. What the gate lets pass has been
dealt with; everything that may matter, and everything unusual, it leaves to `Walker.packet`.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from sestriage.formats.capture import ip, link
from sestriage.formats.capture.candidate import HOPELESS
from sestriage.formats.capture.first_bytes import FIRST_TWO, MAY_BE_HOPELESS, MAY_BE_SSL2, MAY_MATTER
from sestriage.formats.capture.flow_table import DNS_PORT, DROP, FlowTable
from sestriage.formats.capture.lifecycle import ACK, FIN, RST, SYN
from sestriage.formats.capture.scope import MAIL, NAMED, TLS

MAX_OFFSET = 128
"""An IP header farther away from the frame's first byte is none of a layout."""
_SLL2 = 276


Stamp = Callable[[memoryview, int], int]
"""The time of the packet that begins at an offset, in nanoseconds since 1970."""
Number = Callable[[], int]
Gate = Callable[[memoryview, int, int, bytes, Number], bool]
"""Takes buffer, start and end of a packet that is all there and whose key has no mark, the key, and what tells its
frame. True: nothing is left to do."""

_FRAGMENT = 0x3FFF
_HEAD = 8
"""First bytes of a payload that are looked at."""
_ENOUGH = 12
"""With fewer bytes it may be too early to tell (`protocols.may_become`)."""
_CLIENT_HELLO = 1
_PLAIN_LENGTH = 5
"""Words of an IPv4 header without options."""
_ONCE = FIN | SYN | RST
"""Flags of packets whose key is seldom met again."""


class FrameLayout:
    """Where frames of a link type have addresses, ports and TCP flags, which `key` reads.

    `before` is the part of a struct up to the IP header: it gives the EtherType that stands in front of it, or nothing
    (then `ethertype` is nothing, too, and the layout may only be relied on where its key is known).
    """

    __slots__ = ("before", "ethertype", "family", "hits", "key", "link_type", "offset")

    def __init__(self, offset: int, family: int, link_type: int) -> None:
        self.offset = offset
        self.family = family
        self.link_type = link_type
        self.hits = 0
        self.key = Struct(f"{offset + 12}x12s9xB" if family == link.IPV4 else f"{offset + 8}x36s9xB")
        place = 0 if link_type == _SLL2 else offset - 2 if link_type in link.WITH_ETHERTYPE else None
        self.ethertype = b"" if place is None else family.to_bytes(2, "big")
        self.before = f"{offset}x0s" if place is None else f"{place}x2s{offset - place - 2}x"

    def same(self, offset: int, family: int, link_type: int) -> bool:
        """It is the layout of such frames."""
        return (self.offset, self.family, self.link_type) == (offset, family, link_type)


def gate_of(layout: FrameLayout, table: FlowTable, stamp: Stamp) -> Gate:
    """The gate for frames of a layout, while all ports are looked at."""
    offset, v4 = layout.offset, layout.family == link.IPV4
    size = 20 if v4 else 40
    unpack = Struct(f">{layout.before}{'BxHxxHxB10x' if v4 else 'B3xH0sB33x'}HHIIBB").unpack_from
    least, ethertype, version = offset + size + 20, layout.ethertype, 4 if v4 else 6
    marks, old, flows, scope, kinds = table.marks, table.old_marks, table.flows, table.scope, table.scope.kinds

    def gate(view: memoryview, start: int, end: int, key: bytes, number: Number) -> bool:
        if end - start < least:
            return False
        kind, first, total, fragment, protocol, sport, dport, sequence, ack, header, flags = unpack(view, start)
        if v4:
            total, fragment = total - 20, fragment & _FRAGMENT or first & 15 != _PLAIN_LENGTH
        if first >> 4 != version or kind != ethertype or fragment or key in flows:
            return False
        if protocol == ip.UDP:
            return sport != DNS_PORT and dport != DNS_PORT and table.drop(key, sport, dport)
        mark = old.get(key)
        if mark is not None and not flags & mark and protocol == ip.TCP:
            marks[key] = mark
            return True
        header = (header >> 4) * 4
        length = total - header
        if protocol != ip.TCP or header < 20 or length < 0 or start + offset + size + total > end:
            return False
        ports = kinds[sport] | kinds[dport]
        if length:
            if ports & (MAIL | NAMED) or (ports & TLS and not scope.lean) or length < _ENOUGH or flags & (SYN | RST):
                return False
            at = start + offset + size
            return _passes_payload(table, key, number, view, at + header, at + total)
        if flags & SYN:
            head = (0, flags, sequence, ack, number(), stamp(view, start))
            if ports & MAIL:
                return not flags & ACK and table.knock(key, head)
            return (mark is None and not flags & ACK and table.strangers.first(key, head)) or table.met(key, head)
        return not ports & MAIL and (bool(flags & (FIN | RST)) or table.silent(key))

    return gate


def _passes_payload(table: FlowTable, key: bytes, number: Number, view: memoryview, at: int, end: int) -> bool:
    """A payload away from the mail ports: True when it begins nothing that may matter."""
    told = FIRST_TWO[view[at] << 8 | view[at + 1]]
    if told == MAY_MATTER or (told == MAY_BE_SSL2 and view[at + 2] == _CLIENT_HELLO):
        return table.scope.lean and table.pass_unless_mail(key, number(), view[at:end].tobytes())
    hopeless = told == MAY_BE_HOPELESS and view[at : at + _HEAD].tobytes().startswith(HOPELESS)
    table.pass_stranger(key, hopeless=hopeless)
    return True


def narrow_gate_of(layout: FrameLayout, table: FlowTable) -> Gate:
    """The gate for frames of a layout, once ports without mail are not looked at any more: the ports alone tell."""
    v4 = layout.family == link.IPV4
    unpack = Struct(f">{layout.before}{'B5xHxB10x' if v4 else 'B5x0sB33x'}HH9xB").unpack_from
    least, ethertype, plain = layout.offset + (40 if v4 else 60), layout.ethertype, 0x45 if v4 else 6
    marks, flows = table.marks, table.flows
    kept = bytes(kind & ~TLS for kind in table.scope.kinds)

    def gate(view: memoryview, start: int, end: int, key: bytes, number: Number) -> bool:
        if end - start < least:
            return False
        kind, first, fragment, protocol, sport, dport, flags = unpack(view, start)
        if kind != ethertype or (first if v4 else first >> 4) != plain or (v4 and fragment & _FRAGMENT):
            return False
        if protocol != ip.TCP:
            return protocol == ip.UDP and DNS_PORT not in (sport, dport) and table.drop(key, sport, dport)
        if kept[sport] or kept[dport] or key in flows:
            return False
        if not flags & _ONCE:
            marks[key] = DROP
            table.limit_marks()
        return True

    return gate
