"""What of a large capture is looked at: mail is found wherever it is, and the work does not grow with the rest."""

from __future__ import annotations

import io

import pytest

from formats.capture.wire import SOURCE, Talk, client_hello, ethernet, pcap, record, server_hello, udp
from growth import assert_even
from sestriage.formats.capture import read_capture, scope
from sestriage.formats.capture.conversation import Conversation
from sestriage.formats.capture.scope import Scope
from sestriage.model.capture import Capture

FEW = 3
"""Conversations away from the mail ports after which the look gets narrower, in these tests."""
SES = "email-smtp.us-east-1.amazonaws.com"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scope, "MAX_FOLLOWED", FEW)


def read(*talks: Talk, of: Scope | None = None, before: tuple[bytes, ...] = ()) -> Capture:
    frames = [*before, *(frame for talk in talks for frame in talk.frames())]
    return read_capture(io.BytesIO(pcap(frames)), SOURCE, scope=of)


def ends(number: int, port: int) -> Talk:
    return Talk(client=("10.0.0.5", 30_000 + number), server=(f"192.0.2.{number % 200 + 1}", port)).connect()


def mail(port: int = 587, number: int = 900) -> Talk:
    return ends(number, port).s(b"220 a ESMTP\r\n").c(b"EHLO b\r\n").s(b"250 a\r\n").c(b"MAIL FROM:<a@b.example>\r\n")


def tls(number: int, port: int = 443, sni: str = "intranet.example.com") -> Talk:
    return ends(number, port).c(record(22, client_hello(sni))).s(record(22, server_hello()))


def ports(capture: Capture) -> list[int]:
    return [stream.server.port for stream in capture.streams]


CROWD = [tls(number) for number in range(10)]


def test_of_a_small_capture_everything_is_looked_at() -> None:
    capture = read(mail(), tls(1), tls(2), mail(8025, 3))
    assert ports(capture) == [587, 443, 443, 8025]
    assert capture.ports_read is None


def test_where_a_mail_port_shows_mail_the_others_are_passed_over() -> None:
    found = mail()
    capture = read(found, *CROWD, mail(8025, 20), mail(465, 21))
    assert ports(capture) == [587, 443, 443, 443, 465]
    read_of = capture.ports_read
    assert read_of is not None
    assert read_of.narrow
    handshake = 3
    begun = len(found.packets) + sum(len(talk.packets) for talk in CROWD[:FEW])
    assert read_of.since == begun + handshake + 1
    assert read_of.ports == (25, 465, 587, 1080, 2465, 2525, 2587, 3128, 8080)


def test_where_none_does_mail_is_looked_for_at_every_port() -> None:
    capture = read(*CROWD, mail(8025, 20), tls(21, 8465, SES), tls(22, 8465))
    assert ports(capture) == [443, 443, 443, 8025, 8465]
    assert capture.streams[3].tcp.syn_seen
    assert capture.streams[3].tcp.synack_seen
    assert capture.ports_read is not None
    assert not capture.ports_read.narrow


def test_a_mail_port_at_which_nothing_is_said_shows_no_mail() -> None:
    """A firewall that drops the SYNs, or a scan: the mail may go elsewhere."""
    silent = Talk(server=("192.0.2.25", 587))
    silent.raw(True, 2, ack=0)
    capture = read(silent, *CROWD, mail(8025, 20))
    assert ports(capture) == [587, 443, 443, 443, 8025]


@pytest.mark.parametrize("port", [1080, 3128, 8080])
def test_proxies_are_looked_at(port: int) -> None:
    asked = ends(20, port).c(b"CONNECT smtp.example.com:587 HTTP/1.1\r\n\r\n").s(b"HTTP/1.1 200 OK\r\n\r\n")
    capture = read(mail(), *CROWD, asked.s(b"220 a ESMTP\r\n").c(b"EHLO b\r\n"))
    assert ports(capture)[-1] == port
    assert capture.streams[-1].port == 587


def test_a_port_that_was_named_is_looked_at() -> None:
    talks = (mail(), *CROWD, mail(8025, 20), tls(21, 8025))
    assert ports(read(*talks, of=Scope({8025, 0, 70_000})))[-2:] == [8025, 8025]
    assert 8025 not in ports(read(*talks))


def test_all_ports() -> None:
    capture = read(mail(), *CROWD, mail(8025, 20), of=Scope(all_ports=True))
    assert ports(capture) == [587, *([443] * len(CROWD)), 8025]
    assert capture.ports_read is None


def test_an_endpoint_that_dns_named_is_looked_at() -> None:
    """TLS without a name in it, to an address that was the answer for an SES endpoint."""
    name = b"".join(bytes([len(part)]) + part for part in SES.encode().split(b".")) + b"\0"
    answer = (
        b"\0\7\x81\x80\0\1\0\1\0\0\0\0"
        + name
        + b"\0\1\0\1"
        + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4"
        + bytes((192, 0, 2, 22))
    )
    lookup = ethernet(udp("10.0.0.53", 53, "10.0.0.5", 5353, answer))
    talk = ends(21, 8465).c(record(22, client_hello(None))).s(record(22, server_hello()))
    assert ports(read(*CROWD, talk, before=(lookup,)))[-1] == 8465
    assert ports(read(*CROWD, talk))[-1] == 443


def test_what_is_followed_already_is_followed_to_its_end() -> None:
    begun = tls(50)
    frames = [*begun.frames(), *mail().frames(), *(f for talk in CROWD for f in talk.frames())]
    tail = Talk(client=begun.client, server=begun.server, client_seq=begun.client_seq, server_seq=begun.server_seq)
    frames += tail.fin(True).fin(False).frames()
    capture = read_capture(io.BytesIO(pcap(frames)), SOURCE)
    assert capture.streams[0].tcp.closed_by == "client"


# -- the work ----------------------------------------------------------------------------------------------------------


def knocks(count: int) -> bytes:
    frames = []
    for number in range(count):
        talk = Talk(client=(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 40_000))
        talk.raw(True, 2, ack=0)
        frames += talk.frames()
    return pcap(frames)


def test_of_many_single_syns_only_those_that_are_kept_become_conversations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sestriage.formats.capture.flow_table.MAX_OPEN", 50)
    monkeypatch.setattr("sestriage.formats.capture.read.MAX_STREAMS", 40)
    made: list[int] = []
    first = Conversation.__init__

    def init(self: Conversation, *given: object, **named: bool) -> None:
        made.append(1)
        first(self, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Conversation, "__init__", init)
    for count in (100, 400):
        made.clear()
        capture = read_capture(io.BytesIO(knocks(count)), SOURCE)
        assert len(made) == len(capture.streams) == 40
        assert capture.problem == f"{count - 40} older conversations were left out (only the newest 40 are kept)"
        assert capture.streams[-1].tcp.syn_count == 1
        assert capture.streams[-1].first_frame == count


def test_work_grows_with_single_syns_as_they_do() -> None:
    data = {size: knocks(size) for size in (5_000, 20_000)}
    assert_even(lambda size: read_capture(io.BytesIO(data[size]), SOURCE), 20_000)


def test_a_syn_that_is_answered_later_is_one_conversation() -> None:
    talk = mail()
    assert [s.tcp.syn_count for s in read(talk).streams] == [1]
    assert read(talk).streams[0].first_frame == 1
