"""Packets for the tests, written by hand: a TCP conversation told step by step, as pcap or pcapng of any build."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field
from ipaddress import ip_address

from sestriage.formats.capture import read_capture
from sestriage.formats.tls.keylog import KeyLog
from sestriage.model.capture import Capture, Stream
from sestriage.model.source import SourceRef

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
SOURCE = SourceRef("test.pcap")


def checksum_free_tcp(sport: int, dport: int, seq: int, ack: int, flags: int, payload: bytes) -> bytes:
    return struct.pack(">HHIIBBHHH", sport, dport, seq % 2**32, ack % 2**32, 0x50, flags, 8192, 0, 0) + payload


def ipv4(source: str, target: str, protocol: int, payload: bytes, *, ident: int = 1, fragment: int = 0x4000) -> bytes:
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), ident, fragment, 64, protocol, 0)
    return head + ip_address(source).packed + ip_address(target).packed + payload


def ipv6(source: str, target: str, protocol: int, payload: bytes, *, extensions: bytes = b"", first: int = 0) -> bytes:
    body = extensions + payload
    head = struct.pack(">IHBB", 0x60000000, len(body), first if extensions else protocol, 64)
    return head + ip_address(source).packed + ip_address(target).packed + body


def packet_of(source: str, target: str, protocol: int, payload: bytes) -> bytes:
    return (ipv6 if ":" in source else ipv4)(source, target, protocol, payload)


def ethernet(packet: bytes, tags: tuple[int, ...] = ()) -> bytes:
    kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    vlan = b"".join(struct.pack(">HH", tag, 7) for tag in tags)
    return b"\x02" * 6 + b"\x04" * 6 + vlan + struct.pack(">H", kind) + packet


def pcap(
    frames: list[bytes], link: int = 1, order: str = "<", *, nano: bool = False, snap: int | None = None, start: int = 0
) -> bytes:
    """A pcap file; frame n is taken at 1,700,000,000 + n/10 seconds."""
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    out = [struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, snap or 262144, link)]
    for number, frame in enumerate(frames, start):
        kept = frame[:snap] if snap else frame
        tenth = 100_000_000 if nano else 100_000
        seconds, fraction = divmod(number, 10)
        out.append(struct.pack(f"{order}IIII", 1_700_000_000 + seconds, fraction * tenth, len(kept), len(frame)) + kept)
    return b"".join(out)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    total = 12 + len(body)
    return struct.pack(f"{order}II", kind, total) + body + struct.pack(f"{order}I", total)


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link: int, order: str = "<", options: bytes = b"", snap: int = 0) -> bytes:
    return block(1, struct.pack(f"{order}HHI", link, 0, snap) + options, order)


def enhanced(frame: bytes, units: int, number: int = 0, order: str = "<") -> bytes:
    head = struct.pack(f"{order}IIIII", number, units >> 32, units & 0xFFFFFFFF, len(frame), len(frame))
    return block(6, head + frame, order)


def pcapng(frames: list[bytes], link: int = 1, order: str = "<", secrets: bytes | None = None) -> bytes:
    out = section(order) + interface(link, order)
    if secrets is not None:
        out += block(10, struct.pack(f"{order}II", 0x544C534B, len(secrets)) + secrets, order)
    for number, frame in enumerate(frames):
        out += enhanced(frame, 1_700_000_000_000_000 + number * 100_000, order=order)
    return out


@dataclass
class Talk:
    """A TCP conversation: each step adds one IP packet to `packets`."""

    client: tuple[str, int] = ("10.0.0.5", 40000)
    server: tuple[str, int] = ("192.0.2.25", 587)
    client_seq: int = 1000
    server_seq: int = 5000
    packets: list[bytes] = field(default_factory=list)

    def raw(
        self, from_client: bool, flags: int, payload: bytes = b"", *, seq: int | None = None, ack: int = -1
    ) -> bytes:
        (source, sport), (target, dport) = (self.client, self.server) if from_client else (self.server, self.client)
        own = self.client_seq if from_client else self.server_seq
        other = self.server_seq if from_client else self.client_seq
        number = own if seq is None else seq
        tcp = checksum_free_tcp(sport, dport, number, other if ack < 0 else ack, flags, payload)
        packet = packet_of(source, target, 6, tcp)
        self.packets.append(packet)
        return packet

    def connect(self) -> Talk:
        self.raw(True, SYN, ack=0)
        self.client_seq += 1
        self.raw(False, SYN | ACK)
        self.server_seq += 1
        self.raw(True, ACK)
        return self

    def says(self, from_client: bool, data: bytes, size: int = 1400) -> Talk:
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            self.raw(from_client, PSH | ACK, piece)
            if from_client:
                self.client_seq += len(piece)
            else:
                self.server_seq += len(piece)
        return self

    def c(self, data: bytes) -> Talk:
        return self.says(True, data)

    def s(self, data: bytes) -> Talk:
        return self.says(False, data)

    def fin(self, from_client: bool) -> Talk:
        self.raw(from_client, FIN | ACK)
        if from_client:
            self.client_seq += 1
        else:
            self.server_seq += 1
        return self

    def ack(self, from_client: bool) -> Talk:
        self.raw(from_client, ACK)
        return self

    def rst(self, from_client: bool) -> Talk:
        self.raw(from_client, RST | ACK)
        return self

    def frames(self) -> list[bytes]:
        return [ethernet(p) for p in self.packets]

    def capture(self, keylog: bytes | None = None) -> Capture:
        return read(pcap(self.frames()), keylog)

    def stream(self, keylog: bytes | None = None) -> Stream:
        """The one stream of the capture."""
        capture = self.capture(keylog)
        assert capture.problem is None
        (stream,) = capture.streams
        return stream


def read(data: bytes, keylog: bytes | None = None) -> Capture:
    return read_capture(io.BytesIO(data), SOURCE, KeyLog(keylog or b""))


def udp(source: str, sport: int, target: str, dport: int, payload: bytes) -> bytes:
    return packet_of(source, target, 17, struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload)


# -- TLS by hand -------------------------------------------------------------------------------------------------------


def record(kind: int, payload: bytes, version: int = 0x0303) -> bytes:
    return struct.pack(">BHH", kind, version, len(payload)) + payload


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def vector(size: int, data: bytes) -> bytes:
    return len(data).to_bytes(size, "big") + data


def extension(kind: int, data: bytes) -> bytes:
    return struct.pack(">H", kind) + vector(2, data)


def client_hello(
    sni: str | None = "email-smtp.us-east-1.amazonaws.com",
    suites: tuple[int, ...] = (0xC02F, 0x009E),
    extra: bytes = b"",
) -> bytes:
    extensions = extra
    if sni is not None:
        extensions = extension(0, vector(2, b"\0" + vector(2, sni.encode()))) + extensions
    body = b"\x03\x03" + bytes(range(32)) + vector(1, b"")
    body += vector(2, b"".join(s.to_bytes(2, "big") for s in suites)) + vector(1, b"\0")
    return message(1, body + vector(2, extensions))


def server_hello(suite: int = 0xC02F, version: int = 0x0303, extra: bytes = b"", session: bytes = b"") -> bytes:
    body = version.to_bytes(2, "big") + b"\x77" * 32 + vector(1, session) + suite.to_bytes(2, "big") + b"\0"
    return message(2, body + (vector(2, extra) if extra else b""))


def certificate(*ders: bytes) -> bytes:
    return message(11, vector(3, b"".join(vector(3, der) for der in ders)))


def dhe_key_exchange(bits: int) -> bytes:
    prime = (1 << (bits - 1) | 1).to_bytes((bits + 7) // 8, "big")
    return message(
        12, vector(2, prime) + vector(2, b"\x02") + vector(2, b"\x05" * len(prime)) + b"\x06\x01" + vector(2, b"s")
    )


HELLO_DONE = message(14, b"")
CCS = record(20, b"\x01")
"""ChangeCipherSpec."""


def finished() -> bytes:
    return record(22, b"\xee" * 40)


def alert(level: int, code: int) -> bytes:
    return record(21, bytes([level, code]))
