"""Captures that differ in kind from those of `make_capture.py`: what a mail looks like among strangers.

    python tests/bench/capture_families.py --family flows --out flows.pcap [--packets 1000000]

`long` few long flows; `flows` 20,000 flows of unknown protocols and HTTP; `web` 20,000 HTTPS conversations; `scan` a
port scan of many hosts; `begun` flows that were there before the capture; `lossy` a tenth lost, a tenth out of order;
`noise` QUIC and NetFlow; `flows-vlan`, `flows-ipv6`. Each has two attempts to mail that fail; what ends in `-without`
has none. `knocks` is nothing but single SYNs to port 587 (three times as many packets), `crowd` short mails.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator
from itertools import count as counter
from itertools import islice
from pathlib import Path

from make_capture import (
    ACK,
    BUILDS,
    PACKETS,
    PSH,
    SYN,
    Build,
    Flow,
    Maker,
    Step,
    TcpFlow,
    UdpFlow,
    Wrapper,
    save,
    segments,
)

SEED = 20261129
FLOWS = 20_000
RST = 4
FAILED = (("pkix-root-missing", 587), ("credentials-invalid", 587))
"""The samples of the two attempts, and where they stand: after a fifth and after three fifths of the packets."""
PLACES = (0.2, 0.6)
FAMILIES = ("long", "flows", "web", "scan", "begun", "lossy", "noise", "flows-vlan", "flows-ipv6")
WITHOUT = ("flows-without", "web-without", "scan-without", "noise-without")
MAIL_ONLY = ("knocks", "crowd")
KNOCKS = 3
"""Times the usual number of packets."""


class Crowd(Maker):
    """Makes the flows of the families, each of about so many packets."""

    def __init__(self, build: Build, rng: random.Random, each: int) -> None:
        super().__init__(build, rng)
        self.each = each
        self._host = 0

    def wrapper(self, port: int, protocol: int = 6) -> Wrapper:
        """Ends that no other flow has, however many there are."""
        self._host += 1
        client = 0x0A000000 + self._host % 60_000, 10_000 + self._host * 7 % 50_000
        return Wrapper(self.build, (client, (0xC6336400 + self._host // 60_000 % 250, port)), protocol)

    def strange(self, *, begun: bool = False) -> Flow:
        """A flow of a protocol that nobody knows, or HTTP."""
        web = self.rng.random() < 0.3
        port = 80 if web else self.rng.choice((445, 2049, 9100, 5432, 3306, 6379, 22, 3260, 50_000, 8443))
        first = b"GET / HTTP/1.1\r\nHost: intranet\r\n\r\n" if web else b"\x00\x00\x00\x2fHELO-binary" + self.block(30)

        def said() -> Iterator[Step]:
            if not begun:
                yield True, PSH | ACK, first
                yield False, PSH | ACK, b"HTTP/1.1 200 OK\r\n\r\n" if web else self.block(60)
            for number in range(max(1, self.rng.randrange(self.each * 2 - 8) // 2)):
                yield False, ACK, self.block(1400 if number % 3 else self.rng.randrange(20, 1400))
                yield True, ACK, b""

        return self.tcp(port, said(), begun=begun)

    def short_web(self) -> Flow:
        """HTTPS with few records."""
        flow = self.web()
        if isinstance(flow, TcpFlow):
            flow.script = islice(flow.script, self.each)
        return flow

    def probe(self) -> Flow:
        """One step of a scan: a SYN to any port of any host, half of them refused."""
        refused = self.rng.random() < 0.5

        def said() -> Iterator[Step]:
            yield True, SYN, b""
            if refused:
                yield False, RST | ACK, b""

        client = 0x0A000063, self.rng.randrange(32_768, 61_000)
        server = 0xC6336400 + self.rng.randrange(1, 250), self.rng.randrange(1, 65_536)
        return TcpFlow(Wrapper(self.build, (client, server), 6), said(), self.rng)

    def datagrams(self) -> Flow:
        """QUIC (UDP 443), or an export of NetFlow."""
        quic = self.rng.random() < 0.7
        size, count = (1200, self.each) if quic else (1400, self.rng.randrange(50, 4000))
        return UdpFlow(self.wrapper(443 if quic else 2055, 17), (self.block(size) for _ in range(count)))

    def knock(self) -> Flow:
        """A SYN to port 587, and nothing else."""

        def said() -> Iterator[Step]:
            yield True, SYN, b""

        return TcpFlow(self.wrapper(587), said(), self.rng)

    def short_mail(self) -> Flow:
        """A whole conversation with a mail server that refuses the sender."""

        def said() -> Iterator[Step]:
            yield from segments(False, b"220 mail.example.com ESMTP\r\n")
            yield from segments(True, b"EHLO smc.example.com\r\n")
            yield from segments(False, b"250-mail.example.com\r\n250 8BITMIME\r\n")
            yield from segments(True, b"MAIL FROM:<alarm@example.com>\r\n")
            yield from segments(False, b"554 Message rejected\r\n")

        return self.tcp(25, said())


def family(name: str, packets: int, seed: int = SEED) -> Iterator[bytes]:
    """The frames of a family."""
    kind, _, more = name.partition("-")
    rng = random.Random(seed)
    crowd = Crowd(BUILDS.get(more, Build()), rng, max(10, packets // FLOWS))
    makers: dict[str, Callable[[], Flow]] = {
        "long": crowd.strange,
        "flows": crowd.strange,
        "lossy": crowd.strange,
        "begun": lambda: crowd.strange(begun=True),
        "web": crowd.short_web,
        "scan": crowd.probe,
        "noise": crowd.datagrams,
        "knocks": crowd.knock,
        "crowd": crowd.short_mail,
    }
    if kind == "long":
        crowd.each = packets // 10
    wanted = [] if more == "without" or kind in MAIL_ONLY else FAILED
    planned = [(int(packets * place), crowd.replay(*mail)) for place, mail in zip(PLACES, wanted, strict=False)]
    total = packets * KNOCKS if kind == "knocks" else packets
    frames = _mixed(makers[kind], planned, total, rng, 20 if kind == "long" else 2000)
    yield from _damaged(frames, rng) if kind == "lossy" else frames


def _mixed(
    make: Callable[[], Flow], planned: list[tuple[int, Flow]], packets: int, rng: random.Random, at_once: int
) -> Iterator[bytes]:
    """Packets of flows that are open at the same time; those that are planned begin at a packet of their own."""
    active = [make() for _ in range(at_once)]
    for made in counter():
        if made >= packets:
            return
        if planned and made >= planned[0][0]:
            active[0] = planned.pop(0)[1]
        place = 0 if rng.random() < 0.01 else int(rng.random() * at_once)
        while (packet := active[place].next_packet()) is None:
            active[place] = make()
        yield packet


def _damaged(frames: Iterator[bytes], rng: random.Random) -> Iterator[bytes]:
    """A tenth is lost, a tenth comes later."""
    late: list[bytes] = []
    for frame in frames:
        chance = rng.random()
        if chance < 0.1:
            continue
        if chance < 0.2:
            late.append(frame)
            continue
        yield frame
        if late and rng.random() < 0.2:
            yield late.pop(rng.randrange(len(late)))
    yield from late


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", choices=(*FAMILIES, *WITHOUT, *MAIL_ONLY), required=True)
    parser.add_argument("--packets", type=int, default=PACKETS)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    with Path(arguments.out).open("wb") as out:
        save(out, family(arguments.family, arguments.packets), BUILDS.get(arguments.family.partition("-")[2], Build()))
    print(f"{arguments.out}: {Path(arguments.out).stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
