"""A service that sends again: tries of one Test Action, each with its own conversation and outcome; the last counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.test_attempts import event, shape
from formats.capture.wire import Talk, ethernet, pcap
from sestriage.engine.attempts import group_events, is_further_try
from sestriage.engine.triage import TriageOptions, triage
from sestriage.model.log import SmtpReply
from sestriage.model.verdict import Report

NOW = datetime(2023, 11, 15, tzinfo=UTC)
CONNECT = (
    "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: mail.example.com, 587; timeout 5000;\n"
    "  nested exception is:\n\tjava.net.ConnectException: Connection refused\n"
)
LOGIN = "javax.mail.AuthenticationFailedException: 535 5.7.8 Error: authentication failed\n\n"
EOF = "javax.mail.MessagingException: Got bad greeting from SMTP host: mail.example.com, port: 587, response: [EOF]\n"
ACTION = "email action 'Mail' via mail.example.com:587"


def line(second: float, text: str, thread: str = "mail-1") -> str:
    return f"2023-11-14T22:13:{20 + second:06.3f}Z INFO [{thread}] EmailActionExecutor - {text}\n"


def judged(tmp_path: Path, log: str, frames: list[bytes] | None = None) -> Report:
    path = tmp_path / "sw-response-mgmt.log"
    path.write_text(log, encoding="utf-8")
    paths = [str(path)]
    if frames is not None:
        (tmp_path / "a.pcap").write_bytes(pcap(frames))
        paths.append(str(tmp_path / "a.pcap"))
    return triage(paths, TriageOptions(now=NOW))


def first_try(last: bool = True) -> Talk:
    """Closed before a greeting; the client's own FIN comes late where `last` is False."""
    talk = Talk(client=("10.0.0.5", 40001)).connect().fin(False).ack(True)
    return talk.fin(True) if last else talk


def second_try() -> Talk:
    talk = Talk(client=("10.0.0.5", 40002), client_seq=900, server_seq=700).connect()
    talk.s(b"220 mail.example.com ESMTP\r\n").c(b"EHLO smc\r\n").s(b"250-mail.example.com\r\n250 AUTH PLAIN\r\n")
    talk.c(b"AUTH PLAIN AGEAYg==\r\n").s(b"535 5.7.8 Error: authentication failed\r\n").c(b"QUIT\r\n").s(b"221 Bye\r\n")
    return talk.fin(False).fin(True)


def test_the_result_of_the_last_try_counts(tmp_path: Path) -> None:
    log = (
        line(0, f"Test Action started: {ACTION}")
        + line(0.5, f"Sending failed (attempt 1 of 2): {CONNECT}")
        + line(2, f"Test Action succeeded: {ACTION}")
    )
    report = judged(tmp_path, log)
    assert report.verdict.outcome.value == "accepted"
    (note,) = [note for note in report.verdict.notes if "tries of one Test Action" in note]
    assert "last 2 attempts" in note
    assert "connection-refused (" in note


def test_both_conversations_belong_to_their_own_try(tmp_path: Path) -> None:
    log = (
        line(0, f"Test Action started: {ACTION}")
        + line(0.5, f"Sending failed (attempt 1 of 2): {EOF}")
        + line(2, f"Test Action failed: {ACTION}\n{LOGIN}")
    )
    report = judged(tmp_path, log, [ethernet(p) for talk in (first_try(), second_try()) for p in talk.packets])
    assert [len(attempt.streams) for attempt in report.attempts] == [1, 1]
    assert [a.finding.rule for a in report.attempts if a.finding] == ["closed-before-greeting", "login-refused"]
    assert report.verdict.primary is not None
    assert report.verdict.primary.rule == "login-refused"


def test_a_connection_that_is_closed_late_makes_no_older_failure_the_newest(tmp_path: Path) -> None:
    log = (
        line(0, f"Test Action started: {ACTION}")
        + line(0.5, f"Sending failed (attempt 1 of 2): {EOF}")
        + line(1.9, f"Test Action failed: {ACTION}\n{LOGIN}")
    )
    first, second = first_try(last=False), second_try()
    packets = [*first.packets, *second.packets]
    packets += [second.packets[-1]] * 20 + first.fin(True).packets[-1:]
    report = judged(tmp_path, log, [ethernet(packet) for packet in packets])
    assert report.verdict.primary is not None
    assert report.verdict.primary.rule == "login-refused"


def test_tries_that_end_alike_are_two() -> None:
    first = event("failure", 5, "Sending failed (attempt 1 of 2)", root_message="Connection refused", thread="m")
    second = event("failure", 8, "Sending failed (attempt 2 of 2)", root_message="Connection refused", thread="m")
    result = event("failure", 20, "Test Action failed", thread="m")
    drafts = group_events([event("start", 0, thread="m"), first, second, result])
    assert shape(drafts) == [["start", "failure"], ["failure", "failure"]]
    assert is_further_try(*drafts)


@pytest.mark.parametrize(
    ("text", "thread"),
    [
        ("Sending failed (attempt 2 of 2)", "m"),  # there was no try left: the next one is another Test Action
        ("Sending failed (attempt 1 of 2)", "other"),
        ("Sending failed", "m"),
        ("Sending failed (attempt 3 of 2)", "m"),
    ],
)
def test_other_attempts_are_no_tries(text: str, thread: str) -> None:
    first = event("failure", 5, text, root_message="Connection refused", thread=thread)
    second = event("failure", 50, "Test Action failed", reply=SmtpReply(535, "no"), thread="m")
    drafts = group_events([first, second])
    assert len(drafts) == 2
    assert not is_further_try(*drafts)


@pytest.mark.parametrize(
    ("message", "retry"),
    [
        ("Sending failed (attempt 1 of 2)", (1, 2)),
        ("retry 2/3 failed", (2, 3)),
        ("Versuch 1 von 3 fehlgeschlagen", (1, 3)),
        ("attempt 5 of 2", None),
        ("1 of 2 recipients", None),
    ],
)
def test_what_a_line_says_of_its_try(message: str, retry: tuple[int, int] | None) -> None:
    assert replace(event("failure", 0).event, message=message).retry == retry


@pytest.mark.parametrize(
    ("last", "outcome"), [("Email sent (attempt 3 of 3)", "accepted"), ("Email not sent (attempt 3 of 3)", "failed")]
)
def test_the_sentence_of_the_last_try_counts_with_its_number(last: str, outcome: str, tmp_path: Path) -> None:
    log = line(0, "Sending test email (attempt 1 of 3)") + line(0.5, f"Sending failed (attempt 1 of 3): {CONNECT}")
    log += line(2, f"Sending failed (attempt 2 of 3): {LOGIN}") + line(4, last)
    report = judged(tmp_path, log)
    assert str(report.verdict.outcome) == outcome
    assert len(report.attempts) == 3
