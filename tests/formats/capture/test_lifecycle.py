"""How a connection ended: refused, unanswered, closed, reset, silent; who did it, and after which message."""

from __future__ import annotations

import struct

import pytest

from formats.capture.wire import (
    ACK,
    CCS,
    FIN,
    HELLO_DONE,
    RST,
    SYN,
    Talk,
    alert,
    certificate,
    client_hello,
    ethernet,
    extension,
    finished,
    ipv4,
    pcap,
    read,
    record,
    server_hello,
    vector,
)
from sestriage.engine.stream_phase import failing_phase
from sestriage.formats.capture import strangers
from sestriage.model.phase import Phase

GREETING = b"220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-X\r\n"
EHLO = b"EHLO smc.example.com\r\n"
CAPABILITIES = b"250-email-smtp.amazonaws.com\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 Ok\r\n"
STARTTLS = b"STARTTLS\r\n"
READY = b"220 Ready to start TLS\r\n"


def in_starttls() -> Talk:
    return Talk().connect().s(GREETING).c(EHLO).s(CAPABILITIES).c(STARTTLS).s(READY)


def with_hello() -> Talk:
    return in_starttls().c(record(22, client_hello()))


def after_flight() -> Talk:
    return with_hello().s(record(22, server_hello() + certificate(b"0\x03der") + HELLO_DONE))


def established() -> Talk:
    return after_flight().c(record(22, b"\x10\0\0\2ke") + CCS + finished()).s(CCS + finished())


def test_refused() -> None:
    talk = Talk()
    talk.raw(True, SYN, ack=0)
    talk.raw(False, RST | ACK)
    tcp = talk.stream().tcp
    assert (tcp.refused, tcp.unanswered, tcp.established, tcp.reset_by) == (True, False, False, None)


def test_unanswered_counts_the_syns() -> None:
    talk = Talk()
    for _ in range(4):
        talk.raw(True, SYN, ack=0)
    tcp = talk.stream().tcp
    assert (tcp.unanswered, tcp.syn_count, tcp.refused, tcp.one_sided) == (True, 4, False, False)


def test_capture_that_ends_with_the_first_syn_shows_no_missing_answer() -> None:
    talk = Talk()
    talk.raw(True, SYN, ack=0)
    tcp = talk.stream().tcp
    assert (tcp.unanswered, tcp.established, tcp.syn_count) == (False, False, 1)


def test_one_syn_and_a_second_without_answer() -> None:
    talk, other = Talk(), Talk(client=("10.0.0.5", 40001)).connect().c(EHLO)
    talk.raw(True, SYN, ack=0)
    for _ in range(8):
        other.ack(True)
    first, *_ = read(pcap([*talk.frames(), *other.frames()])).streams  # twelve more frames, a tenth of a second each
    assert first.tcp.unanswered


@pytest.mark.parametrize(
    ("kind", "code", "name"),
    [
        (3, 0, "network-unreachable"),
        (3, 1, "host-unreachable"),
        (3, 3, "port-unreachable"),
        (3, 4, "fragmentation-needed"),
        (3, 13, "admin-prohibited"),
    ],
)
def test_icmp(kind: int, code: int, name: str) -> None:
    talk = Talk()
    syn = talk.raw(True, SYN, ack=0)
    error = ipv4("198.51.100.1", "10.0.0.5", 1, struct.pack(">BBHI", kind, code, 0, 0) + syn[:28])
    (stream,) = read(pcap([*talk.frames(), ethernet(error)])).streams
    assert stream.tcp.icmp == name
    assert not stream.tcp.unanswered


def test_icmp_of_another_connection_is_not_taken() -> None:
    talk, other = Talk(), Talk(client=("10.0.0.5", 40001))
    talk.raw(True, SYN, ack=0)
    talk.raw(True, SYN, ack=0)
    quoted = other.raw(True, SYN, ack=0)
    error = ipv4("198.51.100.1", "10.0.0.5", 1, struct.pack(">BBHI", 3, 1, 0, 0) + quoted[:28])
    (stream,) = read(pcap([*talk.frames(), ethernet(error)])).streams
    assert stream.tcp.icmp is None
    assert stream.tcp.unanswered


