"""Why there is no path: the last certificate that could be reached, what is missing above it, what to import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sestriage.model.trust import Certificate, Comparison, Gap, StoreEntry, TrustStore
from sestriage.pki.graph import MAX_SERVED, issued, same_key_id
from sestriage.pki.java import Anchors, SearchLimitError, decide_as_java
from sestriage.pki.published import BY_SUBJECT, closing_root

MAX_IMPORTABLE = 10


def compare(chain: Sequence[Certificate], store: TrustStore) -> tuple[Comparison, ...]:
    """Compare each served certificate with the store; the closest relation counts."""
    by_digest: dict[str, StoreEntry] = {}
    by_subject: dict[str, list[StoreEntry]] = {}
    for entry in store.entries:
        by_digest.setdefault(entry.certificate.sha256, entry)
        if entry.certificate.subject_name_id:
            by_subject.setdefault(entry.certificate.subject_name_id, []).append(entry)
    return tuple(_comparison(each, store, by_digest, by_subject) for each in chain[:MAX_SERVED])


def _comparison(
    certificate: Certificate,
    store: TrustStore,
    by_digest: dict[str, StoreEntry],
    by_subject: dict[str, list[StoreEntry]],
) -> Comparison:
    present = by_digest.get(certificate.sha256)
    if present is not None:
        return Comparison(certificate, store.source, "present", present)
    named = by_subject.get(certificate.subject_name_id, [])
    for entry in named:
        if entry.certificate.spki_sha256 == certificate.spki_sha256:
            return Comparison(certificate, store.source, "same-key", entry)
    if named:
        return Comparison(certificate, store.source, "same-name-other-key", named[0])
    return Comparison(certificate, store.source, "absent")


def needed_issuers(ways: Sequence[Sequence[Certificate]]) -> list[Certificate]:
    """Every certificate whose issuer could have been an anchor, each once, from the leaf upwards."""
    unique = {certificate.sha256: certificate for way in ways for certificate in way}
    return list(unique.values())


def wrong_entry_for(child: Certificate, store: TrustStore) -> StoreEntry | None:
    """An entry of the name of the child's issuer whose key has not signed the child; None when the store has none of
    the name, or has the right one too."""
    named = [
        entry
        for entry in store.entries
        if entry.trusted and child.issuer_name_id and entry.certificate.subject_name_id == child.issuer_name_id
    ]
    right = any(issued(child, entry.certificate) or same_key_id(child, entry.certificate) for entry in named)
    return None if right or not named else named[0]


def has_wrong_key(ways: Sequence[Sequence[Certificate]], store: TrustStore) -> StoreEntry | None:
    """An entry with the name of a needed issuer and another key, when no needed issuer's right key is there."""
    wrong: StoreEntry | None = None
    for child in needed_issuers(ways):
        if wrong is None:
            wrong = wrong_entry_for(child, store)
    return wrong


def explain_gap(
    chain: Sequence[Certificate], store: TrustStore, at: datetime, ways: Sequence[Sequence[Certificate]]
) -> Gap:
    """The gap on the longest way through the served certificates, at the place where an import would close it best.

    An entry of the right name with another key marks the place; else the lowest certificate whose issuer bears the name
    of a recommended public root; else the topmost certificate of the way.
    """
    way = list(ways[0])
    wrong = has_wrong_key(ways, store)
    child = _child_at_gap(way, wrong)
    served = next((each for each in chain if each is not child and issued(child, each)), None)
    if served is None and issued(child, child):  # its own issuer: what is missing is its entry in the store
        served = child
    root = closing_root(way)
    return Gap(
        child=child,
        issuer=child.issuer,
        authority_key_id=child.authority_key_id,
        served=served,
        wrong_entry=wrong,
        published=None if root is None else root.name,
        published_sha256=None if root is None else root.sha256,
        importable=_importable(chain, store, at, ways),
    )


def _child_at_gap(way: Sequence[Certificate], wrong: StoreEntry | None) -> Certificate:
    if wrong is not None:
        name = wrong.certificate.subject_name_id
        return next((each for each in way if each.issuer_name_id == name), way[-1])
    roots = ((each, BY_SUBJECT.get(each.issuer)) for each in way)
    named = next((each for each, root in roots if root is not None and root.recommended), None)
    if named is not None:
        return named
    top = way[-1]
    return way[-2] if len(way) > 1 and issued(top, top) else top


def _importable(
    chain: Sequence[Certificate], store: TrustStore, at: datetime, ways: Sequence[Sequence[Certificate]]
) -> tuple[Certificate, ...]:
    """Served CA certificates, in date, with which Java would find a path, each tried; the closest to the root first."""
    height = {each.sha256: way.index(each) for way in reversed(ways) for each in way}
    candidates = [
        each
        for each in {each.sha256: each for each in chain[:MAX_SERVED]}.values()
        if each.sha256 in height
        and (each.is_ca or (each.version == 1 and each.self_issued))
        and (each.not_after is None or at <= each.not_after)
    ]
    candidates.sort(key=lambda each: (not each.self_issued, -height[each.sha256]))
    found: list[Certificate] = []
    for each in candidates[:MAX_IMPORTABLE]:
        try:
            answer = decide_as_java(chain, Anchors([*store.anchors, each]), at)
        except SearchLimitError:
            continue
        if answer.message is None:
            found.append(each)
    return tuple(found)
