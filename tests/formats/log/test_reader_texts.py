"""Single texts: forms of exceptions, replies and OpenSSL errors, and what looks like them and is none."""

from __future__ import annotations

import pytest

from formats.log.helpers import only
from sestriage.formats.log import parse_text
from sestriage.formats.log.wording.openssl_error import reason_of
from sestriage.formats.log.wording.smtp_reply import reply_in
from sestriage.model.log import SmtpReply
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef

NESTED = ";\n  nested exception is:\n\t"
PKIX = (
    "PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: "
    "unable to find valid certification path to requested target"
)


@pytest.mark.parametrize(
    ("text", "phase", "root", "code"),
    [
        # the rows of the Cisco document, in English and machine-translated
        ("SMTPSendFailedException: 554 Message rejected: Email address is not verified. The following identities"
            " failed "
         "the check in region US-EAST-1: a@b.example", Phase.DATA, "SMTPSendFailedException", 554),
        ("SMTPSendFailedAusnahme: 554 Nachricht abgelehnt: E-Mail-Adresse ist nicht verifiziert. Die Identitäten"
            " wurden "
         "in der Region US-EAST-1 nicht geprüft: a@b.example", Phase.DATA, "SMTPSendFailedException", 554),
        ("AuthenticationFailedException: 535 Authentication Credentials Invalid", Phase.AUTH,
         "AuthenticationFailedException", 535),
        ("AuthentifizierungFehlgeschlageneAusnahme: 535 Authentifizierungsdaten ungültig", Phase.AUTH,
         "AuthenticationFailedException", 535),
        # what a server says happened to it, which this client reached
        ("com.sun.mail.smtp.SMTPAddressFailedException: 451 4.4.4 relay.example.net: Name or service not known",
         Phase.RCPT, "SMTPAddressFailedException", 451),
        ("com.sun.mail.smtp.SMTPSenderFailedException: 550 5.7.322 certificate has expired at the next server",
         Phase.MAIL, "SMTPSenderFailedException", 550),
        ("javax.mail.AuthenticationFailedException: 454 4.7.0 Connection refused by the directory", Phase.AUTH,
         "AuthenticationFailedException", 454),
        # every JavaMail generation
        ("org.eclipse.angus.mail.smtp.SMTPSendFailedException: 454 Throttling failure: Daily message quota exceeded\n",
         Phase.DATA, "SMTPSendFailedException", 454),
        ("jakarta.mail.AuthenticationFailedException: 454 Temporary authentication failure\n", Phase.AUTH,
         "AuthenticationFailedException", 454),
        ("javax.mail.AuthenticationFailedException: 530 Must issue a STARTTLS command first\n", Phase.STARTTLS,
         "AuthenticationFailedException", 530),
        ("com.sun.mail.smtp.SMTPSendFailedException: 530 Authentication required\n", Phase.AUTH,
         "SMTPSendFailedException", 530),
        ("javax.mail.MessagingException: 454 TLS not available due to temporary reason\n", Phase.STARTTLS,
         "MessagingException", 454),
        # JavaMail gives up before it connects, or does not say where
        ("javax.mail.AuthenticationFailedException: failed to connect, no password specified?\n", Phase.CONFIG,
         "AuthenticationFailedException", None),
        ("javax.mail.AuthenticationFailedException: failed to connect, no user name specified?\n", Phase.CONFIG,
         "AuthenticationFailedException", None),
        ("javax.mail.AuthenticationFailedException: failed to connect, no pas...\n", Phase.CONFIG,  # a line cut short
         "AuthenticationFailedException", None),
        ("javax.mail.AuthenticationFailedException: failed to connect\n", None, "AuthenticationFailedException", None),
        # the `;` begins a line because the reply ends in a newline
        (f"com.sun.mail.smtp.SMTPSendFailedException: 553 <x> Invalid email address\n{NESTED}"
         "com.sun.mail.smtp.SMTPSenderFailedException: 553 <x> Invalid email address\n", Phase.MAIL,
         "SMTPSenderFailedException", 553),
        (f"javax.mail.SendFailedException: Invalid Addresses{NESTED}"
         "com.sun.mail.smtp.SMTPAddressFailedException: 451 <x> try later\n", Phase.RCPT, "SMTPAddressFailedException",
         451),
        ("javax.mail.MessagingException: Got bad greeting from SMTP host: h.example, port: 25, response: 421 Too many "
         "concurrent SMTP connections\n", Phase.GREETING, "MessagingException", 421),
        (f"com.sun.mail.util.MailConnectException: Couldn't connect to host, port: h.example, 587; timeout -1{NESTED}"
         "java.net.UnknownHostException: h.example", Phase.DNS, "UnknownHostException", None),
        (f"com.sun.mail.util.MailConnectException: Couldn't connect to host, port: h.example, 587; timeout -1{NESTED}"
         "java.net.ConnectException: Connection refused (Connection refused)", Phase.TCP, "ConnectException", None),
        (f"com.sun.mail.util.MailConnectException: Couldn't connect to host, port: h.example, 587; timeout -1{NESTED}"
         "java.net.ConnectException: Connection timed out (Connection timed out)", Phase.TCP, "ConnectException", None),
        (f"javax.mail.MessagingException: Exception reading response{NESTED}java.net.SocketException: Connection timed"
         " out (Read failed)\n\tat com.sun.mail.smtp.SMTPTransport.finishData(SMTPTransport.java:2126)", Phase.DATA,
         "SocketException", None),
        (f"javax.mail.MessagingException: Could not convert socket to TLS{NESTED}javax.net.ssl.SSLHandshakeException: "
         f"{PKIX}", Phase.CERTIFICATE, "SunCertPathBuilderException", None),
        (f"javax.mail.MessagingException: Could not convert socket to TLS{NESTED}javax.net.ssl.SSLHandshakeException: "
         "(handshake_failure) Received fatal alert: handshake_failure", Phase.TLS, "SSLHandshakeException", None),
        ("org.springframework.mail.MailSendException: Mail server connection failed; nested exception is "
         f"javax.mail.MessagingException: Could not connect to SMTP host: h.example, port: 465{NESTED}"
         "javax.net.ssl.SSLException: Unsupported or unrecognized SSL message. Failed messages: "
         "javax.mail.MessagingException: Could not connect to SMTP host: h.example, port: 465", Phase.TLS, None, None),
        ("org.springframework.mail.MailSendException: Failed messages: com.sun.mail.smtp.SMTPSendFailedException: 554 "
         "Message rejected: Sending paused for this account.\n; message exceptions (1) are:\nFailed message 1: "
         "com.sun.mail.smtp.SMTPSendFailedException: 554 Message rejected: Sending paused for this account.\n",
         Phase.DATA, "SMTPSendFailedException", 554),
        # all in one line
        ("2026-11-24 03:31:33.244 ERROR [x] c.h.M - not sent: javax.mail.MessagingException: Could not convert"
            " socket to "
         f"TLS; nested exception is: javax.net.ssl.SSLHandshakeException: {PKIX}", Phase.CERTIFICATE,
         "SunCertPathBuilderException", None),
        ("MessagingException: Can&#39;t verify identity of server: h.example", Phase.CERTIFICATE, "MessagingException",
         None),
    ],
)  # fmt: skip
def test_mail_failures(text: str, phase: Phase, root: str | None, code: int | None) -> None:
    event = only(text)
    assert (event.outcome, event.mail, event.phase, event.reply_code) == ("failure", True, phase, code)
    if root is not None:
        assert event.root_exception == root


