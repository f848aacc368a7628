"""Java's answer for a store of which only a listing is known: fingerprints and names, no keys.

Only certain facts are used: an entry whose SHA-256 (or SHA-1, where a listing has nothing better) is that of a served
certificate is that certificate, and one whose fingerprint is that of a published root has the published key. All else
leaves the path undecided, unless no entry bears the name of any issuer that the chain needs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sestriage.model.trust import LISTING, Certificate, StoreEntry, TrustPath, TrustStore
from sestriage.pki.path import decide


def decide_by_listing(
    chain: Sequence[Certificate], store: TrustStore, at: datetime, at_basis: str, host: str | None
) -> TrustPath:
    """As `pki.path.decide`; never raises."""
    known: list[StoreEntry] = []
    open_question = False
    for entry in store.entries:
        certificate = _served_twin(entry.certificate, chain)
        if certificate is not None:
            known.append(replace(entry, certificate=certificate))
        elif _may_be_needed(entry.certificate, chain):
            open_question = open_question or entry.trusted
        else:
            known.append(entry)
    path = decide(chain, replace(store, entries=tuple(known)), at, at_basis, host)
    if path.status == "trusted" and open_question:
        return replace(path, rests_on=(), weak_anchor=None)  # another entry may complete a path, and last
    if path.status == "trusted" or not open_question:
        return path
    return replace(
        path,
        status="undecided",
        reason=None,
        gap=None,
        culprit=None,
        java_message=None,
        openssl_status=None,
        openssl_partial_status=None,
        only_leaf_served=False,
        anchor_key_mismatch=False,
    )


def _served_twin(entry: Certificate, chain: Sequence[Certificate]) -> Certificate | None:
    """The served certificate that the entry is, or that has the entry's (published) name and key."""
    for certificate in chain:
        if certificate.sha256 == entry.sha256 or (entry.sha1 and not entry.sha256 and entry.sha1 == _sha1(certificate)):
            return certificate
    for certificate in chain:
        if entry.spki_sha256 and (entry.spki_sha256, entry.subject_name_id) == (
            certificate.spki_sha256,
            certificate.subject_name_id,
        ):
            return certificate
    return None


def _sha1(certificate: Certificate) -> str:
    """For comparing with a listing of keytool, not for trust."""
    return hashlib.sha1(certificate.der, usedforsecurity=False).hexdigest() if certificate.der else ""


def _may_be_needed(entry: Certificate, chain: Sequence[Certificate]) -> bool:
    """True if the entry's name is one that the chain needs or has, or is not known well enough to say that it is
    not."""
    names = {name for c in chain for name in (c.issuer_name_id, c.subject_name_id) if name}
    return not entry.subject_name_id or entry.subject_name_id in names


def decide_with(
    chain: Sequence[Certificate], store: TrustStore, at: datetime, at_basis: str, host: str | None
) -> TrustPath:
    """The decision for a store of any kind, a listing included."""
    return (decide_by_listing if store.format == LISTING else decide)(chain, store, at, at_basis, host)
