"""Link types that scapy takes apart, and the two rings: written by scapy, read as any other capture."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.capture.wire import Talk, pcap, read
from sestriage.formats.capture import oddlink

logging.getLogger("scapy").setLevel(logging.CRITICAL + 1)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from scapy.contrib.avs import AVSWLANHeader
    from scapy.layers.dot11 import Dot11, Dot11Beacon, Dot11FCS, Dot11QoS, PrismHeader, RadioTap
    from scapy.layers.inet import IP
    from scapy.layers.inet6 import IPv6
    from scapy.layers.l2 import LLC, SNAP
    from scapy.layers.pflog import PFLog
    from scapy.layers.ppi import PPI
    from scapy.layers.ppp import PPP
    from scapy.packet import Packet
    from scapy.utils import RawPcapWriter

GREETING = b"220 email-smtp.amazonaws.com ESMTP\r\n"
Wrap = Callable[[Packet], Packet | bytes]


def told(v6: bool = False) -> Talk:
    ends = (("2001:db8::5", 40000), ("2001:db8::25", 587)) if v6 else (("10.0.0.5", 40000), ("192.0.2.25", 587))
    talk = Talk(client=ends[0], server=ends[1]).connect()
    return talk.s(GREETING).c(b"EHLO smc.example.com\r\n").s(b"250-x\r\n250 STARTTLS\r\n").fin(True).fin(False)


def written(frames: list[bytes], link: int) -> bytes:
    out = io.BytesIO()
    out.close = lambda: None  # type: ignore[method-assign]
    writer = RawPcapWriter(out, linktype=link)
    for number, frame in enumerate(frames):
        if not writer.header_present:
            writer.write_header(frame)
        writer.write_packet(frame, sec=1_700_000_000 + number, usec=0)
    writer.flush()
    return out.getvalue()


def wrapped(link: int, wrap: Wrap, v6: bool = False) -> bytes:
    layer = IPv6 if v6 else IP
    return written([bytes(wrap(layer(packet))) for packet in told(v6).packets], link)


WIRELESS: dict[str, tuple[int, Wrap]] = {
    "802.11": (105, lambda ip: Dot11(type=2) / LLC() / SNAP() / ip),
    "802.11 with QoS": (105, lambda ip: Dot11(type=2, subtype=8) / Dot11QoS() / LLC() / SNAP() / ip),
    "radiotap": (127, lambda ip: RadioTap() / Dot11(type=2) / LLC() / SNAP() / ip),
    "radiotap with FCS": (
        127,
        lambda ip: RadioTap(present="Flags", Flags="FCS") / Dot11FCS(type=2) / LLC() / SNAP() / ip,
    ),
    "prism": (119, lambda ip: PrismHeader() / Dot11(type=2) / LLC() / SNAP() / ip),
    "AVS": (163, lambda ip: AVSWLANHeader() / Dot11(type=2) / LLC() / SNAP() / ip),
    "PPI": (192, lambda ip: PPI(dlt=105) / Dot11(type=2) / LLC() / SNAP() / ip),
}
OTHERS: dict[str, tuple[int, Wrap]] = {
    "PPP": (9, lambda ip: PPP() / ip),
    "FDDI": (10, lambda ip: bytes(13) + bytes(LLC() / SNAP() / ip)),
    "token ring": (6, lambda ip: bytes(14) + bytes(LLC() / SNAP() / ip)),
    "token ring, routed": (
        6,
        lambda ip: bytes(8) + b"\x80" + bytes(5) + b"\x06\x00\x00\x11\x00\x21" + bytes(LLC() / SNAP() / ip),
    ),
    "PPP with direction": (204, lambda ip: b"\x01" + bytes(PPP() / ip)),
}


@pytest.mark.parametrize("v6", [False, True], ids=["IPv4", "IPv6"])
@pytest.mark.parametrize("name", [*WIRELESS, *OTHERS])
def test_a_conversation_over_an_odd_link(name: str, v6: bool) -> None:
    link, wrap = (WIRELESS | OTHERS)[name]
    capture = read(wrapped(link, wrap, v6))
    assert capture.problem is None
    (stream,) = capture.streams
    assert (stream.server.ip, stream.port) == ("2001:db8::25" if v6 else "192.0.2.25", 587)
    assert stream.smtp is not None
    assert stream.smtp.reply_codes == (220, 250)
    assert stream.smtp.starttls_offered
    assert (stream.tcp.closed_by, stream.tcp.missing_bytes) == ("client", 0)


def test_the_firewall_log_of_bsd() -> None:
    capture = read(wrapped(117, lambda ip: PFLog(addrfamily=2) / ip))
    assert capture.problem is None
    assert [s.port for s in capture.streams] == [587]


def test_beacons_between_are_no_problem_and_not_given_to_scapy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oddlink, "MAX_FRAMES", len(told().packets))
    link, wrap = WIRELESS["radiotap"]
    beacon = bytes(RadioTap() / Dot11(type=0, subtype=8) / Dot11Beacon())
    frames = [f for packet in told().packets for f in (beacon, bytes(wrap(IP(packet))))]
    capture = read(written(frames, link))
    assert capture.problem is None
    assert [s.tcp.closed_by for s in capture.streams] == ["client"]


def test_frames_behind_the_limit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oddlink, "MAX_FRAMES", 3)
    capture = read(wrapped(*WIRELESS["802.11"]))
    assert capture.problem is not None
    assert capture.problem.startswith(f"{len(told().packets) - 3} packets of an odd link type were left out")
    assert [s.tcp.synack_seen for s in capture.streams] == [True]


def test_a_layer_that_raises_costs_one_packet(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = oddlink._ip_bytes
    calls: Iterator[bool] = iter([False, True, *[False] * 20])

    def raising(packet: Packet) -> bytes | None:
        if next(calls):
            raise RecursionError
        return taken(packet)

    monkeypatch.setattr(oddlink, "_ip_bytes", raising)
    capture = read(wrapped(*WIRELESS["802.11"]))
    assert capture.problem == "1 packets of an odd link type could not be taken apart"
    assert [(s.tcp.syn_seen, s.tcp.synack_seen) for s in capture.streams] == [(True, False)]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_frames_never_raise(data: st.DataObject) -> None:
    link, wrap = data.draw(st.sampled_from(list(WIRELESS.values())))
    frame = bytearray(bytes(wrap(IP(told().packets[0]))))
    for place in data.draw(st.lists(st.integers(0, len(frame) - 1), max_size=6)):
        frame[place] = data.draw(st.integers(0, 255))
    capture = read(pcap([bytes(frame[: data.draw(st.integers(0, len(frame)))])], link=link))
    assert capture.packets == 1
    assert capture.problem is None or "odd link" in capture.problem


def test_scapy_is_not_imported_for_usual_links() -> None:
    program = (
        "import io, sys; from sestriage.formats.capture import read_capture; "
        "from sestriage.model.source import SourceRef; "
        "read_capture(io.BytesIO(sys.stdin.buffer.read()), SourceRef('x')); "
        "sys.exit(any(name.partition('.')[0] == 'scapy' for name in sys.modules))"
    )
    usual, odd = pcap(told().frames()), wrapped(*WIRELESS["802.11"])
    assert subprocess.run([sys.executable, "-c", program], input=usual, check=False).returncode == 0
    done = subprocess.run([sys.executable, "-c", program], input=odd, check=False, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
