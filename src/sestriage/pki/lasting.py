"""Whether what a store trusts a chain by will last, while it still works.

Grounds: Amazon chooses the issuing CA anew at each renewal (announcement of 2022-10) and advises against pinning;
since August 2024 its chains end at Amazon Root CA 1 to 4 below Starfield Services G2, and the certificate that tied
them to Starfield Class 2 is no longer sent (AWS Security Blog on ACM; that SES follows is likely, not certain).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sestriage.model.known.published import BY_KEY, root_named
from sestriage.model.trust import AnchorKind, Certificate, TrustStore, WeakAnchor
from sestriage.pki.graph import climbs, issued

_CLASS_2 = "Starfield Class 2 CA"
_LASTS_LONGEST: tuple[AnchorKind, ...] = ("starfield-class-2", "issuing-ca", "server")


def weak_anchor(chain: Sequence[Certificate], store: TrustStore) -> WeakAnchor | None:
    """The anchor on which a trusted chain rests, when none of those that it leads to lasts; else None.

    A root lasts (of Amazon, of Starfield Services, or of a private CA), under any of its certificates. Of several weak
    anchors the one that lasts longest is given.
    """
    found: dict[AnchorKind, Certificate] = {}
    for anchor in _reached(chain, store):
        kind = _kind(anchor, chain[0])
        if kind is None:
            return None
        found.setdefault(kind, anchor)
    kind = next((each for each in _LASTS_LONGEST if each in found), None)
    return None if kind is None else WeakAnchor(kind, found[kind], found[kind].not_after, chain[0].not_after)


def rootless(anchors: Sequence[Certificate]) -> WeakAnchor | None:
    """What a store can trust a server by, when none of its anchors lasts, whatever chain is served; None when one
    does, or there is none. `leaf_ends` is not known without a chain. Of several the one that lasts longest is given.
    """
    found: dict[AnchorKind, Certificate] = {}
    for anchor in anchors:
        kind: AnchorKind | None = "server" if anchor.is_ca is False and not anchor.self_issued else None
        if kind is None:
            kind = _of_authority(anchor)
        if kind is None:
            return None
        found.setdefault(kind, anchor)
    kind = next((each for each in _LASTS_LONGEST if each in found), None)
    return None if kind is None else WeakAnchor(kind, found[kind], found[kind].not_after, None)


def _reached(chain: Sequence[Certificate], store: TrustStore) -> Iterator[Certificate]:
    """The anchors that are certificates of the ways up from the leaf, have their name and key, or issued one."""
    served = {each.sha256: each for way in climbs(chain[0], chain) for each in way}
    for anchor in store.anchors:
        if any(_same(anchor, each) or issued(each, anchor) for each in served.values()):
            yield anchor


def _same(anchor: Certificate, served: Certificate) -> bool:
    authority = (anchor.subject_name_id, anchor.spki_sha256)
    return anchor.sha256 == served.sha256 or (
        bool(anchor.spki_sha256) and authority == (served.subject_name_id, served.spki_sha256)
    )


def _kind(anchor: Certificate, leaf: Certificate) -> AnchorKind | None:
    """None: it lasts."""
    if _same(anchor, leaf):
        return None if anchor.self_issued else "server"
    return _of_authority(anchor)


def _of_authority(anchor: Certificate) -> AnchorKind | None:
    """As `_kind`, for an anchor that is not the server's own."""
    # the chain leads to the anchor by signature, so that its name is enough where the table does not know the key
    root = BY_KEY.get(anchor.spki_sha256) or root_named(anchor.subject, anchor.common_name)
    if root is not None:
        return "starfield-class-2" if root.name == _CLASS_2 else None
    return None if anchor.self_issued else "issuing-ca"
