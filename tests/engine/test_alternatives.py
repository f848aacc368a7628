"""What would settle the other readings of a verdict: evidence that is not there, never what was handed in already."""

from __future__ import annotations

from pathlib import Path

import pytest

from formats.capture.wire import Talk, pcap
from sestriage.engine.triage import TriageOptions, triage
from sestriage.report import text
from sestriage.report.language import in_language
from support import SAMPLES

LOG = """\
2026-11-20 09:12:44.310 ERROR 7 --- [mail-1] c.x.r.EmailActionExecutor : Test Action failed: email action 'AWS SES Test' via email-smtp.us-east-1.amazonaws.com:587
javax.mail.MessagingException: Could not convert socket to TLS;
  nested exception is:
\tjavax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target
"""  # noqa: E501


def whys(*paths: str, language: str = "en") -> dict[str, str]:
    report = triage(list(paths), TriageOptions(language=language))
    assert report.verdict.alternatives
    return {each.rule: each.why for each in in_language(report, language).verdict.alternatives}


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "sw-response-mgmt.log"
    path.write_text(LOG, encoding="utf-8")
    return str(path)


def test_a_log_alone_lacks_the_chain_and_the_store(log: str) -> None:
    found = whys(log)
    assert found["ca-missing-from-trust-store"] == "to be settled by the served chain, the trust store"
    assert found["tls-inspection"] == "to be settled by the served chain, the trust store"
    german = whys(log, language="de")
    assert german["tls-inspection"] == "zu klären durch die gelieferte Kette, den Vertrauensspeicher"


def test_a_store_that_is_there_is_not_asked_for_again(log: str) -> None:
    found = whys(log, str(SAMPLES / "tls13" / "truststore.p12"))
    assert found["ca-missing-from-trust-store"] == "to be settled by the served chain"


def test_a_log_that_was_set_aside_is_not_asked_for_again() -> None:
    assert set(whys(str(SAMPLES / "double-connect")).values()) == {""}


@pytest.mark.parametrize(
    ("host", "named"),
    [("mail.example.com", False), ("192.0.2.25", True), ("relay", True), ("email-smtp.eu-west-1.amazonaws.com", True)],
)
def test_what_stands_in_the_place_of_ses_is_no_reading_for_a_server_of_another_name(
    tmp_path: Path, host: str, named: bool
) -> None:
    path = tmp_path / "sw-response-mgmt.log"
    path.write_text(LOG.replace("email-smtp.us-east-1.amazonaws.com", host), encoding="utf-8")
    found = whys(str(path))
    assert ("tls-inspection" in found) == named
    assert "ca-missing-from-trust-store" in found


def test_the_report_says_it(log: str) -> None:
    drawn = " ".join(text.render(triage([log]), width=200).split())
    assert "(tls-inspection): to be settled by the served chain, the trust store" in drawn


NO_TLS = {
    "Postfix": "Nov 20 09:12:44 relay postfix/smtp[811]: 5D1F21C00: to=<ops@example.com>, relay=smtp.example.com[192.0.2.25]:587, delay=3, delays=0.1/0.1/2.8/0, dsn=4.4.2, status=deferred (Cannot start TLS: handshake failure)\n",  # noqa: E501
    "JavaMail": "2026-11-20 09:12:44.310 ERROR 7 --- [ponse-actions-2] c.c.s.r.a.EmailActionExecutor : Test Action failed: email action 'AWS': Could not convert socket to TLS\n",  # noqa: E501
}


@pytest.mark.parametrize(("program", "named"), [("Postfix", False), ("JavaMail", True)])
def test_a_handshake_of_postfix_did_not_fail_for_the_certificate(tmp_path: Path, program: str, named: bool) -> None:
    path = tmp_path / "mail.log"
    path.write_text(NO_TLS[program], encoding="utf-8")
    found = whys(str(path))
    assert all((rule in found) == named for rule in ("pkix-path-not-found", "hostname-mismatch", "certificate-expired"))
    assert {"handshake-closed", "tls-version-rejected", "dh-key-too-small"} <= found.keys()


QUIT_LOST = """\
2026-11-20 09:12:44.310 ERROR 7 --- [mail-1] c.x.r.EmailActionExecutor : Test Action failed
javax.mail.MessagingException: Exception reading response;
  nested exception is:
\tjava.net.SocketTimeoutException: Read timed out
\tat com.sun.mail.smtp.SMTPTransport.readServerResponse(SMTPTransport.java:2476)
\tat com.sun.mail.smtp.SMTPTransport.{method}(SMTPTransport.java:1396)
"""


@pytest.mark.parametrize(
    ("method", "left"), [("close", False), ("ehlo", False), ("authenticate", False), ("simpleCommand", True)]
)
def test_a_step_that_was_left_behind_is_no_other_reading(tmp_path: Path, method: str, left: bool) -> None:
    """JavaMail says QUIT only when it is connected: the greeting and the handshake came before; and no command before
    the greeting, nor during a handshake."""
    path = tmp_path / "sw-response-mgmt.log"
    path.write_text(QUIT_LOST.format(method=method), encoding="utf-8")
    verdict = triage([str(path)]).verdict
    assert verdict.primary is not None
    assert verdict.primary.rule == "reply-timed-out"
    named = {each.rule for each in verdict.alternatives}
    assert named == ({"greeting-timed-out", "starttls-on-smtps-port", "handshake-timed-out"} if left else set())


