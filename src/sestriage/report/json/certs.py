"""What `sestriage certs` found, as JSON-like values (`model.document.certs` says what the keys mean)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

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
from sestriage.model.source import InputNote, Run
from sestriage.model.trust import Comparison, TrustPath, TrustStore
from sestriage.report.clean import Clean, clean_leaves
from sestriage.report.common import iso_time
from sestriage.report.json.parts import (
    certificate_json,
    entry_json,
    optional_certificate_json,
    place_json,
    read_head_json,
    rests_on_json,
)

if TYPE_CHECKING:
    from sestriage.model.document import certs as shape


def dump(document: shape.CertsCompare | shape.CertsShow | shape.CertsExport, clean: Clean) -> str:
    """The document as text, pure ASCII, every string cleaned."""
    return json.dumps(clean_leaves(document, clean), indent=2, ensure_ascii=True) + "\n"


def compare_document(report: CompareReport, run: Run) -> shape.CertsCompare:
    """`certs compare`."""
    return {
        "schema_version": 2,
        **read_head_json(run),
        "jdk": report.jdk,
        "results": [_held(held) for held in report.held],
        "unseen": [_chain(chain) for chain in report.unseen],
        "notes": list(report.notes),
        "inputs": [_input(note) for note in report.inputs],
    }


def show_document(report: ShowReport, run: Run) -> shape.CertsShow:
    """`certs show`."""
    return {
        "schema_version": 2,
        **read_head_json(run),
        "stores": [_whole_store(store) for store in report.stores],
        "chains": [_chain(chain) for chain in report.chains],
        "hidden": report.hidden,
        "inputs": [_input(note) for note in report.inputs],
    }


def export_document(report: ExportReport, run: Run) -> shape.CertsExport:
    """`certs export`."""
    return {
        "schema_version": 2,
        **read_head_json(run),
        "folder": {"path": report.folder},
        "advice": _advice(report.advice),
        "saved": [{"path": f.path, "written": f.written, **_choice(f.choice)} for f in report.files],
        "refused": [_choice(choice) for choice in report.refused],
        "list": {"path": report.list_file},
        "problem": report.problem,
    }


def _whole_store(store: TrustStore) -> shape.StoreWithEntries:
    return {**_store(store), "entries": [entry_json(entry) for entry in store.entries]}


def _store(store: TrustStore) -> shape.StoreSummary:
    return {
        **place_json(store.source),
        "format": store.format,
        "entry_count": len(store.entries),
        "anchor_count": store.anchor_count,
        "readable": store.readable,
        "integrity": store.integrity,
        "problem": store.problem,
        "problem_kind": store.problem_kind,
    }


def _chain(chain: ServedChain) -> shape.Chain:
    return {
        **place_json(chain.source),
        "origin": chain.origin,
        "host": chain.host,
        "port": chain.port,
        "time": iso_time(chain.at),
        "problem": chain.problem,
        "certificates": [certificate_json(each) for each in chain.certificates],
    }


def _held(held: Held) -> shape.Compared:
    path = held.path
    return {
        "chain": _chain(held.chain),
        "store": _store(held.store),
        "trusted": held.trusted,
        "at": iso_time(path.at),
        "at_basis": path.at_basis,
        "java": {
            "status": path.status,
            "reason": path.reason,
            "message": path.java_message,
            "path": [each.sha256 for each in path.path],
            "anchor": optional_certificate_json(path.anchor),
            "culprit": path.culprit.sha256 if path.culprit else None,
            "rests_on": rests_on_json(path),
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
        "gap": _gap(path),
        "tree": None if held.tree is None else _link(held.tree),
        "import": _advice(held.advice),
    }


def _gap(path: TrustPath) -> shape.CertsGap | None:
    gap = path.gap
    if gap is None:
        return None
    return {
        "child": gap.child.sha256,
        "issuer": gap.issuer,
        "authority_key_id": gap.authority_key_id,
        "wrong_entry": None if gap.wrong_entry is None else entry_json(gap.wrong_entry),
        "published": gap.published,
        "published_sha256": gap.published_sha256,
    }


def _comparison(comparison: Comparison) -> shape.CertsComparison:
    entry = comparison.entry
    return {
        "sha256": comparison.certificate.sha256,
        "relation": comparison.relation,
        "alias": entry.alias if entry else None,
        "entry_sha256": entry.certificate.sha256 if entry else None,
    }


def _link(link: Link) -> shape.Link:
    return {
        "label": link.label,
        "sha256": link.certificate.sha256 if link.certificate else None,
        "state": link.state,
        "note": link.note or None,
        "broken": link.broken,
        "above": [_link(each) for each in link.above],
    }


def _advice(advice: ImportAdvice) -> shape.ImportAdvice:
    return {"text": advice.text, "certificates": [_choice(choice) for choice in advice.choices]}


def _choice(choice: ImportChoice) -> shape.ImportChoice:
    return {
        "file_name": choice.file_name,
        "friendly_name": choice.friendly_name,
        "reason": choice.reason,
        "origin": choice.origin,
        "warning": choice.warning,
        "unpublished": choice.unpublished,
        "java_with_it": choice.answer or None,
        "openssl_with_it": choice.openssl or None,
        "certificate": certificate_json(choice.certificate),
    }


def _input(note: InputNote) -> shape.PlacedInput:
    return {**place_json(note.source), "kind": note.kind, "problem": note.problem, "used": note.used}
