"""Hostile captures: cut anywhere, mutated at random, made to exhaust memory. No exception, no hang, bounded memory."""

from __future__ import annotations

import gzip
import random
import struct
import time
import tracemalloc

import pytest

import slices
from formats.capture.damage import foreign, keylog_of, mutated
from formats.capture.wire import (
    SYN,
    Talk,
    certificate,
    checksum_free_tcp,
    client_hello,
    ethernet,
    pcap,
    pcapng,
    read,
    record,
    server_hello,
)
from sestriage.formats.capture.read import MAX_STREAMS, UNEXPECTED
from sestriage.model.capture import Capture
from support import FOREIGN_CAPTURES, SAMPLES

MUTATIONS = slices.count(10_000, 20)
SECONDS_EACH = 10.0
needs_foreign = pytest.mark.skipif(
    not FOREIGN_CAPTURES.is_dir(), reason="the folder of foreign captures is not beside the checkout"
)


def survives(data: bytes, keylog: bytes | None = None, said: str = "") -> Capture:
    """What was read; `said` names the capture where it fails."""
    begun = time.process_time()
    capture = read(data, keylog)
    assert time.process_time() - begun < SECONDS_EACH, said
    assert not (capture.problem or "").startswith(UNEXPECTED), f"{said}: {capture.problem}"
    return capture


def test_cut_at_every_byte() -> None:
    talk = Talk().connect().s(b"220 x ESMTP\r\n").c(b"EHLO y\r\n").s(b"250-x\r\n250 STARTTLS\r\n").c(b"STARTTLS\r\n")
    talk.s(b"220 go\r\n").c(record(22, client_hello())).s(record(22, server_hello() + certificate(b"0\x03abc")))
    frames = talk.frames()
    for whole in (pcap(frames), pcapng(frames), gzip.compress(pcap(frames), mtime=0)):
        complete = survives(whole)
        assert complete.problem is None
        for cut in range(len(whole)):
            capture = survives(whole[:cut])
            assert capture.packets <= complete.packets
            if capture.problem is None:
                assert whole[:2] != b"\x1f\x8b"  # only between two records can a cut go unnoticed
                assert capture.packets < complete.packets


@needs_foreign
def test_foreign_captures_cut_at_every_64th_byte() -> None:
    for path in foreign():
        data, keylog = path.read_bytes(), keylog_of(path)
        for cut in slices.part(range(0, len(data), 64), 20):
            survives(data[:cut], keylog, f"{path.name} cut at {cut}")


@needs_foreign
def test_a_small_foreign_capture_cut_at_every_byte() -> None:
    for name in ("zeek__hrr.pcap", "ndpi__smtps.pcapng", "recordflux__tls13-1.pcap"):
        path = FOREIGN_CAPTURES / name
        data = path.read_bytes()
        for cut in slices.part(range(len(data)), 14):
            survives(data[:cut], keylog_of(path), f"{name} cut at {cut}")


@needs_foreign
def test_foreign_captures_with_random_changes() -> None:
    small = [p for p in foreign() if p.stat().st_size < 20_000]
    for number in range(MUTATIONS):
        rng = random.Random(f"{slices.seed()}/{number}")
        path = rng.choice(small)
        data = path.read_bytes()
        if path.suffix == ".gz" and rng.random() < 0.8:
            data = gzip.decompress(data)
        survives(mutated(rng, data), keylog_of(path), f"number {number}, {path.name}")


def test_samples_with_random_changes() -> None:
    files = sorted(SAMPLES.glob("*/*.pcap*"))
    assert files
    for number in range(MUTATIONS // 5):
        rng = random.Random(f"{slices.seed()}/{number}")
        survives(mutated(rng, rng.choice(files).read_bytes()), said=f"number {number}")


# -- memory ------------------------------------------------------------------------------------------------------------

MEBIBYTE = 1 << 20


def peak(data: bytes) -> tuple[Capture, float]:
    """The capture, and the most memory that reading it took, in MiB."""
    tracemalloc.start()
    try:
        capture = survives(data)
        return capture, tracemalloc.get_traced_memory()[1] / MEBIBYTE
    finally:
        tracemalloc.stop()


def numbered(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@pytest.mark.campaign(6)
def test_a_scan_of_many_hosts() -> None:
    """SYNs to a hundred thousand hosts, away from the mail ports."""
    frames = []
    for number in range(100_000):
        talk = Talk(server=(numbered(number), 8080))
        talk.raw(True, SYN, ack=0)
        frames.append(ethernet(talk.packets[0]))
    capture, most = peak(pcap(frames))
    assert capture.streams == ()
    assert most < 60


@pytest.mark.campaign(6)
def test_many_mail_conversations_keep_the_newest() -> None:
    frames: list[bytes] = []
    count = MAX_STREAMS + 500
    for number in range(count):
        talk = Talk(client=(numbered(number), 40000)).connect().s(b"220 x ESMTP\r\n").c(b"QUIT\r\n")
        frames += talk.s(b"221 bye\r\n").fin(False).fin(True).frames()
    capture, most = peak(pcap(frames))
    assert len(capture.streams) == MAX_STREAMS
    assert capture.streams[-1].client.ip == numbered(count - 1)
    assert capture.problem == f"500 older conversations were left out (only the newest {MAX_STREAMS} are kept)"
    assert most < 60


@pytest.mark.campaign(6)
def test_holes_without_end() -> None:
    """Every conversation waits for a first byte that never comes, with as much behind it as it may hold."""
    frames: list[bytes] = []
    for number in range(300):
        talk = Talk(client=(numbered(number), 40000)).connect()
        for piece in range(100):
            tcp = checksum_free_tcp(40000, 587, talk.client_seq + 10 + piece * 1400, talk.server_seq, 0x18, bytes(1400))
            head = talk.packets[2][:2] + struct.pack(">H", 20 + len(tcp)) + talk.packets[2][4:20]
            frames.append(ethernet(head + tcp))
    data = pcap(frames)
    capture, most = peak(data)
    assert len(capture.streams) == 300
    assert most < len(data) / MEBIBYTE + 10 or most < 70


@pytest.mark.campaign(6)
def test_handshake_messages_that_never_end() -> None:
    frames: list[bytes] = []
    for number in range(60):
        talk = Talk(client=(numbered(number), 40000), server=("192.0.2.25", 465)).connect()
        talk.c(record(22, client_hello()))
        talk.s(record(22, server_hello()))
        for _ in range(60):
            talk.s(record(22, b"\x0b\x0f\xff\xff" + bytes(16_000)))
        frames += talk.frames()
    capture, most = peak(pcap(frames))
    assert len(capture.streams) == 60
    assert most < 120


@pytest.mark.campaign(6)
def test_a_large_mail_is_not_kept() -> None:
    talk = Talk().connect().s(b"220 x ESMTP\r\n").c(b"DATA\r\n").s(b"354 go\r\n")
    body = b"a line of the attachment, seventy characters long, and then some mor\r\n" * 1000
    for _ in range(150):
        talk.c(body)
    talk.c(b"\r\n.\r\n").s(b"250 Ok 0100-id\r\n")
    capture, most = peak(pcap(talk.frames()))
    (stream,) = capture.streams
    assert stream.smtp is not None
    assert stream.smtp.message_id == "0100-id"
    assert most < 8
