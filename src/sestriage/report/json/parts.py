"""Parts that several JSON documents share: places, evidence, steps, needs, certificates."""

from __future__ import annotations

from collections.abc import Iterable

from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate
from sestriage.model.verdict import Evidence, FixStep, Need
from sestriage.report.common import iso_time
from sestriage.report.steps import fix_dict, need_dict


def evidence_json(evidence: Iterable[Evidence]) -> list[object]:
    """Pieces of evidence, in their order."""
    return [{**place_json(e.source), "quote": e.quote, "kind": e.kind or None} for e in evidence]


def place_json(source: SourceRef) -> dict[str, object]:
    """Where something stands; only what is known of the place."""
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


def need_json(need: Need) -> dict[str, object]:
    """Evidence that is missing."""
    return need_dict(need)


def step_json(step: FixStep) -> dict[str, object]:
    """One step of a fix."""
    return {"rule": step.rule, **fix_dict(step)}


def certificate_json(certificate: Certificate) -> dict[str, object]:
    """A certificate."""
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


def optional_certificate_json(certificate: Certificate | None) -> dict[str, object] | None:
    """A certificate, or None."""
    return None if certificate is None else certificate_json(certificate)
