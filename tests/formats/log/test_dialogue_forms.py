"""Dialogues as other clients print them: what they show of an attempt, and what only looks like one."""

from __future__ import annotations

import pytest

from formats.log.helpers import SOURCE, read
from sestriage.formats.log.one_line import read_line
from sestriage.model.log import LogEvent
from sestriage.model.phase import Phase

STARTED = (Phase.GREETING, Phase.STARTTLS)
INSIDE = (*STARTED, Phase.TLS, Phase.CERTIFICATE)

# name of the client, how it prints a line of the server and one of its own
CLIENTS: list[tuple[str, str, str]] = [
    ("PHPMailer", "2025-02-03 07:08:09 SERVER -> CLIENT: {}", "2025-02-03 07:08:09 CLIENT -> SERVER: {}"),
    ("SwiftMailer", "<< {}", ">> {}"),
    ("Symfony", "[2025-02-03T07:08:09.123456+00:00] < {}", "[2025-02-03T07:08:09.123456+00:00] > {}"),
    ("nodemailer", "[2025-02-03 07:08:09] DEBUG [Ab1cD2eF3g] S: {}", "[2025-02-03 07:08:09] DEBUG [Ab1cD2eF3g] C: {}"),
    ("MailKit", "S: {}", "C: {}"),
    ("msmtp", "<-- {}", "--> {}"),
    ("swaks", "<-  {}", " -> {}"),
    ("curl", "< {}", "> {}"),
    ("smtplib", "reply: b'{}\\r\\n'", "send: '{}\\r\\n'"),
    ("Exim", "  SMTP<< {}", "  SMTP>> {}"),
    ("libnet", "Net::SMTP=GLOB(0x55d0)<<< {}", "Net::SMTP=GLOB(0x55d0)>>> {}"),
    ("Net::SMTP of Ruby", '-> "{}\\r\\n"', '<- "{}\\r\\n"'),
]
IDS = [name for name, _, _ in CLIENTS]


def printed(server: str, client: str, talk: str) -> str:
    """A dialogue in which a line that begins with a blank is the client's."""
    return "".join(
        (client if line.startswith(" ") else server).format(line.lstrip()) + "\n" for line in talk.split("\n")
    )


def failures(text: str) -> list[LogEvent]:
    return [event for event in read(text.encode()) if event.outcome == "failure"]


GREETED = "220 mx.example ESMTP ready\n EHLO manager\n250-mx.example\n250-STARTTLS\n250 HELP\n STARTTLS\n220 2.0.0 go"


@pytest.mark.parametrize(("name", "server", "client"), CLIENTS, ids=IDS)
def test_trouble_with_tls_behind_the_agreement_on_starttls_is_that_of_the_mail(
    name: str, server: str, client: str
) -> None:
    [event] = failures(printed(server, client, GREETED) + "unable to get local issuer certificate\n")
    assert (event.mail, event.phase, event.connection_mode) == (True, Phase.CERTIFICATE, "starttls")
    assert event.answered == STARTED


@pytest.mark.parametrize(("name", "server", "client"), CLIENTS, ids=IDS)
def test_a_refused_login_inside_tls_shows_what_worked_before(name: str, server: str, client: str) -> None:
    talk = GREETED + "\n EHLO manager\n250-mx.example\n250 AUTH PLAIN\n AUTH PLAIN ***\n535 5.7.8 bad login"
    [event] = failures(printed(server, client, talk))
    assert (event.phase, event.reply and event.reply.code) == (Phase.AUTH, 535)
    assert event.answered == INSIDE


@pytest.mark.parametrize(("name", "server", "client"), CLIENTS, ids=IDS)
def test_a_refused_recipient_shows_an_accepted_sender(name: str, server: str, client: str) -> None:
    talk = "220 mx.example ESMTP\n EHLO x\n250 HELP\n MAIL FROM:<a@x.example>\n250 OK\n RCPT TO:<b@x.example>\n"
    talk += "550 5.1.1 no"
    [event] = failures(printed(server, client, talk))
    assert (event.phase, event.answered) == (Phase.RCPT, (Phase.GREETING, Phase.MAIL))


@pytest.mark.parametrize(
    "between",
    [
        "[2025-02-03 07:08:10] INFO  [Ab1cD2eF3g] nothing else to say\n" * 4,
        "CLIENT -> SERVER: QUIT\n",
        "2025-02-03 07:08:10 INFO [ldap-1] c.h.Directory - LDAP bind at directory.example:636\n",
    ],
    ids=["later", "after another command", "of LDAP"],
)
def test_later_trouble_with_tls_needs_a_sign_of_its_own(between: str) -> None:
    talk = printed(CLIENTS[0][1], CLIENTS[0][2], GREETED)
    last = "ldaps://directory.example: unable to get local issuer certificate\n"
    events = failures(talk + between + (last if "LDAP" in between else last.partition(": ")[2]))
    assert [event for event in events if event.mail] == []


