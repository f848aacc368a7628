"""What a delivered mail's headers prove, as text and JSON."""

from __future__ import annotations

import json as json_module
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sestriage.model.command import Instructions
from sestriage.model.mail import AuthResults, DeliveredMail, Hop
from sestriage.model.message import Message, together
from sestriage.model.source import Run
from sestriage.model.verdict import Need
from sestriage.report.blocks import Block, Headline, Prose, Quote, Section, Table
from sestriage.report.clean import Clean, clean_leaves, keep
from sestriage.report.common import CONFIDENCES, clock, iso_time
from sestriage.report.json.parts import contradiction_json, evidence_json, read_head_json, whole_finding_json
from sestriage.report.settings import finding_blocks
from sestriage.report.steps import need_dict

if TYPE_CHECKING:
    from sestriage.model.document import mail as shape

MAX_HOP_ROWS = 12
MAX_PLACES = 8
"""Copyable signs that are quoted."""
MAX_AGAINST = 3
"""Places that are quoted for one contradiction."""

_HEADLINES = {
    "yes": (Message("THROUGH SES ({confidence}): the mail was delivered by Amazon SES{region}"), "good"),
    "no": (Message("NOT THROUGH SES ({confidence}): another server delivered the mail"), "bad"),
    "unproven": (Message("UNPROVEN: the headers do not show whether the mail went through Amazon SES"), "open"),
}


def outline(mail: DeliveredMail) -> Iterator[Block]:
    """The answer, its signs, what speaks against it, and the way of the mail."""
    text, tone = _HEADLINES[mail.through_ses]
    confidence = CONFIDENCES[mail.confidence] if mail.confidence else Message("not rated")
    region = f", {mail.region}" if mail.region else ""
    yield Headline(Message(text, confidence=confidence, region=region) if mail.confidence else text, tone)
    for note in mail.notes:
        yield Prose(note, Message("Note"))
    yield from _signs(mail)
    yield from _against(mail)
    yield from _authentication(mail)
    yield from _way(mail)
    for finding in mail.findings:
        yield from finding_blocks(finding, evidence=False)
    if mail.needs:
        yield Section(Message("What is missing"))
        for need in mail.needs:
            yield Prose(Message("{evidence}: {why}.", evidence=need.evidence, why=need.why))
            yield Prose(_how(need))


def _how(need: Need) -> str:
    command = need.command
    if not isinstance(command, Instructions):
        return str(command)
    return together(*(line if isinstance(line, str) else str(line) for line in command.lines), between="\n")


def _signs(mail: DeliveredMail) -> Iterator[Block]:
    if mail.strong:
        yield Section(Message("Evidence: recorded by the recipient's servers"))
        for evidence in mail.strong:
            yield Quote(str(evidence.source), evidence.quote)
    if mail.weak:
        yield Section(Message("Signs that can be copied, and prove nothing alone"))
        for evidence in mail.weak[:MAX_PLACES]:
            yield Quote(str(evidence.source), evidence.quote)


def _against(mail: DeliveredMail) -> Iterator[Block]:
    if not mail.contradictions:
        return
    yield Section(Message("Contradictions"))
    for contradiction in mail.contradictions:
        yield Prose(Message("- {text}.", text=contradiction.text))
        for evidence in contradiction.evidence[:MAX_AGAINST]:
            yield Quote(str(evidence.source), evidence.quote)


def _authentication(mail: DeliveredMail) -> Iterator[Block]:
    headers = mail.headers
    envelope = headers.envelope_sender
    rows = [
        ("From", headers.sender or "-"),
        (Message("Envelope sender (Return-Path)"), "<>" if envelope == "" else envelope or "-"),
        (Message("DKIM of the sender's own domain"), mail.own_dkim),
        (Message("DKIM of amazonses.com"), mail.ses_dkim),
        ("SPF", mail.spf or "-"),
        ("DMARC", mail.dmarc or "-"),
        (Message("Signatures"), ", ".join(f"{s.domain} ({s.selector or '-'})" for s in headers.signatures) or "-"),
    ]
    yield Section(Message("Sender and signatures, as the recipient's server recorded them"))
    yield Table((Message("What"), Message("Result")), tuple(rows), flexible=1)
    if headers.arc:
        yield Section(Message("ARC chain"))
        sets = tuple(
            (str(s.instance), s.sealed_by or "-", s.validation or "-", _is_complete(s.complete), _short(s.results))
            for s in headers.arc
        )
        yield Table(("i", Message("Sealed by"), "cv", Message("Complete"), Message("Results")), sets, flexible=4)


