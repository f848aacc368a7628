"""On which anchors of a store a served chain's trust rests: each key that alone completes a path."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sestriage.model.known.published import BY_KEY, root_named
from sestriage.model.trust import AnchorKind, Certificate, TrustedKey, TrustStore
from sestriage.pki.algorithms import DEFAULT_JDK
from sestriage.pki.graph import climbs, issued
from sestriage.pki.java import Anchors, decide_as_java

_CLASS_2 = "Starfield Class 2 CA"


def trusted_keys(
    chain: Sequence[Certificate], store: TrustStore, at: datetime, jdk: str = DEFAULT_JDK
) -> tuple[TrustedKey, ...]:
    """The keys in the store by which alone Java would trust the chain at the moment `at`; in the order of the store.

    Certificates of one key are one anchor, whoever signed them: the trust ends when the last key is gone. The server's
    own certificate counts as itself alone, never by its key, as Java has it. The chain is not empty and its
    certificates have names. Raises SearchLimitError.
    """
    served = {each.sha256: each for way in climbs(chain[0], chain) for each in way}.values()
    by_key: dict[str, list[Certificate]] = {}
    for anchor in {each.sha256: each for each in store.anchors}.values():
        if any(same_authority(anchor, each) or issued(each, anchor) for each in served):
            by_key.setdefault(anchor.spki_sha256 or anchor.sha256, []).append(anchor)
    return tuple(
        TrustedKey(key, tuple(certificates), anchor_kind(certificates[0], chain[0]))
        for key, certificates in by_key.items()
        if decide_as_java(chain, Anchors(certificates), at, jdk).message is None
    )


def same_authority(one: Certificate, other: Certificate) -> bool:
    """True for the very certificate, or another one of the same name and key."""
    authority = (one.subject_name_id, one.spki_sha256)
    return one.sha256 == other.sha256 or (
        bool(one.spki_sha256) and authority == (other.subject_name_id, other.spki_sha256)
    )


def anchor_kind(anchor: Certificate, leaf: Certificate) -> AnchorKind:
    """What an anchor is above (or as) the certificate of the server."""
    if same_authority(anchor, leaf):
        return "root" if anchor.self_issued else "server"
    return authority_kind(anchor)


def authority_kind(anchor: Certificate) -> AnchorKind:
    """What an anchor is that is not the server's own certificate. A cross-signed copy of a root counts as the root."""
    # the chain leads to the anchor by signature, so that its name is enough where the table does not know the key
    root = BY_KEY.get(anchor.spki_sha256) or root_named(anchor.subject, anchor.common_name)
    if root is not None:
        return "starfield-class-2" if root.name == _CLASS_2 else "root"
    return "root" if anchor.self_issued else "issuing-ca"
