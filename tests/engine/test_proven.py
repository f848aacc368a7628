"""Each step that is said to work has its ground; what only the position on the ladder suggests is not said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sestriage.engine.needs import NEED_LOG
from sestriage.engine.proven import proven_by
from sestriage.engine.triage import triage
from sestriage.formats.log import parse_text
from sestriage.model.capture import (
    Endpoint,
    SmtpDialogue,
    Stream,
    TcpConnection,
    TlsSession,
    WireCommand,
    WireReply,
)
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Attempt, Ground, Outcome
from support import SAMPLES

SES = "email-smtp.eu-west-1.amazonaws.com"
RELAY = "relay.corp.example"
LOG = SourceRef("sw-response-mgmt.log")
PCAP = SourceRef("test.pcap")


def logged(text: str, host: str | None, port: int | None = 587, outcome: Outcome = Outcome.FAILED) -> Attempt:
    events = tuple(parse_text(text, LOG))
    wanted = "failure" if outcome is Outcome.FAILED else "success"
    decisive = next(event for event in events if event.outcome == wanted)
    phase = Phase.ACCEPTED if outcome is Outcome.ACCEPTED else decisive.phase
    return Attempt(None, None, events, host=host, port=port, outcome=outcome, phase=phase)


def captured(stream: Stream, outcome: Outcome = Outcome.UNDETERMINED, phase: Phase | None = None) -> Attempt:
    return Attempt(None, None, streams=(stream,), host=stream.host, port=stream.port, outcome=outcome, phase=phase)


def stream(smtp: SmtpDialogue | None = None, tls: TlsSession | None = None, **fields: object) -> Stream:
    base = Stream(
        PCAP.at_frame(1), Endpoint("10.1.1.1", 40000), Endpoint("192.0.2.7", 587), TcpConnection(established=True)
    )
    return replace(base, smtp=smtp, tls=tls, **fields)  # type: ignore[arg-type]


AUTH_535 = "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid"
PKIX = (
    "javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n"
    "\tjavax.net.ssl.SSLHandshakeException: PKIX path building failed: "
    "sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path"
)
WRAPPER = (
    "javax.mail.MessagingException: Could not connect to SMTP host: mail.example, port: 465;\n  nested exception is:\n"
    "\tjavax.net.ssl.SSLHandshakeException: PKIX path building failed: "
    "sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path"
)
REFUSED_CONTENT = "com.sun.mail.smtp.SMTPSendFailedException: 554 Message rejected: Email address is not verified"
DNS, TCP, GREETING, STARTTLS = Phase.DNS, Phase.TCP, Phase.GREETING, Phase.STARTTLS
TLS, CERTIFICATE, AUTH = Phase.TLS, Phase.CERTIFICATE, Phase.AUTH


@pytest.mark.parametrize(
    ("text", "host", "port", "expected"),
    [
        # SES takes a login over TLS only; the port says how TLS began
        (AUTH_535, SES, 587, (DNS, TCP, GREETING, STARTTLS, TLS, CERTIFICATE)),
        (AUTH_535, SES, 465, (DNS, TCP, GREETING, TLS, CERTIFICATE)),
        (AUTH_535, SES, None, (DNS, TCP, GREETING, TLS, CERTIFICATE)),
        # another server may take it in clear text
        (AUTH_535, RELAY, 587, (DNS, TCP, GREETING)),
        (AUTH_535, "10.0.0.6", 587, (TCP, GREETING)),
        (AUTH_535, "localhost", 25, (TCP, GREETING)),
        (AUTH_535, None, None, (TCP, GREETING)),
        (PKIX, RELAY, 587, (DNS, TCP, GREETING, STARTTLS)),
        (WRAPPER, "mail.example", 465, (DNS, TCP)),
        ("javax.mail.AuthenticationFailedException: failed to connect, no password specified?", SES, 587, ()),
        # SES lets nobody send who did not log in; another relay does
        (REFUSED_CONTENT, SES, 587, (*(DNS, TCP, GREETING, STARTTLS, TLS, CERTIFICATE, AUTH), Phase.MAIL, Phase.RCPT)),
        (REFUSED_CONTENT, RELAY, 25, (DNS, TCP, GREETING, Phase.MAIL, Phase.RCPT)),
        ("com.sun.mail.smtp.SMTPSendFailedException: 530 Authentication required", SES, 587, (DNS, TCP, GREETING)),
    ],
)
def test_what_a_logged_failure_proves(
    text: str, host: str | None, port: int | None, expected: tuple[Phase, ...]
) -> None:
    assert proven_by(logged(text, host, port)).phases == expected


@pytest.mark.parametrize(
    "text",
    [
        "javax.mail.MessagingException: Exception reading response;\n  nested exception is:\n"
        "\tjava.net.SocketTimeoutException: Read timed out",
        "javax.mail.MessagingException: Can't send command to SMTP host;\n  nested exception is:\n"
        "\tjava.net.SocketException: Broken pipe",
    ],
)
def test_a_broken_conversation_without_frames_proves_the_connection_and_no_more(text: str) -> None:
    assert set(proven_by(logged(text, None, None)).phases) <= {Phase.TCP}


def test_behind_a_proxy_no_name_was_looked_up() -> None:
    text = "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: mail.example, 587; timeout -1;\n"
    refused = "  nested exception is:\n\tjava.net.ConnectException: Connection refused"
    by_proxy = "  nested exception is:\n\tjava.net.SocketException: SOCKS: Connection refused"
    assert proven_by(logged(text + refused, "mail.example")).phases == (Phase.DNS,)
    assert proven_by(logged(text + by_proxy, "mail.example")).phases == ()
    silent = "Caused by: java.net.SocketTimeoutException: Connect timed out\n\tat java.base/java.net.SocksSocketImpl."
    assert proven_by(logged(f"{text}{silent}connect(SocksSocketImpl.java:327)", "mail.example")).phases == (Phase.DNS,)
    assert proven_by(logged(f"{text}{silent}readSocksReply(SocksSocketImpl.java:125)", "mail.example")).phases == ()


def test_a_mail_that_a_relay_took_proves_no_tls_and_no_login() -> None:
    text = "2026-11-20 09:12:44.310 INFO 7 --- [a-1] c.x.EmailAction : Email sent to 1 recipient(s) via relay:25"
    attempt = logged(text, RELAY, 25, Outcome.ACCEPTED)
    assert not set(proven_by(attempt).phases) & {STARTTLS, TLS, CERTIFICATE, AUTH}
    assert {TCP, GREETING, Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.ACCEPTED} <= set(proven_by(attempt).phases)


def test_a_session_in_clear_text_used_no_tls_and_no_login() -> None:
    smtp = SmtpDialogue(
        banner="220 relay ESMTP",
        greeting_code=220,
        ehlo_seen=True,
        commands=(WireCommand("EHLO", "m", 4), WireCommand("MAIL", "FROM:<a@b.example>", 6)),
        replies=(
            WireReply(220, "relay", 3),
            WireReply(250, "ok", 5, after="EHLO"),
            WireReply(250, "ok", 7, after="MAIL"),
        ),
    )
    proven = proven_by(captured(stream(smtp)))
    assert proven.phases == (TCP, GREETING, Phase.MAIL)
    assert proven.not_used == (STARTTLS, TLS, CERTIFICATE, AUTH)
    assert {step.ground for step in proven.steps} == {Ground.OBSERVED}


def test_a_capture_that_begins_in_the_middle_does_not_say_that_login_was_left_out() -> None:
    smtp = SmtpDialogue(
        commands=(WireCommand("MAIL", "FROM:<a@b.example>", 6),), replies=(WireReply(250, "ok", 7, after="MAIL"),)
    )
    assert AUTH not in proven_by(captured(stream(smtp))).not_used


def test_a_wrapper_has_no_starttls_and_its_greeting_comes_inside_tls() -> None:
    tls = TlsSession(client_finished=True, client_application_bytes=90, started_by="connect")
    smtp = SmtpDialogue(banner="421 busy", greeting_code=421, replies=(WireReply(421, "busy", 9, decrypted=True),))
    proven = proven_by(captured(stream(smtp, tls), Outcome.FAILED, Phase.GREETING))
    assert proven.phases == (TCP, TLS, CERTIFICATE)
    assert proven.not_used == (STARTTLS,)


def test_the_second_tls_step_may_be_open_when_the_first_failed() -> None:
    tls = TlsSession(client_finished=True, started_by="starttls")
    assert proven_by(captured(stream(None, tls), Outcome.FAILED, CERTIFICATE)).phases == (TCP, TLS)
    assert proven_by(captured(stream(None, tls), Outcome.FAILED, TLS)).phases == (TCP,)


def test_every_claim_names_its_place() -> None:
    for step in proven_by(logged(f"head\n{AUTH_535}", SES)).steps:
        assert step.source.file == LOG.file
        assert step.source.line is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # MAIL announces the size, and blocked clients are refused there as well
        ("com.sun.mail.smtp.SMTPSendFailedException: 552 5.3.4 Message size exceeds fixed limit", (DNS, TCP, GREETING)),
        ("com.sun.mail.smtp.SMTPSendFailedException: 554 5.7.1 Client host rejected", (DNS, TCP, GREETING)),
        ("javax.mail.MessagingException: 421 4.3.2 Service shutting down", (DNS, TCP)),
        (
            "com.sun.mail.smtp.SMTPSendFailedException: 554 5.7.1 Message contains a virus",
            (DNS, TCP, GREETING, Phase.MAIL, Phase.RCPT),
        ),
    ],
)
def test_a_code_alone_does_not_say_which_command_was_refused(text: str, expected: tuple[Phase, ...]) -> None:
    assert proven_by(logged(text, RELAY)).phases == expected


def test_a_step_on_the_wire_is_cited_at_the_frame_that_shows_it() -> None:
    """As tshark numbers the frames: greeting, 220 to STARTTLS, Finished of the client and its first data."""
    verdict = triage([str(SAMPLES / "tls13-535-keylog")]).verdict
    frames = {str(step.phase): step.source.frame for step in verdict.proven if step.source.frame is not None}
    assert frames == {"tcp": 1, "greeting": 4, "starttls": 10, "tls": 19, "certificate": 21}


TOOK = "0100018106685484-da415df0-02c4-412d-9382-1365360b5e47-000000"
EXIM_SAYS = (
    "** ops@example.com R=smarthost T=remote_smtp H={ses} [192.0.2.7] X=TLS1.3:x:128 CV={checked} A=login: SMTP error"
)


@pytest.mark.parametrize(
    ("line", "outcome", "shown"),
    [
        (f"status=sent (250 Ok {TOOK})", Outcome.ACCEPTED, False),
        (f"mailer=relay, pri=1, relay={SES}. [192.0.2.7], dsn=2.0.0, stat=Sent (Ok {TOOK})", Outcome.ACCEPTED, False),
        (f"Message sent: 250 Ok {TOOK}", Outcome.ACCEPTED, True),
        (f"{EXIM_SAYS.format(ses=SES, checked='no')}: 554 Message rejected: x", Outcome.FAILED, False),
        (f"{EXIM_SAYS.format(ses=SES, checked='yes')}: 554 Message rejected: x", Outcome.FAILED, True),
    ],
)
def test_a_relay_that_may_take_any_certificate_shows_none_to_be_good(line: str, outcome: Outcome, shown: bool) -> None:
    phases = proven_by(logged(f"2026-05-01 10:00:00,000 INFO [main] {line}\n", SES, outcome=outcome)).phases
    assert {Phase.TLS, Phase.AUTH} <= set(phases)
    assert (Phase.CERTIFICATE in phases) is shown


_AT_RCPT = (
    "javax.mail.SendFailedException: Invalid Addresses;\n  nested exception is:\n"
    "\tcom.sun.mail.smtp.SMTPAddressFailedException: "
)
_IN_RCPT = "\n\tat com.sun.mail.smtp.SMTPTransport.rcptTo(SMTPTransport.java:2064)\n"


@pytest.mark.parametrize(
    ("reply", "rule", "sender_worked"),
    [
        ("553 5.7.1 <alarms@example.com>: Sender address rejected: not owned by user relay", "sender-not-owned", False),
        ("550 5.1.1 <ops@example.com>: Recipient address rejected: User unknown", "recipient-refused", True),
    ],
    ids=["the sender", "the recipient"],
)
def test_a_sender_that_is_refused_when_the_recipient_is_named_did_not_work(
    tmp_path: Path, reply: str, rule: str, sender_worked: bool
) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text(_AT_RCPT + reply + _IN_RCPT)
    verdict = triage([str(log)]).verdict
    assert verdict is not None
    assert verdict.primary is not None
    assert (verdict.primary.rule, verdict.primary.phase) == (rule, Phase.RCPT)
    assert (Phase.MAIL in {step.phase for step in verdict.proven}) is sender_worked


def test_what_a_server_says_of_a_client_proves_nothing_of_the_managers_mail(tmp_path: Path) -> None:
    log = tmp_path / "error.log"
    log.write_text(
        "2026/11/20 09:12:44 [info] 7#7: *3 SSL_do_handshake() failed (SSL: error:0A00009C:SSL routines::http request)"
        " while SSL handshaking, client: 192.0.2.1, server: 192.0.2.9:465\n"
    )
    verdict = triage([str(log)]).verdict
    assert verdict is not None
    assert verdict.primary is not None
    assert verdict.primary.rule == "http-at-tls-server"
    assert (verdict.proven, verdict.not_used, verdict.notes) == ((), (), ())
    assert [need.evidence for need in verdict.needs] == [NEED_LOG.evidence]
