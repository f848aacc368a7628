"""One conversation captured at several points, and one capture in several files."""

from __future__ import annotations

import gzip
import io
import tarfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from formats.capture import wire
from sestriage import triage
from sestriage.engine.join import conversations, unique_streams
from sestriage.engine.triage import TriageOptions
from sestriage.formats.capture import read_capture
from sestriage.model.capture import Capture
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Outcome
from sestriage.report.language import in_language

GREETING, EHLO = b"220 mail.example.com ESMTP\r\n", b"250-mail.example.com\r\n250 STARTTLS\r\n"
INSIDE, OUTSIDE = ("10.0.0.5", 40000), ("203.0.113.7", 1025)


def talk(client: tuple[str, int] = INSIDE, sequence: int = 777_000, random: bytes = bytes(range(32))) -> wire.Talk:
    """The server breaks the handshake off with an alert."""
    hello = wire.client_hello().replace(bytes(range(32)), random)
    made = wire.Talk(client=client, client_seq=sequence).connect().s(GREETING).c(b"EHLO a\r\n").s(EHLO)
    made.c(b"STARTTLS\r\n").s(b"220 go\r\n").c(wire.record(22, hello)).s(wire.alert(2, 70))
    return made.fin(False).fin(True)


def captured(name: str, *talks: wire.Talk, start: int = 0) -> Capture:
    frames = [frame for each in talks for frame in each.frames()]
    return read_capture(io.BytesIO(wire.pcap(frames, start=start)), SourceRef(name))


# --- several points ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("later", [0, 7, 1200])
def test_both_sides_of_a_translation_are_one_conversation(later: int) -> None:
    found = unique_streams([captured("in.pcap", talk()), captured("out.pcap", talk(OUTSIDE), start=later)])
    assert [stream.client.ip for stream in found] == ["10.0.0.5"]


def test_the_same_addresses_with_another_clock_are_one_conversation() -> None:
    assert len(unique_streams([captured("a.pcap", talk()), captured("b.pcap", talk(), start=4)])) == 1


def test_a_firewall_that_draws_other_sequence_numbers() -> None:
    assert len(unique_streams([captured("a.pcap", talk()), captured("b.pcap", talk(sequence=12), start=1)])) == 1


def test_both_sides_in_one_capture_are_one_conversation() -> None:
    pairs = zip(talk().frames(), talk(OUTSIDE).frames(), strict=True)
    frames = [frame for pair in pairs for frame in pair]
    found = unique_streams([read_capture(io.BytesIO(wire.pcap(frames)), SourceRef("any.pcap"))])
    assert [stream.client.ip for stream in found] == ["10.0.0.5"]


@pytest.mark.parametrize(
    ("second", "start"),
    [
        (talk(OUTSIDE, 888_000), 4000),  # another connection much later, whatever its handmade hello
        (wire.Talk(client=OUTSIDE, client_seq=888_000).connect().s(GREETING), 3),
    ],
)
def test_other_conversations_stay_apart(second: wire.Talk, start: int) -> None:
    assert len(unique_streams([captured("a.pcap", talk()), captured("b.pcap", second, start=start)])) == 2


def test_two_attempts_of_one_capture_stay_apart() -> None:
    assert len(unique_streams([captured("a.pcap", talk(), talk(("10.0.0.5", 40001), 999))])) == 2


def write(folder: Path, name: str, frames: list[bytes], start: int = 0) -> str:
    (folder / name).write_bytes(wire.pcap(frames, start=start))
    return str(folder / name)


def test_what_differs_between_two_points_is_told(tmp_path: Path) -> None:
    inside = wire.Talk(client_seq=4711)
    for _ in range(3):
        inside.raw(True, wire.SYN, ack=0)
    outside = wire.Talk(client=OUTSIDE, client_seq=4711)
    outside.raw(True, wire.SYN, ack=0)
    outside.client_seq += 1
    outside.raw(False, wire.SYN | wire.ACK)
    paths = [write(tmp_path, "in.pcap", inside.frames()), write(tmp_path, "out.pcap", outside.frames())]
    report = triage(paths)
    notes = " ".join(report.verdict.notes)
    assert len(report.attempts) == 1
    assert report.attempts[0].streams[0].client.ip == "10.0.0.5"
    assert "in.pcap, frame 1: the SYN got no answer" in notes
    assert "made the difference" in notes
    german = " ".join(in_language(triage(paths, TriageOptions(language="de")).verdict.notes, "de"))
    assert "zeigen nicht dasselbe Ende" in german


def test_two_points_that_agree_are_told_once(tmp_path: Path) -> None:
    paths = [write(tmp_path, "in.pcap", talk().frames()), write(tmp_path, "out.pcap", talk(OUTSIDE).frames(), 2)]
    report = triage(paths)
    assert len(report.attempts) == 1
    assert report.verdict.primary is not None
    assert report.verdict.primary.rule == "tls-version-rejected"
    assert sum("captured at two points" in note for note in report.verdict.notes) == 1
    assert "made the difference" not in " ".join(report.verdict.notes)