@pytest.mark.parametrize(
    ("talk", "after"),
    [
        (Talk().connect(), None),
        (Talk().connect().s(GREETING), "server:220"),
        (Talk().connect().s(GREETING).c(EHLO), "client:EHLO"),
        (in_starttls(), "server:220"),
        (Talk().connect().s(GREETING).c(EHLO).s(CAPABILITIES).c(STARTTLS), "client:STARTTLS"),
        (with_hello(), "client:ClientHello"),
        (after_flight(), "server:ServerHelloDone"),
        (established(), "server:Finished"),
    ],
)
def test_reset_names_the_last_message(talk: Talk, after: str | None) -> None:
    tcp = talk.rst(False).stream().tcp
    assert (tcp.reset_by, tcp.reset_after, tcp.closed_by) == ("server", after, None)
    assert tcp.established


def test_closed_names_the_last_message() -> None:
    tcp = with_hello().fin(False).fin(True).stream().tcp
    assert (tcp.closed_by, tcp.closed_after, tcp.reset_by) == ("server", "client:ClientHello", None)


@pytest.mark.parametrize("resetter", [True, False])
def test_a_reset_after_quit_is_no_reset(resetter: bool) -> None:
    talk = Talk().connect().s(GREETING).c(EHLO).s(CAPABILITIES).c(b"QUIT\r\n").s(b"221 Bye\r\n")
    assert talk.rst(resetter).stream().tcp.reset_by is None


def test_a_reset_after_both_fins_is_no_reset() -> None:
    tcp = with_hello().fin(True).fin(False).rst(True).stream().tcp
    assert (tcp.closed_by, tcp.reset_by) == ("client", None)


@pytest.mark.parametrize("farewell", [alert(1, 0), record(21, b"\xaa" * 26)])
def test_a_reset_after_close_notify_is_no_reset(farewell: bytes) -> None:
    talk = (established() if len(farewell) > 7 else after_flight()).c(farewell).rst(True)
    tcp = talk.stream().tcp
    assert tcp.reset_by is None
    assert (tcp.closed_by, tcp.closed_after) == ("client", "client:Alert")


def test_a_reset_after_a_fatal_alert_is_one() -> None:
    tcp = after_flight().c(alert(2, 40)).rst(True).stream().tcp
    assert (tcp.reset_by, tcp.reset_after) == ("client", "client:Alert")


def test_a_finished_handshake_that_the_client_leaves() -> None:
    """The sign of a failed host name check: both sides finished, the client sends no data and closes."""
    stream = established().c(record(21, b"\xaa" * 26)).fin(True).stream()
    assert stream.tls is not None
    assert stream.tls.completed
    assert stream.tls.client_finished
    assert stream.tls.client_application_bytes == 0
    assert not stream.tls.application_data
    assert stream.tls.encrypted_alerts == ("client",)
    assert stream.tcp.closed_by == "client"


def test_application_data_is_counted() -> None:
    talk = established().c(record(23, b"\x01" * 40)).s(record(23, b"\x02" * 60) + record(23, b"\x02" * 10))
    tls = talk.stream().tls
    assert tls is not None
    assert (tls.client_application_bytes, tls.server_application_bytes, tls.application_data) == (40, 70, True)


@pytest.mark.parametrize(
    ("talk", "whose"),
    [
        (Talk().connect(), "server"),
        (Talk(server=("192.0.2.25", 465)).connect(), "client"),
        (Talk().connect().s(GREETING), "client"),
        (Talk().connect().s(GREETING).c(EHLO), "server"),
        (with_hello(), "server"),
        (with_hello().s(record(22, server_hello() + certificate(b"0\x03der"))), "server"),
        (after_flight(), "client"),
        (Talk().connect().s(GREETING).c(b"DATA\r\n"), "server"),
        (Talk().connect().s(GREETING).c(b"DATA\r\n").s(b"354 go\r\n").c(b"half a mail"), "client"),
        (Talk().connect().s(GREETING).c(b"QUIT\r\n").s(b"221 Bye\r\n"), None),
    ],
)
def test_whose_turn_it_was(talk: Talk, whose: str | None) -> None:
    assert talk.stream().tcp.waiting_for == whose


def test_silence_lasts_until_the_close() -> None:
    talk = Talk().connect().s(GREETING)
    for _ in range(9):
        talk.ack(True)
    talk.fin(False)
    assert talk.stream().tcp.silent_since == pytest.approx(1.0)  # ten frames, a tenth of a second each


