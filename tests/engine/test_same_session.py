"""What a server says in one session only joins log and capture whatever their clocks say, and parts those of one
moment; with samples of the lab (a clock days off, two Managers) and conversations made packet by packet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from calibration.shift import at_the_time_of
from formats.capture.wire import Talk, pcap
from reports import triaged
from sestriage.engine.triage import TriageOptions, triage
from sestriage.model.verdict import Report
from support import SAMPLES

MANAGERS = ("clock-ahead-535", "clock-ahead-535-other", "same-seconds-535-other", "success-debug")
"""Their logs hold the server's greeting."""


def files(log_of: str, capture_of: str) -> tuple[str, str]:
    return str(SAMPLES / log_of / "sw-response-mgmt.log"), str(SAMPLES / capture_of / "test-action.pcap")


def notes(report: Report) -> str:
    return " ".join(map(str, report.verdict.notes))


@pytest.mark.parametrize(("name", "apart"), [("clock-ahead-535", "40 days"), ("clock-behind-accepted", "25 days")])
def test_one_session_is_one_attempt_whatever_the_clocks_say(name: str, apart: str) -> None:
    report = triaged(*files(name, name))
    [attempt] = report.attempts
    assert attempt.streams
    assert f"lie {apart} apart" in notes(report)
    assert attempt.started is not None
    assert attempt.ended is not None
    assert attempt.ended - attempt.started < attempt.ended.resolution * 60_000_000, "no attempt lasts for days"


@pytest.mark.parametrize("log_of", MANAGERS)
@pytest.mark.parametrize("capture_of", MANAGERS)
def test_two_managers_evidence_of_one_moment_is_parted(log_of: str, capture_of: str, tmp_path: Path) -> None:
    log, capture = files(log_of, capture_of)
    own = SAMPLES / ("clock-ahead-535" if log_of.startswith("clock") else log_of) / "test-action.pcap"
    report = triage([log, str(at_the_time_of(Path(capture), own, tmp_path))], TriageOptions())
    joined = any(attempt.events and attempt.streams for attempt in report.attempts)
    assert joined == (log_of == capture_of and not log_of.endswith("-other"))


def test_a_capture_of_the_same_seconds_and_another_session_is_told() -> None:
    report = triaged(*files("same-seconds-535-other", "same-seconds-535-other"))
    assert "is of another session" in notes(report)
    assert report.verdict.confidence is None
    assert "is of another session" not in notes(triaged(*files("success-debug", "success-debug")))


@pytest.mark.parametrize("name", ["clock-ahead-pkix", "clock-ahead-pkix-other"])
def test_without_a_word_of_the_session_nothing_is_joined_and_nothing_confirmed(name: str) -> None:
    """One Manager's and two Managers' evidence look alike: both readings are told."""
    report = triaged(*files(name, name))
    assert len(report.attempts) == 2
    assert "40 days apart" in notes(report)
    assert "else the capture is of another one" in notes(report)
    assert str(report.verdict.confidence) == "likely"


LOG = """2023-11-10 08:00:00,000 INFO [x] Sending test mail
DEBUG SMTP: trying to connect to host "mail.example.com", port 587, isSSL false
{greeting}
EHLO smc
250 Ok
DEBUG SMTP: no login
MAIL FROM:<a@example.com>
2023-11-10 08:00:01,000 ERROR [x] Sending failed
com.sun.mail.smtp.SMTPSendFailedException: {reply}

\tat com.sun.mail.smtp.SMTPTransport.mailFrom(SMTPTransport.java:1)
"""
REPLY = "550 Not here"


def conversation(greeting: str, reply: str = REPLY) -> Talk:
    talk = Talk().connect().s(f"{greeting}\r\n".encode()).c(b"EHLO smc\r\n").s(b"250 Ok\r\n")
    return talk.c(b"MAIL FROM:<a@example.com>\r\n").s(f"{reply}\r\n".encode()).fin(False).fin(True)


@pytest.mark.parametrize(
    ("greeting", "reply", "joined"),
    [
        ("220 mail.example.com ESMTP d9443c01a7336sm12 - gsmtp", REPLY, True),
        ("220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-QQQ dlZcvaByVOkHWJonAfHJ", REPLY, True),
        ("220 mail.example.com ESMTP Postfix", REPLY, False),
        ("220 mx0123456789ab.example.com ESMTP", REPLY, False),
        ("220 mail.example.com ESMTP", "550 5.7.1 user AIDAQ3EGR7IEXAMPLE1 may not send", False),
        ("220 mail.example.com ESMTP", "550 <user1234567890@example.com> refused", False),
    ],
)
def test_only_a_word_of_one_session_joins(greeting: str, reply: str, joined: bool, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LOG.format(greeting=greeting, reply=reply), encoding="utf-8")
    (tmp_path / "a.pcap").write_bytes(pcap(conversation(greeting, reply).frames()))
    now = TriageOptions(now=datetime(2023, 11, 20, tzinfo=UTC))
    report = triage([str(tmp_path / "a.log"), str(tmp_path / "a.pcap")], now)
    assert (len(report.attempts) == 1) == joined


@pytest.mark.parametrize(("queued", "joined"), [("4F1C2B9E77AA", True), ("4F1C2B9E77AB", False)])
def test_the_id_of_a_queue_joins(queued: str, joined: bool, tmp_path: Path) -> None:
    text = "2023-11-10 08:00:01,000 INFO [x] Message sent: 250 2.0.0 Ok: queued as 4F1C2B9E77AA\n"
    (tmp_path / "a.log").write_text(text, encoding="utf-8")
    talk = Talk().connect().s(b"220 mail.example.com ESMTP\r\n").c(b"HELO smc\r\n").s(b"250 Ok\r\n")
    talk.c(b"MAIL FROM:<a@example.com>\r\n").s(b"250 Ok\r\n").c(b"RCPT TO:<b@example.com>\r\n").s(b"250 Ok\r\n")
    talk.c(b"DATA\r\n").s(b"354 go\r\n").c(b"Subject: x\r\n\r\nx\r\n.\r\n")
    talk.s(f"250 2.0.0 Ok: queued as {queued}\r\n".encode()).c(b"QUIT\r\n").s(b"221 Bye\r\n")
    (tmp_path / "a.pcap").write_bytes(pcap(talk.frames()))
    now = TriageOptions(now=datetime(2023, 11, 20, tzinfo=UTC))
    report = triage([str(tmp_path / "a.log"), str(tmp_path / "a.pcap")], now)
    assert (len(report.attempts) == 1) == joined
