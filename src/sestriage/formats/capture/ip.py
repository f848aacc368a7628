"""IPv4 and IPv6: headers, extension headers, fragments, and the cheap tunnels (RFC 791, RFC 8200).

Tunnels that are looked into: IP in IP, 6in4, GRE, ERSPAN, GTP-U, VXLAN, Geneve.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from typing import NamedTuple

from sestriage.formats.capture import link

TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
_IPIP, _SIX_IN_FOUR, _GRE = 4, 41, 47
_GTP_PORT, _GENEVE_PORT = 2152, 6081
_VXLAN_PORTS = frozenset({4789, 8472})
"""That of RFC 7348, and the default of Linux, which is older."""
TUNNEL_PORTS = _VXLAN_PORTS | {_GTP_PORT, _GENEVE_PORT}
_EXTENSIONS = frozenset({0, 43, 60, 135, 139, 140})
"""IPv6 extension headers with a length in units of 8 bytes: hop-by-hop, routing, destination options, mobility, …"""
_FRAGMENT, _AUTHENTICATION = 44, 51
MAX_DEPTH = 4
"""Tunnels in tunnels."""
MAX_DATAGRAMS = 128
"""Fragmented datagrams that are put together at a time."""
MAX_DATAGRAM = 1 << 16
_IPV4 = Struct(">BxHHHxBxx4s4s").unpack_from
_PLAIN = Struct(">BxHxxHxB10x").unpack_from


class Datagram(NamedTuple):
    """The payload of an IP packet: `buf[pos:end]` was captured, `length` is how long the payload was on the wire.

    `family` is IPV4 or IPV6, `plain` is True when the transport header directly follows a header of the usual size
    in the frame itself.
    """

    protocol: int
    source: bytes
    target: bytes
    buf: bytes
    pos: int
    end: int
    length: int
    plain: bool


def plain_tcp(family: int, buf: bytes, pos: int, end: int, wire_end: int) -> tuple[int, int, int] | None:
    """As `IpUnwrapper.unwrap` for nearly every packet, in a fraction of the time: where its TCP segment begins and
    ends, and how long it was on the wire. None for any other packet.
    """
    if family == link.IPV4:
        if pos + 20 > end:
            return None
        first, total, flags, protocol = _PLAIN(buf, pos)
        if first != 0x45 or protocol != TCP or flags & 0x3FFF or not 20 <= total <= wire_end - pos:
            return None
        stop = pos + total
        return pos + 20, (stop if stop < end else end), total - 20
    if pos + 40 > end or buf[pos] >> 4 != 6 or buf[pos + 6] != TCP:
        return None
    length = buf[pos + 4] << 8 | buf[pos + 5]
    stop = pos + 40 + length if length else wire_end
    if stop > wire_end:
        stop = wire_end
    return pos + 40, (stop if stop < end else end), stop - pos - 40


@dataclass(slots=True)
class _Parts:
    """The fragments of one datagram that have come so far."""

    pieces: list[tuple[int, bytes]] = field(default_factory=list)
    held: int = 0
    total: int | None = None


class Fragments:
    """Puts fragmented datagrams together."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open: dict[tuple[bytes, bytes, int, int], _Parts] = {}

    def add(self, key: tuple[bytes, bytes, int, int], offset: int, piece: bytes, more: bool) -> bytes | None:
        """One fragment; the whole payload once it is complete."""
        parts = self._open.get(key)
        if parts is None:
            if len(self._open) >= MAX_DATAGRAMS:
                del self._open[next(iter(self._open))]
            parts = self._open[key] = _Parts()
        parts.pieces.append((offset, piece))
        parts.held += len(piece)
        if not more:
            parts.total = offset + len(piece)
        if parts.held > 2 * MAX_DATAGRAM or len(parts.pieces) > 1024:
            del self._open[key]
            return None
        if parts.total is None or parts.held < parts.total:
            return None
        whole = _join(parts.pieces, parts.total)
        if whole is not None:
            del self._open[key]
        return whole


def _join(pieces: list[tuple[int, bytes]], total: int) -> bytes | None:
    """The datagram out of its pieces; None while a hole is left. Where pieces overlap, the earlier one counts."""
    whole = bytearray()
    for offset, piece in sorted(pieces, key=lambda p: p[0]):
        if offset > len(whole):
            return None
        whole += piece[len(whole) - offset :]
    return bytes(whole[:total]) if len(whole) >= total else None