def test_a_copy_without_times_stays() -> None:
    (capture,) = [captured("a.pcap", talk())]
    timeless = replace(capture, source=SourceRef("b"), streams=tuple(replace(s, started=None) for s in capture.streams))
    assert [len(group) for group in conversations([capture, timeless])] == [1, 1]


# --- several files -------------------------------------------------------------------------------------------------


def ring(names: list[str]) -> dict[str, bytes]:
    """The conversation in three files; the ClientHello lies across a seam."""
    made = wire.Talk(client_seq=777_000).connect().s(GREETING).c(b"EHLO a\r\n").s(EHLO).c(b"STARTTLS\r\n")
    made.s(b"220 go\r\n").says(True, wire.record(22, wire.client_hello()), size=60).s(wire.alert(2, 70)).fin(False)
    frames = made.frames()
    hello = next(n for n, frame in enumerate(frames) if b"\x16\x03\x03" in frame)
    cuts = [0, 4, hello + 1, len(frames)]
    parts = [(frames[a:b], a) for a, b in pairwise(cuts)]
    return {name: wire.pcap(part, start=at) for name, (part, at) in zip(names, parts, strict=True)}


NAMES = [
    ["ring.pcap0", "ring.pcap1", "ring.pcap2"],
    ["ring.pcap", "ring.pcap1", "ring.pcap2"],
    ["ring_00001_20260101120000.pcapng", "ring_00002_20260101120001.pcapng", "ring_00003_20260101120002.pcapng"],
    ["mail-120000.pcap", "mail-120001.pcap", "mail-120002.pcap"],
    ["ring.pcap2", "ring.pcap0", "ring.pcap1"],  # the ring began anew: its oldest file is the last one by name
]


@pytest.mark.parametrize("names", NAMES, ids=lambda names: names[0])
def test_files_of_one_capture_are_read_as_one(names: list[str], tmp_path: Path) -> None:
    for name, data in ring(names).items():
        (tmp_path / name).write_bytes(data)
    report = triage([str(tmp_path)])
    (attempt,) = report.attempts
    (stream,) = attempt.streams
    assert stream.tls is not None
    assert (stream.tls.client_hello_seen, stream.tcp.missing_bytes) == (True, 0)
    assert report.verdict.primary is not None
    assert report.verdict.primary.rule == "tls-version-rejected"
    assert stream.source.path.endswith(" + ".join([names[0], names[1], names[2]]))
    assert any("3 files of one capture" in note for note in report.verdict.notes)


def test_files_in_an_archive_and_packed_ones(tmp_path: Path) -> None:
    files = ring(["cap/ring.pcap0", "cap/ring.pcap1", "cap/ring.pcap2"])
    with tarfile.open(tmp_path / "case.tgz", "w:gz") as archive:
        for name, data in reversed(files.items()):
            packed = gzip.compress(data)
            info = tarfile.TarInfo(f"{name}.gz")
            info.size = len(packed)
            archive.addfile(info, io.BytesIO(packed))
    report = triage([str(tmp_path / "case.tgz")])
    assert [len(capture.parts) for capture in report.captures] == [3]
    assert report.verdict.outcome is Outcome.FAILED


def test_files_of_two_folders_are_two_captures(tmp_path: Path) -> None:
    for number, (name, data) in enumerate(ring(["a.pcap", "b.pcap", "c.pcap"]).items()):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / name).write_bytes(data)
    assert [capture.parts for capture in triage([str(tmp_path)]).captures] == [(), (), ()]


def test_a_conversation_that_was_over_does_not_join_files(tmp_path: Path) -> None:
    write(tmp_path, "a.pcap", talk().frames())
    write(tmp_path, "b.pcap", talk(sequence=5, random=bytes(32)).frames(), start=100)
    report = triage([str(tmp_path)])
    assert [capture.parts for capture in report.captures] == [(), ()]
    assert len(report.attempts) == 2


def test_a_retransmitted_syn_in_the_next_file_is_one_attempt(tmp_path: Path) -> None:
    silent = wire.Talk(client_seq=4711)
    silent.raw(True, wire.SYN, ack=0)
    write(tmp_path, "a.pcap", silent.frames())
    write(tmp_path, "b.pcap", silent.frames(), start=30)
    (attempt,) = triage([str(tmp_path)]).attempts
    assert [stream.tcp.syn_count for stream in attempt.streams] == [2]


def test_damage_of_one_file_names_it(tmp_path: Path) -> None:
    files = ring(["ring.pcap0", "ring.pcap1", "ring.pcap2"])
    for name, data in files.items():
        (tmp_path / name).write_bytes(data if name != "ring.pcap1" else data + b"\1\2\3")
    (capture,) = triage([str(tmp_path)]).captures
    assert capture.problem is not None
    assert "ring.pcap1" in capture.problem
