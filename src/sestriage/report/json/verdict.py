"""The machine-readable report: the published contract, `schema_version` 1 (see `schemas/triage.json`).

Every key of the contract is always there; what is unknown is null or an empty list. More keys may be added under the
same version, none is ever taken away or changed in meaning. The output is pure ASCII: whatever a hostile log holds
reaches a terminal as `\\u001b`, never as an escape sequence.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources

from sestriage.model.config import CipherList, SmtpSettings
from sestriage.model.source import InputDigest, InputNote
from sestriage.model.trust import Comparison, Gap, StoreEntry, TrustPath, TrustStore
from sestriage.model.verdict import (
    Attempt,
    Contradiction,
    Finding,
    HandMadeTest,
    ProvenStep,
    Pseudonyms,
    Report,
    Verdict,
)
from sestriage.report.common import comparisons, fixes_in_order, iso_time, path_of_verdict
from sestriage.report.json.capture import capture_json, stream_name_json
from sestriage.report.json.layout import indented
from sestriage.report.json.parts import (
    certificate_json,
    evidence_json,
    need_json,
    optional_certificate_json,
    place_json,
    step_json,
)
from sestriage.report.references import references
from sestriage.report.ticket import case_block

SCHEMA_VERSION = 1


def render(report: Report) -> str:
    """The report as one JSON document with a newline at its end; pure ASCII."""
    return render_all((report,))


def render_all(reports: Sequence[Report]) -> str:
    """The first report as one JSON document; those of further Managers in the same input are its `other_cases`."""
    text = indented(document_of(reports))
    return text.replace("\x7f", "\\u007f") + "\n"  # DEL is the one control character that json lets through


def document_of(reports: Sequence[Report]) -> dict[str, object]:
    """The document that `render_all` writes."""
    return to_dict(reports[0]) | {"other_cases": [to_dict(report) for report in reports[1:]]}


def to_dict(report: Report) -> dict[str, object]:
    """The report as plain dictionaries, lists, strings, numbers and None, in the order of the contract."""
    return {
        "schema_version": SCHEMA_VERSION,
        "version": report.version or None,
        "case": report.case,
        "verdict": _verdict(report.verdict) | {"nothing_to_judge": report.nothing},
        "fixes": [step_json(step) for step in fixes_in_order(report.verdict)],
        "attempts": [_attempt(attempt) for attempt in report.attempts],
        "tests": [_test(test) for test in report.tests],
        "captures": [capture_json(capture) for capture in report.captures],
        "trust": _trust(report),
        "config": {
            "tls_ciphers": [_cipher_list(ciphers) for ciphers in report.cipher_lists],
            "smtp": [_settings(settings) for settings in report.settings],
        },
        "inputs": [_input(note) for note in report.inputs],
        "analysed": iso_time(report.analysed),
        "rules_digest": report.rules_digest or None,
        "rule_packs": [
            {"name": pack.name, "version": pack.version or None, "digest": pack.digest} for pack in report.rule_packs
        ],
        "files": [_digest(digest) for digest in report.read],
        "files_left_out": report.read_left_out,
        "case_block": {name: value or None for name, value in case_block(report)._asdict().items()},
        "pseudonyms": _pseudonyms(report.pseudonyms),
    }


def schema() -> dict[str, object]:
    """The published JSON schema (draft 2020-12) that every rendered report satisfies."""
    text = resources.files("sestriage.report.json").joinpath("schemas", "triage.json").read_text(encoding="utf-8")
    loaded: dict[str, object] = json.loads(text)
    return loaded


# --- verdict -----------------------------------------------------------------------------------------------------


def _verdict(verdict: Verdict) -> dict[str, object]:
    return {
        "outcome": verdict.outcome.value,
        "confidence": verdict.confidence.value if verdict.confidence else None,
        "evidence": evidence_json(verdict.evidence),
        "primary": _finding(verdict.primary) if verdict.primary else None,
        "alternatives": [{"rule": a.rule, "title": a.title, "why": a.why} for a in verdict.alternatives],
        "contributing": [_finding(finding) for finding in verdict.contributing],
        "cleared": [phase.value for phase in verdict.cleared],
        "proven": [_proven(step) for step in verdict.proven],
        "not_used": [phase.value for phase in verdict.not_used],
        "contradictions": [_contradiction(c) for c in verdict.contradictions],
        "needs": [need_json(need) for need in verdict.needs],
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
        "evidence": evidence_json(finding.evidence),
        "explanation": finding.explanation,
        "conflicts": evidence_json(finding.conflicts),
        "alternatives": list(finding.alternatives),
        "needs": [need_json(need) for need in finding.needs],
        "caution": finding.caution,
        **references(finding.references),
    }


def _contradiction(contradiction: Contradiction) -> dict[str, object]:
    return {"text": contradiction.text, "evidence": evidence_json(contradiction.evidence)}


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
        "sources": [place_json(source) for source in attempt.sources],
        "evidence": evidence_json(attempt.outcome_evidence),
        "streams": [stream_name_json(stream) for stream in attempt.streams],
    }


# --- trust -------------------------------------------------------------------------------------------------------


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
    return {"alias": entry.alias, "trusted": entry.trusted, **certificate_json(entry.certificate)}


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
        "anchor": optional_certificate_json(path.anchor),
        "gap": _gap(path.gap) if path.gap else None,
        "culprit": optional_certificate_json(path.culprit),
        "java_message": path.java_message,
        "openssl_status": path.openssl_status,
        "frame": path.frame_source.frame if path.frame_source else None,
    }


def _gap(gap: Gap) -> dict[str, object]:
    return {
        "child": certificate_json(gap.child),
        "issuer": gap.issuer,
        "authority_key_id": gap.authority_key_id,
        "served": optional_certificate_json(gap.served),
        "wrong_entry": _entry(gap.wrong_entry) if gap.wrong_entry else None,
        "published": gap.published,
        "published_sha256": gap.published_sha256,
        "importable": [certificate_json(certificate) for certificate in gap.importable],
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


def _settings(settings: SmtpSettings) -> dict[str, object]:
    """The SMTP form and its e-mail action; user name and password only by their class."""
    return {
        "path": settings.source.path,
        "member": settings.source.member,
        "server": settings.server,
        "port": settings.port,
        "encryption": settings.encryption,
        "sender": settings.sender,
        "user_shape": settings.user_shape,
        "password_shape": settings.password_shape,
        "recipients": list(settings.action.recipients) if settings.action else [],
        "verified_identities": list(settings.verified_domains),
        "verified_region": settings.verified_region,
        "sandbox": settings.sandbox,
    }


def _pseudonyms(pseudonyms: Pseudonyms | None) -> dict[str, object] | None:
    if pseudonyms is None:
        return None
    return {"key_id": pseudonyms.key_id, "fingerprints": dict(pseudonyms.fingerprints)}


def _digest(digest: InputDigest) -> dict[str, object]:
    return {
        "path": digest.source.path,
        "size": digest.size,
        "modified": iso_time(digest.modified),
        "sha256": digest.sha256,
        "sampled": digest.sampled,
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