class IpUnwrapper:
    """From an IP header to the transport header, through extension headers, fragments and tunnels."""

    __slots__ = ("_fragments",)

    def __init__(self) -> None:
        self._fragments = Fragments()

    def unwrap(self, family: int, buf: bytes, pos: int, end: int, wire_end: int, depth: int = 0) -> Datagram | None:
        """The transport payload of the packet at `pos`; None when it is damaged, no IP, or an unfinished fragment.

        `end` is where the captured bytes end, `wire_end` where the frame ended on the wire.
        """
        datagram = self._ipv4(buf, pos, end, wire_end) if family == link.IPV4 else self._ipv6(buf, pos, end, wire_end)
        if datagram is None:
            return None
        protocol = datagram.protocol
        if protocol in (TCP, ICMP, ICMPV6):
            return datagram
        place = self._tunnel(datagram) if depth < MAX_DEPTH else None
        if place is None:
            return datagram
        whole = datagram.pos + datagram.length
        return self.unwrap(place[1], datagram.buf, place[0], datagram.end, whole, depth + 1)

    def _ipv4(self, buf: bytes, pos: int, end: int, wire_end: int) -> Datagram | None:
        if pos + 20 > end:
            return None
        first, total, ident, flags, protocol, source, target = _IPV4(buf, pos)
        header = (first & 15) * 4
        if first >> 4 != 4 or header < 20:
            return None
        if total == 0 or total > wire_end - pos:  # segmentation offload fills it in later; or it is a lie
            total = wire_end - pos
        if total < header:
            return None
        start, stop = pos + header, pos + total
        if stop > end:
            stop = end
        if flags & 0x3FFF:
            key = (source, target, protocol, ident)
            whole = self._fragments.add(key, (flags & 0x1FFF) * 8, buf[start:stop], bool(flags & 0x2000))
            if whole is None:
                return None
            return Datagram(protocol, source, target, whole, 0, len(whole), len(whole), False)
        return Datagram(protocol, source, target, buf, start, stop, total - header, header == 20)

    def _ipv6(self, buf: bytes, pos: int, end: int, wire_end: int) -> Datagram | None:
        if pos + 40 > end or buf[pos] >> 4 != 6:
            return None
        length = buf[pos + 4] << 8 | buf[pos + 5]
        kind = buf[pos + 6]
        source, target = buf[pos + 8 : pos + 24], buf[pos + 24 : pos + 40]
        at = pos + 40
        if length:
            wire_end = min(wire_end, at + length)
        stop = min(end, wire_end)
        if kind in (TCP, UDP):
            return Datagram(kind, source, target, buf, at, stop, wire_end - at, True)
        for _ in range(16):
            if kind in _EXTENSIONS or kind == _AUTHENTICATION:
                if at + 8 > stop:
                    return None
                size = (buf[at + 1] + 2) * 4 if kind == _AUTHENTICATION else (buf[at + 1] + 1) * 8
                kind, at = buf[at], at + size
            elif kind == _FRAGMENT:
                return self._ipv6_fragment(source, target, buf, at, stop)
            else:
                break
        if at > stop:
            return None
        return Datagram(kind, source, target, buf, at, stop, wire_end - at, False)

    def _ipv6_fragment(self, source: bytes, target: bytes, buf: bytes, at: int, stop: int) -> Datagram | None:
        if at + 8 > stop:
            return None
        kind = buf[at]
        field_ = buf[at + 2] << 8 | buf[at + 3]
        key = (source, target, kind, int.from_bytes(buf[at + 4 : at + 8], "big") | 1 << 32)
        whole: bytes | None = buf[at + 8 : stop]
        if field_ & 0xFFF9:
            whole = self._fragments.add(key, field_ & 0xFFF8, buf[at + 8 : stop], bool(field_ & 1))
        if whole is None:
            return None
        return Datagram(kind, source, target, whole, 0, len(whole), len(whole), False)

    def _tunnel(self, outer: Datagram) -> link.IpHeaderPlace | None:
        """Where the inner packet of a tunnel begins; None when this is no tunnel that is looked into."""
        buf, pos, end = outer.buf, outer.pos, outer.end
        place: link.IpHeaderPlace | None = None
        if outer.protocol == _IPIP:
            place = (pos, link.IPV4)
        elif outer.protocol == _SIX_IN_FOUR:
            place = (pos, link.IPV6)
        elif outer.protocol == _GRE:
            place = _gre(buf, pos, end)
        elif outer.protocol == UDP and pos + 8 <= end:
            port = buf[pos + 2] << 8 | buf[pos + 3]
            if port in TUNNEL_PORTS:
                place = _udp_tunnel(port, buf, pos + 8, end)
        return place


