"""Where a failure stands on the ladder, and what a text names, in words that other programs really print."""

from __future__ import annotations

import pytest

from formats.log.helpers import SOURCE, only
from sestriage.formats.log import looks_like_log, parse_text
from sestriage.formats.log.wording.smtp_reply import reply_in
from sestriage.model.log import SmtpReply
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef

SPRING = "org.springframework.mail.MailSendException: "
AUTH = "org.springframework.mail.MailAuthenticationException"
READING = "jakarta.mail.MessagingException: Exception reading response;\n  nested exception is:\n\t"
TIMED_OUT = "java.net.SocketTimeoutException: Read timed out\n"
NOT_VERIFIED = "Message rejected: Email address is not verified. The following identities failed the check in region "
TRANSACTION = (Phase.MAIL, Phase.RCPT, Phase.DATA)
ANGUS = "\tat org.eclipse.angus.mail.smtp.SMTPTransport."
EOF = "javax.net.ssl.SSLException: error:0A000126:SSL routines::unexpected eof while reading"
CUT = "javax.net.ssl.SSLException: SSL peer shut down incorrectly"


@pytest.mark.parametrize(
    ("outer", "cause", "phase"),
    [
        ("Could not convert socket to TLS", EOF, Phase.TLS),
        ("Could not convert socket to TLS", CUT, Phase.TLS),
        ("Exception reading response", EOF, None),
        ("Exception reading response", CUT, None),
        ("Can't send command to SMTP host", CUT, None),
        (
            "Exception reading response",
            "javax.net.ssl.SSLException: error:0A000410:SSL routines::sslv3 alert handshake failure",
            Phase.TLS,
        ),
    ],
)
def test_an_end_of_the_stream_is_of_the_handshake_only_where_that_was_under_way(
    outer: str, cause: str, phase: Phase | None
) -> None:
    text = f"javax.mail.MessagingException: {outer};\n  nested exception is:\n\t{cause}\n"
    (event,) = parse_text(text, SourceRef("mail.log"))
    assert event.phase == phase


@pytest.mark.parametrize(
    ("frames", "phase"),
    [
        (("readServerResponse", "mailFrom"), Phase.MAIL),
        (("readServerResponse", "finishData"), Phase.DATA),
        (("readServerResponse", "ehlo"), Phase.TLS),
        (("readServerResponse", "openServer"), Phase.TLS),
        ((), Phase.TLS),
    ],
)
def test_a_session_that_breaks_inside_of_tls_is_past_the_handshake(frames: tuple[str, ...], phase: Phase) -> None:
    """With SMTPS the first read is that of the greeting, with STARTTLS that of the second EHLO; both may meet what
    comes of the handshake."""
    trace = "".join(f"\tat com.sun.mail.smtp.SMTPTransport.{frame}(SMTPTransport.java:2460)\n" for frame in frames)
    lost = "javax.net.ssl.SSLProtocolException: Remote host terminated the connection"
    text = f"javax.mail.MessagingException: Exception reading response;\n  nested exception is:\n\t{lost}\n{trace}"
    assert only(text).phase is phase


@pytest.mark.parametrize(
    ("message", "frames", "step"),
    [
        ("Something that nobody has seen before", ("openServer",), None),
        ("Something that nobody has seen before", ("readServerResponse", "openServer"), "greeting"),
        ("Exception reading response", ("openServer",), "greeting"),
        ("[EOF]", ("openServer",), "greeting"),
        ("554 5.3.0 Error 17", ("openServer",), "greeting"),
    ],
)
def test_only_what_reads_a_reply_shows_that_the_greeting_was_waited_for(
    message: str, frames: tuple[str, ...], step: str | None
) -> None:
    """`openServer` connects, too."""
    trace = "".join(f"\tat com.sun.mail.smtp.SMTPTransport.{frame}(SMTPTransport.java:2171)\n" for frame in frames)
    assert only(f"javax.mail.MessagingException: {message}\n{trace}").smtp_step == step