def test_one_direction_only() -> None:
    talk = Talk().connect().c(EHLO).c(b"MAIL FROM:<a@example.com>\r\n")
    frames = [f for i, f in enumerate(talk.frames()) if i != 1]
    (stream,) = read(pcap(frames)).streams
    assert stream.tcp.one_sided
    assert not stream.tcp.unanswered
    assert stream.smtp is not None
    assert [c.verb for c in stream.smtp.commands] == ["EHLO", "MAIL"]


def test_a_new_syn_is_a_new_conversation() -> None:
    first = with_hello().rst(False)
    second = Talk(client_seq=900_000, server_seq=70_000).connect().s(b"421 Too many concurrent SMTP connections\r\n")
    streams = read(pcap(first.frames() + second.frames())).streams
    assert [s.tcp.reset_by for s in streams] == ["server", None]
    assert [s.smtp.greeting_code if s.smtp else None for s in streams] == [220, 421]
    assert streams[1].first_frame == len(first.packets) + 1


def test_a_syn_sent_again_is_the_same_conversation() -> None:
    talk = Talk()
    talk.raw(True, SYN, ack=0)
    talk.connect().s(GREETING)
    stream = talk.stream()
    assert stream.tcp.syn_count == 2
    assert stream.tcp.established


def test_the_client_without_a_handshake_is_told_by_the_content() -> None:
    talk = Talk(server=("192.0.2.25", 50000)).s(record(22, server_hello()))
    stream = talk.stream()
    assert str(stream.client) == "10.0.0.5:40000"
    talk = Talk(client=("10.0.0.5", 25)).c(record(22, client_hello()))  # a client at port 25: the hello counts
    assert str(talk.stream().client) == "10.0.0.5:25"


def test_what_a_piece_from_the_middle_of_a_session_does_not_show() -> None:
    """One of several files of a rotated capture: the greeting may stand in another."""
    frames = established().c(record(23, b"c" * 40)).s(record(23, b"s" * 40)).fin(True).frames()
    (stream,) = read(pcap(frames[-3:])).streams
    assert stream.tcp.closed_by == "client"
    assert failing_phase(stream) is None


def test_a_session_with_lost_packets_is_not_one_that_the_client_left_unused() -> None:
    assert failing_phase(established().fin(True).stream()) is Phase.CERTIFICATE
    frames = established().c(record(23, b"c" * 40)).fin(True).frames()
    (stream,) = read(pcap(frames[:-2] + frames[-1:])).streams
    assert stream.tcp.missing_bytes == 45
    assert failing_phase(stream) is None


@pytest.mark.parametrize(("cut", "offered"), [(0, ("TLSv1.3", "TLSv1.2")), (8, ())])
def test_what_a_cut_hello_offers_is_not_known(cut: int, offered: tuple[str, ...]) -> None:
    """The hello's own version is TLSv1.2 in a client that knows TLSv1.3, too."""
    versions = extension(43, vector(1, b"\x03\x04\x03\x03"))
    frames = Talk().connect().c(record(22, client_hello(extra=versions))).frames()
    (stream,) = read(pcap(frames, snap=len(frames[-1]) - cut)).streams
    assert stream.tls is not None
    assert stream.tls.client_hello_seen
    assert stream.tls.offered_versions == offered


def test_fin_with_the_last_data() -> None:
    talk = Talk().connect().s(GREETING)
    talk.raw(False, FIN | ACK, b"421 closing\r\n")
    tcp = talk.stream().tcp
    assert (tcp.closed_by, tcp.closed_after) == ("server", "server:421")


def test_a_refused_syn_that_is_accepted_later() -> None:
    talk = Talk()
    talk.raw(True, SYN, ack=0)
    talk.raw(False, RST | ACK)
    talk.connect().s(GREETING)
    tcp = talk.stream().tcp
    assert (tcp.refused, tcp.established, tcp.syn_count) == (False, True, 2)


def test_the_server_alone_is_an_established_connection() -> None:
    talk = Talk().connect().s(GREETING).c(EHLO).s(CAPABILITIES)
    frames = [f for f in talk.frames() if f[26:30] != bytes([10, 0, 0, 5])]
    (stream,) = read(pcap(frames)).streams
    assert stream.tcp.established
    assert stream.tcp.one_sided
    assert str(stream.client) == "10.0.0.5:40000"