def test_reading_a_reply_failed_somewhere() -> None:
    event = only(
        f"javax.mail.MessagingException: Exception reading response{NESTED}java.net.SocketException: Connection reset"
    )
    assert event.phase is None
    assert {Phase.GREETING, Phase.AUTH, Phase.DATA} <= set(event.phases)


def test_multi_line_reply() -> None:
    event = only("AuthenticationFailedException: 535-5.7.8 Username and Password not accepted.\n535 5.7.8 Learn more\n")
    assert event.reply is not None
    assert (event.reply.code, event.reply.enhanced) == (535, "5.7.8")
    assert event.reply.text == "Username and Password not accepted.\nLearn more"


@pytest.mark.parametrize(
    ("text", "region", "identities"),
    [
        ("554 Message rejected: Email address is not verified. The following identities failed the check in region "
         "EU-WEST-1: a@b.example, arn:aws:ses:eu-west-1:1:identity/b.example, c@d.example...", "eu-west-1",
         ("a@b.example", "arn:aws:ses:eu-west-1:1:identity/b.example", "c@d.example")),
        ("554 Mensaje rechazado: La dirección de correo electrónico no está verificada. Las siguientes identidades no "
         "pasaron la verificación en la región US-EAST-1: a@b.example", "us-east-1", ("a@b.example",)),
        ("554 Message rejected: Email address is not verified. The following identities failed the check in region "
         "US-GOV-WEST-1: a@b.example", "us-gov-west-1", ("a@b.example",)),
        ("554 Message rejected: Email address is not verified. The following identities failed the check in region "
         "AP-SOUTHEAST-2: SNA Alarms <a@b.example>, c@d.example", "ap-southeast-2", ("a@b.example", "c@d.example")),
        ("554 Message rejected: Email address is not verified. The following identities failed the check in region "
         'AP-SOUTHEAST-2: "Alarms, b.example" <a@b.example>, <c@d.example>', "ap-southeast-2",
         ("a@b.example", "c@d.example")),
        ("554 Message rejected: Email address is not verified. The following identities failed the check in region "
         "AP-SOUTHEAST-2: SNA Alarms <a@b.example>, a@b.example", "ap-southeast-2", ("a@b.example",)),
    ],
)  # fmt: skip
def test_identities(text: str, region: str, identities: tuple[str, ...]) -> None:
    event = only(f"com.sun.mail.smtp.SMTPSendFailedException: {text}\n")
    assert (event.region, event.identities) == (region, identities)