def test_a_server_s_own_word_of_a_time_out_is_no_failed_connect() -> None:
    said = "System.Net.Mail.SmtpException: Service not available. The server response was: "
    assert only(f"{said}4.4.1 Connection timed out\n").phase != Phase.TCP
    postfix = (
        "Nov 20 09:12:44 relay postfix/smtp[811]: connect to mx.example.com[192.0.2.25]:25: Connection timed out\n"
    )
    assert only(postfix).phase == Phase.TCP


def test_an_address_that_was_not_resolved_failed_at_dns() -> None:
    text = (
        "ERROR Test Action failed: email action 'AWS' via mail.example.com:587\n"
        "java.nio.channels.UnresolvedAddressException: null\n"
    )
    (event,) = parse_text(text, SourceRef("mail.log"))
    assert event.phase == Phase.DNS


def test_spring_s_failed_messages_are_those_of_a_session_that_stood() -> None:
    assert only(f"{SPRING}Failed messages: {READING}{TIMED_OUT}").phases == TRANSACTION
    text = f"{SPRING}Mail server connection failed. Failed messages: {READING}{TIMED_OUT}"
    assert Phase.GREETING in only(text).phases


@pytest.mark.parametrize(
    "text",
    [
        AUTH,
        f"{AUTH}: Authentication failed",
        f"{AUTH}: Authentication failed\n\tat org.springframework.mail.javamail.JavaMailSenderImpl.doSend(A.java:402)",
        "javax.mail.AuthenticationFailedException",
    ],
)
def test_a_bare_failed_login_does_not_tell_that_there_was_a_connection(text: str) -> None:
    event = only(text + "\n")
    assert (event.outcome, event.phase) == ("failure", None)
    assert Phase.CONFIG in event.phases


def test_a_failed_login_with_a_reply_or_a_frame_is_one() -> None:
    assert (
        only(f"{AUTH}: Authentication failed; nested exception is x.MailException: 535 5.7.8 no\n").phase is Phase.AUTH
    )
    framed = f"jakarta.mail.AuthenticationFailedException\n{ANGUS}authenticate(SMTPTransport.java:954)\n"
    assert only(framed).phase is Phase.AUTH


def test_a_connection_that_failed_without_the_cause_may_lack_an_address() -> None:
    text = "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: mx.example.com, 587; timeout -1"
    assert (only(text + "\n").phase, only(text + "\n").phases) == (None, (Phase.DNS, Phase.TCP))
    refused = f"{text};\n  nested exception is:\n\tjava.net.ConnectException: Connection refused\n"
    assert only(refused).phase is Phase.TCP


def test_waiting_for_the_answer_to_quit_is_behind_the_login() -> None:
    frames = f"{ANGUS}readServerResponse(SMTPTransport.java:2489)\n{ANGUS}close(SMTPTransport.java:1401)\n"
    assert only(f"{TIMED_OUT}{frames}").phases == TRANSACTION
    closing = f"{ANGUS}closeConnection(SMTPTransport.java:1500)\n{ANGUS}close(SMTPTransport.java:1401)\n"
    assert Phase.GREETING in only(f"{TIMED_OUT}{closing}").phases


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ('Couldn\'t connect to host, port: "mx.example.com", 25; timeout 60000', "mx.example.com", 25),
        ("Error: connect ETIMEDOUT 192.0.2.25:587", None, 587),
        ("Error: connect ECONNREFUSED 2001:db8::25:587", None, 587),
        ("Error: getaddrinfo EAI_AGAIN mx.example.com:587", "mx.example.com", 587),
        (
            "mail not sent: Unable to connect to ssl://mx.example.com:465 (timed out)",
            "mx.example.com",
            465,
        ),
    ],
)
def test_server_and_port(text: str, host: str | None, port: int) -> None:
    event = only(f"2026-11-20 09:12:44 ERROR mailer: {text}\n")
    assert (event.host, event.port) == (host, port)