def _gre(buf: bytes, pos: int, end: int) -> link.IpHeaderPlace | None:
    """RFC 2784 and 2890."""
    if pos + 4 > end:
        return None
    flags, kind = buf[pos], buf[pos + 2] << 8 | buf[pos + 3]
    pos += 4 + (4 if flags & 0x80 else 0) + (4 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
    if kind == 0x6558:
        return link.ethernet(buf, pos, end)
    if kind == 0x88BE:  # ERSPAN: type I has no header, type II one of eight bytes after the sequence number
        return link.ethernet(buf, pos + (8 if flags & 0x10 else 0), end)
    if kind == 0x22EB:  # ERSPAN type III: twelve bytes, and eight more where the last bit of them says so
        return link.ethernet(buf, pos + (20 if pos + 12 <= end and buf[pos + 11] & 1 else 12), end)
    return link.by_ethertype(kind, buf, pos, end)


def _udp_tunnel(port: int, buf: bytes, pos: int, end: int) -> link.IpHeaderPlace | None:
    if pos + 8 > end:
        return None
    if port in _VXLAN_PORTS:
        return link.ethernet(buf, pos + 8, end)
    if port == _GENEVE_PORT:
        kind = buf[pos + 2] << 8 | buf[pos + 3]
        pos += 8 + (buf[pos] & 0x3F) * 4
        return link.ethernet(buf, pos, end) if kind == 0x6558 else link.by_ethertype(kind, buf, pos, end)
    flags, kind = buf[pos], buf[pos + 1]
    if flags >> 5 != 1 or kind != 0xFF:  # GTP version 1, a G-PDU (3GPP TS 29.281)
        return None
    pos += 8
    if flags & 7:
        next_header = buf[pos + 3] if flags & 4 and pos + 4 <= end else 0
        pos += 4
        while next_header and pos + 4 <= end and buf[pos]:
            size = buf[pos] * 4
            next_header = buf[pos + size - 1] if pos + size <= end else 0
            pos += size
    return link.by_version(buf, pos, end)


_ICMP_V4 = {(3, 0): "network-unreachable", (3, 1): "host-unreachable", (3, 3): "port-unreachable"}
_ICMP_V4 |= {(3, 4): "fragmentation-needed", (3, 9): "admin-prohibited", (3, 10): "admin-prohibited"}
_ICMP_V4 |= {(3, 6): "network-unreachable", (3, 7): "host-unreachable", (3, 13): "admin-prohibited"}
_ICMP_V4 |= {(3, 11): "network-unreachable", (3, 12): "host-unreachable"}
_ICMP_V6 = {(1, 0): "network-unreachable", (1, 1): "admin-prohibited", (1, 3): "host-unreachable"}
_ICMP_V6 |= {(1, 4): "port-unreachable", (1, 5): "admin-prohibited", (1, 6): "admin-prohibited"}


def quoted_tcp(datagram: Datagram) -> tuple[str, bytes] | None:
    """An ICMP error quotes the start of the packet that it is about (RFC 792, RFC 4443): its name, and addresses and
    ports of the TCP segment. None for other messages, and where the quote is no TCP."""
    buf, pos, end = datagram.buf, datagram.pos, datagram.end
    if pos + 8 > end:
        return None
    kind, code = buf[pos], buf[pos + 1]
    if datagram.protocol == ICMP:
        name, quoted, ports = _ICMP_V4.get((kind, code)), link.IPV4, 20
    else:
        name = "fragmentation-needed" if kind == 2 else _ICMP_V6.get((kind, code))
        quoted, ports = link.IPV6, 40
    start = pos + 8
    if name is None or start + ports + 4 > end:
        return None
    if quoted == link.IPV4:
        ports = (buf[start] & 15) * 4
        addresses, protocol = buf[start + 12 : start + 20], buf[start + 9]
    else:
        addresses, protocol = buf[start + 8 : start + 40], buf[start + 6]
    if protocol != TCP or start + ports + 4 > end:
        return None
    return name, addresses + buf[start + ports : start + ports + 4]
