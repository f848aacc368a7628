"""The end of a transaction on the wire: partial success, a reset at QUIT, replies that are not about the sender."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from formats.capture.wire import Talk, pcap
from sestriage.engine.triage import TriageOptions, triage
from sestriage.model.verdict import Report


def greeted() -> Talk:
    talk = Talk().connect().s(b"220 mail.example.com ESMTP\r\n").c(b"EHLO smc\r\n")
    return talk.s(b"250-mail.example.com\r\n250 SIZE 1000\r\n")


def says(talk: Talk, *lines: str) -> Talk:
    """Command and reply in turn."""
    for number, line in enumerate(lines):
        talk.says(number % 2 == 0, line.encode() + b"\r\n")
    return talk


SENDER = ("MAIL FROM:<a@example.com>", "250 Ok")
ONE = ("RCPT TO:<b@example.com>", "250 Ok")
REFUSED = ("RCPT TO:<c@example.com>", "550 5.1.1 User unknown")
BODY = ("DATA", "354 go", "Subject: x\r\n\r\nx\r\n.", "250 2.0.0 Ok: queued as ABC")


def judged(talk: Talk, tmp_path: Path) -> Report:
    (tmp_path / "a.pcap").write_bytes(pcap(talk.frames()))
    return triage([str(tmp_path / "a.pcap")], TriageOptions(now=datetime(2023, 11, 15, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        (("MAIL FROM:<a@example.com> SIZE=5000", "552 5.3.4 Message size exceeds fixed limit"), "message-too-long"),
        (("MAIL FROM:<a@example.com>", "503 5.5.1 Error: send HELO/EHLO first"), "command-out-of-sequence"),
        (("MAIL FROM:<a@example.com>", "503 5.5.1 Error: need AUTH command"), "authentication-required"),
        (("MAIL FROM:<a@example.com>", "553 5.1.7 bad sender"), "sender-refused"),
        ((*SENDER, *ONE, *REFUSED, "RSET", "250 Ok"), "some-recipients-refused"),
        ((*SENDER, *REFUSED, "RSET", "250 Ok"), "recipient-refused"),
    ],
)
def test_the_reply_decides(lines: tuple[str, ...], rule: str, tmp_path: Path) -> None:
    report = judged(says(greeted(), *lines, "QUIT", "221 Bye").fin(False).fin(True), tmp_path)
    assert report.verdict.primary is not None
    assert report.verdict.primary.rule == rule


@pytest.mark.parametrize(("lines", "told"), [((*ONE, *REFUSED), True), ((*ONE, *ONE), False)])
def test_a_mail_that_went_to_some_is_told(lines: tuple[str, ...], told: bool, tmp_path: Path) -> None:
    report = judged(says(greeted(), *SENDER, *lines, *BODY, "QUIT", "221 Bye").fin(False).fin(True), tmp_path)
    assert str(report.verdict.outcome) == "accepted"
    assert ("some-recipients-refused" in {f.rule for f in report.verdict.contributing}) is told


def test_a_reset_at_quit_is_no_failure(tmp_path: Path) -> None:
    report = judged(says(greeted(), *SENDER, *ONE, *BODY, "QUIT").rst(False), tmp_path)
    assert (str(report.verdict.outcome), str(report.verdict.confidence)) == ("accepted", "confirmed")
