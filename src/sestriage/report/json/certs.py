"""What `sestriage certs` found, as JSON-like values. Field names are part of the interface; version 1."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

from sestriage.model.certs import (
    CompareReport,
    ExportReport,
    Held,
    ImportAdvice,
    ImportChoice,
    Link,
    ServedChain,
    ShowReport,
)
from sestriage.model.source import InputNote, SourceRef
from sestriage.model.trust import Certificate, Comparison, StoreEntry, TrustStore
from sestriage.report.clean import Clean, clean_leaves
from sestriage.report.common import iso_time

SCHEMA_VERSION = 1

T = TypeVar("T")


def dump(document: dict[str, object], clean: Clean) -> str:
    """The document as text, pure ASCII, every string cleaned."""
    return json.dumps(clean_leaves(document, clean), indent=2, ensure_ascii=True) + "\n"


def compare_document(report: CompareReport) -> dict[str, object]:
    """`certs compare`."""
    return {
        **_head(report.version),
        "jdk": report.jdk,
        "results": [_held(held) for held in report.held],
        "unseen": [chain_dict(chain) for chain in report.unseen],
        "notes": list(report.notes),
        "inputs": [input_dict(note) for note in report.inputs],
    }


def show_document(report: ShowReport) -> dict[str, object]:
    """`certs show`."""
    return {
        **_head(report.version),
        "stores": [store_dict(store, entries=True) for store in report.stores],
        "chains": [chain_dict(chain) for chain in report.chains],
        "hidden": report.hidden,
        "inputs": [input_dict(note) for note in report.inputs],
    }


def export_document(report: ExportReport) -> dict[str, object]:
    """`certs export`."""
    return {
        **_head(report.version),
        "folder": {"path": report.folder},
        "advice": advice_dict(report.advice),
        "files": [{"path": f.path, "written": f.written, **_choice(f.choice)} for f in report.files],
        "refused": [_choice(choice) for choice in report.refused],
        "list": {"path": report.list_file},
        "problem": report.problem,
    }


def _head(version: str) -> dict[str, object]:
    return {"schema_version": SCHEMA_VERSION, "version": version or None}


def place_dict(source: SourceRef) -> dict[str, object]:
    """Where something stands in the evidence."""
    return {"path": source.path, "member": source.member, "line": source.line, "frame": source.frame}


def _maybe(make: Callable[[T], dict[str, object]], value: T | None) -> dict[str, object] | None:
    return None if value is None else make(value)


def certificate_dict(certificate: Certificate) -> dict[str, object]:
    """A certificate; digests are lower-case hex of SHA-256."""
    return {
        "sha256": certificate.sha256,
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": certificate.serial,
        "not_before": iso_time(certificate.not_before),
        "not_after": iso_time(certificate.not_after),
        "spki_sha256": certificate.spki_sha256,
        "subject_key_id": certificate.subject_key_id,
        "authority_key_id": certificate.authority_key_id,
        "key_type": certificate.key_type,
        "key_bits": certificate.key_bits,
        "signature_algorithm": certificate.signature_algorithm,
        "is_ca": certificate.is_ca,
        "dns_names": list(certificate.dns_names),
        "ip_addresses": list(certificate.ip_addresses),
        "published_as": certificate.published_as,
        "problem": certificate.problem,
    }


def _entry(entry: StoreEntry) -> dict[str, object]:
    return {"alias": entry.alias, "trusted": entry.trusted, **certificate_dict(entry.certificate)}


def store_dict(store: TrustStore, *, entries: bool) -> dict[str, object]:
    """A trust store; its entries only when asked for."""
    document: dict[str, object] = {
        **place_dict(store.source),
        "format": store.format,
        "entry_count": len(store.entries),
        "anchor_count": store.anchor_count,
        "readable": store.readable,
        "integrity": store.integrity,
        "problem": store.problem,
        "problem_kind": store.problem_kind,
    }
    if entries:
        document["entries"] = [_entry(entry) for entry in store.entries]
    return document


def chain_dict(chain: ServedChain) -> dict[str, object]:
    """A served chain."""
    return {
        **place_dict(chain.source),
        "origin": chain.origin,
        "host": chain.host,
        "port": chain.port,
        "time": iso_time(chain.at),
        "problem": chain.problem,
        "certificates": [certificate_dict(each) for each in chain.certificates],
    }


def _held(held: Held) -> dict[str, object]:
    path, gap = held.path, held.path.gap
    return {
        "chain": chain_dict(held.chain),
        "store": store_dict(held.store, entries=False),
        "trusted": held.trusted,
        "at": iso_time(path.at),
        "at_basis": path.at_basis,
        "java": {
            "status": path.status,
            "reason": path.reason,
            "message": path.java_message,
            "path": [each.sha256 for each in path.path],
            "anchor": _maybe(certificate_dict, path.anchor),
            "culprit": path.culprit.sha256 if path.culprit else None,
        },
        "openssl": {"default": path.openssl_status, "partial_chain": path.openssl_partial_status},
        "warning": held.warning,
        "differences": list(held.differences),
        "host": {
            "name": path.host,
            "matches": path.host_matches,
            "javamail_matches": path.javamail_host_matches,
            "message": held.host_message,
        },
        "comparison": [_comparison(each) for each in path.comparisons],
        "gap": None
        if gap is None
        else {
            "child": gap.child.sha256,
            "issuer": gap.issuer,
            "authority_key_id": gap.authority_key_id,
            "wrong_entry": _maybe(_entry, gap.wrong_entry),
            "published": gap.published,
            "published_sha256": gap.published_sha256,
        },
        "tree": _maybe(_link, held.tree),
        "import": advice_dict(held.advice),
    }


def _comparison(comparison: Comparison) -> dict[str, object]:
    entry = comparison.entry
    return {
        "sha256": comparison.certificate.sha256,
        "relation": comparison.relation,
        "alias": entry.alias if entry else None,
        "entry_sha256": entry.certificate.sha256 if entry else None,
    }


def _link(link: Link) -> dict[str, object]:
    return {
        "label": link.label,
        "sha256": link.certificate.sha256 if link.certificate else None,
        "state": link.state,
        "note": link.note or None,
        "broken": link.broken,
        "above": [_link(each) for each in link.above],
    }


def advice_dict(advice: ImportAdvice) -> dict[str, object]:
    """What to import, and why."""
    return {"text": advice.text, "certificates": [_choice(choice) for choice in advice.choices]}


def _choice(choice: ImportChoice) -> dict[str, object]:
    return {
        "file_name": choice.file_name,
        "friendly_name": choice.friendly_name,
        "reason": choice.reason,
        "origin": choice.origin,
        "warning": choice.warning,
        "unpublished": choice.unpublished,
        "java_with_it": choice.answer or None,
        "openssl_with_it": choice.openssl or None,
        "certificate": certificate_dict(choice.certificate),
    }


def input_dict(note: InputNote) -> dict[str, object]:
    """A file that could not be used, or only in part."""
    return {**place_dict(note.source), "kind": note.kind, "problem": note.problem, "used": note.used}