def test_suppressed_is_never_a_cause() -> None:
    event = only(
        "2026-11-24 03:31:33.244 ERROR [x] c.h.M - Mail not sent\n"
        "javax.mail.MessagingException: Could not convert socket to TLS\n"
        "\tat a.b.C(C.java:1)\n"
        "\tSuppressed: java.net.SocketException: Broken pipe\n"
        "\t\tat x.y.Z.a(Z.java:1)\n"
        "\tCaused by: java.net.UnknownHostException: inner.example\n"
        "\t\t... 3 more\n"
        "Caused by: javax.net.ssl.SSLHandshakeException: Received fatal alert: protocol_version\n"
        "\t... 3 more\n"
    )
    assert event.exceptions == ("MessagingException", "SSLHandshakeException")
    assert (event.root_exception, event.alert, event.phase) == ("SSLHandshakeException", "protocol_version", Phase.TLS)
    assert [t.relation for t in event.throwables] == ["outer", "suppressed", "suppressed", "caused-by"]
    assert "Broken pipe" not in event.text


@pytest.mark.parametrize(
    ("text", "reason", "code"),
    [
        ("error:14082174:SSL routines:ssl3_check_cert_and_algorithm:dh key too"
            " small:s3_clnt.c:3615:", "dh key too small",
         "14082174"),
        ("139:error:141A318A:SSL routines:tls_process_ske_dhe:dh key too small:../ssl/statem/statem_clnt.c:2150:",
         "dh key too small", "141A318A"),
        ("40F7:error:0A00018A:SSL routines::dh key too small", "dh key too small", "0A00018A"),
        ("error:0A00018A:SSL routines::reason(394)", "dh key too small", "0A00018A"),
        ("javax.net.ssl.SSLException: error:0A00018A", "dh key too small", "0A00018A"),
        ("SSL routines:tls_process_ske_dhe:dh key too small", "dh key too small", None),
        ("SSL-Routinen:tls_process_ske_dhe:dh Schlüssel zu klein", "dh key too small", None),
        ("ssl.SSLError: [SSL: DH_KEY_TOO_SMALL] dh key too small (_ssl.c:1006)", "dh key too small", None),
        ("error:1408F10B:SSL routines:ssl3_get_record:wrong version number:../ssl/record/ssl3_record.c:332:",
         "wrong version number", "1408F10B"),
    ],
)  # fmt: skip
def test_openssl_errors(text: str, reason: str, code: str | None) -> None:
    event = only(text)
    assert (event.openssl_reason, event.openssl_code, event.outcome, event.phase) == (
        reason,
        code,
        "failure",
        Phase.TLS,
    )


