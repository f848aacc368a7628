"""Decides upon a packet from its headers, without taking it apart: most packets of a capture are none of our business.

The loops over records ask the gate of a packet whose conversation has no mark. What the gate lets pass has been
dealt with; everything that may matter, and everything unusual, it leaves to `Walker.packet`.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from sestriage.formats.capture import ip, link
from sestriage.formats.capture.candidate import HOPELESS
from sestriage.formats.capture.flow_table import DNS_PORT, DROP, SKIP, FlowTable
from sestriage.formats.capture.layout import FrameLayout
from sestriage.formats.capture.lifecycle import ACK, FIN, RST, SYN
from sestriage.formats.capture.scope import MAIL, TLS


class _Unmarked(int):
    """The mark of a packet whose conversation has none: whatever its flags are, it must be looked at."""

    def __rand__(self, flags: int) -> int:
        return 1


UNMARKED = _Unmarked()

Stamp = Callable[[memoryview, int], int]
"""The time of the packet that begins at an offset, in nanoseconds since 1970."""
Gate = Callable[[memoryview, int, int, bytes, int], bool]
"""Takes buffer, start and end of a packet that is all there, its key, and its frame. True: nothing is left to do."""

_FRAGMENT = 0x3FFF
_HEAD = 8
"""First bytes of a payload that are looked at."""
_ENOUGH = 12
"""With fewer bytes it may be too early to tell (`protocols.may_become`)."""
_TLS_MAJOR = 3
_CONTROLS = frozenset(range(0x14, 0x19))
_MATTERS, _HOPELESS = 1, 2


def _first_bytes() -> bytes:
    """By byte: may a payload that matters begin with it (`protocols.guess`), or one that is hopeless, or neither?"""
    table = bytearray(256)
    for start in HOPELESS:
        table[start[0]] = _HOPELESS
    for byte in (*b'2345EHLMSehlms*+-<"\x00\x04\x05CUAF0', *range(0x80, 0x100), *_CONTROLS):
        table[byte] = _MATTERS
    return bytes(table)


_FIRST = _first_bytes()


def gate_of(layout: FrameLayout, table: FlowTable, stamp: Stamp) -> Gate:
    """The gate for frames of a layout."""
    offset, v4 = layout.offset, layout.family == link.IPV4
    size = 20 if v4 else 40
    unpack = Struct(f">{layout.before}{'BxHxxHxB10x' if v4 else 'B3xHB33x'}HHIIBB").unpack_from
    least, ethertype = offset + size + 20, layout.ethertype
    marks, old, flows, strangers, scope = table.marks, table.old_marks, table.flows, table.strangers, table.scope
    kinds, light = scope.kinds, table.light

    def gate(view: memoryview, start: int, end: int, key: bytes, frame: int) -> bool:
        if end - start < least:
            return False
        if v4:
            kind, first, total, fragment, protocol, sport, dport, sequence, ack, header, flags = unpack(view, start)
            if first != 0x45 or fragment & _FRAGMENT or kind != ethertype:
                return False
        else:
            kind, first, total, protocol, sport, dport, sequence, ack, header, flags = unpack(view, start)
            if first >> 4 != 6 or kind != ethertype:
                return False
            total += 40
        if protocol == ip.UDP:
            return sport != DNS_PORT and dport != DNS_PORT and table.drop(key, sport, dport)
        if protocol != ip.TCP or key in flows or key in light or total < size + 20:
            return False
        mark = old.get(key)
        if mark is not None and not flags & mark:
            marks[key] = mark
            return True
        ports = kinds[sport] | kinds[dport]
        if ports & MAIL:
            if flags & (SYN | ACK) == SYN and total == size + (header >> 4) * 4:
                return table.knock(key, sequence, frame, stamp(view, start))
            return False
        if not ports & ~TLS and scope.narrow:
            if scope.since is None:
                scope.since = frame
            if not flags & (FIN | SYN | RST):
                table.mark(key, DROP)
            return True
        header = (header >> 4) * 4
        length = total - size - header
        if header < 20 or length < 0 or start + offset + total > end:
            return False
        if not length:
            if flags & SYN:
                if mark is not None or key in marks:
                    table.forget_marks(key)
                strangers.began(key, flags, sequence, ack, frame, stamp(view, start))
                scope.met()
            elif not flags & (FIN | RST) and strangers.silent(key):
                table.mark(key, SKIP)
            return True
        at = start + offset + size + header
        told = _FIRST[view[at]]
        if told == _MATTERS and view[at] in _CONTROLS and view[at + 1] != _TLS_MAJOR:
            told = 0
        if ports & TLS or length < _ENOUGH or flags & (SYN | RST) or told == _MATTERS:
            return False
        hopeless = told == _HOPELESS and view[at : at + _HEAD].tobytes().startswith(HOPELESS)
        table.pass_stranger(key, hopeless=hopeless)
        return True

    return gate
