"""A capture of a whole interface, of any size, from a seed: mostly other traffic, and a few mail conversations.

    python tests/bench/make_capture.py --out big.pcap                       # 1,000,000 packets, about 700 MB
    python tests/bench/make_capture.py --variant vlan --out vlan.pcap
    python tests/bench/make_capture.py --packets 5000000 --out huge.pcap

Downloads and uploads of an unknown protocol, HTTPS, plain HTTP, NetFlow, syslog, DNS, ARP, interleaved, with flows that
were there before the capture began. The mail and HTTPS conversations are those of the samples, replayed between other
addresses. Variants: `plain` (Ethernet, IPv4), `vlan` and `ipv6` (all packets), `sll2`, `small` (no packet is longer
than 66 bytes), `smtp` (every packet belongs to an SMTP conversation), `pcapng`.
"""

from __future__ import annotations

import argparse
import random
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
SEED = 20260304
START = 1_772_600_000
PACKETS = 1_000_000
ACTIVE = 150
"""Flows that are open at a time."""
WRITE_BYTES = 1 << 20
SEGMENT = 1448
FIN, SYN, PSH, ACK = 1, 2, 8, 16
VARIANTS = ("plain", "vlan", "ipv6", "sll2", "small", "smtp", "pcapng")
MAIL = (
    ("pkix-root-missing", 587),
    ("credentials-invalid", 587),
    ("hostname-mismatch-jsse", 465),
    ("dh-openssl", 587),
    ("expired", 2587),
    ("tls13", 587),
)
"""Samples whose conversations stand in every capture twice, and the ports at which they stand there."""
WEB = "success"
"""The sample whose TLS (what follows STARTTLS) stands for HTTPS."""
NAMES = b"email-smtp.us-east-1.amazonaws.com", b"applications.intranet.example.com."
"""The host name in that sample, and one of the same length that is nobody's mail host."""
_OPTIONS = bytes.fromhex("0101080a0000100000002000")
"""Two NOPs and TCP time stamps, as nearly every system sends them."""

Step = tuple[bool, int, bytes]
"""From the client, TCP flags, payload."""


@dataclass(frozen=True, slots=True)
class Build:
    """How packets are wrapped."""

    link_type: int = 1
    v6: bool = False
    vlan: bool = False
    pcapng: bool = False

    def link(self, from_client: bool, ethertype: int) -> bytes:
        """The link header."""
        if self.link_type == 276:
            return struct.pack(">HHIHBB8s", ethertype, 0, 2, 1, 4 if from_client else 0, 6, b"\x02\0\0\0\0\x01")
        ends = b"\x02\0\0\0\0\x01", b"\x02\0\0\0\0\x02"
        tag = b"\x81\x00\x00\x2a" if self.vlan else b""
        return b"".join(ends if from_client else ends[::-1]) + tag + struct.pack(">H", ethertype)


BUILDS = {
    "vlan": Build(vlan=True),
    "ipv6": Build(v6=True),
    "sll2": Build(link_type=276),
    "pcapng": Build(pcapng=True),
}


class Wrapper:
    """Wraps payloads between two ends."""

    def __init__(self, build: Build, ends: tuple[tuple[int, int], tuple[int, int]], protocol: int) -> None:
        self.protocol = protocol
        self.v6 = build.v6
        self.ports = [struct.pack(">HH", a[1], b[1]) for a, b in (ends, ends[::-1])]
        kind = 0x86DD if build.v6 else 0x0800
        self.link = [build.link(side == 0, kind) for side in (0, 1)]
        prefix = bytes.fromhex("20010db8" + "00" * 8) if build.v6 else b""
        addresses = [prefix + address.to_bytes(4, "big") for address, _ in ends]
        self.addresses = [addresses[0] + addresses[1], addresses[1] + addresses[0]]

    def packet(self, side: int, transport: bytes) -> bytes:
        if self.v6:
            head = struct.pack(">IHBB", 0x60000000, len(transport), self.protocol, 64)
        else:
            head = struct.pack(">BBHIBBH", 0x45, 0, 20 + len(transport), 0x00014000, 64, self.protocol, 0)
        return self.link[side] + head + self.addresses[side] + transport