def _is_complete(complete: bool) -> str:
    return Message("yes") if complete else Message("NO")


def _short(results: AuthResults | None) -> str:
    if results is None:
        return "-"
    told = " ".join(f"{r.method}={r.result}{f' ({r.identity})' if r.identity else ''}" for r in results.results)
    return f"{results.server}: {told}"


def _way(mail: DeliveredMail) -> Iterator[Block]:
    hops = mail.headers.hops
    if not hops:
        return
    yield Section(Message("Way of the mail, the newest hop first"))
    rows = tuple((str(hop.number), clock(hop.time), _handover(hop, mail)) for hop in hops[:MAX_HOP_ROWS])
    yield Table((Message("Hop"), Message("Time"), Message("From -> by")), rows, flexible=2)
    if mail.headers.hop_count > MAX_HOP_ROWS:
        yield Prose(Message("{count} more hops are left out.", count=mail.headers.hop_count - MAX_HOP_ROWS))


def _handover(hop: Hop, mail: DeliveredMail) -> str:
    name = hop.rdns or hop.helo
    sender = f"{name or ''} [{hop.ip}]".strip() if hop.ip else name or Message("(inside)")
    way = Message("{sender} -> {receiver}", sender=sender, receiver=hop.by or "?")
    if mail.hop is None or hop.number != mail.hop.number:
        return way
    return Message("{way}  <= into the recipient's servers", way=way)


def render_json(mail: DeliveredMail, run: Run, *, clean: Clean = keep) -> str:
    """As JSON, pure ASCII. What is derived from the message id stands under `derived`."""
    strong: list[shape.Sign] = [{**evidence_json(e), "weight": "strong"} for e in mail.strong]
    weak: list[shape.Sign] = [{**evidence_json(e), "weight": "weak"} for e in mail.weak]
    document: shape.Mail = {
        "schema_version": 1,
        **read_head_json(run),
        "verdict": {
            "through_ses": mail.through_ses,
            "confidence": mail.confidence.value if mail.confidence else None,
            "evidence": strong + weak,
            "contradictions": [contradiction_json(each) for each in mail.contradictions],
            "needs": [need_dict(need, clean) for need in mail.needs],
            "notes": list(mail.notes),
        },
        "region": mail.region,
        "derived": _derived(mail),
        "message": _message(mail),
        "findings": [whole_finding_json(finding, clean) for finding in mail.findings],
    }
    return json_module.dumps(clean_leaves(document, clean), indent=2, ensure_ascii=True) + "\n"


def _derived(mail: DeliveredMail) -> shape.Derived | None:
    found = mail.message_id
    if found is None:
        return None
    return {"message_id": found.text, "region": found.region, "code": found.code, "accepted_at": iso_time(found.time)}


def _message(mail: DeliveredMail) -> shape.MessageHeaders:
    headers = mail.headers
    return {
        "path": headers.source.path,
        "member": headers.source.member,
        "from": headers.sender,
        "envelope_sender": headers.envelope_sender,
        "message_id": headers.message_id,
        "date": iso_time(headers.date),
        "own_dkim": mail.own_dkim,
        "ses_dkim": mail.ses_dkim,
        "spf": mail.spf,
        "dmarc": mail.dmarc,
        "received_hop": _hop(mail.hop) if mail.hop else None,
        "hop_count": headers.hop_count,
        "hops": [_hop(hop) for hop in headers.hops],
        "signatures": [{"domain": s.domain, "selector": s.selector, "line": s.source.line} for s in headers.signatures],
        "results": [_results(results) for results in headers.results],
        "arc": [
            {
                "instance": step.instance,
                "sealed_by": step.sealed_by,
                "validation": step.validation,
                "complete": step.complete,
                "results": _results(step.results) if step.results else None,
            }
            for step in headers.arc
        ],
        "problems": list(headers.problems),
    }


def _hop(hop: Hop) -> shape.Hop:
    return {
        "number": hop.number,
        "line": hop.source.line,
        "helo": hop.helo,
        "rdns": hop.rdns,
        "ip": hop.ip,
        "by": hop.by,
        "time": iso_time(hop.time),
        "ses_name": hop.ses_name,
        "ses_region": hop.ses_region,
    }


def _results(results: AuthResults) -> shape.Results:
    return {
        "server": results.server,
        "line": results.source.line,
        "results": [
            {"method": r.method, "result": r.result, "identity": r.identity, "selector": r.selector}
            for r in results.results
        ],
    }
