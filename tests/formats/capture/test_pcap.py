"""pcap, pcapng, link types, IP: the same conversation in every wrapping."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from formats.capture.wire import (
    SOURCE,
    Talk,
    block,
    enhanced,
    ethernet,
    interface,
    ipv4,
    ipv6,
    pcap,
    pcapng,
    read,
    section,
    udp,
)
from sestriage.formats.capture import looks_like_capture, read_capture
from sestriage.model.capture import Capture

GREETING = b"220 email-smtp.amazonaws.com ESMTP\r\n"
V6 = (("2001:db8::5", 40000), ("2001:db8::25", 587))


def talk(v6: bool = False) -> Talk:
    told = Talk(client=V6[0], server=V6[1]) if v6 else Talk()
    return (
        told.connect().s(GREETING).c(b"EHLO smc.example.com\r\n").s(b"250-x\r\n250 STARTTLS\r\n").fin(True).fin(False)
    )


def check(capture: Capture, v6: bool = False) -> None:
    assert capture.problem is None
    (stream,) = capture.streams
    client, server = V6 if v6 else (("10.0.0.5", 40000), ("192.0.2.25", 587))
    assert (stream.client.ip, stream.client.port) == client
    assert (stream.server.ip, stream.server.port) == server
    assert stream.smtp is not None
    assert stream.smtp.reply_codes == (220, 250)
    assert stream.smtp.starttls_offered
    assert stream.tcp.closed_by == "client"
    assert stream.tcp.missing_bytes == 0


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nano", [False, True])
def test_pcap_of_every_build(order: str, nano: bool) -> None:
    capture = read(pcap(talk().frames(), order=order, nano=nano))
    check(capture)
    assert capture.packets == 8
    assert capture.started == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert capture.ended == datetime(2023, 11, 14, 22, 13, 20, 700_000, tzinfo=UTC)
    assert capture.streams[0].first_frame == 1
    assert capture.streams[0].last_frame == 8


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng(order: str) -> None:
    capture = read(pcapng(talk().frames(), order=order))
    check(capture)
    assert capture.started == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def gtp(packet: bytes) -> bytes:
    inner = b"\x30\xff" + struct.pack(">HI", len(packet), 1) + packet
    return ethernet(udp("198.51.100.1", 2152, "198.51.100.2", 2152, inner))


def vxlan(packet: bytes, port: int = 4789) -> bytes:
    inner = b"\x08\0\0\0\0\0\x07\0" + ethernet(packet)
    return ethernet(udp("198.51.100.1", 50000, "198.51.100.2", port, inner))


def gre(kind: int, payload: bytes, flags: int = 0) -> bytes:
    return ethernet(ipv4("198.51.100.1", "198.51.100.2", 47, struct.pack(">HH", flags, kind) + payload))


def fragmented(packet: bytes) -> list[bytes]:
    """IPv4 fragments of 16 bytes, the last one first."""
    head, body = packet[:20], packet[20:]
    pieces = []
    for start in range(0, len(body), 16):
        piece = body[start : start + 16]
        more = 0x2000 if start + 16 < len(body) else 0
        ident = zlib.crc32(packet) & 0xFFFF
        pieces.append(head[:2] + struct.pack(">HHH", 20 + len(piece), ident, more | start // 8) + head[8:20] + piece)
    return [ethernet(p) for p in reversed(pieces)]


def pppoe(packet: bytes) -> bytes:
    protocol = b"\0\x57" if packet[0] >> 4 == 6 else b"\0\x21"
    return bytes(12) + b"\x88\x64\x11\0\0\1" + struct.pack(">H", len(packet) + 2) + protocol + packet


LINKS: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "Ethernet": (1, ethernet),
    "VLAN": (1, lambda p: ethernet(p, (0x8100,))),
    "QinQ": (1, lambda p: ethernet(p, (0x88A8, 0x8100))),
    "PPPoE": (1, pppoe),
    "MPLS": (1, lambda p: bytes(12) + b"\x88\x47" + b"\0\0\x10\x40" + b"\0\0\x21\x40" + p),
    "NULL little": (0, lambda p: (b"\x1e\0\0\0" if p[0] >> 4 == 6 else b"\2\0\0\0") + p),
    "NULL big": (0, lambda p: (b"\0\0\0\x1e" if p[0] >> 4 == 6 else b"\0\0\0\2") + p),
    "LOOP": (108, lambda p: (b"\0\0\0\x18" if p[0] >> 4 == 6 else b"\0\0\0\2") + p),
    "RAW": (101, lambda p: p),
    "RAW 12": (12, lambda p: p),
    "RAW 14": (14, lambda p: p),
    "SLL": (113, lambda p: bytes(14) + ethernet(p)[12:14] + p),
    "SLL2": (276, lambda p: ethernet(p)[12:14] + bytes(18) + p),
    "SLL2 VLAN": (276, lambda p: b"\x81\0" + bytes(18) + b"\0\x07" + ethernet(p)[12:14] + p),
    "PPP": (9, lambda p: b"\xff\x03" + (b"\0\x57" if p[0] >> 4 == 6 else b"\0\x21") + p),
    "NFLOG": (239, lambda p: b"\2\0\0\0" + struct.pack("<HH", 4 + len(p), 9) + p),
    "GTP": (1, gtp),
    "VXLAN": (1, vxlan),
    "VXLAN of Linux": (1, lambda p: vxlan(p, 8472)),
    "VLAN in VXLAN in VLAN": (1, lambda p: ethernet(vxlan(p)[14:], (0x8100,))),
    "GRE with Ethernet": (1, lambda p: gre(0x6558, ethernet(p, (0x8100,)))),
    "GRE with checksum, key and number": (1, lambda p: gre(0x6558, bytes(12) + ethernet(p), 0xB000)),
    "ERSPAN I": (1, lambda p: gre(0x88BE, ethernet(p))),
    "ERSPAN II": (1, lambda p: gre(0x88BE, bytes(4) + b"\x10\x07" + bytes(6) + ethernet(p), 0x1000)),
    "ERSPAN III": (1, lambda p: gre(0x22EB, bytes(4) + b"\x20\x07" + bytes(10) + ethernet(p), 0x1000)),
    "ERSPAN III, longer": (
        1,
        lambda p: gre(0x22EB, bytes(4) + b"\x20" + bytes(10) + b"\x01" + bytes(8) + ethernet(p), 0x1000),
    ),
    "GRE": (1, lambda p: ethernet(ipv4("198.51.100.1", "198.51.100.2", 47, b"\0\0" + ethernet(p)[12:14] + p))),
}


@pytest.mark.parametrize("v6", [False, True])
@pytest.mark.parametrize("name", LINKS)
def test_link_types_and_tunnels(name: str, v6: bool) -> None:
    link, wrap = LINKS[name]
    frames = [wrap(p) for p in talk(v6).packets]
    check(read(pcap(frames, link)), v6)
    check(read(pcapng(frames, link)), v6)


def test_links_for_one_family() -> None:
    check(read(pcap(talk().packets, 228)))
    check(read(pcap(talk(v6=True).packets, 229)), v6=True)


def test_tunnels_for_one_family() -> None:
    check(read(pcap([ethernet(ipv4("198.51.100.1", "198.51.100.2", 4, p)) for p in talk().packets])))
    check(read(pcap([ethernet(ipv4("198.51.100.1", "198.51.100.2", 41, p)) for p in talk(v6=True).packets])), v6=True)


def test_ipv4_fragments_in_reverse_order() -> None:
    check(read(pcap([f for p in talk().packets for f in fragmented(p)])))


def test_ipv6_extension_headers_and_fragments() -> None:
    told = talk(v6=True)
    packets = []
    for packet in told.packets:
        body = packet[40:]
        hops = b"\x3c\0" + bytes(6)  # hop-by-hop, then destination options, then a fragment header
        options = b"\x2c\0" + bytes(6)
        half = len(body) // 16 * 8
        for start, stop, more in ((0, half, 1), (half, len(body), 0)):
            fragment = struct.pack(">BBHI", 6, 0, start | more, zlib.crc32(packet) & 0xFFFF)
            source, target = V6 if packet[8:24].endswith(b"\5") else V6[::-1]
            piece = ipv6(source[0], target[0], 6, body[start:stop], extensions=hops + options + fragment, first=0)
            packets.append(piece)
    check(read(pcap([ethernet(p) for p in packets])), v6=True)


def test_ethernet_padding_is_not_payload() -> None:
    frames = [f + bytes(max(0, 60 - len(f))) for f in talk().frames()]
    check(read(pcap(frames)))


def test_segmentation_offload_leaves_the_length_empty() -> None:
    packets = [p[:2] + b"\0\0" + p[4:] for p in talk().packets]
    check(read(pcap([ethernet(p) for p in packets])))


def test_a_snaplen_is_reported() -> None:
    capture = read(pcap(talk().frames(), snap=70))
    assert capture.snaplen_cut
    (stream,) = capture.streams
    assert stream.tcp.truncated_frames == 3
    assert stream.tcp.missing_bytes > 0


def test_gzip_several_members_and_its_damage() -> None:
    data = pcap(talk().frames())
    packed = gzip.compress(data[:300]) + gzip.compress(data[300:])
    check(read(packed))
    assert looks_like_capture(packed[:200])
    cut = read(gzip.compress(data)[:-9])
    assert cut.problem == "the gzip data ends before its end mark"
    assert len(cut.streams) == 1
    broken = bytearray(gzip.compress(data))
    broken[40] ^= 0xFF
    assert read(bytes(broken)).problem is not None


def test_a_stream_that_can_only_be_read() -> None:
    class Drip:
        def __init__(self, data: bytes) -> None:
            self.data = io.BytesIO(data)

        def read(self, size: int) -> bytes:
            return self.data.read(min(size, 7))

    for data in (pcap(talk().frames()), pcapng(talk().frames()), gzip.compress(pcap(talk().frames()))):
        check(read_capture(Drip(data), SOURCE))  # type: ignore[arg-type]


def test_what_is_no_capture() -> None:
    for data in (b"", b"\xd4", b"hello world, this is a log line\n", gzip.compress(b"text"), b"PK\3\4" + bytes(30)):
        assert not looks_like_capture(data)
        assert read(data).problem is not None
    assert looks_like_capture(pcap([])[:4])
    assert looks_like_capture(pcapng([])[:4])


def test_empty_captures_are_whole() -> None:
    for data in (pcap([]), pcapng([])):
        capture = read(data)
        assert (capture.problem, capture.packets, capture.streams, capture.started) == (None, 0, (), None)


def test_damage_names_the_packet_and_the_byte() -> None:
    frames = talk().frames()
    data = bytearray(pcap(frames))
    fourth = 24 + sum(16 + len(f) for f in frames[:4])
    data[fourth + 8 : fourth + 12] = b"\xff\xff\xff\x7f"
    capture = read(bytes(data))
    assert (
        capture.problem
        == f"record 5 is damaged: it claims 2147483647 bytes (at byte {fourth}); what follows was not read"
    )
    assert capture.packets == 4
    (stream,) = capture.streams
    assert stream.smtp is not None
    assert stream.smtp.reply_codes == (220,)


def test_a_cut_pcap_names_the_record() -> None:
    data = pcap(talk().frames())
    assert read(data[:-1]).problem == f"the capture ends inside record 8 (at byte {len(data) - 1})"
    assert read(data[:10]).problem == "the capture ends inside its file header (at byte 10)"


def test_a_cut_pcapng_names_the_block() -> None:
    data = pcapng(talk().frames())
    assert read(data[:-1]).problem == f"the capture ends inside a block behind packet 7 (at byte {len(data) - 1})"


def test_an_unknown_link_type_is_named() -> None:
    assert read(pcap(talk().frames(), link=147)).problem == "packets of link type 147 cannot be read"


def test_pcapng_interfaces_units_and_sections() -> None:
    """Two sections of either byte order; interfaces of two link types, one counting nanoseconds, one with an offset."""
    frames, raw = talk().frames(), talk().packets
    seconds = 1_700_000_000
    data = section("<")
    data += interface(1, "<", struct.pack("<HHBxxxHH", 9, 1, 9, 0, 0))
    data += interface(101, "<", struct.pack("<HHqHH", 14, 8, seconds, 0, 0))
    for number in range(4):
        if number % 2:
            data += enhanced(raw[number], number * 100_000, 1)
        else:
            data += enhanced(frames[number], seconds * 10**9 + number * 10**8, 0)
    data += section(">") + interface(1, ">", struct.pack(">HHBxxxHH", 9, 1, 0x80 | 10, 0, 0))
    for number in range(4, 8):
        data += enhanced(frames[number], (seconds << 10) + number * 1024 // 10, 0, ">")
    capture = read(data)
    check(capture)
    assert capture.started == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert capture.ended is not None
    assert capture.ended.microsecond == 716 * 1_000_000 // 1024


def test_pcapng_old_and_simple_packets() -> None:
    frames = talk().frames()
    data = section() + interface(1)
    for frame in frames[:4]:
        data += block(3, struct.pack("<I", len(frame)) + frame)
    for number, frame in enumerate(frames[4:]):
        data += block(2, struct.pack("<HHIIII", 0, 0, 0, number, len(frame), len(frame)) + frame)
    data += block(0x0BAD, b"whatever")
    check(read(data))


def test_pcapng_names() -> None:
    record = struct.pack("<HH", 1, 4 + 9) + bytes([192, 0, 2, 25]) + b"mail.lab\0" + bytes(3) + bytes(4)
    data = pcapng(talk().frames())
    named = read(section() + interface(1) + block(4, record) + data[len(section() + interface(1)) :])
    assert named.streams[0].server_name == "mail.lab"


def test_pcapng_packet_of_no_interface() -> None:
    data = section() + interface(1) + enhanced(talk().frames()[0], 0, number=3)
    assert read(data).problem == "packet 1 names interface 3, which does not exist"


def dns_message(
    identity: int, name: str, kind: int, *, code: int | None = None, answers: list[bytes] | None = None
) -> bytes:
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
    flags = 0x0100 if code is None else 0x8180 | code
    head = struct.pack(">HHHHHH", identity, flags, 1, len(answers or []), 0, 0)
    return head + labels + struct.pack(">HH", kind, 1) + b"".join(answers or [])


def answer(kind: int, value: bytes) -> bytes:
    return b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(value)) + value


HOST = "email-smtp.us-east-1.amazonaws.com"


def dns(*messages: tuple[bool, bytes]) -> list[bytes]:
    client, server = ("10.0.0.5", 33333), ("10.0.0.53", 53)
    return [ethernet(udp(*client, *server, data) if asks else udp(*server, *client, data)) for asks, data in messages]


def test_dns_answers_name_the_server() -> None:
    frames = dns(
        (True, dns_message(1, HOST, 1)),
        (True, dns_message(2, HOST, 28)),
        (False, dns_message(2, HOST, 28, code=0)),
        (False, dns_message(1, HOST, 1, code=0, answers=[answer(5, b"\xc0\x0c"), answer(1, bytes([192, 0, 2, 25]))])),
    )
    capture = read(pcap(frames + talk().frames()))
    assert [(d.name, d.qtype, d.rcode, d.addresses) for d in capture.dns] == [
        (HOST, "A", "NOERROR", ("192.0.2.25",)),
        (HOST, "AAAA", "NOERROR", ()),
    ]
    assert capture.streams[0].server_name == HOST
    assert capture.streams[0].host == HOST


@pytest.mark.parametrize(("code", "name"), [(2, "SERVFAIL"), (3, "NXDOMAIN"), (5, "REFUSED"), (15, "RCODE15")])
def test_dns_failures(code: int, name: str) -> None:
    frames = dns((True, dns_message(7, HOST.upper(), 1)), (False, dns_message(7, HOST.upper(), 1, code=code)))
    (lookup,) = read(pcap(frames)).dns
    assert (lookup.name, lookup.rcode, lookup.source.frame) == (HOST, name, 2)


def test_dns_without_an_answer() -> None:
    question = (True, dns_message(7, HOST, 1))
    (lookup,) = read(pcap(dns(question, question))).dns
    assert (lookup.rcode, lookup.source.frame) == ("none", 1)


def test_dns_names_that_point_at_themselves() -> None:
    loop = struct.pack(">HHHHHH", 1, 0x8180, 1, 1, 0, 0) + b"\xc0\x0c" + struct.pack(">HH", 1, 1)
    assert read(pcap(dns((False, loop)))).dns == ()