def test_a_reply_of_net_smtp() -> None:
    failing = "error sending mail [SMTP: Invalid response code received from server (code: 554, response: "
    text = f"{failing}{NOT_VERIFIED}{{}}: a@x.example)]\n"
    for region in ("EU-WEST-1", "eu-west-1"):
        event = only(text.format(region))
        assert (event.reply_code, event.region, event.identities) == (554, "eu-west-1", ("a@x.example",))
    assert only("send mail failed (code: 404, response: Not Found)\n").reply is None


def test_an_identity_ends_before_escapes() -> None:
    said = f"554 {NOT_VERIFIED}EU-WEST-1: "
    event = only(f'2026-11-20 09:12:44 ERROR x: "email_error":"got \\"{said}a@x.example\\r\\n\\""\n')
    assert event.identities == ("a@x.example",)


def test_what_postfix_adds_to_a_reply_of_its_own_is_no_part_of_it() -> None:
    logged = "Nov 20 09:12:44 relay postfix/smtpd[811]: NOQUEUE: reject: RCPT from localhost[127.0.0.1]: "
    added = "; from=<a@x.example> to=<b@x.example> proto=ESMTP helo=<x.example>"
    reply = only(f"{logged}550 5.1.1 <b@x.example>: Recipient address rejected: no such user{added}\n").reply
    assert reply is not None
    assert reply.text == "<b@x.example>: Recipient address rejected: no such user"


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        (
            "host a.example[192.0.2.1] said: 550-5.1.1 No user. Try 550-5.1.1 another 550 5.1.1 one (in reply to RCPT)",
            SmtpReply(550, "No user. Try\nanother\none (in reply to RCPT)", "5.1.1"),
        ),
        (
            "server a.example[192.0.2.1] said: 535-5.7.8 Not accepted. See?535 5.7.8 https://example.com/",
            SmtpReply(535, "Not accepted. See\nhttps://example.com/", "5.7.8"),
        ),
        (
            "host a.example[192.0.2.1] refused to talk to me: 421-4.7.0 Try later. 421 4.7.0 bye",
            SmtpReply(421, "Try later.\nbye", "4.7.0"),
        ),
        # one line, in which the number stands again
        ("host a.example[192.0.2.1] said: 550 5.1.1 no 550 here", SmtpReply(550, "no 550 here", "5.1.1")),
        ("host a.example[192.0.2.1] said: 550-5.1.1 cut off", None),
    ],
)
def test_postfix_puts_a_reply_of_several_lines_on_one(said: str, reply: SmtpReply | None) -> None:
    assert reply_in(f"status=bounced ({said})") == reply


def test_the_parenthesis_around_a_reply_is_no_part_of_it() -> None:
    logged = (
        "Nov 20 09:12:44 relay postfix/smtp[811]: 5D1F21C00: to=<b@x.example>, relay=mx.x.example[192.0.2.25]:587, "
    )
    said = "SASL authentication failed; server mx.x.example[192.0.2.25] said: 535 5.7.3 Unsuccessful [X (1)]"
    reply = only(f"{logged}status=deferred ({said})\n").reply
    assert reply is not None
    assert reply.text == "Unsuccessful [X (1)]"


def test_a_marked_reply_of_a_dialogue_counts_whatever_its_words() -> None:
    dialogue = (
        "< 220 mx.example.com Esmtp Mail Server.\n> EHLO x\n< 250 8BITMIME\n> AUTH PLAIN\n< 535 Login Fail. Try again\n"
    )

    failed = next(event for event in parse_text(dialogue, SOURCE) if event.outcome == "failure")
    assert (failed.reply_code, failed.reply_text, failed.phase) == (535, "Login Fail. Try again", Phase.AUTH)


