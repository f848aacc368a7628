"""The served certificates as a graph: who issued whom, by name and by signature, whatever the order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sestriage.model.trust import Certificate
from sestriage.pki.signature import signed_by

MAX_CLIMBS = 200
"""Ways up that are looked at for one leaf."""
MAX_STEPS = 2_000
MAX_SERVED = 200
"""Served certificates beyond which the rest is not looked at."""


def issued(child: Certificate, issuer: Certificate) -> bool:
    """True if the issuer has the name that the child names, and its key made the signature (or, where that cannot be
    computed, the key identifiers do not differ)."""
    if not child.issuer_name_id or child.issuer_name_id != issuer.subject_name_id:
        return False
    verified = signed_by(child, issuer)
    if verified is None:
        return child.authority_key_id in (None, issuer.subject_key_id) or issuer.subject_key_id is None
    return verified


def same_key_id(child: Certificate, issuer: Certificate) -> bool:
    """True if the issuer has the name and the key identifier that the child names. False if either has none."""
    return (
        bool(child.issuer_name_id)
        and child.issuer_name_id == issuer.subject_name_id
        and child.authority_key_id is not None
        and child.authority_key_id == issuer.subject_key_id
    )


def climbs(leaf: Certificate, served: Sequence[Certificate]) -> list[tuple[Certificate, ...]]:
    """All ways from the leaf up through the served certificates, each to its end; the longest first.

    A way never passes the same name and key twice.
    """
    by_subject: dict[str, list[Certificate]] = {}
    for certificate in {each.sha256: each for each in served[:MAX_SERVED]}.values():
        by_subject.setdefault(certificate.subject_name_id, []).append(certificate)
    steps = [0]
    found: list[tuple[Certificate, ...]] = []
    for way in _ways((leaf,), by_subject, steps):
        found.append(way)
        if len(found) >= MAX_CLIMBS:
            break
    return sorted(found, key=len, reverse=True)


def _ways(
    path: tuple[Certificate, ...], by_subject: dict[str, list[Certificate]], steps: list[int]
) -> Iterator[tuple[Certificate, ...]]:
    top = path[-1]
    ended = True
    for issuer in by_subject.get(top.issuer_name_id, ()):
        steps[0] += 1
        if steps[0] > MAX_STEPS:
            break
        if any(_same_authority(issuer, each) for each in path) or not issued(top, issuer):
            continue
        ended = False
        yield from _ways((*path, issuer), by_subject, steps)
    if ended:
        yield path


def _same_authority(one: Certificate, other: Certificate) -> bool:
    return one.subject_name_id == other.subject_name_id and one.spki_sha256 == other.spki_sha256
