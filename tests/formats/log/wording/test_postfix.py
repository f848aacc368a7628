"""What the SMTP clients of Postfix and Exim log of a delivery that broke off."""

from __future__ import annotations

import pytest

from formats.log.helpers import only
from sestriage.formats.log import parse_text
from sestriage.formats.log.wording.postfix import continues_delivery
from sestriage.model.log import LogEvent, SmtpReply
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef

LINE = "Nov 20 09:12:44 relay postfix/smtp[811]: "
SENT = "5D1F21C00: to=<ops@example.com>, relay=mx.example.com[192.0.2.25]:587, dsn=4.4.2, status=deferred ("


@pytest.mark.parametrize(
    ("doing", "step", "phase"),
    [
        ("receiving the initial server greeting", "greeting", Phase.GREETING),
        ("performing the EHLO handshake", "ehlo", Phase.STARTTLS),
        ("receiving the STARTTLS response", "starttls", Phase.STARTTLS),
        ("sending MAIL FROM", "mail", Phase.MAIL),
        ("sending end of data -- message may be sent more than once", "data", Phase.DATA),
    ],
)
def test_the_step_at_which_a_delivery_broke_off(doing: str, step: str, phase: Phase) -> None:
    for what in (
        "lost connection with mx.example.com[192.0.2.25]",
        "conversation with mx.example.com[192.0.2.25] timed out",
    ):
        event = only(f"{LINE}{SENT}{what} while {doing})\n")
        assert (event.outcome, event.mail, event.smtp_step, event.phase) == ("failure", True, step, phase)


@pytest.mark.parametrize(
    ("after", "step", "phase"),
    [
        ("initial connection", "greeting", Phase.GREETING),
        ("EHLO relay.example.com", "ehlo", Phase.STARTTLS),
        ("pipelined MAIL FROM:<alarms@example.com> SIZE=2345", "mail", Phase.MAIL),
        ("RCPT TO:<ops@example.com>", "rcpt", Phase.RCPT),
        ("sending data block (12345 bytes written)", "data", Phase.DATA),
        ("end of data (12345 bytes written)", "data", Phase.DATA),
    ],
)
def test_the_step_at_which_exim_waited_in_vain(after: str, step: str, phase: Phase) -> None:
    event = only(
        "2026-11-20 09:12:44 1rAbcD-0001ab-2x == ops@example.com R=dnslookup T=remote_smtp defer (110)"
        f" H=mx.example.com [192.0.2.25]: Connection timed out: SMTP timeout after {after}\n"
    )
    assert (event.outcome, event.smtp_step, event.phase) == ("failure", step, phase)


@pytest.mark.parametrize(
    ("said", "phase"),
    [
        (f"{SENT}Cannot start TLS: handshake failure)", Phase.TLS),
        (f"{SENT}Server certificate not trusted)", Phase.CERTIFICATE),
        (f"{SENT}TLS is required, but was not offered by host mx.example.com[192.0.2.25])", Phase.STARTTLS),
        ("SSL_connect error to mx.example.com[192.0.2.25]:587: Connection timed out", Phase.TLS),
        (
            "certificate verification failed for mx.example.com[192.0.2.25]:587: untrusted issuer /CN=x",
            Phase.CERTIFICATE,
        ),
    ],
)
def test_tls_of_a_relay(said: str, phase: Phase) -> None:
    event = only(f"{LINE}{said}\n")
    assert (event.outcome, event.mail, event.phase) == ("failure", True, phase)
    assert (event.host, event.port) == ("mx.example.com", 587)


def test_clients_of_the_relay_are_none_of_its_deliveries() -> None:
    event = only("Nov 20 09:12:44 relay postfix/smtpd[811]: lost connection after AUTH from unknown[192.0.2.9]\n")
    assert event.outcome == "other"


TO_MX = "SSL_connect error to mx.example.com[192.0.2.25]:587: -1"
LIBRARY = "warning: TLS library problem: error:0A000086:SSL routines::certificate verify failed:../ssl/x.c:1889:"
FAILED = f"{SENT}Cannot start TLS: handshake failure)"


def events(*lines: str) -> list[LogEvent]:
    """Of lines that begin with the process id of Postfix's client."""
    text = "".join(f"Nov 20 09:12:44 relay postfix/smtp[{line[:3]}]: {line[4:]}\n" for line in lines)
    return list(parse_text(text, SourceRef("mail.log")))


@pytest.mark.parametrize("cause", [(TO_MX, LIBRARY), (LIBRARY,), (LIBRARY, LIBRARY), (TO_MX, LIBRARY, LIBRARY)])
def test_the_reason_of_the_library_belongs_to_the_mail_that_failed_by_it(cause: tuple[str, ...]) -> None:
    (event,) = events(*(f"811 {line}" for line in (*cause, FAILED)))
    assert (event.outcome, event.mail, event.phase) == ("failure", True, Phase.CERTIFICATE)
    assert (event.openssl_code, event.host, event.port) == ("0A000086", "mx.example.com", 587)
    assert "TLS library problem" in event.quote


