"""The gate decides as the long way does, only without it: counts of packets that went the long way, never times."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.capture.wire import (
    FIN,
    RST,
    SYN,
    Talk,
    client_hello,
    ethernet,
    ipv4,
    packet_of,
    pcap,
    pcapng,
    read,
    record,
    server_hello,
    udp,
)
from sestriage.formats.capture import packet_walk
from sestriage.model.capture import Capture

HELLO = record(22, client_hello(sni="intranet.example.com"))
MANY = 300
BUILDS: dict[str, Callable[[list[bytes]], bytes]] = {
    "ethernet": lambda packets: pcap([ethernet(p) for p in packets]),
    "vlan": lambda packets: pcap([ethernet(p, (0x8100,)) for p in packets]),
    "raw": lambda packets: pcap(packets, 101),
    "sll2": lambda packets: pcap([sll2(p) for p in packets], 276),
    "pcapng": lambda packets: pcapng([ethernet(p) for p in packets]),
}


def sll2(packet: bytes) -> bytes:
    return (b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00") + bytes(18) + packet


def ends(number: int, v6: bool, port: int) -> Talk:
    near, far = ("2001:db8::", "2001:db8:1::") if v6 else ("10.1.0.", "198.51.100.")
    return Talk(client=(f"{near}{number % 250 + 1}", 20_000 + number), server=(f"{far}{number % 99 + 1}", port))


def mail(v6: bool = False) -> Talk:
    talk = ends(999, v6, 587).connect().s(b"220 a ESMTP\r\n").c(b"EHLO b\r\n").s(b"250-a\r\n250 STARTTLS\r\n")
    return (
        talk.c(b"STARTTLS\r\n").s(b"220 go\r\n").c(record(22, client_hello())).s(record(22, server_hello())).rst(True)
    )


def strangers(v6: bool) -> list[bytes]:
    packets: list[bytes] = []
    for number in range(MANY):
        talk = ends(number, v6, 9100).connect()
        for _ in range(4):
            talk.c(b"\x00binary request").s(b"\x00binary answer" * 20)
        packets += talk.fin(True).fin(False).packets
    return packets


@pytest.mark.parametrize("v6", [False, True])
@pytest.mark.parametrize("build", BUILDS)
def test_strangers_do_not_go_the_long_way(monkeypatch: pytest.MonkeyPatch, build: str, v6: bool) -> None:
    taken = counted(monkeypatch)
    found = mail(v6).packets
    packets = strangers(v6)
    capture = read(BUILDS[build]([*packets, *found]))
    assert len(capture.streams) == 1
    assert capture.packets == len(packets) + len(found)
    # the loop learns where such frames have their ports from the first of them, between two portions of the file
    assert len(taken) <= len(found) + (50 if build in ("ethernet", "pcapng") and not v6 else len(packets))


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The frames that go the long way."""
    taken: list[int] = []
    long_way = packet_walk.Walker.packet

    def packet(self: packet_walk.Walker, frame: int, nanoseconds: int, link: int, data: bytes, wire: int) -> None:
        taken.append(frame)
        long_way(self, frame, nanoseconds, link, data, wire)

    monkeypatch.setattr(packet_walk.Walker, "packet", packet)
    return taken


@pytest.mark.parametrize("v6", [False, True])
@pytest.mark.parametrize("build", BUILDS)
def test_other_layouts_are_learnt(monkeypatch: pytest.MonkeyPatch, build: str, v6: bool) -> None:
    """Several portions of a file: in the later ones nothing of a stranger goes the long way."""
    monkeypatch.setattr("sestriage.formats.capture.input_buffer.CHUNK", 1 << 15)
    taken = counted(monkeypatch)
    packets = [*strangers(v6), *mail(v6).packets]
    assert len(read(BUILDS[build](packets)).streams) == 1
    assert len(taken) < len(packets) / 4


# -- the same facts --------------------------------------------------------------------------------------------------


def without_gate(data: bytes) -> Capture:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packet_walk.Walker, "gate", lambda *_: None)
        return read(data)


def flow(rng: random.Random, number: int) -> list[bytes]:
    """A flow of any kind, whole or not."""
    port = rng.choice((587, 465, 25, 443, 9100, 8080, 1080, 8025, 80))
    talk = ends(number % 7, rng.random() < 0.2, port)
    if rng.random() < 0.7:
        talk.connect()
    for said in rng.choices(SAID, k=rng.randrange(4)):
        talk.says(rng.random() < 0.5, said)
    for flags in rng.choices((16, FIN | 16, RST, SYN, SYN | 16, 0), k=rng.randrange(4)):
        talk.raw(rng.random() < 0.5, flags)
    return talk.packets


SAID = (
    *(HELLO, record(22, server_hello()), record(23, bytes(40)), b"220 a ESMTP ready\r\n", b"EHLO b.example\r\n"),
    *(
        b"GET / HTTP/1.1\r\n\r\n",
        b"CONNECT smtp.example.com:587 HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"\x05\x01\x00",
    ),
    *(
        b"\x00\x01 twelve bytes and more",
        b"x",
        b"",
        b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + bytes(40),
        b"+OK",
    ),
)


def others(rng: random.Random) -> list[bytes]:
    """Packets of other protocols, with mail inside one of them."""
    question = b"\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04mail\x07example\x00\x00\x01\x00\x01"
    inner = ends(3, False, 587).raw(True, SYN, ack=0)
    cut = ends(4, False, 587).connect().s(b"220 a long greeting of a server ESMTP\r\n").packets[-1][20:]
    first, second = cut[:24], cut[24:]
    return [
        udp("10.1.0.9", 40_000, "10.1.0.53", 53, question),
        udp("10.1.0.9", 40_001, "10.1.0.8", 4789, b"\x08" + bytes(7) + ethernet(inner)),
        udp("10.1.0.9", 40_002, "10.1.0.8", 2055, rng.randbytes(60)),
        packet_of("10.1.0.9", "10.1.0.8", 4, inner),
        packet_of("198.51.100.4", "10.1.0.9", 1, b"\x03\x01" + bytes(6) + inner[:28]),
        ipv4("198.51.100.5", "10.1.0.5", 6, first, ident=9, fragment=0x2000),
        ipv4("198.51.100.5", "10.1.0.5", 6, second, ident=9, fragment=3),
        *(
            ipv4(f"10.1.{n}.1", "198.51.100.9", 6, b"\x9c\x40" + bytes((0, n)) + bytes(9) + b"\x02" + bytes(6))
            for n in (25, 80)
        ),
    ]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 30), st.sampled_from(sorted(BUILDS)))
def test_the_gate_changes_no_fact(seed: int, build: str) -> None:
    rng = random.Random(seed)
    flows = [flow(rng, number) for number in range(rng.randrange(1, 14))] + [[packet] for packet in others(rng)]
    packets: list[bytes] = []
    while flows:
        one = rng.choice(flows)
        if one:
            packets.append(one.pop(0))
        else:
            flows.remove(one)
    data = BUILDS[build](packets)
    assert replace(read(data), ports_read=None) == replace(without_gate(data), ports_read=None)