@pytest.mark.parametrize(("lost", "visibility"), [(True, "truncated"), (False, "clear")])
def test_a_chain_that_the_capture_lacks(lost: bool, visibility: str) -> None:
    talk = with_hello().s(record(22, server_hello())).s(record(22, certificate(b"0\x03der")))
    if lost:
        talk.packets.pop()
    tls = talk.s(record(22, HELLO_DONE)).c(record(22, b"\x10\0\0\2ke") + CCS).ack(True).stream().tls
    assert tls is not None
    assert tls.certificates_visibility == visibility
    assert len(tls.certificates) == (0 if lost else 1)
    assert not tls.resumed


def test_a_resumed_session_sends_no_chain() -> None:
    tls = with_hello().s(record(22, server_hello()) + CCS + finished()).c(CCS + finished()).stream().tls
    assert tls is not None
    assert (tls.resumed, tls.certificates_visibility, tls.completed) == (True, "absent", True)


def test_client_certificates_are_not_the_servers() -> None:
    talk = after_flight().c(record(22, certificate(b"0\x04mine")) + record(22, b"\x10\0\0\2ke") + CCS + finished())
    tls = talk.stream().tls
    assert tls is not None
    assert [c.der for c in tls.certificates] == [b"0\x03der"]


def test_of_two_chains_the_first_stays() -> None:
    talk = after_flight().c(record(22, client_hello(sni="other.example.com")))
    tls = talk.s(record(22, server_hello() + certificate(b"0\x03two") + HELLO_DONE)).stream().tls
    assert tls is not None
    assert [c.der for c in tls.certificates] == [b"0\x03der"]
    assert tls.sni == "email-smtp.us-east-1.amazonaws.com"


def test_a_long_session_away_from_the_mail_ports_keeps_its_end() -> None:
    """Its payload is passed over after a while; how it ended is still told, and nothing is called missing."""
    talk = Talk(server=("192.0.2.80", 8443)).connect().c(record(22, client_hello()))
    talk.s(record(22, server_hello() + certificate(b"0\x03der") + HELLO_DONE))
    talk.c(record(22, b"\x10\0\0\2ke") + CCS + finished()).s(CCS + finished())
    for _ in range(40):
        talk.c(record(23, bytes(100))).s(record(23, bytes(1300)))
    tcp = talk.rst(False).stream().tcp
    assert (tcp.reset_by, tcp.reset_after) == ("server", "server:ApplicationData")
    assert tcp.missing_bytes == 0
    assert tcp.silent_since is None
    assert tcp.server_bytes < 40 * 1305


def test_a_reset_with_text_is_no_data() -> None:
    talk = Talk().connect().s(GREETING)
    talk.raw(False, RST | ACK, b"250 go away\r\n")
    stream = talk.stream()
    assert stream.tcp.reset_by == "server"
    assert stream.smtp is not None
    assert stream.smtp.reply_codes == (220,)


def test_bytes_that_were_passed_over_count() -> None:
    """The sequence numbers at the end tell them, also of the side that goes on after the other's FIN."""
    talk = Talk(server=("192.0.2.80", 8443)).connect().c(record(22, client_hello()))
    talk.s(record(22, server_hello() + certificate(b"0\x03der") + HELLO_DONE))
    talk.c(record(22, b"\x10\0\0\2ke") + CCS + finished()).s(CCS + finished())
    for _ in range(40):
        talk.c(record(23, bytes(100))).s(record(23, bytes(1300)))
    begun = 1001, 5001
    tcp = talk.fin(False).ack(True).c(record(23, bytes(50))).fin(True).ack(False).stream().tcp
    assert (tcp.client_bytes, tcp.server_bytes) == (talk.client_seq - 1 - begun[0], talk.server_seq - 1 - begun[1])
    assert (tcp.closed_by, tcp.missing_bytes) == ("server", 0)


@pytest.mark.parametrize(("empty", "found"), [(2 * strangers.MAX_IDLE - 5, 1), (2 * strangers.MAX_IDLE + 5, 0)])
def test_a_connection_that_only_acknowledges_is_passed_over(empty: int, found: int) -> None:
    talk = Talk(server=("192.0.2.80", 8443)).connect()
    for number in range(empty):
        talk.ack(bool(number % 2))
    assert len(talk.c(record(22, client_hello())).capture().streams) == found


