"""The same message id in log, capture and mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sestriage.engine.mail.check import assess
from sestriage.engine.message_ids import (
    accepted_ids,
    delivered_by,
    delivery_evidence,
    offset_by_ids,
    tie_contradictions,
    tie_notes,
)
from sestriage.formats.log import parse_text
from sestriage.formats.mail_headers import parse_headers
from sestriage.model.capture import Endpoint, SmtpDialogue, Stream, TcpConnection, WireReply
from sestriage.model.log import LogEvent
from sestriage.model.mail import DeliveredMail
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Attempt, Outcome
from support import SAMPLES

ACCEPTED = datetime(2026, 5, 27, 16, 45, 9, 636000, tzinfo=UTC)


def mail(name: str = "us-east-1-gmail") -> DeliveredMail:
    path = SAMPLES / "mail" / f"{name}.eml"
    return assess(parse_headers(path.read_bytes(), SourceRef(f"{name}.eml")))


ID = "0100019e6a536084-fa246764-b234-4a11-8d5e-0c9a7a9d3b10-000000"
"""The id of the sample, made by hand from region and time (see samples/mail/README.md)."""


def event(when: datetime | None = ACCEPTED, text: str = f"250 Ok {ID}") -> LogEvent:
    source = SourceRef("sw-response-mgmt.log", line=1)
    return LogEvent(source, when, None, None, None, text, (), text, text, outcome="success")


def stream(text: str) -> Stream:
    reply = WireReply(250, text, 42, after=".")
    dialogue = SmtpDialogue(replies=(reply,))
    return Stream(SourceRef("a.pcap"), Endpoint("10.0.0.1", 1), Endpoint("54.240.1.1", 587), TcpConnection(), dialogue)


def attempt(
    *events: LogEvent, streams: tuple[Stream, ...] = (), host: str = "email-smtp.us-east-1.amazonaws.com"
) -> Attempt:
    return Attempt(
        ACCEPTED - timedelta(seconds=2),
        ACCEPTED + timedelta(seconds=1),
        events=events,
        streams=streams,
        host=host,
        port=587,
        outcome=Outcome.ACCEPTED,
    )


def test_ids_of_log_and_capture() -> None:
    found = accepted_ids(attempt(event(), streams=(stream(f"Ok {ID}"),)))
    assert [each.id.text for each in found] == [ID, ID]
    assert [str(each.evidence.source) for each in found] == ["sw-response-mgmt.log:1", "a.pcap, frame 42"]
    assert found[0].id.time == ACCEPTED


def test_a_mail_with_the_same_id_is_delivered() -> None:
    sent = attempt(event())
    assert delivered_by(sent, [mail(), mail("eu-central-1-postfix")]) == (mail(),)
    evidence = delivery_evidence(sent, [mail()])
    assert ID in evidence[0].quote
    assert any("dkim=pass" in each.quote or "handed in by" in each.quote for each in evidence)
    notes = tie_notes(sent, [mail()])
    assert "region us-east-1, 2026-05-27 16:45:09Z, both derived" in notes[0]
    assert "it was delivered" in notes[1]


def test_without_an_id_the_time_ties() -> None:
    assert delivered_by(attempt(), [mail()]) == (mail(),)
    late = replace(attempt(), started=ACCEPTED + timedelta(hours=1), ended=ACCEPTED + timedelta(hours=1))
    assert delivered_by(late, [mail()]) == ()
    naive = replace(attempt(), started=datetime(2026, 5, 27, 16, 45), ended=datetime(2026, 5, 27, 16, 46))
    assert delivered_by(naive, [mail()]) == ()


def test_another_id_does_not_tie_whatever_the_time() -> None:
    other = ID.replace("fa246764", "00000000")
    assert delivered_by(attempt(streams=(stream(f"Ok {other}"),)), [mail()]) == ()


def test_a_copied_id_is_not_tied_by_time() -> None:
    assert delivered_by(attempt(), [mail("copied-ses-headers")]) == ()


def test_a_failed_attempt_has_no_mail() -> None:
    failed = replace(attempt(event()), outcome=Outcome.FAILED)
    assert delivered_by(failed, [mail()]) == ()
    before = replace(
        failed, events=(), ended=ACCEPTED - timedelta(minutes=30), started=ACCEPTED - timedelta(minutes=31)
    )
    assert "mail has worked since" in tie_notes(before, [mail()])[0]


def test_the_region_of_the_id_and_of_the_endpoint() -> None:
    assert tie_contradictions(attempt(event())) == ()
    (found,) = tie_contradictions(attempt(event(), host="email-smtp.eu-west-1.amazonaws.com"))
    assert "eu-west-1" in found.text
    assert "us-east-1" in found.text
    assert tie_contradictions(attempt(event(), host="mail.example.com")) == ()


def naive(hour: int, minute: int, second: int = 10) -> datetime:
    return datetime(2026, 5, 27, hour, minute, second)


def test_the_zone_of_a_log() -> None:
    assert offset_by_ids([event(naive(18, 45))]) == timedelta(hours=2)
    assert offset_by_ids([event(naive(11, 15))]) == timedelta(hours=-5, minutes=-30)
    assert offset_by_ids([event(naive(18, 50))]) is None
    assert offset_by_ids([event(ACCEPTED)]) is None
    assert offset_by_ids([event(naive(18, 45)), event(naive(19, 45))]) is None
    assert offset_by_ids([event(None), event(naive(18, 45), "Email sent")]) == timedelta(hours=2)
    assert offset_by_ids([]) is None


def test_the_zone_of_the_lab_log() -> None:
    """The lab ran this client in America/Sao_Paulo (samples/lab/seslab/voices.py), three hours behind UTC."""
    path = SAMPLES / "success-debug" / "sw-response-mgmt.log"
    events = [e for e in parse_text(path.read_text(encoding="utf-8"), SourceRef(path.name)) if e.outcome == "success"]
    assert [found.id.region for found in accepted_ids(attempt(*events))] == ["us-east-1"]
    assert offset_by_ids(events) == timedelta(hours=-3)
