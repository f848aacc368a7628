"""Link layers: from the first byte of a frame to the first byte of its IP header.

Link types are those of the tcpdump project (https://www.tcpdump.org/linktypes.html).
"""

from __future__ import annotations

from collections.abc import Callable

IPV4, IPV6 = 0x0800, 0x86DD
_VLAN_TAGS = frozenset({0x8100, 0x88A8, 0x9100, 0x9200, 0x9300})
_PPPOE, _MPLS, _MPLS_MULTICAST = 0x8864, 0x8847, 0x8848
_PPP_IPV4, _PPP_IPV6 = 0x0021, 0x0057
_AF_INET = 2
_AF_INET6 = frozenset({10, 24, 28, 30})
"""AF_INET6 on Linux, NetBSD, FreeBSD and macOS."""
MAX_TAGS = 8
"""VLAN tags or MPLS labels that are walked through."""

IpHeaderPlace = tuple[int, int]
"""Offset of the IP header, and IPV4 or IPV6."""


def by_version(buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    """The IP version by the header's first half byte."""
    if pos >= end:
        return None
    version = buf[pos] >> 4
    return (pos, IPV4) if version == 4 else (pos, IPV6) if version == 6 else None


def _ppp(buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    if pos + 2 > end:
        return None
    if buf[pos] == 0xFF and buf[pos + 1] == 0x03:  # address and control field (RFC 1662)
        pos += 2
    if pos + 2 > end:
        return None
    protocol = buf[pos]
    if protocol & 1:
        pos += 1  # compressed protocol field
    else:
        protocol = protocol << 8 | buf[pos + 1]
        pos += 2
    return (pos, IPV4) if protocol == _PPP_IPV4 else (pos, IPV6) if protocol == _PPP_IPV6 else None


def _mpls(buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    for _ in range(MAX_TAGS):
        if pos + 4 > end:
            return None
        bottom = buf[pos + 2] & 1
        pos += 4
        if bottom:
            return by_version(buf, pos, end)
    return None


def by_ethertype(kind: int, buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    """The payload after an EtherType, through VLAN tags, PPPoE and MPLS."""
    for _ in range(MAX_TAGS):
        if kind in (IPV4, IPV6):
            return pos, kind
        if kind in _VLAN_TAGS:
            if pos + 4 > end:
                return None
            kind = buf[pos + 2] << 8 | buf[pos + 3]
            pos += 4
            continue
        if kind == _PPPOE:
            return _ppp(buf, pos + 6, end)
        if kind in (_MPLS, _MPLS_MULTICAST):
            return _mpls(buf, pos, end)
        if kind <= 1500 and buf[pos : pos + 6] == b"\xaa\xaa\x03\x00\x00\x00" and pos + 8 <= end:  # LLC/SNAP
            kind = buf[pos + 6] << 8 | buf[pos + 7]
            pos += 8
            continue
        return None
    return None


def ethernet(buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    """An Ethernet frame."""
    if pos + 14 > end:
        return None
    if buf[pos + 12] == 8 and not buf[pos + 13]:  # nearly all frames
        return pos + 14, IPV4
    return by_ethertype(buf[pos + 12] << 8 | buf[pos + 13], buf, pos + 14, end)


def _null(buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    """BSD loopback: the address family in the byte order of the capturing host (or, for LOOP, big-endian)."""
    if pos + 4 > end:
        return None
    family = buf[pos] | buf[pos + 3]  # one of the two is zero, whatever the byte order
    if family == _AF_INET:
        return pos + 4, IPV4
    return (pos + 4, IPV6) if family in _AF_INET6 else None


def _sll(buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    if pos + 16 > end:
        return None
    return by_ethertype(buf[pos + 14] << 8 | buf[pos + 15], buf, pos + 16, end)


def _sll2(buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    if pos + 20 > end:
        return None
    return by_ethertype(buf[pos] << 8 | buf[pos + 1], buf, pos + 20, end)


def _pppoe(buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    return _ppp(buf, pos + 6, end)


def _cisco_hdlc(buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    if pos + 4 > end:
        return None
    return by_ethertype(buf[pos + 2] << 8 | buf[pos + 3], buf, pos + 4, end)


def _nflog(buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    """Packets of iptables' NFLOG target: attributes, of which the one of type 9 is the packet."""
    pos += 4
    while pos + 4 <= end:
        length = int.from_bytes(buf[pos : pos + 2], "little")
        if int.from_bytes(buf[pos + 2 : pos + 4], "little") & 0x7FFF == 9:
            return by_version(buf, pos + 4, end)
        pos += max(4, (length + 3) & ~3)
    return None


def _snap(buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    """LLC/SNAP, which is how IP travels on all IEEE 802 networks but Ethernet (RFC 1042)."""
    return by_ethertype(0, buf, pos, end)


def _fddi(buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    return _snap(buf, pos + 13, end)


def _token_ring(buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    """The first bit of the source address says that routing information follows, its length in five bits."""
    if pos + 16 > end:
        return None
    route = buf[pos + 14] & 31 if buf[pos + 8] & 0x80 else 0
    return _snap(buf, pos + 14 + route, end)


def _directed_ppp(buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    return _ppp(buf, pos + 1, end)


def _ipv4(buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    return (pos, IPV4) if pos < end else None


def _ipv6(buf: bytes, pos: int, end: int) -> IpHeaderPlace | None:
    return (pos, IPV6) if pos < end else None


LINKS: dict[int, Callable[[bytes, int, int], IpHeaderPlace | None]] = {
    0: _null,
    1: ethernet,
    6: _token_ring,
    9: _ppp,
    10: _fddi,
    12: by_version,
    14: by_version,
    50: _ppp,
    51: _pppoe,
    101: by_version,
    104: _cisco_hdlc,
    108: _null,
    113: _sll,
    204: _directed_ppp,
    228: _ipv4,
    229: _ipv6,
    239: _nflog,
    276: _sll2,
}
"""Link type to the function that finds the IP header."""

WITH_ETHERTYPE = frozenset({1, 104, 113})
"""Link types whose frames have the EtherType directly in front of the IP header, behind tags as well."""