@pytest.mark.parametrize(
    ("greeting", "protocol"),
    [
        (b"* OK [CAPABILITY IMAP4rev1] ready\r\n", "imap"),
        (b"SSH-2.0-OpenSSH_8.7\r\n", "ssh"),
        (b"+OK POP3 ready\r\n", "pop3"),
        (b"220 IMAP and SSH gateway ESMTP\r\n", None),
        (b"", None),
    ],
)
def test_a_greeting_of_another_protocol_is_named(greeting: bytes, protocol: str | None) -> None:
    talk = Talk().connect()
    talk = talk.s(greeting) if greeting else talk
    assert talk.fin(True).fin(False).stream().other_protocol == protocol


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        (b"220 Ready to start TLS\r\n", None),  # to a STARTTLS that was sent before the capture began
        (b"220 2.0.0 SMTP server ready\r\n", "220 2.0.0 SMTP server ready"),  # a greeting is always the first of all
    ],
)
def test_what_stands_before_tls_where_the_capture_began_in_between(reply: bytes, shown: str | None) -> None:
    tls = Talk().s(reply).c(record(22, client_hello("mail.example.com"))).stream().tls
    assert tls is not None
    assert tls.plaintext_reply == shown
    whole = Talk().connect().s(reply).c(record(22, client_hello("mail.example.com"))).stream().tls
    assert whole is not None
    assert whole.plaintext_reply is not None


def test_records_of_a_session_whose_hellos_were_not_captured_prove_no_handshake() -> None:
    """TLS 1.3 wraps the client's Finished and its alert as data, and the version is not known."""
    tls = Talk().c(record(23, b"x" * 53)).s(record(23, b"y" * 300)).c(record(23, b"z" * 19)).stream().tls
    assert tls is not None
    assert not tls.client_finished
    assert not tls.completed


@pytest.mark.parametrize(("begun", "code"), [(True, 500), (False, None)])
def test_a_refusal_is_a_greeting_only_where_the_connection_began(begun: bool, code: int | None) -> None:
    talk = Talk().connect() if begun else Talk()
    smtp = talk.s(b"500 Error: command not implemented\r\n").c(b"QUIT\r\n").stream().smtp
    assert smtp is not None
    assert smtp.greeting_code == code


@pytest.mark.parametrize("client_first", [True, False])
def test_an_alert_behind_the_other_side_s_end_is_no_cause(client_first: bool) -> None:
    """OpenSSL answers the end of a handshake with `decode_error`; the same alert in front of that end is the cause."""
    talk = after_flight()
    talk = talk.fin(True).s(alert(2, 50)) if client_first else talk.s(alert(2, 50)).fin(True)
    stream = talk.fin(not client_first).stream()
    assert stream.tls is not None
    assert (stream.tls.alert is None) is client_first
    assert stream.tcp.closed_by == "client"
    assert any(message.name == "Alert" for message in stream.tls.messages) is not client_first


def test_an_alert_without_any_hello_is_kept() -> None:
    """It is all that shows that a server waits for TLS where the client waits for a greeting."""
    tls = Talk().connect().fin(True).s(alert(2, 50)).fin(False).stream().tls
    assert tls is not None
    assert [each.description for each in tls.alerts] == ["decode_error"]
    assert tls.started_by == "unknown"


def half(talk: Talk, from_client: bool) -> Talk:
    """What was captured of one direction alone."""
    talk.packets = [each for each in talk.packets if (each[12:16] == bytes((10, 0, 0, 5))) is from_client]
    return talk


def test_how_tls_began_is_told_only_where_it_was_captured() -> None:
    flight = record(22, server_hello() + certificate(b"0\x03der") + HELLO_DONE)
    talks = {
        "in between": (Talk().s(flight).c(alert(2, 45)), "unknown"),
        "from the hello on": (Talk().c(record(22, client_hello())).s(flight), "unknown"),
        "from the first byte": (Talk().connect().c(record(22, client_hello())).s(flight), "connect"),
        "behind STARTTLS": (after_flight(), "starttls"),
        "the server's direction alone": (half(after_flight(), from_client=False), "starttls"),
        "the client's direction alone": (half(after_flight(), from_client=True), "starttls"),
    }
    for name, (talk, started_by) in talks.items():
        tls = talk.stream().tls
        assert tls is not None, name
        assert tls.started_by == started_by, name
