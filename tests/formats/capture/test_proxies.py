"""SOCKS and CONNECT in front of SMTP: what was asked for, what the proxy said, and whose conversation it is."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.capture.wire import Talk, client_hello, pcap, record
from sestriage.engine.triage import TriageOptions, triage
from sestriage.formats.capture.proxies import read_proxy
from sestriage.model.capture import ProxyHop, Stream
from sestriage.model.phase import Phase

HOST = "email-smtp.us-east-1.amazonaws.com"
SOCKS, WEB = ("192.0.2.80", 1080), ("192.0.2.80", 3128)
ANSWER = b"\x00\x01" + bytes(6)
"""The rest of an answer of SOCKS 5: reserved, address type, address, port."""


def asked(host: str = HOST, port: int = 587) -> bytes:
    return b"\x05\x01\x00\x03" + bytes([len(host)]) + host.encode() + port.to_bytes(2, "big")


def socks(code: int, port: int = 587) -> Talk:
    talk = Talk(server=SOCKS).connect().c(b"\x05\x01\x00").s(b"\x05\x00")
    return talk.c(asked(port=port)).s(bytes([5, code]) + ANSWER)


def web(status: str, host: str = HOST, port: int = 587, behind: bytes = b"") -> Talk:
    talk = Talk(server=WEB).connect().c(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    return talk.s(f"HTTP/1.1 {status}\r\nVia: proxy\r\n\r\n".encode() + behind)


def ended(talk: Talk) -> Talk:
    return talk.fin(False).fin(True)


def mailed(talk: Talk, greeted: bool = True) -> Talk:
    if greeted:
        talk.s(b"220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABC x\r\n")
    talk.c(b"EHLO smc\r\n").s(b"250-email-smtp.amazonaws.com\r\n250-STARTTLS\r\n250 Ok\r\n")
    return ended(talk.c(b"MAIL FROM:<a@example.com>\r\n").s(b"530 Authentication required\r\n"))


@pytest.mark.parametrize(
    ("talk", "hop"),
    [
        (socks(2), ProxyHop("socks", HOST, 587, "connection not allowed by ruleset", True)),
        (socks(5), ProxyHop("socks", HOST, 587, "connection refused", True)),
        (socks(0), ProxyHop("socks", HOST, 587, "granted")),
        (web("403 Forbidden"), ProxyHop("http-connect", HOST, 587, "HTTP/1.1 403 Forbidden", True)),
        (
            web("407 Proxy Authentication Required"),
            ProxyHop("http-connect", HOST, 587, "HTTP/1.1 407 Proxy Authentication Required", True),
        ),
        (web("200 Connection established"), ProxyHop("http-connect", HOST, 587, "HTTP/1.1 200 Connection established")),
    ],
)
def test_what_was_asked_and_answered(talk: Talk, hop: ProxyHop) -> None:
    stream = ended(talk).stream()
    assert stream.proxy == hop
    assert (stream.port, stream.host, stream.server.port) == (587, HOST, talk.server[1])


def asked_again(status: str, body: bytes = b"") -> Talk:
    """A login in steps (RFC 4559, NTLM): the first answer is 407, and the client asks again on the same connection."""
    talk = web("407 Proxy Authentication Required", behind=body)
    talk.c(f"CONNECT {HOST}:587 HTTP/1.1\r\nProxy-Authorization: Negotiate YII=\r\n\r\n".encode())
    return talk.s(f"HTTP/1.1 {status}\r\n\r\n".encode())


@pytest.mark.parametrize("body", [b"", b"<html>" + b"x" * 4000 + b"</html>"])
def test_the_newest_answer_of_a_login_in_steps_counts(body: bytes) -> None:
    granted = mailed(asked_again("200 Connection established", body)).stream()
    assert granted.proxy == ProxyHop("http-connect", HOST, 587, "HTTP/1.1 200 Connection established")
    assert granted.smtp is not None
    assert granted.smtp.greeting_code == 220
    refused = ended(asked_again("403 Forbidden", body)).stream()
    assert refused.proxy == ProxyHop("http-connect", HOST, 587, "HTTP/1.1 403 Forbidden", True)


def test_socks_4a_and_a_login() -> None:
    request = b"\x04\x01" + (587).to_bytes(2, "big") + b"\0\0\0\x01user\0" + HOST.encode() + b"\0"
    assert read_proxy("socks", request, b"\0\x5b" + bytes(6)) == ProxyHop(
        "socks", HOST, 587, "request rejected or failed", True
    )
    login = b"\x05\x01\x02" + b"\x01\x01u\x01p" + asked()
    assert read_proxy("socks", login, b"\x05\x02\x01\x00\x05\x00" + ANSWER) == ProxyHop("socks", HOST, 587, "granted")
    refused = read_proxy("socks", b"\x05\x01\x02\x01\x01u\x01p", b"\x05\x02\x01\x01")
    assert refused == ProxyHop("socks", None, None, "login refused", True)
    assert read_proxy("socks", b"\x05\x01\x00", b"\x05\xff") == ProxyHop(
        "socks", None, None, "none of the offered ways to log in is accepted", True
    )


def test_addresses_and_cuts() -> None:
    four = b"\x05\x01\x00\x05\x01\x00\x01" + socket.inet_aton("192.0.2.7") + b"\x02\x4b"
    hop = read_proxy("socks", four, b"\x05\x00")
    assert hop == ProxyHop("socks", "192.0.2.7", 587, None)
    for end in range(len(four)):
        assert read_proxy("socks", four[:end], b"\x05\x00\x05\x02") in (None, hop)


@given(kind=st.sampled_from(["socks", "http-connect"]), one=st.binary(max_size=80), other=st.binary(max_size=40))
def test_any_bytes_do(kind: str, one: bytes, other: bytes) -> None:
    for head in (b"", b"\x05\x01\x00", b"\x04\x01", b"CONNECT a:1 HTTP/1.1\r\n"):
        read_proxy(kind, head + one, other)


@pytest.mark.parametrize(
    "talk", [mailed(socks(0)), mailed(web("200 OK")), mailed(web("200 OK", behind=b"220 a ESMTP b\r\n"), greeted=False)]
)
def test_the_mail_behind_the_proxy_is_read(talk: Talk) -> None:
    smtp = talk.stream().smtp
    assert smtp is not None
    assert (smtp.greeting_code, smtp.reply_codes[-1]) == (220, 530)


@pytest.mark.parametrize(
    "ways", [b"\x00", b"\x01", b"\x02", b"\x02\x00", b"\x01\x02", b"\x02\x01\x00", b"\x00\x01\x02\x03"]
)
def test_the_ways_to_log_in_come_in_any_order(ways: bytes) -> None:
    talk = Talk(server=SOCKS).connect().c(bytes((5, len(ways))) + ways).s(b"\x05\x00").c(asked())
    assert ended(talk.s(b"\x05\x02" + ANSWER)).stream().proxy == ProxyHop(
        "socks", HOST, 587, "connection not allowed by ruleset", True
    )


@pytest.mark.parametrize("port", [25, 443, 465, 587, 1080, 9050])
def test_a_proxy_may_listen_anywhere(port: int, tmp_path: Path) -> None:
    talk = Talk(server=("192.0.2.80", port)).connect().c(b"\x05\x01\x00").s(b"\x05\x00")
    (tmp_path / "a.pcap").write_bytes(pcap(ended(talk.c(asked()).s(b"\x05\x04" + ANSWER)).frames()))
    primary = triage([str(tmp_path / "a.pcap")], TriageOptions(now=datetime(2023, 11, 15, tzinfo=UTC))).verdict.primary
    assert primary is not None
    assert (primary.rule, str(primary.confidence)) == ("proxy-refused", "confirmed")


def test_a_web_proxy_on_a_mail_port() -> None:
    head = f"CONNECT {HOST}:587 HTTP/1.1\r\n\r\n".encode()
    talk = Talk(server=("192.0.2.80", 465)).connect().c(head).s(b"HTTP/1.1 403 Forbidden\r\n\r\n")
    assert ended(talk).stream().proxy == ProxyHop("http-connect", HOST, 587, "HTTP/1.1 403 Forbidden", True)


@pytest.mark.parametrize("talk", [web("403 Forbidden", "www.example.com", 443), socks(2, 443)])
def test_a_refused_connection_to_another_service_is_no_attempt(talk: Talk) -> None:
    assert ended(talk).capture().streams == ()


def test_the_web_behind_a_proxy_stays_no_mail() -> None:
    talk = web("200 OK", "www.example.com", 443).c(record(22, client_hello("www.example.com")))
    streams: tuple[Stream, ...] = ended(talk).capture().streams
    assert all(stream.port == 443 and stream.smtp is None for stream in streams)


LOG = (
    "2023-11-14T22:13:20.650Z ERROR [m-1] EmailActionExecutor - Test Action failed: email action 'M' via {host}:587\n"
    "javax.mail.MessagingException: Could not connect to SMTP host: {host}, port: 587;\n  nested exception is:\n"
    "\tjava.net.ConnectException: connection through proxy 192.0.2.80:3128 to {host}:587 failed:"
    " HTTP/1.1 403 Forbidden\n"
)


@pytest.mark.parametrize("with_log", [False, True])
def test_a_denial_is_the_attempts_own_conversation(with_log: bool, tmp_path: Path) -> None:
    (tmp_path / "a.pcap").write_bytes(pcap(ended(web("403 Forbidden")).frames()))
    (tmp_path / "sw-response-mgmt.log").write_text(LOG.format(host=HOST), encoding="utf-8")
    paths = [str(tmp_path / "a.pcap")] + ([str(tmp_path / "sw-response-mgmt.log")] if with_log else [])
    report = triage(paths, TriageOptions(now=datetime(2023, 11, 15, tzinfo=UTC)))
    verdict = report.verdict
    assert verdict.primary is not None
    assert (verdict.primary.rule, str(verdict.confidence)) == ("proxy-refused", "confirmed")
    assert len(report.attempts) == 1
    assert Phase.TCP not in {step.phase for step in verdict.proven}
    assert not verdict.contradictions


def greeted(together: bool = True) -> Talk:
    """The greeting comes through a web proxy, and the client says nothing until the server closes."""
    greeting = b"220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABC x\r\n"
    talk = web("200 Connection established", behind=greeting if together else b"")
    talk = talk if together else talk.s(greeting)
    for _ in range(12):  # a frame each 100 ms: more than a second goes by
        talk.ack(True)
    return talk.fin(False).fin(True)


EOF_LOG = (
    "2023-11-14T22:13:20.900Z ERROR [m-1] EmailActionExecutor - Test Action failed: email action 'M'\n"
    "javax.mail.MessagingException: Got bad greeting from SMTP host: {host}, port: 3128, response: [EOF]\n"
)
"""What JavaMail logs then: its socket's port, which is the proxy's."""


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(("with_log", "confidence"), [(False, "likely"), (True, "confirmed")])
def test_a_greeting_that_the_client_read_away(with_log: bool, confidence: str, together: bool, tmp_path: Path) -> None:
    (tmp_path / "a.pcap").write_bytes(pcap(greeted(together).frames()))
    (tmp_path / "sw-response-mgmt.log").write_text(EOF_LOG.format(host=HOST), encoding="utf-8")
    paths = [str(tmp_path / "a.pcap")] + ([str(tmp_path / "sw-response-mgmt.log")] if with_log else [])
    report = triage(paths, TriageOptions(now=datetime(2023, 11, 15, tzinfo=UTC)))
    verdict = report.verdict
    assert verdict.primary is not None
    assert (verdict.primary.rule, str(verdict.confidence)) == ("greeting-lost-at-proxy", confidence)
    assert [len(attempt.streams) for attempt in report.attempts] == [1]
    assert {step.phase for step in verdict.proven} == {Phase.TCP}


def test_behind_a_proxy_no_name_was_looked_up_and_the_port_is_not_the_servers(tmp_path: Path) -> None:
    """By the capture, though no word of the log tells of a proxy; by the port alone, where the log is alone."""
    (tmp_path / "a.pcap").write_bytes(pcap(mailed(socks(0)).frames()))
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text(
        "2023-11-14T22:13:21.500Z ERROR [m-1] EmailActionExecutor - Test Action failed: email action 'M' via "
        f"{HOST}:587\ncom.sun.mail.smtp.SMTPSendFailedException: 530 Authentication required\n",
        encoding="utf-8",
    )
    report = triage([str(tmp_path / "a.pcap"), str(log)], TriageOptions(now=datetime(2023, 11, 15, tzinfo=UTC)))
    assert [len(attempt.streams) for attempt in report.attempts] == [1]
    assert Phase.DNS not in {step.phase for step in report.verdict.proven}
    log.write_text(EOF_LOG.format(host=HOST), encoding="utf-8")
    (attempt,) = triage([str(log)], TriageOptions(now=datetime(2023, 11, 15, tzinfo=UTC))).attempts
    assert attempt.port is None


@pytest.mark.parametrize("talk", [mailed(socks(0)), mailed(web("200 OK"))])
def test_the_sides_are_known_without_the_begin_of_the_connection(talk: Talk) -> None:
    """Of a capture that begins behind the SYN and its answer: the client is who asks the proxy, and who says EHLO."""
    talk.packets = talk.packets[3:]
    smtp = talk.stream().smtp
    assert smtp is not None
    assert [command.verb for command in smtp.commands] == ["EHLO", "MAIL"]
    assert [reply.after for reply in smtp.replies] == ["", "EHLO", "MAIL"]


@pytest.mark.parametrize(("port", "greeting"), [(587, "421 4.3.2 Service not available"), (443, None)])
def test_what_the_server_behind_the_proxy_says_first_is_its_greeting(port: int, greeting: str | None) -> None:
    """In whatever words, where the proxy was asked for a mail server; no port of mail, no greeting."""
    for talk in (socks(0, port), web("200 OK", port=port)):
        streams = ended(talk.s(b"421 4.3.2 Service not available\r\n")).capture().streams
        seen = [each.smtp.banner for each in streams if each.smtp is not None]
        assert seen == ([greeting] if greeting else [])