def test_trouble_of_another_thread_is_not_that_of_the_dialogue() -> None:
    talk = printed(CLIENTS[3][1], CLIENTS[3][2], GREETED)
    other = "[2025-02-03 07:08:09] ERROR [Zz9yX8wV7u] unable to get local issuer certificate\n"
    assert not any(event.mail or event.answered for event in read((talk + other).encode()))


def test_a_reply_of_several_lines_may_be_indented() -> None:
    text = (
        "SERVER -> CLIENT: 220 mx.example ESMTP\nCLIENT -> SERVER: EHLO x\nSERVER -> CLIENT: 250-mx.example\n"
        + " " * 30
        + "250-SIZE 1000\n"
        + " " * 30
        + "250 HELP\nCLIENT -> SERVER: MAIL FROM:<a@x.example>\nSERVER -> CLIENT: 550 5.7.1 no\n"
    )
    [event] = failures(text)
    assert (event.phase, event.answered) == (Phase.MAIL, (Phase.GREETING,))


ONE_LINE = (
    "++ Starting Some\\Transport << 220 mx.example ESMTP >> EHLO x << 250-mx.example 250-AUTH PLAIN LOGIN 250 Ok "
    ">> AUTH LOGIN << 334 VXNlcm5hbWU6 >> YWxhcm1z << 334 UGFzc3dvcmQ6 >> SWNoV2Vpc3NFcw== << 535 5.7.8 bad login "
    '!! Expected response code 235 but got code "535" >> RSET << 250 Ok\n'
)


def test_a_dialogue_in_one_line() -> None:
    [event] = failures(ONE_LINE)
    assert (event.phase, event.reply and event.reply.code, event.answered) == (Phase.AUTH, 535, (Phase.GREETING,))
    assert (event.user_shape, "535 5.7.8 bad login" in event.quote) == ("iam-user-name", True)
    assert "YWxhcm1z" not in event.quote
    assert "SWNoV2Vpc3NFcw" not in event.quote


@pytest.mark.parametrize(
    "line",
    [
        "shift left << 220 and right >> with numbers",
        "awk '{ print >> FILE }' << EOF",
        "<< 250 items >> 300 items",
    ],
)
def test_a_line_with_arrows_is_none(line: str) -> None:
    assert failures(line + "\n") == []


# the line, host, port, mode
CONNECTS: list[tuple[str, str, int, str | None]] = [
    ('trying to connect to host "mx.example", port 25, isSSL false', "mx.example", 25, None),
    ('DEBUG SMTP: trying to connect to host "MX.example", port 465, isSSL true', "mx.example", 465, "wrapper"),
    ("Connected to smtps://mx.example:465/", "mx.example", 465, "wrapper"),
    ("Connected to smtp://mx.example:587/?starttls=when-available", "mx.example", 587, None),
    ("Connection: opening to mx.example:587, timeout=300, options=array()", "mx.example", 587, None),
    ("Connection: opening to ssl://mx.example:465, timeout=300, options=array()", "mx.example", 465, "wrapper"),
    ("connect: ('mx.example', 587)", "mx.example", 587, None),
    ("connect: to ('mx.example', 587) None", "mx.example", 587, None),
    ("=== Trying mx.example:25...", "mx.example", 25, None),
    ("opening to ssl://mx.example:465, timeout=300, options=array()", "mx.example", 465, "wrapper"),
    ("* Connected to mx.example (192.0.2.25) port 587 (#0)", "mx.example", 587, None),
    ("* Connected to mx.example (2001:db8::25) port 587", "mx.example", 587, None),
]


@pytest.mark.parametrize(("line", "host", "port", "mode"), CONNECTS)
def test_where_a_client_says_that_it_connects(line: str, host: str, port: int, mode: str | None) -> None:
    [event] = failures(f"{line}\n<< 554 5.3.2 no SMTP service here\n")
    assert (event.host, event.port, event.connection_mode) == (host, port, mode)


def test_a_connection_of_something_else_begins_no_dialogue() -> None:
    text = "Connected to ldap://dir.example:636/\nConnected to redis.example:6379\n<< 554 5.3.2 no SMTP service here\n"
    assert not any(event.host for event in read(text.encode()))


@pytest.mark.parametrize(
    ("sent", "shape"),
    [
        ("AUTH PLAIN AGFsYXJtc0B4LmV4YW1wbGUAc2VjcmV0", "mail-address"),
        ("AUTH LOGIN QUtJQUlPU0ZPRE5ON0VYQU1QTEU=", "access-key-id"),
        ("AUTH PLAIN ***", None),
        ("AUTH CRAM-MD5 YWxhcm1z", None),
    ],
)
def test_the_form_of_the_user_name_that_was_sent(sent: str, shape: str | None) -> None:
    text = printed(CLIENTS[0][1], CLIENTS[0][2], f"220 mx.example ESMTP\n EHLO x\n250 OK\n {sent}\n535 5.7.8 no")
    [event] = failures(text)
    assert event.user_shape == shape


