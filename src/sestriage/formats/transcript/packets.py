"""A conversation of the probe as packets, so that the readers of captures tell what it shows.

Payloads, addresses and times are the real ones; sequence numbers are made up. The server's port is the usual one for
what is spoken, so that the readers know it for mail. When the probe had all that it wanted, its own hanging up is left
out, for it says nothing of the server.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address

from sestriage.model.probe import ProbeTalk

RAW_IP = 101
"""Link type: packets begin with the IP header."""
SEGMENT = 1400
USUAL_PORTS = {"starttls": 587, "wrapper": 465}
_FIN, _SYN, _RST, _PSH, _ACK = 0x01, 0x02, 0x04, 0x08, 0x10
_UNSPECIFIED: dict[int, IPv4Address | IPv6Address] = {4: IPv4Address("0.0.0.0"), 6: IPv6Address("::")}  # noqa: S104 - an address that was never known
_Address = IPv4Address | IPv6Address


@dataclass(slots=True)
class _Wire:
    """The packets so far, and how many bytes each side has sent."""

    client: tuple[_Address, int]
    server: tuple[_Address, int]
    packets: list[bytes] = field(default_factory=list)
    sent: dict[bool, int] = field(default_factory=lambda: {True: 1000, False: 5000})

    def add(self, at: datetime, flags: int, data: bytes = b"", *, client: bool) -> None:
        """One segment."""
        source, target = (self.client, self.server) if client else (self.server, self.client)
        ack = self.sent[not client] if flags & _ACK else 0
        tcp = struct.pack(">HHIIBBHHH", source[1], target[1], self.sent[client], ack, 0x50, flags, 65000, 0, 0)
        packet = _ip(source[0], target[0], tcp + data)
        seconds = int(at.timestamp())
        header = struct.pack("<IIII", seconds, at.microsecond, len(packet), len(packet))
        self.packets.append(header + packet)
        self.sent[client] += len(data) + bool(flags & (_SYN | _FIN))


def capture_of(talk: ProbeTalk) -> bytes:
    """The conversation as a pcap file (link type raw IP)."""
    server = ip_address(talk.address.partition("%")[0])
    client, port = _UNSPECIFIED[server.version], 1
    if talk.local is not None and (known := ip_address(talk.local[0].partition("%")[0])).version == server.version:
        client, port = known, talk.local[1]
    wire = _Wire((client, port), (server, USUAL_PORTS[talk.mode]))
    wire.add(talk.started, _SYN, client=True)
    if talk.end == "refused":
        wire.add(talk.ended, _RST | _ACK, client=False)
    elif talk.local is not None or talk.end == "server-reset":  # a reset may come before our end is known
        wire.add(talk.started, _SYN | _ACK, client=False)
        wire.add(talk.started, _ACK, client=True)
        for chunk in talk.chunks:
            for at in range(0, len(chunk.data), SEGMENT):
                wire.add(chunk.time, _PSH | _ACK, chunk.data[at : at + SEGMENT], client=chunk.client)
        _end(wire, talk)
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, RAW_IP) + b"".join(wire.packets)


def _end(wire: _Wire, talk: ProbeTalk) -> None:
    if talk.end == "server-closed":
        wire.add(talk.ended, _FIN | _ACK, client=False)
    elif talk.end == "server-reset":
        wire.add(talk.ended, _RST | _ACK, client=False)
    elif talk.end in ("gave-up", "timed-out", "limit"):
        wire.add(talk.ended, _FIN | _ACK, client=True)


def _ip(source: _Address, target: _Address, payload: bytes) -> bytes:
    if isinstance(source, IPv4Address):
        length = 20 + len(payload)
        return struct.pack(">BBHHHBBH", 0x45, 0, length, 0, 0x4000, 64, 6, 0) + source.packed + target.packed + payload
    return struct.pack(">IHBB", 6 << 28, len(payload), 6, 64) + source.packed + target.packed + payload
