"""A logged refusal held against the conversation of its time: one that never came to that step is another one's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from formats.capture.wire import Talk, alert, client_hello, pcap, record
from sestriage.engine.triage import TriageOptions, triage
from sestriage.model.verdict import Report

HOST = "email-smtp.us-east-1.amazonaws.com"
REFUSED_LOGIN = f"""2023-11-14 22:13:20,000 INFO [act-1] c.h.EmailAction - Sending test email via {HOST}:587
2023-11-14 22:13:21,000 ERROR [act-1] c.h.EmailAction - Sending failed
javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid
\tat com.sun.mail.smtp.SMTPTransport.authenticate(SMTPTransport.java:858)
"""


def greeted() -> Talk:
    return Talk().connect().s(b"220 mail.example.com ESMTP\r\n")


def in_tls(talk: Talk) -> Talk:
    talk.c(b"EHLO smc\r\n").s(b"250-mail.example.com\r\n250 STARTTLS\r\n").c(b"STARTTLS\r\n").s(b"220 go\r\n")
    return talk.c(record(22, client_hello(HOST)))


def judged(talk: Talk, tmp_path: Path) -> Report:
    (tmp_path / "a.log").write_text(REFUSED_LOGIN, encoding="utf-8")
    (tmp_path / "a.pcap").write_bytes(pcap(talk.frames()))
    now = TriageOptions(now=datetime(2023, 11, 15, tzinfo=UTC))
    return triage([str(tmp_path / "a.log"), str(tmp_path / "a.pcap")], now)


@pytest.mark.parametrize(
    "talk",
    [
        greeted().fin(False).fin(True),
        greeted().c(b"EHLO a\r\n").s(b"250 x\r\n").c(b"QUIT\r\n").s(b"221 x\r\n").fin(False).fin(True),
        greeted().c(b"EHLO a\r\n").s(b"502 x\r\n").fin(False).fin(True),
        in_tls(greeted()).s(alert(2, 70)).fin(False).fin(True),
    ],
    ids=["left at the greeting", "a test of a monitor", "refused at EHLO", "no common version"],
)
def test_a_session_that_never_came_to_the_login_is_not_that_of_a_refused_login(talk: Talk, tmp_path: Path) -> None:
    verdict = judged(talk, tmp_path).verdict
    assert len(verdict.contradictions) == 1
    assert str(verdict.confidence) == "likely"


@pytest.mark.parametrize(
    "talk",
    [
        greeted()
        .c(b"EHLO a\r\n")
        .s(b"250 AUTH PLAIN\r\n")
        .c(b"AUTH PLAIN AAA=\r\n")
        .s(b"535 no\r\n")
        .fin(False)
        .fin(True),
        greeted().c(b"EHLO a\r\n").s(b"250 x\r\n"),
        in_tls(greeted()),
    ],
    ids=["a login in clear text", "a capture that ends early", "a handshake that goes on"],
)
def test_one_that_may_have_come_to_it_is_no_contradiction(talk: Talk, tmp_path: Path) -> None:
    verdict = judged(talk, tmp_path).verdict
    assert verdict.contradictions == ()
    assert verdict.primary is not None
    assert (verdict.primary.rule, str(verdict.confidence)) == ("smtp-credentials-invalid", "confirmed")