def test_lines_of_another_process_between_them_do_not_part_them() -> None:
    other = FAILED.replace("mx.example.com", "mx.example.net").replace("5D1F21C00", "5D1F21C09")
    first, second = events(f"811 {TO_MX}", f"811 {LIBRARY}", f"812 {other}", f"811 {FAILED}")
    assert (first.host, first.phase) == ("mx.example.com", Phase.CERTIFICATE)
    assert (second.host, second.phase, second.openssl_reason) == ("mx.example.net", Phase.TLS, None)


def test_the_reason_of_another_process_or_of_another_server_is_not_the_mails() -> None:
    assert [event.phase for event in events(f"811 {LIBRARY}", f"812 {FAILED}")] == [Phase.CERTIFICATE, Phase.TLS]
    elsewhere = TO_MX.replace("mx.example.com", "mx2.example.com")
    assert [event.host for event in events(f"811 {elsewhere}", f"811 {LIBRARY}", f"811 {FAILED}")] == [
        "mx2.example.com",
        "mx.example.com",
    ]


def test_a_mail_that_failed_otherwise_or_was_sent_without_tls_is_not_of_that_handshake() -> None:
    said = f"{SENT}host mx.example.com[192.0.2.25] said: 451 4.3.0 Try again later (in reply to MAIL FROM command))"
    first, second = events(f"811 {TO_MX}", f"811 {LIBRARY}", f"811 {said}")
    assert (first.phase, second.reply_code, second.openssl_reason) == (Phase.CERTIFICATE, 451, None)
    sent = SENT.replace("dsn=4.4.2, status=deferred (", "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4F1A2B3C5D)")
    assert [event.outcome for event in events(f"811 {TO_MX}", f"811 {LIBRARY}", f"811 {sent}")] == [
        "failure",
        "success",
    ]


def test_a_pause_parts_them() -> None:
    lines = (f"{LINE}{LIBRARY}\n", f"{LINE}{FAILED}\n".replace("09:12:44", "09:13:44"))
    assert len(list(parse_text("".join(lines), SourceRef("mail.log")))) == 2


def test_a_server_of_postfix_is_no_delivery() -> None:
    assert not continues_delivery("SSL_accept error from unknown[192.0.2.9]: -1", LIBRARY, LIBRARY)
    assert not continues_delivery(LIBRARY, LIBRARY, "lost connection after STARTTLS from unknown[192.0.2.9]")


@pytest.mark.parametrize(
    ("command", "step", "phase"),
    [
        ("MAIL FROM", "mail", Phase.MAIL),
        ("RCPT TO", "rcpt", Phase.RCPT),
        ("DATA", "data", Phase.DATA),
        ("end of DATA", "data", Phase.DATA),
    ],
)
def test_the_command_that_the_server_refused(command: str, step: str, phase: Phase) -> None:
    said = f"host mx.example.com[192.0.2.25] said: 451 4.7.1 Please come back later (in reply to {command} command)"
    event = only(f"{LINE}{SENT}{said})\n")
    assert (event.outcome, event.mail, event.smtp_step, event.phase) == ("failure", True, step, phase)
    assert event.reply == SmtpReply(451, "Please come back later", "4.7.1")


def test_the_command_that_a_server_tells_of_is_not_the_one_it_refused() -> None:
    quoted = "host mx.example.org[192.0.2.9] said: 550 no (in reply to RCPT TO command)"
    said = f"host mx.example.com[192.0.2.25] said: 451 4.7.1 {quoted} (in reply to end of DATA command)"
    assert only(f"{LINE}{SENT}{said})\n").smtp_step == "data"


def test_a_connection_that_the_server_tells_of_is_not_the_one_to_it() -> None:
    said = (
        "host mx.example.com[192.0.2.25] said: 450 4.1.1 <ops@example.com>: Recipient address rejected: unverified"
        " address: connect to mx.example.org[192.0.2.9]:25: Connection refused (in reply to RCPT TO command)"
    )
    assert only(f"{LINE}{SENT}{said})\n").phase is Phase.RCPT


def test_a_connection_that_the_relay_could_not_make() -> None:
    assert only(f"{LINE}connect to mx.example.com[192.0.2.25]:587: Connection refused\n").phase is Phase.TCP


@pytest.mark.parametrize("end", ["?", " "])
def test_a_reply_of_several_lines_in_one(end: str) -> None:
    said = (
        f"server mx.example.com[192.0.2.25] said: 534-5.7.9 Application-specific password required. Go{end}534 5.7.9 on"
    )
    event = only(f"{LINE}{SENT}SASL authentication failed; {said})\n")
    assert event.phase is Phase.AUTH
    assert event.reply is not None
    assert (event.reply.code, event.reply.enhanced) == (534, "5.7.9")
    assert event.reply.text.startswith("Application-specific password required. Go")


def test_one_line_that_ends_in_a_hyphen_is_no_whole_reply() -> None:
    event = only(f"{LINE}{SENT}server mx.example.com[192.0.2.25] said: 534-5.7.9 Application-specific password)\n")
    assert event.reply is None
