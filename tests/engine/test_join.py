"""Joining conversations to attempts, and the offset of a log without zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sestriage.engine.attempts import AttemptDraft, group_events
from sestriage.engine.clock import align
from sestriage.engine.join import join, unique_streams
from sestriage.engine.order import Timed
from sestriage.model.capture import (
    Capture,
    DnsLookup,
    Endpoint,
    SmtpDialogue,
    Stream,
    TcpConnection,
    TlsAlert,
    TlsSession,
)
from sestriage.model.log import LogEvent
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef

T0 = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
SES = "email-smtp.us-east-1.amazonaws.com"


def stream(start: float, length: float = 1, port: int = 587, server: str = "192.0.2.1", **more: object) -> Stream:
    values: dict[str, object] = {
        "source": SourceRef("x.pcap", frame=1),
        "client": Endpoint("198.51.100.1", 40000 + int(start * 10)),
        "server": Endpoint(server, port),
        "tcp": TcpConnection(established=True),
        "smtp": SmtpDialogue(greeting_code=220),
        "started": T0 + timedelta(seconds=start),
        "ended": T0 + timedelta(seconds=start + length),
    }
    values.update(more)
    return Stream(**values)  # type: ignore[arg-type]


def failure(at: datetime | None, host: str | None = None, port: int | None = None) -> LogEvent:
    return LogEvent(
        source=SourceRef("x.log", line=1),
        time=at,
        level=None,
        logger=None,
        thread=None,
        message="",
        throwables=(),
        text="failed",
        quote="failed",
        outcome="failure",
        mail=True,
        host=host,
        port=port,
    )


def drafts_of(*events: LogEvent) -> list[AttemptDraft]:
    return group_events([Timed(e, e.time) for e in events])


@pytest.mark.parametrize("minutes", [0, -300, 330, 345, -210, 840])
def test_the_offset_of_a_log_without_zone_is_found(minutes: int) -> None:
    offset = timedelta(minutes=minutes)
    local = [(T0 + timedelta(seconds=s) + offset).replace(tzinfo=None) for s in (1.1, 61.0)]
    found = align([failure(at) for at in local], [stream(0), stream(60)])
    assert found.found
    assert found.offset == offset


def test_times_that_fit_nothing_give_no_offset() -> None:
    local = (T0 + timedelta(minutes=7)).replace(tzinfo=None)
    assert not align([failure(local)], [stream(0)]).found


@pytest.mark.parametrize("minutes", [-15, 45, 15, -105, 720 - 15])
def test_an_offset_that_no_zone_has_is_no_alignment(minutes: int) -> None:
    local = (T0 + timedelta(minutes=minutes, seconds=1)).replace(tzinfo=None)
    assert not align([failure(local)], [stream(0)]).found


def test_an_offset_is_written_as_a_zone() -> None:
    local = (T0 + timedelta(hours=5, minutes=30, seconds=1)).replace(tzinfo=None)
    assert align([failure(local)], [stream(0)]).text == "UTC+05:30"


def test_a_conversation_joins_the_attempt_at_its_time() -> None:
    drafts = drafts_of(failure(T0 + timedelta(seconds=1)), failure(T0 + timedelta(seconds=601)))
    joined = join(drafts, [stream(0), stream(600)], [])
    assert [[s.started for s in d.streams] for d in joined] == [[T0], [T0 + timedelta(seconds=600)]]


def test_another_port_or_another_ses_host_does_not_join() -> None:
    drafts = drafts_of(failure(T0 + timedelta(seconds=1), host=SES, port=587))
    other_host = stream(0, server_name="email-smtp.eu-west-1.amazonaws.com")
    joined = join(drafts, [stream(0, port=25), other_host], [])
    assert [len(d.streams) for d in joined if d.events] == [0]


def test_without_any_time_the_newest_conversation_goes_to_the_newest_attempt() -> None:
    drafts = [AttemptDraft([Timed(failure(None), None)]), AttemptDraft([Timed(failure(None), None)])]
    joined = join(drafts, [stream(0)], [])
    assert [len(d.streams) for d in joined] == [0, 1]


def test_a_conversation_without_logged_attempt_is_an_attempt() -> None:
    joined = join(drafts_of(failure(T0 + timedelta(seconds=1))), [stream(0), stream(3600)], [])
    assert [bool(d.events) for d in joined] == [True, False]


def test_a_failed_question_for_a_mail_host_is_an_attempt() -> None:
    lookup = DnsLookup(SourceRef("x.pcap", frame=1), SES, "NXDOMAIN", time=T0)
    assert [d.host for d in join([], [], [lookup])] == [SES]
    web = DnsLookup(SourceRef("x.pcap", frame=1), "www.example.org", "NXDOMAIN", time=T0)
    assert join([], [], [web]) == []


def test_a_name_with_an_address_is_no_failed_attempt_for_want_of_another() -> None:
    found = DnsLookup(SourceRef("x.pcap", frame=1), SES, "NOERROR", addresses=("192.0.2.25",), time=T0)
    other = DnsLookup(SourceRef("x.pcap", frame=2), SES, "NXDOMAIN", "AAAA", time=T0)
    assert join([], [], [found, other]) == []
    late = DnsLookup(SourceRef("x.pcap", frame=3), SES, "NXDOMAIN", time=T0 + timedelta(minutes=5))
    assert [d.host for d in join([], [], [found, late])] == [SES]


@pytest.mark.parametrize(("before", "apart"), [(60, True), (31, True), (20, False), (0.1, False)])
def test_a_failed_question_long_before_the_connection_is_another_attempt(before: float, apart: bool) -> None:
    """A resolver's own tries take half a minute at most; the question that was answered is the connection's own."""
    name = "smtp.example.com"
    failed = DnsLookup(SourceRef("x.pcap", frame=1), name, "NXDOMAIN", time=T0 - timedelta(seconds=before))
    found = DnsLookup(
        SourceRef("x.pcap", frame=2), name, "NOERROR", addresses=("192.0.2.1",), time=T0 - timedelta(seconds=0.05)
    )
    joined = join([], [stream(0, server_name=name)], [failed, found])
    assert [(bool(d.streams), len(d.lookups)) for d in joined] == ([(False, 1), (True, 1)] if apart else [(True, 2)])


def test_where_a_log_tells_when_the_attempt_began_its_questions_are_its_own() -> None:
    name = "smtp.example.com"
    failed = DnsLookup(SourceRef("x.pcap", frame=1), name, "SERVFAIL", time=T0 - timedelta(seconds=40))
    drafts = drafts_of(failure(T0 + timedelta(seconds=1), name))
    joined = join(drafts, [stream(0, server_name=name)], [failed])
    assert [len(d.lookups) for d in joined] == [1]


def test_one_conversation_in_two_captures_counts_once() -> None:
    whole = stream(0, tcp=TcpConnection(established=True, client_bytes=10, server_bytes=10))
    cut = stream(0, tcp=TcpConnection(established=True, client_bytes=10, server_bytes=10, missing_bytes=5))
    captures = [Capture(SourceRef("a.pcap"), (cut,)), Capture(SourceRef("b.pcap"), (whole,))]
    assert unique_streams(captures) == [whole]


@pytest.mark.parametrize(
    ("phase", "refused_fits"),
    [(Phase.TCP, True), (None, True), (Phase.GREETING, False), (Phase.CERTIFICATE, False), (Phase.DATA, False)],
)
def test_without_times_a_refused_connection_is_not_that_of_a_later_step(
    phase: Phase | None, refused_fits: bool
) -> None:
    whole = stream(0)
    refused = stream(60, tcp=TcpConnection(refused=True), smtp=None)
    drafts = drafts_of(replace(failure(None), phase=phase))
    join(drafts, [whole, refused], [])
    assert drafts[0].streams == [refused if refused_fits else whole]


def test_without_times_a_refused_handshake_is_not_that_of_a_login() -> None:
    whole = stream(0)
    alert = TlsAlert("client", "fatal", 40, "handshake_failure", frame=9)
    weak = stream(60, tls=TlsSession(client_hello_seen=True, alerts=(alert,)))
    for phase, own in ((Phase.AUTH, whole), (Phase.TLS, weak), (Phase.CERTIFICATE, weak)):
        drafts = drafts_of(replace(failure(None), phase=phase))
        join(drafts, [whole, weak], [])
        assert drafts[0].streams == [own]


def test_the_bare_end_of_an_earlier_connection_is_no_attempt() -> None:
    end = stream(60, tcp=TcpConnection(established=True, closed_by="client"), smtp=None)
    refused = stream(60, tcp=TcpConnection(syn_seen=True, refused=True), smtp=None)
    for last, attempts in ((end, 1), (refused, 2)):
        assert len(join([], [stream(0), last], [])) == attempts