def test_an_end_in_the_handshake_is_none_before_the_greeting(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_text(
        "Nov 20 09:12:44 relay postfix/smtp[811]: 5D1F21C0: to=<ops@example.com>, relay=mx.example.com[192.0.2.25]:587,"
        " delay=3, dsn=4.4.2, status=deferred (lost connection with mx.example.com[192.0.2.25] while performing the TLS"
        " handshake)\n",
        encoding="utf-8",
    )
    verdict = triage([str(path)]).verdict
    assert verdict.primary is not None
    assert verdict.primary.rule == "closed-in-transaction"
    assert not {"closed-before-greeting", "starttls-on-smtps-port"} & {each.rule for each in verdict.alternatives}


@pytest.mark.parametrize(("spoke", "left"), [(True, set()), (False, {"handshake-reset"})])
def test_a_conversation_leaves_steps_behind_too(tmp_path: Path, spoke: bool, left: set[str]) -> None:
    """A capture that shows the greeting and a command leaves no end before the greeting open; one with MAIL, no end in
    the handshake either."""
    talk = Talk(server=("192.0.2.25", 25)).connect().s(b"220 mail.example.com ESMTP\r\n")
    talk.c(b"EHLO manager.example.com\r\n").s(b"250 mail.example.com\r\n")
    if spoke:
        talk.c(b"MAIL FROM:<a@example.com>\r\n")
    path = tmp_path / "test.pcap"
    path.write_bytes(pcap(talk.rst(False).frames()))
    verdict = triage([str(path)]).verdict
    assert verdict.primary is not None
    assert verdict.primary.rule == "closed-in-transaction"
    assert {each.rule for each in verdict.alternatives} == left


BY = "2026-11-20 09:12:44.310 ERROR 7 --- [mail-1] c.x.r.EmailActionExecutor : Test Action failed: via {}\n"
DENIED = "com.sun.mail.smtp.SMTPSendFailedException: 554 Access denied\n"
GREETED = "javax.mail.MessagingException: Could not connect to SMTP host: mail.example.com, port: {}, response: 554\n"
LOGS_OF_BOTH = "to be settled by the client's mail debug log or the server's own log"


@pytest.mark.parametrize(
    ("said", "rule", "why"),
    [
        (BY.format("email-smtp.us-east-1.amazonaws.com:587") + DENIED, "client-address-blocked", LOGS_OF_BOTH),
        ("javax.mail.AuthenticationFailedException: failed to connect\n", "smtp-credentials-invalid", LOGS_OF_BOTH),
        (
            "javax.mail.MessagingException: Could not convert socket to TLS\n",
            "hostname-mismatch",
            "to be settled by a packet capture (not with TLS 1.3, which encrypts certificates and alerts)",
        ),
    ],
)
def test_a_capture_settles_nothing_that_lies_inside_tls(said: str, rule: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "sw-response-mgmt.log"
    path.write_text(said, encoding="utf-8")
    assert whys(str(path))[rule] == why


@pytest.mark.parametrize(("port", "asked"), [(25, True), (587, True), (465, False), (2465, False)])
def test_a_greeting_inside_tls_is_in_no_capture(port: int, asked: bool, tmp_path: Path) -> None:
    path = tmp_path / "sw-response-mgmt.log"
    path.write_text(BY.format(f"mail.example.com:{port}") + GREETED.format(port), encoding="utf-8")
    verdict = triage([str(path)], TriageOptions()).verdict
    assert verdict.primary is not None
    assert verdict.primary.rule == "bad-greeting"
    assert any("tcpdump" in str(need.command) for need in verdict.needs) is asked


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("Unsupported or unrecognized SSL message", False),
        ("error:1408F10B:SSL routines:ssl3_get_record:wrong version number:ssl/record/ssl3_record.c:332:", True),
    ],
)
def test_jsse_s_words_for_clear_text_leave_no_question_of_the_version(said: str, named: bool, tmp_path: Path) -> None:
    path = tmp_path / "sw-response-mgmt.log"
    path.write_text(LOG.split("SSLHandshakeException: ")[0] + f"SSLException: {said}\n", encoding="utf-8")
    verdict = triage([str(path)]).verdict
    assert verdict.primary is not None
    assert verdict.primary.rule == "plaintext-in-handshake"
    assert ("tls-version-rejected" in {each.rule for each in verdict.alternatives}) is named


def test_what_only_java_says_is_no_reading_for_another_program(tmp_path: Path) -> None:
    small = "The Diffie-Hellman prime sent by the server is not acceptable (not long enough)."
    wrapper = "javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n\t"
    for name, said in (("java", f"{wrapper}gnutls_handshake() failed: {small}\n"), ("msmtp", f"msmtp: {small}\n")):
        path = tmp_path / f"{name}.log"
        path.write_text(said.replace("msmtp: ", "msmtp: TLS handshake failed: "), encoding="utf-8")
        verdict = triage([str(path)]).verdict
        assert verdict.primary is not None
        assert verdict.primary.rule == "dh-key-too-small"
        assert ("trust-store-empty" in {each.rule for each in verdict.alternatives}) is (name == "java")