@pytest.mark.parametrize(
    ("extra", "mail"),
    [
        ('"stage":"starttls"', True),
        ('"command":"AUTH PLAIN"', True),
        ('"stage":"build"', False),
        ('"command":"restart"', False),
    ],
)
def test_a_record_that_names_the_step_of_a_mail_client(extra: str, mail: bool) -> None:
    said = '"level":"info","timestamp":"2025-02-03T07:08:09.100Z"'
    trouble = '"message":"error:0A00018A:SSL routines::dh key too small"'
    [event] = failures(f"{{{said},{trouble},{extra}}}\n")
    assert event.mail is mail


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("Email delivery to mx.example.com:465 failed: {:network_failure}", "failure"),
        ("Email sent to mx.example.com:587 successfully", "success"),
        ("Mailer.java:123 failed", "other"),
        ("Index delivery to search.example.com:9200 failed", "other"),
    ],
)
def test_a_server_with_its_port_stands_in_a_sentence_as_a_name(line: str, outcome: str) -> None:
    level = "INFO" if outcome == "success" else "ERROR"
    events = read(f"2025-02-03 07:08:09.100 {level} [x] c.h.M - {line}\n".encode())
    assert [event.outcome for event in events if event.outcome != "other"] == ([outcome] if outcome != "other" else [])


def test_a_dialogue_with_a_stamp_on_every_line_ends_the_body_at_its_dot() -> None:
    _, server, client = CLIENTS[0]
    talk = (
        "220 mx.example ESMTP\n EHLO x\n250 HELP\n MAIL FROM:<a@x.example>\n250 OK\n RCPT TO:<b@x.example>\n250 OK\n"
        " DATA\n354 Go\n Subject: 550 no\n 554 5.7.1 of the body\n .\n250 OK id=1abcDE-000123-4F"
    )
    events = read(printed(server, client, talk).encode())
    assert [event.outcome for event in events if event.outcome != "other"] == ["success"]


@pytest.mark.parametrize(
    "text",
    [
        "<<<<<<< HEAD\n220 lines SMTP handler\n>>>>>>> feature\n550 other lines\n",
        "S: * OK IMAP4rev1 STARTTLS ready\nC: a1 STARTTLS\nS: a1 OK go\nSSL_connect: certificate verify failed\n",
        "220 ProFTPD Server ready\nAUTH TLS\n234 ok\ncertificate verify failed\n",
        "Error: connect ECONNREFUSED 192.0.2.7:5432\n",
    ],
    ids=["conflict of git", "IMAP", "FTP", "database"],
)
def test_what_looks_like_a_dialogue_is_none(text: str) -> None:
    assert not any(event.mail for event in failures(text))


def test_a_refused_connection_of_node_to_a_mail_port() -> None:
    [event] = failures(
        "Error: connect ECONNREFUSED 192.0.2.7:587\n    at TCPConnectWrap.afterConnect (net.js:1141:16)\n"
    )
    assert (event.mail, event.phase) == (True, Phase.TCP)


def test_a_single_line_is_near_no_dialogue() -> None:
    event = read_line("javax.mail.MessagingException: 454 TLS not available", SOURCE)
    assert event is not None
    assert event.answered == ()


def test_swaks_marks_refusals_in_tls_and_in_clear_text() -> None:
    secured = b"""=== Connected to email-smtp.us-east-1.amazonaws.com.
<-  220 email-smtp.amazonaws.com ESMTP SimpleEmailService
 -> EHLO h
<-  250-email-smtp.amazonaws.com
<-  250-STARTTLS
<-  250 Ok
 -> STARTTLS
<-  220 Ready to start TLS
=== TLS started with cipher TLSv1.2:ECDHE-RSA-AES128-GCM-SHA256:128
 ~> EHLO h
<~  250-email-smtp.amazonaws.com
<~  250 AUTH PLAIN LOGIN
 ~> AUTH LOGIN
<~  334 VXNlcm5hbWU6
 ~> QUtJQQ==
<~  334 UGFzc3dvcmQ6
 ~> eHh4
<~* 535 Authentication Credentials Invalid
"""
    clear = b"""=== Connected to mail.example.com.
<-  220 mail.example.com ESMTP
 -> EHLO h
<-  250 mail.example.com
 -> MAIL FROM:<a@example.com>
<** 550 5.7.1 relaying denied
"""
    for text, code in ((secured, 535), (clear, 550)):
        failures = [event for event in read(text) if event.outcome == "failure"]
        assert [event.reply_code for event in failures] == [code]