def test_openssl_alert_and_verify_code() -> None:
    event = only(
        "error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:r.c:1584:SSL alert number 40"
    )
    assert event.alert == "handshake_failure"
    event = only(
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_s"
    )
    assert (event.verify_code, event.phase) == (20, Phase.CERTIFICATE)
    assert parse_text("no peer certificate available", SourceRef("-"))[0].outcome == "other"
    assert only("Verify return code: 0 (ok)").outcome == "other"
    assert only("Verify return code: 21 (unable to verify the first certificate)").outcome == "failure"


def test_reasons_come_from_either_packing() -> None:
    assert reason_of(0x141A318A) == reason_of(0x0A00018A) == "dh key too small"
    assert reason_of(0x0909006C) is None  # PEM library, 1.1.1
    assert reason_of(0x8000006F) is None  # system error, 3.x


@pytest.mark.parametrize(
    "message",
    [
        "read 535 bytes of mail on port 554 at line 454 in 250 ms",
        "HTTP 503 Service Unavailable while loading the e-mail template list",
        "GET /mail/templates answered HTTP/1.1 502 Bad Gateway from the authentication server",
        "503 Service Unavailable: the e-mail template service is restarted",
        "Mailbox.java:554 message counter is 535",
        "e-mail spool: 454 files, 535 - 554",
    ],
)
def test_numbers_that_are_no_replies(message: str) -> None:
    event = only(f"2026-11-24 03:31:33.244 INFO [x] c.h.M - {message}")
    assert (event.reply, event.outcome) == (None, "other")


@pytest.mark.parametrize(
    "text",
    [
        "WARNING: Illegal reflective access by com.sun.mail.util.SocketFetcher (file:/m.jar) to method sun.security.x",
        f"2026-11-24 03:31:33.244 WARN [x] c.h.M - Closing\njavax.mail.MessagingException: Server Close Failed{NESTED}"
        "java.net.SocketException: Broken pipe",
        f"2026-11-24 03:31:33.244 ERROR [x] c.h.Directory - LDAP e-mail lookup failed: "
        f"javax.net.ssl.SSLHandshakeException: {PKIX}",
        f"2026-11-24 03:31:33.244 ERROR [x] c.h.Feed - https://feed.example: javax.net.ssl.SSLHandshakeException:"
        f" {PKIX}",
        "2026-11-24 03:31:33.244 ERROR [x] c.h.Cache - java.lang.IllegalStateException: closed",
        "2026-11-20 09:12:40.310 DEBUG [main] c.e.Opt - no mail\njava.lang.ClassNotFoundException: javax.mail.Session",
    ],
)
def test_no_mail_failures(text: str) -> None:
    assert all(event.outcome == "other" for event in parse_text(text, SourceRef("-")))


def test_bare_certificate_error_is_left_to_the_engine() -> None:
    event = only("SunCertPathBuilderException: unable to find valid certification path to requested target")
    assert (event.outcome, event.mail, event.phase) == ("failure", False, Phase.CERTIFICATE)
    event = only("SunCertPathBuilderAusnahme: kein gültiger Zertifizierungspfad zum angeforderten Ziel gefunden")
    assert (event.outcome, event.root_exception) == ("failure", "SunCertPathBuilderException")


def test_dates_of_certificates() -> None:
    event = only("java.security.cert.CertificateExpiredException: NotAfter: Thu Feb 01 23:59:59 CET 2024")
    assert event.not_after is not None
    assert event.not_after.isoformat() == "2024-02-01T23:59:59+01:00"


