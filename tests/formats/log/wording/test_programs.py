"""Whose line a failure is, where its form shows another mail program than the Manager's mail service."""

from __future__ import annotations

import pytest

from formats.log.helpers import only

SYSLOG = "Nov 20 09:12:44 relay "
EXIM = "2026-11-20 09:12:44 1sAbCd-0001Ab-2C "


@pytest.mark.parametrize(
    ("line", "program"),
    [
        (
            f"{SYSLOG}postfix/smtp[811]: 5D1F21C00: to=<ops@example.com>, relay=mx.example.com[192.0.2.25]:587, "
            "dsn=4.7.8, status=deferred (SASL authentication failed; server mx.example.com[192.0.2.25] said: "
            "535 5.7.8 Authentication failed)",
            "Postfix",
        ),
        (
            f"{SYSLOG}postfix-out/smtp[811]: certificate verification failed for mx.example.com[192.0.2.25]:587: "
            "certificate has expired",
            "Postfix",
        ),
        (
            "connect to mx.example.com[192.0.2.25]:587: Connection refused",
            "Postfix",
        ),
        (
            f"{EXIM}== ops@example.com R=smarthost T=remote_smtp defer (-37) H=mx.example.com [192.0.2.25]: "
            "TLS session: (SSL_connect): error:0A000086:SSL routines::certificate verify failed",
            "Exim",
        ),
        (f"{EXIM}plain authenticator failed H=mx.example.com [192.0.2.25] 535 Authentication failed", "Exim"),
        (
            f"{SYSLOG}sendmail[811]: STARTTLS=client: 811:error:0A000086:SSL routines::certificate verify failed:"
            "ssl/statem/statem_clnt.c:1889:",
            "Sendmail",
        ),
        (
            f"{SYSLOG}sm-mta[811]: 3AKCi1Ab002211: AUTH=client, relay=mx.example.com, mech=PLAIN, "
            "stat=535 Authentication failed",
            "Sendmail",
        ),
        ("msmtp: TLS certificate verification failed: the certificate has expired", "msmtp"),
    ],
)
def test_the_program_of_a_line(line: str, program: str) -> None:
    event = only(line + "\n")
    assert (event.outcome, event.program) == ("failure", program)


JAVA = "javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n\t"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("smtplib.SMTPAuthenticationError: (535, b'5.7.8 Authentication failed')", "Python"),
        ("ERROR mail failed: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:1006)", "Python"),
        ("ERROR Net::OpenTimeout (execution expired):\n/usr/lib/ruby/2.7.0/net/smtp.rb:539:in `initialize'", "Ruby"),
        ("Error: Invalid login: 535 Authentication failed\n  code: 'EAUTH',\n  command: 'AUTH PLAIN'", "Node.js"),
        ("ERROR mail: SMTP Error: Could not authenticate. 535 5.7.8 Authentication failed", "PHP"),
        (
            "ERROR Uncaught Symfony\\Component\\Mailer\\Exception\\TransportException: Connection could not be"
            " established with host mail.example.com:587: stream_socket_client(): Unable to connect",
            "PHP",
        ),
        ("System.Net.Mail.SmtpException: Server does not support secure connections.", ".NET"),
        ('level=error msg="failed to send email" err="x509: certificate signed by unknown authority"', "Go"),
        ("ERROR lettre::transport: could not send email: invalid peer certificate: UnknownIssuer", "Rust"),
        # whatever bears the name of a library
        ("ERROR could not send email to lettre@example.com: 550 5.1.1 User unknown", None),
        ("ERROR Failed to send email for action 'PHPMailer': Connection refused", None),
        ("ERROR Failed to send email via nodemailer.example.com:587: Connection refused", None),
        ("ERROR Failed to send email, host rustls: Connection refused", None),
        ("ERROR Failed to send email: 550 5.7.1 PHPMailer scripts are blocked", None),
        (f"{JAVA}x509: certificate signed by unknown authority", None),
        (f"{JAVA}javax.net.ssl.SSLException: [SSL: DH_KEY_TOO_SMALL] dh key too small (_ssl.c:1006)", None),
        ("ERROR Test Action failed: email action 'nodemailer'\njavax.mail.AuthenticationFailedException: 535 no", None),
        ("SMTPSendFailedException: 554 5.7.1 refused, see smtplib", None),
    ],
)
def test_the_language_of_a_program(text: str, language: str | None) -> None:
    event = only(f"2026-11-20 09:12:44,310 {text}\n")
    assert (event.outcome, event.program) == ("failure", language)


@pytest.mark.parametrize(
    "line",
    [
        "javax.mail.AuthenticationFailedException: 535 5.7.8 Error: authentication failed",
        # a relay that refuses its client: the client may be the Manager, and its settings are at fault
        "com.sun.mail.smtp.SMTPAddressFailedException: 554 5.7.1 <ops@example.com>: Relay access denied",
        "2026-11-20 09:12:44.310 ERROR 7 --- [ponse-actions-2] c.c.s.r.a.EmailActionExecutor : Test Action: "
        "to postfix/relay: javax.mail.MessagingException: Could not connect to SMTP host: mx.example.com, port: 25",
    ],
)
def test_lines_of_no_such_program(line: str) -> None:
    assert only(line + "\n").program is None


@pytest.mark.parametrize(
    "line",
    [
        f"{SYSLOG}sm-mta[811]: STARTTLS=server, error: accept failed=-1, reason=sslv3 alert handshake failure, "
        "SSL_error=1, errno=0, retry=-1, relay=manager.example.com [192.0.2.7]",
        "2026-11-20 09:12:44 TLS error on connection from manager.example.com (smtp-client) [192.0.2.7]:51422 "
        "I=[192.0.2.25]:587 (SSL_accept): error:0A000410:SSL routines::sslv3 alert handshake failure",
    ],
)
def test_tls_that_a_server_could_not_begin_with_its_client_is_no_delivery(line: str) -> None:
    event = only(line + "\n")
    assert not (event.outcome == "failure" and event.mail)


def test_tls_of_sendmail_as_a_client_is_one_of_its_deliveries() -> None:
    event = only(
        f"{SYSLOG}sm-mta[811]: STARTTLS=client, error: connect failed=-1, reason=sslv3 alert handshake failure, "
        "SSL_error=1, errno=0, retry=-1, relay=mx.example.com [192.0.2.25]\n"
    )
    assert (event.outcome, event.mail, event.program) == ("failure", True, "Sendmail")
