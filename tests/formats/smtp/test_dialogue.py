"""The SMTP dialogue on the wire: pairing, line ends, masks, secrets, and the mix-ups with TLS."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.capture.wire import Talk, alert, client_hello, pcap, read, record, server_hello
from sestriage.model.capture import SmtpDialogue, Stream

GREETING = b"220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-X\r\n"
EHLO_REPLY = b"250-email-smtp.amazonaws.com\r\n250-8BITMIME\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 Ok\r\n"
USER, PASSWORD = b"AKIAIOSFODNN7EXAMPLE", b"BPassw0rdOfTheSmtpUserEXAMPLE"


def dialogue(talk: Talk) -> SmtpDialogue:
    smtp = talk.stream().smtp
    assert smtp is not None
    return smtp


def session(talk: Talk) -> Stream:
    stream = talk.stream()
    assert stream.tls is not None
    return stream


def greeted() -> Talk:
    return Talk().connect().s(GREETING).c(b"EHLO smc.example.com\r\n").s(EHLO_REPLY)


def test_a_whole_mail() -> None:
    talk = (
        greeted()
        .c(b"MAIL FROM:<a@example.com>\r\n")
        .s(b"250 Ok\r\n")
        .c(b"RCPT TO:<b@example.com>\r\n")
        .s(b"250 Ok\r\n")
    )
    talk.c(b"DATA\r\n").s(b"354 End data with <CR><LF>.<CR><LF>\r\n")
    talk.c(b"Subject: x\r\n\r\nEHLO in the body\r\n..\r\nSTARTTLS\r\n").c(b".\r").c(b"\n")
    talk.s(b"250 Ok 010001890abcdef-1234-5678-000000\r\n").c(b"QUIT\r\n").s(b"221 Bye\r\n")
    smtp = dialogue(talk)
    assert smtp.reply_codes == (220, 250, 250, 250, 354, 250, 221)
    assert [r.after for r in smtp.replies] == ["", "EHLO", "MAIL", "RCPT", "DATA", ".", "QUIT"]
    assert [c.verb for c in smtp.commands] == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]
    assert smtp.commands[1].argument == "FROM:<a@example.com>"
    assert smtp.accepted
    assert smtp.message_id == "010001890abcdef-1234-5678-000000"
    assert not smtp.starttls_command  # that was in the body
    assert smtp.starttls_offered
    assert smtp.auth_offered == ("PLAIN", "LOGIN")
    assert smtp.banner == GREETING.decode().strip()


def test_a_rejected_mail_keeps_the_text() -> None:
    text = "Message rejected: Email address is not verified. The following identities failed the check in region X: a"
    talk = greeted().c(b"DATA\r\n").s(b"354 go\r\n").c(b"body\r\n.\r\n").s(b"554 " + text.encode() + b"\r\n")
    smtp = dialogue(talk)
    assert (smtp.replies[-1].code, smtp.replies[-1].after, smtp.replies[-1].text) == (554, ".", text)
    assert not smtp.accepted
    assert smtp.message_id is None


def test_data_refused_is_followed_by_commands() -> None:
    talk = greeted().c(b"DATA\r\n").s(b"503 need RCPT\r\n").c(b"RSET\r\n").s(b"250 Ok\r\n")
    smtp = dialogue(talk)
    assert [c.verb for c in smtp.commands] == ["EHLO", "DATA", "RSET"]
    assert [r.after for r in smtp.replies] == ["", "EHLO", "DATA", "RSET"]


def test_bdat_chunks_are_skipped() -> None:
    talk = greeted().c(b"BDAT 12\r\nQUIT\r\nQUIT\r\nBDAT 5 LAST\r\nQUIT\r")
    talk.s(b"250 12 octets\r\n250 Ok 0102-final\r\n").c(b"QUIT\r\n").s(b"221 Bye\r\n")
    smtp = dialogue(talk)
    assert [c.verb for c in smtp.commands] == ["EHLO", "BDAT", "BDAT", "QUIT"]
    assert smtp.replies[-1].code == 221


def test_the_reply_to_the_last_chunk_is_the_acceptance() -> None:
    """One reply answers BDAT LAST and the end of the message; the next one is that to QUIT."""
    talk = greeted().c(b"BDAT 4 LAST\r\nbody").s(b"250 2.0.0 chunk ok\r\n").c(b"QUIT\r\n").s(b"225 bye\r\n")
    smtp = dialogue(talk)
    assert smtp.accepted
    assert [(r.after, r.code) for r in smtp.replies[-2:]] == [(".", 250), ("QUIT", 225)]
    refused = dialogue(greeted().c(b"BDAT 0 LAST\r\n").s(b"554 no\r\n").c(b"QUIT\r\n").s(b"250 bye\r\n"))
    assert not refused.accepted
    assert [(r.after, r.code) for r in refused.replies[-2:]] == [(".", 554), ("QUIT", 250)]


def mail(talk: Talk, sender: bytes, last: bytes) -> Talk:
    talk.c(b"MAIL FROM:<" + sender + b"@a.example>\r\n").s(b"250 Ok\r\n")
    talk.c(b"RCPT TO:<b@example.com>\r\n").s(b"250 Ok\r\n").c(b"DATA\r\n").s(b"354 go\r\n")
    return talk.c(b"body\r\n.\r\n").s(last + b"\r\n")


def test_the_newest_transaction_of_a_session_counts() -> None:
    good_then_bad = mail(mail(greeted(), b"one", b"250 Ok abc"), b"two", b"554 Message rejected")
    smtp = dialogue(good_then_bad)
    assert (smtp.accepted, smtp.message_id) == (False, None)
    assert dialogue(mail(mail(greeted(), b"one", b"554 Message rejected"), b"two", b"250 Ok abc")).accepted
    kept = mail(greeted(), b"one", b"250 Ok abc").c(b"RSET\r\n").s(b"250 Ok\r\n").c(b"QUIT\r\n").s(b"221 Bye\r\n")
    assert dialogue(kept).accepted


def test_bare_line_feeds_pipelining_and_mixed_case() -> None:
    talk = Talk().connect().c(b"eHLo x\nrset\nstaRTtLs\n").s(b"250\n250\n220\n")
    smtp = dialogue(talk)
    assert [c.verb for c in smtp.commands] == ["EHLO", "RSET", "STARTTLS"]
    assert smtp.starttls_command
    assert smtp.starttls_reply == 220
    assert smtp.banner is None
    assert smtp.starttls_offered is False


def test_without_an_ehlo_reply_nothing_is_known_of_starttls() -> None:
    assert dialogue(Talk().connect().s(GREETING)).starttls_offered is None


@pytest.mark.parametrize(
    ("refusal", "helo", "offered"),
    [
        (b"502 5.5.1 no such command\r\n", b"", False),
        (b"450 4.7.1 <x>: Helo command rejected: Host not found\r\n", b"", None),
        (b"550 5.7.1 rejected\r\n", b"", None),
        (b"550 5.7.1 rejected\r\n", b"250 host\r\n", False),
        (b"550 5.7.1 rejected\r\n", b"550 5.7.1 rejected\r\n", None),
    ],
)
def test_a_refused_ehlo_says_little_of_starttls(refusal: bytes, helo: bytes, offered: bool | None) -> None:
    """A server that knows HELO only lists nothing (RFC 5321 3.2); one that refuses the client or its name may."""
    talk = Talk().connect().s(GREETING).c(b"EHLO x\r\n").s(refusal)
    talk = talk.c(b"HELO x\r\n").s(helo) if helo else talk
    assert dialogue(talk).starttls_offered is offered


@pytest.mark.parametrize(
    ("line", "masked"),
    [(b"250-XXXXXXXA", True), (b"250-XXXX", True), (b"250-XCLIENT NAME", False), (b"250-XXX", False)],
)
def test_a_masked_keyword(line: bytes, masked: bool) -> None:
    talk = Talk().connect().s(GREETING).c(b"EHLO x\r\n").s(b"250-host\r\n" + line + b"\r\n250 8BITMIME\r\n")
    smtp = dialogue(talk)
    assert smtp.starttls_masked is masked
    assert smtp.starttls_offered is False


def test_a_code_that_changes_inside_a_reply() -> None:
    smtp = dialogue(Talk().connect().s(b"220-one\r\n250 two\r\n"))
    assert smtp.reply_codes == (220, 250)
    assert smtp.banner == "220 one"


def test_multi_line_greeting() -> None:
    smtp = dialogue(Talk().connect().s(b"220-first ESMTP\r\n220-\r\n220 last\r\n"))
    assert smtp.banner == "220-first ESMTP"
    assert smtp.replies[0].text == "first ESMTP\n\nlast"


def secrets_of_every_kind() -> list[bytes]:
    plain = base64.b64encode(b"\0" + USER + b"\0" + PASSWORD)
    return [plain, base64.b64encode(USER), base64.b64encode(PASSWORD), USER, PASSWORD]


AUTH_TALKS = {
    "plain": greeted()
    .c(b"AUTH PLAIN " + secrets_of_every_kind()[0] + b"\r\n")
    .s(b"535 Authentication Credentials Invalid\r\n"),
    "plain in two steps": greeted()
    .c(b"AUTH PLAIN\r\n")
    .s(b"334 \r\n")
    .c(secrets_of_every_kind()[0] + b"\r\n")
    .s(b"535 Authentication Credentials Invalid\r\n"),
    "login": greeted()
    .c(b"AUTH LOGIN\r\n")
    .s(b"334 VXNlcm5hbWU6\r\n")
    .c(secrets_of_every_kind()[1] + b"\r\n")
    .s(b"334 UGFzc3dvcmQ6\r\n")
    .c(secrets_of_every_kind()[2] + b"\r\n")
    .s(b"535 Authentication Credentials Invalid\r\n"),
    "login, pipelined": greeted()
    .c(b"AUTH LOGIN " + secrets_of_every_kind()[1] + b"\r\n" + secrets_of_every_kind()[2] + b"\r\n")
    .s(b"334 UGFzc3dvcmQ6\r\n535 Authentication Credentials Invalid\r\n"),
    "not even base64": greeted()
    .c(b"AUTH LOGIN\r\n")
    .s(b"334 x\r\n")
    .c(USER + b"\r\n")
    .s(b"334 x\r\n")
    .c(PASSWORD + b"\r\n"),
}


@pytest.mark.parametrize("name", AUTH_TALKS)
def test_auth_payloads_are_never_stored(name: str) -> None:
    stream = AUTH_TALKS[name].stream()
    shown = repr(stream)
    for secret in secrets_of_every_kind():
        assert secret.decode() not in shown
    assert stream.smtp is not None
    assert stream.smtp.auth_in_clear
    assert "AUTH" in [c.verb for c in stream.smtp.commands]
    if name != "not even base64":
        last = stream.smtp.replies[-1]
        assert (last.code, last.after, last.text) == (535, "AUTH", "Authentication Credentials Invalid")


REFUSED = b"530 Must issue a STARTTLS command first\r\n"
CANCELLED = b"501 cancelled\r\n"
SENT_IN_CLEAR = {
    "LOGIN refused before any data": (greeted().c(b"AUTH LOGIN\r\n").s(REFUSED).c(b"STARTTLS\r\n"), None),
    "LOGIN, the user name only": (
        greeted().c(b"AUTH LOGIN\r\n").s(b"334 VXNlcm5hbWU6\r\n").c(b"QUtJQQ==\r\n").s(b"535 no\r\n"),
        None,
    ),
    "PLAIN cancelled": (greeted().c(b"AUTH PLAIN\r\n").s(b"334 \r\n").c(b"*\r\n").s(CANCELLED), None),
    "PLAIN in the command": (greeted().c(b"AUTH PLAIN AHUAcA==\r\n").s(REFUSED), "password"),
    "a bearer token": (greeted().c(b"AUTH XOAUTH2 dXNlcj0=\r\n").s(b"235 ok\r\n"), "password"),
    "CRAM-MD5": (
        greeted().c(b"AUTH CRAM-MD5\r\n").s(b"334 PDE+\r\n").c(b"dSBkaWdlc3Q=\r\n").s(b"235 ok\r\n"),
        "response",
    ),
    "the first message of NTLM": (greeted().c(b"AUTH NTLM TlRMTVNTUAAB\r\n").s(b"334 x\r\n").c(b"*\r\n"), None),
    "a mechanism that is not known": (greeted().c(b"AUTH GSSAPI YII=\r\n").s(b"235 ok\r\n"), None),
}


@pytest.mark.parametrize("name", SENT_IN_CLEAR)
def test_what_a_login_in_clear_text_gives_away(name: str) -> None:
    talk, sent = SENT_IN_CLEAR[name]
    stream = talk.stream()
    assert stream.smtp is not None
    assert (stream.smtp.auth_in_clear, stream.smtp.secret_in_clear) == (True, sent)


@pytest.mark.parametrize("name", AUTH_TALKS)
def test_every_login_with_a_password_gives_it_away(name: str) -> None:
    smtp = AUTH_TALKS[name].stream().smtp
    assert smtp is not None
    assert smtp.secret_in_clear == "password"


def test_auth_payloads_of_one_direction_alone() -> None:
    talk = AUTH_TALKS["login"]
    frames = [f for f in talk.frames() if f[14 + 12 : 14 + 16] == bytes([10, 0, 0, 5])]
    (stream,) = read(pcap(frames)).streams
    shown = repr(stream)
    assert all(secret.decode() not in shown for secret in secrets_of_every_kind())
    assert stream.smtp is not None
    assert stream.smtp.auth_in_clear
    assert stream.smtp.secret_in_clear == "password"


def test_replies_of_one_direction_alone_are_assigned_where_the_code_tells() -> None:
    talk = greeted().c(b"AUTH PLAIN x\r\n").s(b"235 Authentication successful.\r\n").c(b"DATA\r\n").s(b"354 go\r\n")
    talk.c(b"x\r\n.\r\n").s(b"250 Ok 0100-id\r\n").c(b"QUIT\r\n").s(b"221 Bye\r\n")
    frames = [f for f in talk.frames() if f[14 + 12 : 14 + 16] != bytes([10, 0, 0, 5])]
    (stream,) = read(pcap(frames)).streams
    assert stream.smtp is not None
    assert [(r.code, r.after) for r in stream.smtp.replies] == [
        (220, ""),
        (250, ""),
        (235, "AUTH"),
        (354, "DATA"),
        (250, "."),
        (221, "QUIT"),
    ]
    assert stream.smtp.message_id == "0100-id"
    assert stream.tcp.one_sided


def test_tls_client_at_a_clear_server() -> None:
    """SMTPS on a STARTTLS port."""
    stream = session(Talk().connect().c(record(22, client_hello())).s(GREETING).c(alert(2, 10)))
    assert stream.tls is not None
    assert stream.tls.plaintext_reply == GREETING.decode().strip()
    assert stream.tls.started_by == "connect"
    assert stream.smtp is not None
    assert stream.smtp.banner == GREETING.decode().strip()
    assert not stream.smtp.looks_like_tls
    assert [(a.sender, a.description) for a in stream.tls.alerts] == [("client", "unexpected_message")]


def test_the_greeting_before_the_hello() -> None:
    stream = session(Talk().connect().s(GREETING).c(record(22, client_hello())))
    assert stream.tls is not None
    assert stream.tls.plaintext_reply == GREETING.decode().strip()
    assert not stream.tls.server_hello_seen


def test_a_clear_client_at_a_tls_server() -> None:
    stream = session(Talk(server=("192.0.2.25", 465)).connect().c(b"EHLO x\r\n").s(alert(2, 10)))
    assert stream.smtp is not None
    assert stream.smtp.looks_like_tls
    assert stream.tls is not None
    assert [(a.sender, a.code) for a in stream.tls.alerts] == [("server", 10)]


def test_http_answers() -> None:
    stream = session(
        Talk(server=("192.0.2.25", 465)).connect().c(record(22, client_hello())).s(b"HTTP/1.1 400 Bad\r\n\r\n")
    )
    assert stream.tls is not None
    assert stream.tls.plaintext_reply == "HTTP/1.1 400 Bad"
    assert stream.smtp is None


def test_starttls_pipelined_with_the_hello() -> None:
    """The hello comes in the segment of the STARTTLS line, the ServerHello in that of the 220."""
    talk = greeted().c(b"STARTTLS\r\n" + record(22, client_hello())).s(b"220 Ready\r\n" + record(22, server_hello()))
    stream = session(talk)
    assert stream.tls is not None
    assert stream.tls.cipher == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
    assert stream.tls.started_by == "starttls"
    assert stream.smtp is not None
    assert stream.smtp.starttls_reply == 220


def test_starttls_refused() -> None:
    smtp = dialogue(greeted().c(b"STARTTLS\r\n").s(b"454 TLS not available due to temporary reason\r\n").c(b"QUIT\r\n"))
    assert smtp.starttls_reply == 454
    assert smtp.starttls_command


@pytest.mark.parametrize(
    ("port", "lines", "name"),
    [
        (143, [(False, b"* OK IMAP4rev1 ready\r\n"), (True, b"a1 STARTTLS\r\n"), (False, b"a1 OK begin\r\n")], "imap"),
        (110, [(False, b"+OK ready\r\n"), (True, b"STLS\r\n"), (False, b"+OK begin\r\n")], "pop3"),
        (21, [(False, b"220 (vsFTPd 3.0.3)\r\n"), (True, b"AUTH TLS\r\n"), (False, b"234 go\r\n")], "ftp"),
        (
            5222,
            [(True, b"<?xml version='1.0'?><stream:stream to='x'>"), (False, b"<?xml version='1.0'?><stream:stream>")],
            "xmpp",
        ),
    ],
)
def test_other_protocols_are_tls_but_not_smtp(port: int, lines: list[tuple[bool, bytes]], name: str) -> None:
    talk = Talk(server=("192.0.2.25", port)).connect()
    for from_client, line in lines:
        talk.says(from_client, line)
    stream = session(talk.c(record(22, client_hello())).s(record(22, server_hello())))
    assert stream.smtp is None
    assert stream.tls is not None
    assert stream.tls.started_by == name
    assert stream.tls.cipher == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"


@pytest.mark.parametrize("port", [587, 2525, 50125])
def test_smtp_is_found_at_any_port(port: int) -> None:
    talk = Talk(server=("192.0.2.25", port)).connect().s(GREETING).c(b"EHLO x\r\n").s(EHLO_REPLY)
    assert dialogue(talk).starttls_offered


def test_through_proxies() -> None:
    socks = Talk(server=("10.0.0.9", 1080)).connect().c(b"\x05\x01\x00").s(b"\x05\x00")
    socks.c(b"\x05\x01\x00\x01\xc0\x00\x02\x19\x02\x4b").s(b"\x05\x00\x00\x01\xc0\x00\x02\x19\x02\x4b").s(GREETING)
    assert dialogue(socks.c(b"EHLO x\r\n").s(EHLO_REPLY)).starttls_offered
    http = Talk(server=("10.0.0.9", 3128)).connect().c(b"CONNECT smtp.example.com:465 HTTP/1.1\r\n\r\n")
    http.s(b"HTTP/1.1 200 Connection established\r\n\r\n").c(record(22, client_hello())).s(record(22, server_hello()))
    assert session(http).smtp is None


def test_conversations_of_no_interest_are_not_listed() -> None:
    web = Talk(server=("192.0.2.80", 80)).connect().c(b"GET / HTTP/1.1\r\n\r\n").s(b"HTTP/1.1 200 OK\r\n\r\n")
    ftp = Talk(server=("192.0.2.21", 21)).connect().s(b"220 (vsFTPd 3.0.3)\r\n").c(b"USER x\r\n").s(b"331 pass\r\n")
    assert read(pcap(web.frames() + ftp.frames())).streams == ()


def test_an_endless_line_is_bounded() -> None:
    talk = Talk().connect().s(GREETING + b"250-" + b"A" * 200_000).c(b"EHLO " + b"x" * 100_000 + b"\r\n")
    smtp = dialogue(talk)
    assert len(repr(smtp)) < 20_000


def test_a_gap_in_the_replies() -> None:
    talk = greeted().c(b"MAIL FROM:<a@example.com>\r\n")
    talk.s(b"250 sender ok, and a long text that is lost in the middle of it\r\n")
    lost = talk.packets.pop()
    talk.c(b"RCPT TO:<b@example.com>\r\n").s(b"550 no such user\r\n")
    assert lost
    stream = talk.stream()
    assert stream.tcp.missing_bytes == 65
    assert stream.smtp is not None
    assert stream.smtp.reply_codes == (220, 250, 550)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.binary(min_size=1, max_size=60)), max_size=10))
def test_any_bytes_at_a_mail_port(turns: list[tuple[bool, bytes]]) -> None:
    talk = Talk().connect()
    for from_client, data in turns:
        talk.says(from_client, data)
    capture = talk.capture()
    assert capture.problem is None
    assert len(capture.streams) == 1
