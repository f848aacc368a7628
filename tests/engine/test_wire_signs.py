"""What the wire shows beside alerts and replies: large segments that are lost, a name that is not sent, a full stop."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from formats.capture.wire import ACK, FIN, PSH, Talk, alert, certificate, client_hello, pcap, record, server_hello
from sestriage.engine.triage import TriageOptions, triage
from sestriage.model.verdict import Report

HOST = "email-smtp.us-east-1.amazonaws.com"


def before_tls() -> Talk:
    talk = Talk().connect().s(b"220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABC x\r\n").c(b"EHLO smc\r\n")
    talk.s(b"250-email-smtp.amazonaws.com\r\n250-STARTTLS\r\n250 Ok\r\n").c(b"STARTTLS\r\n")
    return talk.s(b"220 Ready to start TLS\r\n")


def before_body() -> Talk:
    talk = Talk().connect().s(b"220 mail.example.com ESMTP\r\n").c(b"EHLO smc\r\n").s(b"250 mail.example.com\r\n")
    talk.c(b"MAIL FROM:<a@example.com>\r\n").s(b"250 Ok\r\n").c(b"RCPT TO:<b@example.com>\r\n").s(b"250 Ok\r\n")
    return talk.c(b"DATA\r\n").s(b"354 go\r\n")


def judged(talk: Talk, tmp_path: Path) -> Report:
    (tmp_path / "a.pcap").write_bytes(pcap(talk.frames()))
    return triage([str(tmp_path / "a.pcap")], TriageOptions(now=datetime(2023, 11, 15, tzinfo=UTC)))


def rule_of(report: Report) -> tuple[str | None, str]:
    verdict = report.verdict
    return verdict.primary.rule if verdict.primary else None, str(verdict.confidence)


def lost_chain(size: int) -> Talk:
    """Of the server's flight only its end arrives; the client acknowledges what stands before the hole, for 6 s."""
    talk = before_tls().c(record(22, client_hello()))
    flight = record(22, server_hello()) + record(22, certificate(b"\x30" * size))
    hole = talk.server_seq
    talk.server_seq += len(flight) - 100
    talk.raw(False, PSH | ACK, flight[-100:])
    for _ in range(60):
        talk.raw(True, ACK, ack=hole)
    talk.raw(True, FIN | ACK, ack=hole)
    return talk


def test_the_servers_large_segments_are_lost(tmp_path: Path) -> None:
    talk = lost_chain(3000)
    assert talk.stream().tcp.large_lost == "server"
    assert rule_of(judged(talk, tmp_path)) == ("handshake-timed-out", "confirmed")


def test_a_small_hole_is_no_sign_of_it() -> None:
    assert lost_chain(300).stream().tcp.large_lost is None


def test_a_hole_that_was_acknowledged_is_the_captures_own() -> None:
    talk = before_tls().c(record(22, client_hello()))
    talk.server_seq += 2800
    talk.s(b"x" * 100).ack(True)
    assert talk.stream().tcp.large_lost is None


def test_the_clients_large_segments_are_lost(tmp_path: Path) -> None:
    talk = before_body()
    for _ in range(6):
        talk.raw(True, PSH | ACK, b"x" * 1400)
    assert talk.stream().tcp.large_lost == "client"
    report = judged(talk, tmp_path)
    assert rule_of(report) == ("large-packets-lost", "likely")
    assert str(report.verdict.outcome) == "failed"


@pytest.mark.parametrize(("size", "times"), [(1400, 2), (200, 6)])
def test_few_or_small_ones_are_no_black_hole(size: int, times: int) -> None:
    talk = before_body()
    for _ in range(times):
        talk.raw(True, PSH | ACK, b"x" * size)
    assert talk.stream().tcp.large_lost is None


def test_a_segment_that_is_acknowledged_in_the_end_is_not_lost() -> None:
    talk = before_body()
    for _ in range(5):
        talk.raw(True, PSH | ACK, b"x" * 1400)
    talk.raw(False, ACK, ack=talk.client_seq + 1400)
    assert talk.stream().tcp.large_lost is None


