"""Ladders of real captures: what a tired engineer must see at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sestriage import triage
from sestriage.engine.reading.collect import Options
from sestriage.engine.triage import TriageOptions
from sestriage.formats.transcript.build import read_runs
from sestriage.model.source import SourceRef
from sestriage.report.blocks import Ladder, Rung
from sestriage.report.ladder import ladder
from sestriage.report.words import ENGLISH
from support import SAMPLES


def drawn(sample: str, *, keyed: bool = False) -> Ladder:
    folder = SAMPLES / sample
    keylogs = (str(folder / "tls-keys.txt"),) if keyed else ()
    capture = next(str(path) for path in folder.iterdir() if path.name.startswith("test-action."))
    report = triage([capture], TriageOptions(reading=Options(keylogs=keylogs)))
    return ladder(report.captures[0].streams[0], ENGLISH)


def broken(picture: Ladder) -> list[str]:
    return [rung.what for rung in picture.rungs if rung.broken]


def place(picture: Ladder, start: str) -> int:
    return next(number for number, rung in enumerate(picture.rungs) if rung.what.startswith(start))


@pytest.mark.parametrize(
    ("sample", "where"),
    [
        ("dhe-512", ["Alert fatal: insufficient_security (71)"]),
        ("pkix-root-missing", ["Alert fatal: certificate_unknown (46)"]),
        ("refused", ["connection refused (RST to the SYN)"]),
        ("timed-out", ["no answer to 7 SYN"]),
        ("starttls-on-465", ["silence for 10.0 s, it was the turn of the client"]),
        ("dhe-2048", []),
        ("success", []),
    ],
)
def test_where_it_broke(sample: str, where: list[str]) -> None:
    assert broken(drawn(sample)) == where


def test_decryption_begins_on_a_line_of_its_own() -> None:
    picture = drawn("tls13-535-keylog", keyed=True)
    begins = place(picture, "from here on decrypted with the key log")
    assert place(picture, "ServerHello") < begins < place(picture, "Certificate")
    assert picture.rungs[begins - 1].what == "ChangeCipherSpec"
    assert broken(picture) == ["535 Authentication Credentials Invalid"]
    assert [rung.what for rung in picture.rungs].count("AUTH") == 1
    assert not any("encrypted data" in rung.what for rung in picture.rungs)


def test_without_keys_it_says_what_cannot_be_seen() -> None:
    picture = drawn("tls13-535-keylog")
    said = [rung.what for rung in picture.rungs]
    assert "encrypted handshake messages" in said
    assert "encrypted data, the first of it (what was said cannot be seen)" in said
    assert "Alert, encrypted" in said
    assert not any("decrypted" in what for what in said)


def test_the_decrypted_alert_is_where_it_broke() -> None:
    assert broken(drawn("tls13-keylog", keyed=True)) == ["Alert fatal: certificate_unknown (46)"]
    assert broken(drawn("tls13-keylog")) == []


def test_beginning_and_end_have_their_frames() -> None:
    picture = drawn("dhe-512")
    first, last = picture.rungs[0], picture.rungs[-1]
    assert (first.frame, first.direction, first.what) == ("#1", "->", "SYN")
    assert (last.frame, last.direction) == ("#16", "<-")
    assert last.what == "server closed the connection, after the Alert of the client"
    assert last.time > first.time


def test_frames_do_not_go_back() -> None:
    for expected in sorted(SAMPLES.glob("*/test-action.pcap*")):
        report = triage([str(expected)])
        for stream in report.captures[0].streams:
            said = [r for r in ladder(stream, ENGLISH).rungs if r.frame and not r.what.endswith(_ENDS)]
            numbers = [int(rung.frame[1:]) for rung in said]
            assert numbers == sorted(numbers), expected


_ENDS = ("connection", "of the client", "of the server", "to the SYN)")


def test_a_capture_that_begins_late_says_so(tmp_path: Path) -> None:
    data = (SAMPLES / "dhe-512" / "test-action.pcap").read_bytes()
    pos = 24
    for _ in range(3):  # the handshake of TCP
        pos += 16 + int.from_bytes(data[pos + 8 : pos + 12], "little")
    late = tmp_path / "late.pcap"
    late.write_bytes(data[:24] + data[pos:])
    first = ladder(triage([str(late)]).captures[0].streams[0], ENGLISH).rungs[0]
    assert first == Rung(first.time, "#1", "", "the capture begins in the middle of the connection")


def test_a_transcript_has_lines_and_the_order_of_the_steps() -> None:
    text = Path(__file__).parents[1] / "formats" / "transcript" / "recorded" / "cisco-stdout-only.txt"
    lines = text.read_text().splitlines()
    suite = next(n for n, line in enumerate(lines, 1) if "Cipher is TLS_AES_256_GCM_SHA384" in line)
    (stream,) = (each.stream for each in read_runs(text.read_bytes(), SourceRef("run.txt")))
    picture = ladder(stream, ENGLISH)
    steps = [(rung.frame, rung.what.partition(",")[0]) for rung in picture.rungs]
    assert steps[1:] == [("line 1", "ClientHello"), (f"line {suite}", "ServerHello"), ("line 4", "Certificate")]
    assert lines[3].startswith(" 0 s:")
    assert picture.title == "unknown to unknown, run.txt, 2026-11-24 04:30:18Z"
