"""The machine-readable report: the published contract, `schema_version` 1 (see `schema.json` beside this file).

Every key of the contract is always there; what is unknown is null or an empty list. More keys may be added under the
same version, none is ever taken away or changed in meaning. The output is pure ASCII: whatever a hostile log holds
reaches a terminal as `\\u001b`, never as an escape sequence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from importlib import resources

from sestriage.model.capture import Capture, DnsLookup, SmtpDialogue, Stream, TcpConnection, TlsSession
from sestriage.model.config import CipherList
from sestriage.model.source import InputNote, SourceRef
from sestriage.model.trust import Certificate, Comparison, Gap, StoreEntry, TrustPath, TrustStore
from sestriage.model.verdict import (
    Attempt,
    Contradiction,
    Evidence,
    Finding,
    FixStep,
    HandMadeTest,
    Need,
    ProvenStep,
    Report,
    Verdict,
)
from sestriage.report.common import comparisons, fixes_in_order, iso_time, path_of_verdict
from sestriage.report.references import references
from sestriage.report.steps import fix_dict, need_dict

SCHEMA_VERSION = 1


def render(report: Report) -> str:
    """The report as one JSON document with a newline at its end; pure ASCII."""
    return render_all((report,))


def render_all(reports: Sequence[Report]) -> str:
    """The first report as one JSON document; those of further Managers in the same input are its `other_cases`."""
    document = to_dict(reports[0]) | {"other_cases": [to_dict(report) for report in reports[1:]]}
    text = indented(document)
    return text.replace("\x7f", "\\u007f") + "\n"  # DEL is the one control character that json lets through


def indented(value: object) -> str:
    """What `json.dumps(value, indent=2, allow_nan=False)` gives, in a fraction of the time.

    With an indentation the standard library does everything in Python, a generator for every level.
    """
    parts: list[str] = []
    _indent(value, "\n", parts.append)
    return "".join(parts)


def _indent(value: object, line: str, put: Callable[[str], None]) -> None:
    deeper = line + "  "
    if isinstance(value, dict) and value:
        start = "{" + deeper
        for key, item in value.items():
            leaf = _leaf(item)
            if leaf is not None:
                put(f"{start}{_string(key)}: {leaf}")
            else:
                put(f"{start}{_string(key)}: ")
                _indent(item, deeper, put)
            start = "," + deeper
        put(line + "}")
    elif isinstance(value, (list, tuple)) and value:
        start = "[" + deeper
        for item in value:
            put(start)
            _indent(item, deeper, put)
            start = "," + deeper
        put(line + "]")
    else:
        put(_leaf(value) or _scalar(value))


_string = json.encoder.encode_basestring_ascii
_scalar = json.JSONEncoder(ensure_ascii=True, allow_nan=False).encode
_CONSTANTS = {None: "null", True: "true", False: "false"}


def _leaf(value: object) -> str | None:
    """A value that nearly every key has: a text, a whole number, null, true or false; None for any other."""
    kind = type(value)
    if kind is str:
        return _string(value)  # type: ignore[arg-type]
    if kind is int:
        return str(value)
    return _CONSTANTS[value] if value is None or kind is bool else None  # type: ignore[index]


def to_dict(report: Report) -> dict[str, object]:
    """The report as plain dictionaries, lists, strings, numbers and None, in the order of the contract."""
    return {
        "schema_version": SCHEMA_VERSION,
        "version": report.version or None,
        "case": report.case,
        "verdict": _verdict(report.verdict),
        "fixes": [_fix(step) for step in fixes_in_order(report.verdict)],
        "attempts": [_attempt(attempt) for attempt in report.attempts],
        "tests": [_test(test) for test in report.tests],
        "captures": [_capture(capture) for capture in report.captures],
        "trust": _trust(report),
        "config": {"tls_ciphers": [_cipher_list(ciphers) for ciphers in report.cipher_lists]},
        "inputs": [_input(note) for note in report.inputs],
    }


def schema() -> dict[str, object]:
    """The published JSON schema (draft 2020-12) that every rendered report satisfies."""
    text = resources.files("sestriage.report").joinpath("schema.json").read_text(encoding="utf-8")
    loaded: dict[str, object] = json.loads(text)
    return loaded


# --- verdict -----------------------------------------------------------------------------------------------------


def _verdict(verdict: Verdict) -> dict[str, object]:
    return {
        "outcome": verdict.outcome.value,
        "confidence": verdict.confidence.value if verdict.confidence else None,
        "evidence": _evidence_list(verdict.evidence),
        "primary": _finding(verdict.primary) if verdict.primary else None,
        "alternatives": [{"rule": a.rule, "title": a.title, "why": a.why} for a in verdict.alternatives],
        "contributing": [_finding(finding) for finding in verdict.contributing],
        "cleared": [phase.value for phase in verdict.cleared],
        "proven": [_proven(step) for step in verdict.proven],
        "not_used": [phase.value for phase in verdict.not_used],
        "contradictions": [_contradiction(c) for c in verdict.contradictions],
        "needs": [_need(need) for need in verdict.needs],
        "notes": [*([verdict.doubt] if verdict.doubt else []), *verdict.notes],
    }


def _proven(step: ProvenStep) -> dict[str, object]:
    return {
        "phase": step.phase.value,
        "ground": step.ground.value,
        "proof": step.proof,
        "source": str(step.source),
    }


def _test(test: HandMadeTest) -> dict[str, object]:
    return {
        "program": test.program,
        "source": str(test.source),
        "host": test.host,
        "port": test.port,
        "started": iso_time(test.started),
        "proven": [_proven(step) for step in test.proven],
        "findings": [_finding(finding) for finding in test.findings],
        "notes": list(test.notes),
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "title": finding.title,
        "phase": finding.phase.value if finding.phase else None,
        "severity": finding.severity,
        "confidence": finding.confidence.value,
        "evidence": _evidence_list(finding.evidence),
        "explanation": finding.explanation,
        "conflicts": _evidence_list(finding.conflicts),
        "alternatives": list(finding.alternatives),
        "needs": [_need(need) for need in finding.needs],
        "caution": finding.caution,
        **references(finding.references),
    }


def _evidence_list(evidence: Iterable[Evidence]) -> list[object]:
    return [{**_place(e.source), "quote": e.quote, "kind": e.kind or None} for e in evidence]


def _place(source: SourceRef) -> dict[str, object]:
    place: dict[str, object] = {
        "path": source.path,
        "member": source.member,
        "line": source.line,
        "frame": source.frame,
    }
    if source.end_line is not None:
        place["end_line"] = source.end_line
    if source.sha256 is not None:
        place["sha256"] = source.sha256
    return place


def _contradiction(contradiction: Contradiction) -> dict[str, object]:
    return {"text": contradiction.text, "evidence": _evidence_list(contradiction.evidence)}


def _need(need: Need) -> dict[str, object]:
    return need_dict(need)


def _fix(step: FixStep) -> dict[str, object]:
    return {"rule": step.rule, **fix_dict(step)}


def _attempt(attempt: Attempt) -> dict[str, object]:
    return {
        "started": iso_time(attempt.started),
        "ended": iso_time(attempt.ended),
        "outcome": attempt.outcome.value,
        "confidence": attempt.outcome_confidence.value if attempt.outcome_confidence else None,
        "phase": attempt.phase.value if attempt.phase else None,
        "rule": attempt.finding.rule if attempt.finding else None,
        "host": attempt.host,
        "port": attempt.port,
        "sources": [_place(source) for source in attempt.sources],
        "evidence": _evidence_list(attempt.outcome_evidence),
        "streams": [_stream_name(stream) for stream in attempt.streams],
    }


def _stream_name(stream: Stream) -> dict[str, object]:
    return {**_place(stream.source), "client": str(stream.client), "server": str(stream.server)}


# --- captures ----------------------------------------------------------------------------------------------------


def _capture(capture: Capture) -> dict[str, object]:
    return {
        "path": capture.source.path,
        "member": capture.source.member,
        "packets": capture.packets,
        "started": iso_time(capture.started),
        "ended": iso_time(capture.ended),
        "problem": capture.problem,
        "snaplen_cut": capture.snaplen_cut,
        "dns": [_dns(lookup) for lookup in capture.dns],
        "streams": [_stream(stream) for stream in capture.streams],
    }


def _dns(lookup: DnsLookup) -> dict[str, object]:
    return {
        "name": lookup.name,
        "rcode": lookup.rcode,
        "qtype": lookup.qtype,
        "addresses": list(lookup.addresses),
        "frame": lookup.source.frame,
        "time": iso_time(lookup.time),
    }


def _stream(stream: Stream) -> dict[str, object]:
    return {
        "client": str(stream.client),
        "server": str(stream.server),
        "server_name": stream.server_name,
        "first_frame": stream.first_frame or stream.source.frame,
        "last_frame": stream.last_frame or None,
        "started": iso_time(stream.started),
        "ended": iso_time(stream.ended),
        "tcp": _tcp(stream.tcp),
        "smtp": _smtp(stream.smtp) if stream.smtp else None,
        "tls": _tls(stream.tls) if stream.tls else None,
    }


def _tcp(tcp: TcpConnection) -> dict[str, object]:
    return {
        "established": tcp.established,
        "closed_by": tcp.closed_by,
        "reset_by": tcp.reset_by,
        "closed_after": tcp.closed_after,
        "reset_after": tcp.reset_after,
        "syn_seen": tcp.syn_seen,
        "synack_seen": tcp.synack_seen,
        "syn_count": tcp.syn_count,
        "refused": tcp.refused,
        "unanswered": tcp.unanswered,
        "icmp": tcp.icmp,
        "client_bytes": tcp.client_bytes,
        "server_bytes": tcp.server_bytes,
        "retransmissions": tcp.retransmissions,
        "missing_bytes": tcp.missing_bytes,
        "truncated_frames": tcp.truncated_frames,
        "waiting_for": tcp.waiting_for,
        "silent_since": None if tcp.silent_since is None else round(tcp.silent_since, 6),
        "one_sided": tcp.one_sided,
    }


def _smtp(smtp: SmtpDialogue) -> dict[str, object]:
    return {
        "starttls_offered": smtp.starttls_offered,
        "starttls_command": smtp.starttls_command,
        "banner": smtp.banner,
        "reply_codes": list(smtp.reply_codes),
        "greeting_code": smtp.greeting_code,
        "ehlo_seen": smtp.ehlo_seen,
        "starttls_masked": smtp.starttls_masked,
        "starttls_reply": smtp.starttls_reply,
        "auth_offered": list(smtp.auth_offered),
        "auth_in_clear": smtp.auth_in_clear,
        "secret_in_clear": smtp.secret_in_clear,
        "accepted": smtp.accepted,
        "message_id": smtp.message_id,
        "looks_like_tls": smtp.looks_like_tls,
        "replies": [
            {"code": r.code, "text": r.text, "after": r.after or None, "frame": r.frame, "decrypted": r.decrypted}
            for r in smtp.replies
        ],
    }


def _tls(tls: TlsSession) -> dict[str, object]:
    return {
        "version": tls.version,
        "cipher": tls.cipher,
        "sni": tls.sni,
        "key_exchange": tls.key_exchange,
        "authentication": tls.authentication,
        "dh_bits": tls.dh_bits,
        "group": tls.group,
        "certificates_visibility": tls.certificates_visibility,
        "certificates": [_certificate(certificate) for certificate in tls.certificates],
        "alerts": [
            {
                "sender": a.sender,
                "level": a.level,
                "code": a.code,
                "description": a.description,
                "frame": a.frame,
                "decrypted": a.decrypted,
            }
            for a in tls.alerts
        ],
        "encrypted_alerts": list(tls.encrypted_alerts),
        "offered_versions": list(tls.offered_versions),
        "started_by": tls.started_by,
        "resumed": tls.resumed,
        "completed": tls.completed,
        "client_finished": tls.client_finished,
        "plaintext_reply": tls.plaintext_reply,
        "malformed": tls.malformed,
        "frame": tls.source.frame if tls.source else None,
    }


# --- trust -------------------------------------------------------------------------------------------------------


def _certificate(certificate: Certificate) -> dict[str, object]:
    return {
        "sha256": certificate.sha256,
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "not_before": iso_time(certificate.not_before),
        "not_after": iso_time(certificate.not_after),
        "dns_names": list(certificate.dns_names),
        "key": f"{certificate.key_type} {certificate.key_bits or ''}".strip() if certificate.key_type else None,
        "published_as": certificate.published_as,
        "problem": certificate.problem,
    }


def _optional(certificate: Certificate | None) -> dict[str, object] | None:
    return None if certificate is None else _certificate(certificate)


def _trust(report: Report) -> dict[str, object]:
    first = path_of_verdict(report)
    return {
        "stores": [_store(store) for store in report.stores],
        "comparison": [_comparison(comparison) for comparison in comparisons(report)],
        "path": _path(first) if first else None,
        "paths": [_path(path) for path in report.paths],
    }


def _store(store: TrustStore) -> dict[str, object]:
    return {
        "path": store.source.path,
        "member": store.source.member,
        "format": store.format,
        "entries": [_entry(entry) for entry in store.entries],
        "problem": store.problem,
        "problem_kind": store.problem_kind,
        "readable": store.readable,
    }


def _entry(entry: StoreEntry) -> dict[str, object]:
    return {"alias": entry.alias, "trusted": entry.trusted, **_certificate(entry.certificate)}


def _comparison(comparison: Comparison) -> dict[str, object]:
    return {
        "path": comparison.store.path,
        "member": comparison.store.member,
        "sha256": comparison.certificate.sha256,
        "subject": comparison.certificate.subject,
        "issuer": comparison.certificate.issuer,
        "not_after": iso_time(comparison.certificate.not_after),
        "relation": comparison.relation,
        "entry": _entry(comparison.entry) if comparison.entry else None,
    }


def _path(path: TrustPath) -> dict[str, object]:
    return {
        "status": path.status,
        "reason": path.reason,
        "store": {"path": path.store.path, "member": path.store.member},
        "host": path.host,
        "host_matches": path.host_matches,
        "at": iso_time(path.at),
        "at_basis": path.at_basis,
        "chain": [certificate.sha256 for certificate in path.chain],
        "path": [certificate.sha256 for certificate in path.path],
        "anchor": _optional(path.anchor),
        "gap": _gap(path.gap) if path.gap else None,
        "culprit": _optional(path.culprit),
        "java_message": path.java_message,
        "openssl_status": path.openssl_status,
        "frame": path.frame_source.frame if path.frame_source else None,
    }


def _gap(gap: Gap) -> dict[str, object]:
    return {
        "child": _certificate(gap.child),
        "issuer": gap.issuer,
        "authority_key_id": gap.authority_key_id,
        "served": _optional(gap.served),
        "wrong_entry": _entry(gap.wrong_entry) if gap.wrong_entry else None,
        "published": gap.published,
        "published_sha256": gap.published_sha256,
        "importable": [_certificate(certificate) for certificate in gap.importable],
    }


# --- the rest ----------------------------------------------------------------------------------------------------


def _cipher_list(ciphers: CipherList) -> dict[str, object]:
    return {
        "path": ciphers.source.path,
        "member": ciphers.source.member,
        "line": ciphers.source.line,
        "tokens": [f"{token.operator}{token.text.removeprefix(token.operator)}" for token in ciphers.tokens],
        "dhe_allowed": ciphers.dhe_allowed,
        "without_dhe": ciphers.without_dhe,
        "problem": ciphers.problem,
    }


def _input(note: InputNote) -> dict[str, object]:
    return {
        "path": note.source.path,
        "member": note.source.member,
        "kind": note.kind,
        "problem": note.problem,
        "fault": note.fault.code if note.fault is not None else None,
        "used": note.used,
        "size": note.size,
        "detail": note.detail,
    }