class TcpFlow:
    """A TCP conversation that plays a script."""

    def __init__(self, wrapper: Wrapper, script: Iterator[Step], rng: random.Random) -> None:
        self.wrapper = wrapper
        self.script = script
        self.seq = [rng.getrandbits(32), rng.getrandbits(32)]

    def next_packet(self) -> bytes | None:
        """The next packet; None when the conversation is over."""
        step = next(self.script, None)
        if step is None:
            return None
        from_client, flags, payload = step
        side = 0 if from_client else 1
        ack = self.seq[1 - side] if flags & ACK else 0
        head = struct.pack(">IIBBHHH", self.seq[side], ack, 0x80, flags, 501, 0, 0)
        self.seq[side] = (self.seq[side] + len(payload) + (1 if flags & (SYN | FIN) else 0)) & 0xFFFFFFFF
        return self.wrapper.packet(side, self.wrapper.ports[side] + head + _OPTIONS + payload)


class UdpFlow:
    """Datagrams from the client."""

    def __init__(self, wrapper: Wrapper, payloads: Iterator[bytes]) -> None:
        self.wrapper = wrapper
        self.payloads = payloads

    def next_packet(self) -> bytes | None:
        """The next packet; None when there are no more."""
        payload = next(self.payloads, None)
        if payload is None:
            return None
        return self.wrapper.packet(0, self.wrapper.ports[0] + struct.pack(">HH", 8 + len(payload), 0) + payload)


Flow = TcpFlow | UdpFlow


@cache
def sample_payloads(name: str) -> tuple[tuple[bool, bytes], ...]:
    """What the client (True) and the server of a sample's first conversation said, segment by segment."""
    data = (SAMPLES / name / "test-action.pcap").read_bytes()
    link = {1: 14, 113: 16, 276: 20}[struct.unpack_from("<I", data, 20)[0]]
    pos, said = 24, []
    client: bytes | None = None
    seen: set[tuple[bytes, bytes]] = set()
    while pos + 16 <= len(data):
        length = struct.unpack_from("<I", data, pos + 8)[0]
        ip = data[pos + 16 + link : pos + 16 + length]
        pos += 16 + length
        v6 = ip[0] >> 4 == 6
        protocol, start = (ip[6], 40) if v6 else (ip[9], 20)
        if protocol != 6:
            continue
        tcp = ip[start : 40 + int.from_bytes(ip[4:6], "big") if v6 else int.from_bytes(ip[2:4], "big")]
        ports, flags = tcp[:4], tcp[13]
        if flags & (SYN | ACK) == SYN:
            if client is not None and ports != client:
                break
            client = ports
        payload = tcp[(tcp[12] >> 4) * 4 :]
        if payload and (ports, tcp[4:8]) not in seen:
            seen.add((ports, tcp[4:8]))
            said.append((ports == client, payload))
    return tuple(said)


def segments(from_client: bool, payload: bytes) -> Iterator[Step]:
    """Payload as segments, with the acknowledgements of the other side."""
    for number, start in enumerate(range(0, len(payload), SEGMENT)):
        yield from_client, PSH | ACK, payload[start : start + SEGMENT]
        if number % 2:
            yield not from_client, ACK, b""


def conversation(said: Iterator[Step], *, begun: bool = False) -> Iterator[Step]:
    """The whole life of a connection; `begun`: it was there before the capture."""
    if not begun:
        yield True, SYN, b""
        yield False, SYN | ACK, b""
        yield True, ACK, b""
    yield from said
    yield True, FIN | ACK, b""
    yield False, FIN | ACK, b""
    yield True, ACK, b""