@pytest.mark.parametrize(
    ("sni", "code", "rule"),
    [
        (None, 112, ("server-name-not-sent", "confirmed")),
        (HOST, 112, ("server-alert", "confirmed")),
        (HOST, 40, ("no-common-cipher-suite", "confirmed")),
    ],
)
def test_the_name_in_the_hello(sni: str | None, code: int, rule: tuple[str, str], tmp_path: Path) -> None:
    talk = before_tls().c(record(22, client_hello(sni))).s(alert(2, code)).fin(False).fin(True)
    assert rule_of(judged(talk, tmp_path)) == rule


def test_a_refusal_without_a_reason_of_a_hello_without_a_name_has_both_readings(tmp_path: Path) -> None:
    report = judged(before_tls().c(record(22, client_hello(None))).s(alert(2, 40)).fin(False).fin(True), tmp_path)
    assert rule_of(report) == ("no-common-cipher-suite", "likely")
    others = {finding.rule for finding in report.verdict.contributing}
    others |= {other.rule for other in report.verdict.alternatives}
    assert "server-name-not-sent" in others


@pytest.mark.parametrize(
    ("greeting", "rule"),
    [(b"HTTP/1.1 408 Request Time-out\r\n\r\n", "bad-greeting"), (b"SSH-2.0-OpenSSH_9.2\r\n", "bad-greeting")],
)
def test_a_server_of_something_else_is_told_by_its_first_words(greeting: bytes, rule: str, tmp_path: Path) -> None:
    assert rule_of(judged(Talk().connect().s(greeting).fin(False).fin(True), tmp_path)) == (rule, "confirmed")
    asked = Talk().connect().c(b"CONNECT mail.example.com:587 HTTP/1.1\r\n\r\n").s(b"HTTP/1.1 200 Ok\r\n\r\n")
    assert rule_of(judged(asked.fin(False).fin(True), tmp_path))[0] != rule, "an answer of a proxy is no greeting"


def test_a_full_stop_behind_the_name_is_no_part_of_it(tmp_path: Path) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    for host in (HOST, "mail.example.com"):
        log.write_text(
            f"com.sun.mail.util.MailConnectException: Couldn't connect to host, port: {host}., 587; timeout -1;\n"
            "  nested exception is:\n\tjava.net.ConnectException: Connection refused\n",
            encoding="utf-8",
        )
        (attempt,) = triage([str(log)], TriageOptions(now=datetime(2023, 11, 15, tzinfo=UTC))).attempts
        assert (attempt.host, attempt.port) == (host, 587)


@pytest.mark.parametrize("reply", [b"454 4.7.0 TLS not available\r\n", b"421 4.7.0 Try again later\r\n"])
def test_a_reply_in_clear_text_behind_the_client_hello(tmp_path: Path, reply: bytes) -> None:
    talk = before_tls().c(record(22, client_hello())).s(reply).fin(False)
    tls = talk.stream().tls
    assert tls is not None
    assert tls.plaintext_reply == reply.decode().rstrip()
    assert rule_of(judged(talk, tmp_path)) == ("plaintext-in-handshake", "confirmed")


def test_the_go_ahead_that_a_hasty_client_did_not_wait_for_is_no_answer_to_tls(tmp_path: Path) -> None:
    talk = Talk().connect().s(b"220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABC x\r\n").c(b"EHLO smc\r\n")
    talk.s(b"250-email-smtp.amazonaws.com\r\n250-STARTTLS\r\n250 Ok\r\n").c(b"STARTTLS\r\n")
    talk.c(record(22, client_hello())).s(b"220 Ready to start TLS\r\n").fin(False)
    tls = talk.stream().tls
    assert tls is not None
    assert tls.plaintext_reply is None
    assert rule_of(judged(talk, tmp_path)) == ("handshake-closed", "likely")