def test_a_listener_of_the_program_s_own_is_no_mail() -> None:
    text = "org.simplejavamail.mailer.internal.SocksException: server crashed...\n"
    frames = (
        "\tat java.net.PlainSocketImpl.socketAccept(Native Method)\n\tat java.net.ServerSocket.accept(A.java:513)\n"
    )
    assert only(f"{text}Caused by: java.net.SocketException: Socket closed\n{frames}").outcome == "other"


@pytest.mark.parametrize(
    ("text", "mail"),
    [
        ("2026/08/11 01:06:27 worker.go:230: x509: certificate is valid for a.example, not b.example:587", True),
        ("2026/08/11 01:06:27 x509: certificate has expired or is not yet valid", False),
        (
            "enable_crypto(): Peer certificate CN=`a.example' did not match expected CN=`b.example' in class.smtp.php",
            True,
        ),
    ],
)
def test_a_certificate_that_is_not_accepted(text: str, mail: bool) -> None:
    event = only(text + "\n")
    assert (event.outcome, event.mail, event.phase) == ("failure", mail, Phase.CERTIFICATE)


def test_words_of_ses_without_the_code() -> None:
    event = only(f"{NOT_VERIFIED}US-EAST-1: Ops <ops@x.example>, ops@x.example\n")
    assert (event.outcome, event.phase, event.region) == ("failure", Phase.DATA, "us-east-1")
    assert event.identities == ("ops@x.example",)
    assert looks_like_log(event.text.encode())
    api = event.text.replace("Message rejected", "MessageRejected")  # of the HTTPS interface
    assert only(f"{api}\n").outcome == "other"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Sending mail failed: bad response received. response: 535 AUTH failed", 535),
        ("Sending mail failed, server replied: '550 go away'", 550),
        ("Sending mail failed after a response time of 550 ms", None),
        ("request failed, response: 502 Bad gateway of the upstream", None),
    ],
)
def test_a_code_behind_the_word_reply(text: str, code: int | None) -> None:
    assert only(f"2026-11-20 09:12:44 ERROR x: {text}\n").reply_code == code


def test_spring_tells_a_closing_that_failed_from_a_message_that_did() -> None:
    lost = "; nested exception is java.net.SocketException: Connection reset\n"
    closed = only(f"{SPRING}Failed to close server connection after message sending{lost}")
    assert (closed.outcome, closed.success_grade, closed.mail) == ("success", "likely", True)
    refused = "Failed messages: com.sun.mail.smtp.SMTPSendFailedException: 554 5.7.1 refused"
    failed = only(f"{SPRING}Failed to close server connection after message failures. {refused}\n")
    assert (failed.outcome, failed.reply_code) == ("failure", 554)


@pytest.mark.parametrize(
    ("above", "mail"),
    [
        ("org.eclipse.angus.mail.smtp.SMTPTransport.startTLS(SMTPTransport.java:2140)", True),
        ("org.eclipse.angus.mail.imap.IMAPStore.protocolConnect(IMAPStore.java:732)", False),
        ("com.example.http.Client.connect(Client.java:12)", False),
    ],
)
def test_frames_of_an_exception_whose_own_line_is_lost(above: str, mail: bool) -> None:
    cause = (
        "Caused by: javax.net.ssl.SSLHandshakeException: PKIX path building failed\n\tat x.Alert.create(Alert.java:131)"
    )
    assert only(f"\tat {above}\n\t... 22 more\n{cause}\n").mail is mail


@pytest.mark.parametrize(
    ("words", "phase"),
    [
        ("because the remote party sent a TLS alert: 'HandshakeFailure'.", Phase.TLS),
        ("because the remote party has closed the transport stream.", Phase.TLS),
        ("for user mailer.", Phase.AUTH),
    ],
)
def test_net_s_authentication_of_the_server_is_no_login(words: str, phase: Phase) -> None:
    text = (
        "ERROR Test Action failed: email action 'AWS' via mail.example.com:587\n"
        f"System.Security.Authentication.AuthenticationException: Authentication failed {words}\n"
    )
    (event,) = parse_text(text, SourceRef("mail.log"))
    assert event.phase == phase