class Maker:
    """Makes flows of every kind."""

    def __init__(self, build: Build, rng: random.Random) -> None:
        self.build = build
        self.rng = rng
        self.pool = rng.randbytes(1 << 20)
        self._port = 20_000

    def block(self, size: int) -> bytes:
        """Bytes without any meaning."""
        start = self.rng.randrange(len(self.pool) - size)
        return self.pool[start : start + size]

    def wrapper(self, port: int, protocol: int = 6) -> Wrapper:
        """Two ends that no other flow has."""
        self._port = 20_000 + (self._port - 19_999) % 40_000
        client = 0x0A000000 + self.rng.randrange(1, 1 << 16), self._port
        server = 0xC6336400 + self.rng.randrange(1, 250), port
        return Wrapper(self.build, (client, server), protocol)

    def tcp(self, port: int, said: Iterator[Step], *, begun: bool = False) -> Flow:
        """A TCP flow."""
        return TcpFlow(self.wrapper(port), conversation(said, begun=begun), self.rng)

    def replay(self, sample: str, port: int) -> Flow:
        """A sample's conversation."""
        return self.tcp(port, (s for from_client, data in sample_payloads(sample) for s in segments(from_client, data)))

    def bulk(self, *, begun: bool = False) -> Flow:
        """A transfer of a protocol that nobody knows."""
        count = int(self.rng.paretovariate(1.1) * 60)
        up = self.rng.random() < 0.2

        def said() -> Iterator[Step]:
            yield True, PSH | ACK, b"\x00\x00\x00\x2fHELO-binary" + self.block(30)
            for number in range(min(count, 60_000)):
                yield up, ACK, self.block(SEGMENT if number % 3 else self.rng.randrange(40, SEGMENT))
                yield not up, ACK, b""

        return self.tcp(self.rng.choice((8080, 445, 2049, 9100, 5432, 22, 3260)), said(), begun=begun)

    def web(self) -> Flow:
        """HTTPS: a handshake of a sample, then records."""
        count = int(self.rng.paretovariate(1.2) * 150)

        def said() -> Iterator[Step]:
            said = sample_payloads(WEB)
            hello = next(n for n, (_, data) in enumerate(said) if data[0] == 0x16)
            for from_client, data in said[hello:]:
                yield from segments(from_client, data.replace(*NAMES) if from_client else data)
            for _ in range(min(count, 5000)):
                size = self.rng.choice((400, 4000, 16_000))
                yield from segments(self.rng.random() < 0.1, struct.pack(">BHH", 23, 0x303, size) + self.block(size))

        return self.tcp(443, said())

    def http(self) -> Flow:
        """Plain HTTP."""

        def said() -> Iterator[Step]:
            for _ in range(self.rng.randrange(1, 12)):
                yield True, PSH | ACK, b"GET /%d HTTP/1.1\r\nHost: intranet\r\n\r\n" % self.rng.randrange(10**9)
                body = self.block(self.rng.randrange(100, 60_000))
                head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
                yield from segments(False, head + body)

        return self.tcp(80, said())

    def udp(self, port: int) -> Flow:
        """NetFlow, or syslog."""
        size = 1400 if port == 2055 else 220
        count = self.rng.randrange(50, 4000)
        return UdpFlow(self.wrapper(port, 17), (self.block(size) for _ in range(count)))

    def dns(self) -> Flow:
        """A question without answer."""
        name = b"".join(bytes([len(p)]) + p for p in (b"host%d" % self.rng.randrange(10**6), b"example", b"com"))
        question = self.rng.randbytes(2) + b"\x01\0\0\x01\0\0\0\0\0\0" + name + b"\0\0\x01\0\x01"
        return UdpFlow(self.wrapper(53, 17), iter((question,)))

    def small(self) -> Flow:
        """Segments without payload."""

        def said() -> Iterator[Step]:
            yield True, PSH | ACK, b""
            for number in range(int(self.rng.paretovariate(1.1) * 100)):
                yield bool(number & 1), ACK, b""

        return self.tcp(8080, said())

    def mail(self) -> Flow:
        """A mail in the clear, of any size, or a conversation of a sample."""
        if self.rng.random() < 0.2:
            return self.replay(*self.rng.choice(MAIL))
        lines = b"".join(b"%s\r\n" % self.block(38).hex().encode() for _ in range(600))
        size = int(self.rng.paretovariate(1.2) * 8000)

        def said() -> Iterator[Step]:
            yield from segments(False, b"220 mail.example.com ESMTP\r\n")
            yield from segments(True, b"EHLO smc.example.com\r\n")
            yield from segments(False, b"250-mail.example.com\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
            yield from segments(True, b"MAIL FROM:<alarm@example.com>\r\nRCPT TO:<soc@example.com>\r\nDATA\r\n")
            yield from segments(False, b"250 Ok\r\n250 Ok\r\n354 go ahead\r\n")
            body = (lines * (1 + min(size, 3_000_000) // len(lines)))[:size]
            yield from segments(True, b"Subject: alarm\r\n\r\n" + body + b"\r\n.\r\n")
            yield from segments(False, b"250 Ok 0100018e-%012d\r\n" % self.rng.randrange(10**12))
            yield from segments(True, b"QUIT\r\n")
            yield from segments(False, b"221 Bye\r\n")

        return self.tcp(25, said())

    def other(self) -> Flow:
        """Any flow that is no mail."""
        return self.rng.choices(
            (self.bulk, self.web, self.http, lambda: self.udp(2055), lambda: self.udp(514), self.dns),
            (20, 2, 15, 3, 4, 10),
        )[0]()


def flows(variant: str, maker: Maker, count: int) -> tuple[Callable[[], Flow], list[tuple[int, Flow]]]:
    """What makes the flows of the crowd, and the flows that begin at a packet of their own."""
    if variant == "smtp":
        return maker.mail, []
    few = [maker.replay(sample, port) for _ in range(2) for sample, port in MAIL] if variant != "small" else []
    planned = [(count * (n + 1) // (len(few) + 2), flow) for n, flow in enumerate(few)]
    return maker.small if variant == "small" else maker.other, planned


def packets(variant: str, count: int, seed: int = SEED) -> Iterator[bytes]:
    """The frames of a capture."""
    rng = random.Random(seed)
    maker = Maker(BUILDS.get(variant, Build()), rng)
    crowd, planned = flows(variant, maker, count)
    active = [maker.bulk(begun=True) if variant not in ("smtp", "small") else crowd() for _ in range(ACTIVE)]
    planned.reverse()
    made = 0
    while made < count:
        if planned and made >= planned[-1][0]:
            active[rng.randrange(ACTIVE)] = planned.pop()[1]
        place = int(rng.random() * ACTIVE)
        for _ in range(int(rng.random() * 12) + 1):  # packets of one flow come in bursts
            packet = active[place].next_packet()
            if packet is None:
                active[place] = crowd()
                break
            yield packet
            made += 1
            if made == count:
                return


def write(out: BinaryIO, variant: str, count: int, seed: int = SEED) -> None:
    """Writes a capture."""
    save(out, packets(variant, count, seed), BUILDS.get(variant, Build()))


def save(out: BinaryIO, frames: Iterable[bytes], build: Build) -> None:
    """Writes frames as a capture."""
    if build.pcapng:
        out.write(struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28))
        out.write(struct.pack("<IIHHII", 1, 20, build.link_type, 0, 262144, 20))
    else:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, build.link_type))
    portion, held = [], 0
    for number, frame in enumerate(frames):
        moment = START * 1_000_000 + number * 50
        size = len(frame)
        if build.pcapng:
            total = 32 + size + (-size & 3)
            head = struct.pack("<IIIIIII", 6, total, 0, moment >> 32, moment & 0xFFFFFFFF, size, size)
            record = head + frame + bytes(-size & 3) + struct.pack("<I", total)
        else:
            record = struct.pack("<IIII", *divmod(moment, 1_000_000), size, size) + frame
        portion.append(record)
        held += len(record)
        if held > WRITE_BYTES:
            out.write(b"".join(portion))
            portion, held = [], 0
    out.write(b"".join(portion))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variant", choices=VARIANTS, default="plain")
    parser.add_argument("--packets", type=int, default=PACKETS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    with Path(arguments.out).open("wb") as out:
        write(out, arguments.variant, arguments.packets, arguments.seed)
    print(f"{arguments.out}: {Path(arguments.out).stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
