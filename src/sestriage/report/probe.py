"""What a probe found, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sestriage.model.capture import Stream, TlsSession
from sestriage.model.message import Message
from sestriage.model.probe import OFFERS, Point, Probe, ProbeTalk
from sestriage.model.source import Run
from sestriage.model.trust import Certificate
from sestriage.model.verdict import Finding
from sestriage.report.blocks import Block, Headline, Prose, Section, Table
from sestriage.report.common import iso_time
from sestriage.report.json.parts import certificate_json, head_json
from sestriage.report.steps import fix_dict, step_block

if TYPE_CHECKING:
    from sestriage.model.document import probe as shape

_LABELS = {"risk": Message("Risk"), "verify": Message("Check"), "undo": Message("Undo")}
_MARKS = {True: "ok", False: Message("FAILS"), None: Message("open")}
_VERDICTS = {
    False: (Message("A Manager would fail at this server"), "bad"),
    None: (Message("Nothing found that stops a Manager, but not everything could be judged"), "open"),
    True: (Message("A Manager should get through to the login"), "good"),
}


def overall(points: Sequence[Point]) -> bool | None:
    """False when a Manager would fail somewhere, True when all was judged and is good, else None."""
    if any(point.good is False for point in points):
        return False
    return None if not points or any(point.good is None for point in points) else True


def blocks(
    probe: Probe,
    points: Sequence[Point],
    chain: Sequence[Certificate],
    saved: Sequence[str],
    missing: str | None = None,
) -> Iterator[Block]:
    """The report for people. `missing` is what the steps call the case, when it was not saved."""
    text, tone = _VERDICTS[overall(points)]
    how = "STARTTLS" if probe.mode == "starttls" else Message("TLS from the start")
    yield Headline(Message("{verdict}: {place}, {how}", verdict=text, place=_place(probe), how=how), tone)
    yield Prose(
        Message(
            "This machine is not the Manager: it may take another way through the network, and its answers are those of"
            " this moment."
        ),
        Message("Note"),
    )
    yield Section(Message("What a Manager would meet"))
    yield Table(
        ("", Message("At"), Message("What")), tuple((_MARKS[p.good], p.topic, p.text) for p in points), flexible=2
    )
    if chain:
        yield Section(Message("Served chain"))
        titles = ("", Message("Certificate"), Message("Issuer"), Message("Valid until"), "SHA-256")
        yield Table(titles, tuple(map(_row, range(len(chain)), chain)), 1)
    for file in saved:
        yield Prose(file, Message("Saved"))
    findings = _findings(points)
    for finding in findings:
        yield from _finding(finding)
    commands = [str(step.command) for finding in findings for step in finding.fixes if step.command is not None]
    if missing is not None and any(missing in command for command in commands):
        text = Message("The steps read {file}: ask again with --save-case {file} to have it.", file=missing)
        yield Prose(text, Message("Note"))


def _place(probe: Probe) -> str:
    return f"[{probe.host}]:{probe.port}" if ":" in probe.host else f"{probe.host}:{probe.port}"


def _row(number: int, certificate: Certificate) -> tuple[str, ...]:
    until = iso_time(certificate.not_after)
    issuer = certificate.issuer_common_name or certificate.issuer
    return str(number), certificate.label, issuer, until[:10] if until else "-", certificate.sha256[:16]


def _findings(points: Sequence[Point]) -> list[Finding]:
    found = {point.finding.rule: point.finding for point in points if point.finding is not None}
    return list(found.values())


def _finding(finding: Finding) -> Iterator[Block]:
    yield Section(
        Message("If the Manager is stopped there: {title} (rule {rule})", title=finding.title, rule=finding.rule)
    )
    yield Prose(finding.explanation)
    if finding.caution:
        yield Prose(finding.caution, Message("Caution"))
    for number, step in enumerate(finding.fixes, start=1):
        yield step_block(number, step, _LABELS)


# --- JSON ----------------------------------------------------------------------------------------------------------


def to_json(
    probe: Probe,
    points: Sequence[Point],
    chain: Sequence[Certificate],
    streams: Sequence[Stream | None],
    saved: Sequence[str],
    run: Run,
) -> str:
    """One JSON document with a newline at its end; pure ASCII. `streams` are those of the conversations, in order."""
    pairs = zip(probe.talks, streams, strict=True)
    document: shape.Probe = {
        "schema_version": 1,
        **head_json(run),
        "host": probe.host,
        "port": probe.port,
        "mode": probe.mode,
        "started": iso_time(probe.started),
        "ended": iso_time(probe.ended),
        "addresses": list(probe.addresses),
        "unresolved": probe.unresolved,
        "good": overall(points),
        "points": [_point(point) for point in points],
        "chain": [certificate_json(certificate) for certificate in chain],
        "conversations": [_talk(talk, stream) for talk, stream in pairs],
        "saved": list(saved),
    }
    return json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False).replace("\x7f", "\\u007f") + "\n"


def _point(point: Point) -> shape.Point:
    finding = point.finding
    return {
        "topic": point.topic,
        "good": point.good,
        "text": point.text,
        "rule": finding.rule if finding else None,
        "title": finding.title if finding else None,
        "explanation": finding.explanation if finding else None,
        "caution": finding.caution if finding else None,
        "fixes": [fix_dict(step) for step in finding.fixes] if finding else [],
    }


def _talk(talk: ProbeTalk, stream: Stream | None) -> shape.Conversation:
    tls = stream.tls if stream else None
    smtp = stream.smtp if stream else None
    return {
        "offer": talk.offer,
        "offer_text": OFFERS[talk.offer],
        "address": talk.address,
        "end": talk.end,
        "problem": talk.problem,
        "seconds": round((talk.ended - talk.started).total_seconds(), 3),
        "greeting": smtp.banner if smtp else None,
        "starttls_offered": smtp.starttls_offered if smtp else None,
        "tls": _tls(tls) if tls else None,
    }


def _tls(tls: TlsSession) -> shape.ProbeTls:
    return {
        "version": tls.version,
        "cipher": tls.cipher,
        "key_exchange": tls.key_exchange,
        "dh_bits": tls.dh_bits,
        "group": tls.group,
        "certificates": [certificate.sha256 for certificate in tls.certificates],
        "certificates_visibility": tls.certificates_visibility,
        "client_certificate_requested": tls.client_certificate_requested,
        "alerts": [{"sender": a.sender, "level": a.level, "description": a.description} for a in tls.alerts],
        "plaintext_reply": tls.plaintext_reply,
    }
