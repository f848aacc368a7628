"""What somebody did by hand with swaks, telnet, netcat, curl or smtplib is never the Manager's attempt."""

from __future__ import annotations

from pathlib import Path

import pytest

from sestriage import triage
from sestriage.model.verdict import Report

HOST = "email-smtp.eu-west-1.amazonaws.com"
SESSIONS = {
    "idle": f"$ nc -v {HOST} 587\n220 email-smtp.amazonaws.com ESMTP x\n"
    "451 4.4.2 Timeout waiting for data from client.\n",
    "certificate": f"# curl -v --url smtp://{HOST}:587 --ssl-reqd\n< 220 Ready to start TLS\n"
    "* SSL certificate problem: unable to get local issuer certificate\n",
    "begun": f"$ openssl s_client -connect {HOST}:587 -brief\n40A7:error:0A00010B:SSL routines:ssl3_get_record:"
    "wrong version number:ssl/record/ssl3_record.c:354:\n",
    "login": f">>> import smtplib\n>>> s=smtplib.SMTP('{HOST}',587)\n"
    "smtplib.SMTPAuthenticationError: (535, b'Authentication Credentials Invalid')\n",
    "blocked": f"=== Trying {HOST}:25...\n"
    f"*** Error connecting to {HOST}:25:\n*** \tIO::Socket: connect: Connection timed out\n",
    "quoted": f"> $ telnet {HOST} 587\n> 220 x ESMTP\n> 421 4.4.2 Timeout\n",
}
FAILED = (
    "2026-11-20 09:12:44.310 ERROR [action-1] c.x.EmailAction - Unable to send email\n"
    "com.sun.mail.smtp.SMTPSendFailedException: 554 Message rejected: Email address is not verified. "
    "The following identities failed the check in region EU-WEST-1: sna@example.com\n"
)


def report_on(text: str, folder: Path) -> Report:
    file = folder / "notes.txt"
    file.write_text(text, encoding="utf-8")
    return triage([str(file)])


@pytest.mark.parametrize("name", SESSIONS)
def test_alone_it_decides_nothing_and_is_told(name: str, tmp_path: Path) -> None:
    report = report_on(SESSIONS[name], tmp_path)
    assert report.verdict.outcome == "undetermined"
    assert not report.verdict.proven
    (test,) = report.tests
    assert test.host == HOST


@pytest.mark.parametrize("name", SESSIONS)
def test_beside_a_log_the_log_decides(name: str, tmp_path: Path) -> None:
    for text in (f"{FAILED}\n{SESSIONS[name]}", f"{SESSIONS[name]}\n{FAILED}"):
        report = report_on(text, tmp_path)
        assert report.verdict.primary is not None
        assert report.verdict.primary.rule == "identity-not-verified"
        assert len(report.attempts) == 1
        assert len(report.tests) == 1


def test_the_same_dialogue_in_a_program_s_log_is_an_attempt(tmp_path: Path) -> None:
    log = (
        "< 220 mail.example.com ESMTP\n> EHLO smc\n< 250 AUTH LOGIN\n> AUTH LOGIN\n< 535 5.7.8 authentication failed\n"
    )
    assert report_on(log, tmp_path).verdict.outcome == "failed"


TRACE = (
    "*   Trying 192.0.2.25:{port}...\n* Connected to smtp.example.com (192.0.2.25) port {port} (#0)\n"
    "< 220 smtp.example.com ESMTP\n> EHLO mine\n< 250-smtp.example.com\n< 250 STARTTLS\n> STARTTLS\n"
    "< 220 Ready to start TLS\n* TLSv1.3 (OUT), TLS handshake, Client hello (1):\n}} [512 bytes data]\n"
    "* TLSv1.2 (OUT), TLS alert, unknown CA (560):\n"
)


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("(60) SSL certificate problem: unable to get local issuer certificate", "pkix-path-not-found"),
        (
            "(60) SSL: no alternative certificate subject name matches target host name 'smtp.example.com'",
            "hostname-mismatch",
        ),
        ("(28) Connection timed out after 5001 milliseconds", "connection-timed-out"),
        ("(6) Could not resolve host: smtp.example.com", "dns-lookup-failed"),
    ],
)
@pytest.mark.parametrize("begin", ["$ curl -v smtp://smtp.example.com:587\n", ""], ids=["command", "trace alone"])
def test_the_last_word_of_curl_is_its_result(begin: str, said: str, rule: str, tmp_path: Path) -> None:
    trace = TRACE.format(port=587) if "60" in said or not begin else ""
    report = report_on(f"{begin}{trace}curl: {said}\n", tmp_path)
    (test,) = report.tests
    assert (test.program, test.host, test.port) == ("curl", "smtp.example.com", 587)
    (finding,) = [each for each in test.findings if each.rule == rule]
    assert [each.quote for each in finding.evidence] == [f"curl: {said}"]


@pytest.mark.parametrize(
    "text",
    [
        TRACE.format(port=443) + "curl: (60) SSL certificate problem: unable to get local issuer certificate\n",
        TRACE.format(port=587) + "* SSL certificate problem: unable to get local issuer certificate\n",
    ],
    ids=["of a web server", "of a program that uses libcurl"],
)
def test_a_trace_of_something_else_is_no_test_of_mail(text: str, tmp_path: Path) -> None:
    assert report_on(text, tmp_path).tests == ()