@pytest.mark.parametrize(
    ("inner", "more", "line"),
    [
        ("tls: failed to verify certificate: x509: certificate has expired or is not yet valid", "", 3),
        ("The certificate is NOT trusted. The certificate issuer is unknown.", "", 3),
        ("remote error: tls: handshake failure", "\tat org.example.Mailer.send(Mailer.java:12)\n", 3),
        (f"javax.net.ssl.SSLHandshakeException: {PKIX}", "", 3),
        ("", "", 1),
    ],
    ids=["Go", "GnuTLS", "frames behind it", "a class of Java", "nothing behind it"],
)
def test_what_is_nested_without_a_class_is_the_line_that_decides(inner: str, more: str, line: int) -> None:
    wrapper = "javax.mail.MessagingException: Could not convert socket to TLS;"
    text = f"{wrapper}\n  nested exception is:\n" + (f"\t{inner}\n" if inner else "") + more
    (event,) = parse_text(text, SourceRef("sw-response-mgmt.log"))
    assert (event.quote_line, event.quote) == (line, inner or wrapper)


def test_quote_is_the_decisive_line_as_it_stands() -> None:
    text = (
        f"2026-11-24 03:31:33.244 ERROR [x] c.h.M - failed\njavax.net.ssl.SSLHandshakeException: {PKIX}\n\tat"
        f" a.b.C(C.java:1)\n"
    )
    event = only(text)
    assert event.quote == f"javax.net.ssl.SSLHandshakeException: {PKIX}"
    assert event.quote_line == 2


@pytest.mark.parametrize(
    ("text", "code", "said", "enhanced"),
    [
        ("(535, b'Authentication Credentials Invalid')", 535, "Authentication Credentials Invalid", None),
        ("(535, b'5.7.8 Authentication Credentials Invalid')", 535, "Authentication Credentials Invalid", "5.7.8"),
        ("SMTPSenderRefused: (530, b'Authentication required', 'a@b.example')", 530, "Authentication required", None),
        ('(421, "Too many concurrent SMTP connections")', 421, "Too many concurrent SMTP connections", None),
    ],
)
def test_replies_in_exceptions_of_python(text: str, code: int, said: str, enhanced: str | None) -> None:
    assert reply_in(text) == SmtpReply(code, said, enhanced)


@pytest.mark.parametrize(
    "text", ["(535, b'some bytes')", "(404, b'Authentication required')", "(535, b'Authentication"]
)
def test_tuples_of_python_that_are_no_replies(text: str) -> None:
    assert reply_in(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Refreshed cache of 554 recipients ok", None),
        ("Dropped 550 mailbox entries", None),
        ("server said 550 mailbox unavailable", 550),
        ("failed with 554 relay access denied", 554),
        ("Rejected: 550 mailbox not found", 550),
        ("smtp error 550 Recipient rejected", 550),
    ],
)
def test_a_number_that_counts_is_no_reply(text: str, code: int | None) -> None:
    event = only(f"2026-11-24 03:31:33.244 INFO [main] c.h.X - {text}")
    assert event.reply_code == code


def test_an_unknown_host_that_is_not_the_mail_server() -> None:
    unknown = "java.net.UnknownHostException: "
    assert (
        only(f"javax.mail.MessagingException: Could not send{NESTED}{unknown}mail.example.com").host
        == "mail.example.com"
    )
    own = only(
        f"javax.mail.MessagingException: Could not send{NESTED}{unknown}0f1e2d3c: 0f1e2d3c: Name or service not known"
    )
    assert own.host is None
    revoked = "PKIX path validation failed: java.security.cert.CertPathValidatorException: Unable to determine"
    asked = only(
        f"javax.mail.MessagingException: Could not convert socket to TLS{NESTED}javax.net.ssl.SSLHandshakeException: "
        f"{revoked} revocation status due to network error\nCaused by: {unknown}ocsp.example.com\n"
    )
    assert asked.host is None


def test_a_line_of_an_access_log_is_no_part_of_the_mail_before_it() -> None:
    """Both go to the output of one container."""
    failed = "2026-11-24 03:31:33.244 ERROR [action-1] c.h.X - Email action 'SOC' could not be sent\n"
    access = '10.9.52.7 - - [24/Nov/2026:03:31:33 +0000] "POST /v1/mail HTTP/1.1" 500 535 "-" "curl/7.88.1"\n'
    event, other = parse_text(failed + access, SourceRef("some.log"))
    assert (other.outcome, other.reply) == ("other", None)
    assert event.message == "Email action 'SOC' could not be sent"
    assert event.reply is None
