"""What is asked for where no attempt is in the evidence: the log first, and a capture where a log tells of none."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from formats.capture.test_lifecycle import after_flight
from formats.capture.wire import alert, pcap
from sestriage import triage
from support import SAMPLES

STORE = SAMPLES / "proxy-web-not-there" / "truststore.p12"
CAPTURE = SAMPLES / "proxy-web-not-there" / "test-action.pcap"
"""Nothing of it is read as mail: the proxy was not reached."""


@pytest.mark.parametrize(
    ("evidence", "asked"),
    [
        (("store",), ["tail"]),
        (("store", "capture"), ["tail"]),
        (("store", "log"), ["tail", "tcpdump"]),
        (("log", "capture"), ["tail"]),
    ],
    ids="+".join,
)
def test_a_capture_is_asked_for_where_a_log_tells_of_no_attempt(
    evidence: tuple[str, ...], asked: list[str], tmp_path: Path
) -> None:
    quiet = tmp_path / "sw-response-mgmt.log"
    quiet.write_text("2026-11-24 03:31:33,244 INFO [main] c.h.Engine - engine up, 14 rules\n", encoding="utf-8")
    files = {"store": STORE, "capture": CAPTURE, "log": quiet}
    report = triage([str(files[kind]) for kind in evidence])
    assert report.attempts == ()
    commands = [str(need.command) for need in report.verdict.needs]
    assert len(commands) == len(asked)
    assert all(word in command for word, command in zip(asked, commands, strict=True))


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("javax.mail.SendFailedException: No recipient addresses", False),
        ("javax.mail.AuthenticationFailedException: failed to connect, no password specified?", False),
        ("javax.mail.AuthenticationFailedException: failed to connect", True),  # the server may have been asked
    ],
)
def test_no_capture_is_asked_for_where_the_client_gave_up_before_it_connected(
    said: str, asked: bool, tmp_path: Path
) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text(f"2026-11-20 09:12:44.310 ERROR 7 --- [mail-1] c.c.Mail : Failed to send email\n{said}\n")
    commands = [str(need.command) for need in triage([str(log)]).verdict.needs]
    assert any("tcpdump" in command for command in commands) is asked


@pytest.mark.parametrize(
    ("kept", "asked"),
    [("whole", ""), ("one direction", "both directions"), ("first bytes", "whole packets")],
)
def test_what_is_missing_in_a_capture_is_asked_for(kept: str, asked: str, tmp_path: Path) -> None:
    talk = after_flight()
    if kept == "one direction":
        talk.packets = [each for each in talk.packets if each[12:16] != bytes((10, 0, 0, 5))]
    frames = talk.fin(False).frames() if kept == "one direction" else talk.fin(True).fin(False).frames()
    data = pcap(frames)
    if kept == "first bytes":
        cut = [
            struct.pack("<IIII", 1_700_000_000, n, len(each[:54]), len(each)) + each[:54]
            for n, each in enumerate(frames)
        ]
        data = data[:24] + b"".join(cut)
    file = tmp_path / "cap.pcap"
    file.write_bytes(data)
    report = triage([str(file)])
    wanted = [str(need.evidence) for need in report.verdict.needs]
    for words in ("both directions", "whole packets"):
        assert any(words in each for each in wanted) is (words == asked)


@pytest.mark.parametrize(("sender", "words"), [("<>", "Return-Path"), ("<a@example.com>", "sestriage mail")])
def test_what_a_mail_among_the_files_is_good_for_is_said(sender: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    file.write_text(
        f"Return-Path: {sender}\nReceived: from a.example.org (a.example.org [192.0.2.9])\n by mx.example.com"
        " with ESMTPS id 4F1AB2\n for <b@example.com>; Sat, 28 Nov 2026 10:00:09 +0000 (UTC)\nFrom: a@example.com\n"
        "To: b@example.com\nSubject: t\nDate: Sat, 28 Nov 2026 10:00:08 +0000\nMessage-ID: <1@example.com>\n\nt\n",
        encoding="utf-8",
    )
    report = triage([str(file)])
    assert report.attempts == ()
    assert any(words in str(note) for note in report.verdict.notes)


@pytest.mark.parametrize(
    ("sample", "told"),
    [("tls13", True), ("hostname-mismatch-tls13", False), ("pkix-root-missing", False), ("success", False)],
)
def test_that_the_client_broke_off_tls_1_3_is_said_of_a_capture_alone(sample: str, told: bool) -> None:
    """Its reason is encrypted; a client that finished, or one whose alert can be read, is another case."""
    report = triage([str(SAMPLES / sample / "test-action.pcap")])
    notes = [str(note) for note in report.verdict.notes if "before it had finished" in str(note)]
    assert bool(notes) is told
    whole = triage([str(SAMPLES / sample)])
    assert not any("before it had finished" in str(note) for note in whole.verdict.notes)


def test_the_end_of_a_connection_is_cited_where_it_stands(tmp_path: Path) -> None:
    """The packets behind it (the other side's alert, its own end) are not it."""
    talk = after_flight()
    end = len(talk.packets) + 1
    file = tmp_path / "cap.pcap"
    file.write_bytes(pcap(talk.fin(True).s(alert(2, 50)).fin(False).ack(True).frames()))
    primary = triage([str(file)]).verdict.primary
    assert primary is not None
    assert [each.source.frame for each in primary.evidence if "closed by the client" in each.quote] == [end]
