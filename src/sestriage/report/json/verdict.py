"""The document of a triage (`model.document.triage` says what its keys mean).

Every key is always there; what is unknown is null or an empty list. The output is pure ASCII: whatever a hostile log
holds reaches a terminal as `\\u001b`, never as an escape sequence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sestriage.model.config import CipherList, SmtpSettings
from sestriage.model.source import InputNote, Run
from sestriage.model.trust import Comparison, Gap, TrustPath, TrustStore
from sestriage.model.verdict import Attempt, HandMadeTest, ProvenStep, Pseudonyms, Report, Verdict
from sestriage.report.common import comparisons, fixes_in_order, iso_time, path_of_verdict
from sestriage.report.json.capture import capture_json, stream_name_json
from sestriage.report.json.layout import indented
from sestriage.report.json.parts import (
    all_evidence_json,
    certificate_json,
    contradiction_json,
    entry_json,
    finding_json,
    optional_certificate_json,
    place_json,
    read_head_json,
    rests_on_json,
)
from sestriage.report.steps import fix_dict, need_dict
from sestriage.report.ticket import case_block

if TYPE_CHECKING:
    from sestriage.model.document import triage as shape
    from sestriage.model.document import trust


def render(report: Report, exit_status: int = 0) -> str:
    """The report as one JSON document with a newline at its end; pure ASCII."""
    return render_all((report,), (exit_status,))


def render_all(reports: Sequence[Report], exit_statuses: Sequence[int]) -> str:
    """The first report as one JSON document; those of further Managers in the same input are its `other_cases`.

    `exit_statuses` has one for each report: that of the command, and what each further case alone would give.
    """
    text = indented(document_of(reports, exit_statuses))
    return text.replace("\x7f", "\\u007f") + "\n"  # DEL is the one control character that json lets through


def document_of(reports: Sequence[Report], exit_statuses: Sequence[int]) -> shape.Triage:
    """The document that `render_all` writes."""
    first, *others = (case_json(*pair) for pair in zip(reports, exit_statuses, strict=True))
    return {**first, "other_cases": others}


def case_json(report: Report, exit_status: int) -> shape.Case:
    """The report as plain dictionaries, lists, strings, numbers and None, in the order of the contract."""
    run = Run(report.version, exit_status, report.analysed, report.read, report.read_left_out)
    return {
        "schema_version": 1,
        **read_head_json(run),
        "case": report.case,
        "verdict": _verdict(report),
        "fixes": [fix_dict(step) for step in fixes_in_order(report.verdict)],
        "attempts": [_attempt(attempt) for attempt in report.attempts],
        "tests": [_test(test) for test in report.tests],
        "captures": [capture_json(capture) for capture in report.captures],
        "trust": _trust(report),
        "config": {
            "tls_ciphers": [_cipher_list(ciphers) for ciphers in report.cipher_lists],
            "smtp": [_settings(settings) for settings in report.settings],
        },
        "inputs": [_input(note) for note in report.inputs],
        "rules_digest": report.rules_digest or None,
        "rule_packs": [
            {"name": pack.name, "version": pack.version or None, "digest": pack.digest} for pack in report.rule_packs
        ],
        "case_block": _case_block(report),
        "pseudonyms": _pseudonyms(report.pseudonyms),
    }


def _case_block(report: Report) -> shape.CaseBlock:
    block = case_block(report)
    return {
        "outcome": block.outcome or None,
        "cause": block.cause or None,
        "attempt": block.attempt or None,
        "evidence": block.evidence or None,
        "next_step": block.next_step or None,
        "missing": block.missing or None,
        "read": block.read or None,
        "made_by": block.made_by or None,
    }


# --- verdict -----------------------------------------------------------------------------------------------------


def _verdict(report: Report) -> shape.Verdict:
    verdict: Verdict = report.verdict
    return {
        "outcome": verdict.outcome.value,
        "confidence": verdict.confidence.value if verdict.confidence else None,
        "evidence": all_evidence_json(verdict.evidence),
        "primary": finding_json(verdict.primary) if verdict.primary else None,
        "alternatives": [{"rule": a.rule, "title": a.title, "why": a.why} for a in verdict.alternatives],
        "contributing": [finding_json(finding) for finding in verdict.contributing],
        "cleared": [phase.value for phase in verdict.cleared],
        "proven": [_proven(step) for step in verdict.proven],
        "not_used": [phase.value for phase in verdict.not_used],
        "contradictions": [contradiction_json(c) for c in verdict.contradictions],
        "needs": [need_dict(need) for need in verdict.needs],
        "notes": [*([verdict.doubt] if verdict.doubt else []), *verdict.notes],
        "nothing_to_judge": report.nothing,
    }


def _proven(step: ProvenStep) -> shape.Proven:
    return {
        "phase": step.phase.value,
        "ground": step.ground.value,
        "proof": step.proof,
        "source": str(step.source),
    }


def _test(test: HandMadeTest) -> shape.HandMadeTest:
    return {
        "program": test.program,
        "source": str(test.source),
        "host": test.host,
        "port": test.port,
        "started": iso_time(test.started),
        "proven": [_proven(step) for step in test.proven],
        "findings": [finding_json(finding) for finding in test.findings],
        "notes": list(test.notes),
    }


def _attempt(attempt: Attempt) -> shape.Attempt:
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
        "evidence": all_evidence_json(attempt.outcome_evidence),
        "streams": [stream_name_json(stream) for stream in attempt.streams],
    }


# --- trust -------------------------------------------------------------------------------------------------------


def _trust(report: Report) -> trust.Trust:
    first = path_of_verdict(report)
    return {
        "stores": [_store(store) for store in report.stores],
        "comparison": [_comparison(comparison) for comparison in comparisons(report)],
        "path": _path(first) if first else None,
        "paths": [_path(path) for path in report.paths],
    }


def _store(store: TrustStore) -> trust.Store:
    return {
        "path": store.source.path,
        "member": store.source.member,
        "format": store.format,
        "entries": [entry_json(entry) for entry in store.entries],
        "problem": store.problem,
        "problem_kind": store.problem_kind,
        "readable": store.readable,
    }


def _comparison(comparison: Comparison) -> trust.Comparison:
    return {
        "path": comparison.store.path,
        "member": comparison.store.member,
        "sha256": comparison.certificate.sha256,
        "subject": comparison.certificate.subject,
        "issuer": comparison.certificate.issuer,
        "not_after": iso_time(comparison.certificate.not_after),
        "relation": comparison.relation,
        "entry": entry_json(comparison.entry) if comparison.entry else None,
    }


def _path(path: TrustPath) -> trust.Path:
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
        "rests_on": rests_on_json(path),
        "gap": _gap(path.gap) if path.gap else None,
        "culprit": optional_certificate_json(path.culprit),
        "java_message": path.java_message,
        "openssl_status": path.openssl_status,
        "frame": path.frame_source.frame if path.frame_source else None,
    }


def _gap(gap: Gap) -> trust.Gap:
    return {
        "child": certificate_json(gap.child),
        "issuer": gap.issuer,
        "authority_key_id": gap.authority_key_id,
        "served": optional_certificate_json(gap.served),
        "wrong_entry": entry_json(gap.wrong_entry) if gap.wrong_entry else None,
        "published": gap.published,
        "published_sha256": gap.published_sha256,
        "importable": [certificate_json(certificate) for certificate in gap.importable],
    }


# --- the rest ----------------------------------------------------------------------------------------------------


def _cipher_list(ciphers: CipherList) -> shape.CipherList:
    return {
        "path": ciphers.source.path,
        "member": ciphers.source.member,
        "line": ciphers.source.line,
        "tokens": [f"{token.operator}{token.text.removeprefix(token.operator)}" for token in ciphers.tokens],
        "dhe_allowed": ciphers.dhe_allowed,
        "without_dhe": ciphers.without_dhe,
        "problem": ciphers.problem,
    }


def _settings(settings: SmtpSettings) -> shape.SmtpForm:
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


def _pseudonyms(pseudonyms: Pseudonyms | None) -> shape.Pseudonyms | None:
    if pseudonyms is None:
        return None
    return {"key_id": pseudonyms.key_id, "fingerprints": dict(pseudonyms.fingerprints)}


def _input(note: InputNote) -> shape.TriageInput:
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
