"""Parts that several JSON documents share: their head, places, evidence, findings, certificates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sestriage.model.source import InputDigest, Run, SourceRef
from sestriage.model.trust import Certificate, StoreEntry, TrustedKey, TrustPath
from sestriage.model.verdict import Contradiction, Evidence, Finding
from sestriage.report.clean import Clean, keep
from sestriage.report.common import iso_time
from sestriage.report.references import references
from sestriage.report.steps import fix_dict, need_dict

if TYPE_CHECKING:
    from sestriage.model.document import parts, trust


def head_json(run: Run) -> parts.Head:
    """How a document begins."""
    return {"version": run.version or None, "exit_status": run.exit_status, "analysed": iso_time(run.analysed)}


def read_head_json(run: Run) -> parts.ReadHead:
    """How the document of a command that reads files begins."""
    return {
        **head_json(run),
        "files": [_file(digest) for digest in run.read],
        "files_left_out": run.read_left_out,
    }


def _file(digest: InputDigest) -> parts.InputFile:
    return {
        "path": digest.source.path,
        "size": digest.size,
        "modified": iso_time(digest.modified),
        "sha256": digest.sha256,
        "sampled": digest.sampled,
    }


def evidence_json(evidence: Evidence) -> parts.Evidence:
    """A piece of evidence."""
    return {**place_json(evidence.source), "quote": evidence.quote, "kind": evidence.kind or None}


def all_evidence_json(evidence: Iterable[Evidence]) -> list[parts.Evidence]:
    """Pieces of evidence, in their order."""
    return [evidence_json(each) for each in evidence]


def place_json(source: SourceRef) -> parts.Place:
    """Where something stands; only what is known of the place."""
    place: parts.Place = {
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


def contradiction_json(contradiction: Contradiction) -> parts.Contradiction:
    """Evidence that does not go together."""
    return {"text": contradiction.text, "evidence": all_evidence_json(contradiction.evidence)}


def finding_json(finding: Finding, clean: Clean = keep) -> parts.Finding:
    """A rule that holds; of its texts only those of the needs are cleaned here."""
    return {
        "rule": finding.rule,
        "title": finding.title,
        "phase": finding.phase.value if finding.phase else None,
        "severity": finding.severity,
        "confidence": finding.confidence.value,
        "evidence": all_evidence_json(finding.evidence),
        "explanation": finding.explanation,
        "conflicts": all_evidence_json(finding.conflicts),
        "alternatives": list(finding.alternatives),
        "needs": [need_dict(need, clean) for need in finding.needs],
        "caution": finding.caution,
        **references(finding.references),
    }


def whole_finding_json(finding: Finding, clean: Clean = keep) -> parts.FindingWithFixes:
    """A rule that holds, with what to do; of its texts only those of fixes and needs are cleaned here."""
    return {**finding_json(finding, clean), "fixes": [fix_dict(step, clean) for step in finding.fixes]}


def certificate_json(certificate: Certificate) -> parts.Certificate:
    """A certificate."""
    kind, bits = certificate.key_type, certificate.key_bits
    return {
        "sha256": certificate.sha256,
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": certificate.serial or None,
        "not_before": iso_time(certificate.not_before),
        "not_after": iso_time(certificate.not_after),
        "spki_sha256": certificate.spki_sha256 or None,
        "ski": certificate.subject_key_id,
        "aki": certificate.authority_key_id,
        "key": f"{kind} {bits or ''}".strip() if kind else None,
        "key_type": kind,
        "key_bits": bits,
        "signature_algorithm": certificate.signature_algorithm,
        "is_ca": certificate.is_ca,
        "dns_names": list(certificate.dns_names),
        "ip_addresses": list(certificate.ip_addresses),
        "published_as": certificate.published_as,
        "problem": certificate.problem,
    }


def optional_certificate_json(certificate: Certificate | None) -> parts.Certificate | None:
    """A certificate, or None."""
    return None if certificate is None else certificate_json(certificate)


def entry_json(entry: StoreEntry) -> parts.Entry:
    """An entry of a store."""
    return {"alias": entry.alias, "trusted": entry.trusted, **certificate_json(entry.certificate)}


def rests_on_json(path: TrustPath) -> list[trust.TrustedKey]:
    """The keys on which the trust rests."""
    return [_trusted_key(key, path) for key in path.rests_on]


def _trusted_key(key: TrustedKey, path: TrustPath) -> trust.TrustedKey:
    digests = {certificate.sha256 for certificate in key.certificates}
    named = (entry.alias for entry in path.entries if entry.certificate.sha256 in digests)
    ends = [certificate.not_after for certificate in key.certificates if certificate.not_after is not None]
    return {
        "spki_sha256": key.spki_sha256,
        "kind": key.kind,
        "subject": key.certificates[0].subject,
        "not_after": iso_time(max(ends, default=None)),
        "sha256": [certificate.sha256 for certificate in key.certificates],
        "aliases": [alias for alias in named if alias],
    }
