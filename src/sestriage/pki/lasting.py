"""Whether what a store trusts a chain by will last, while it still works.

Grounds: Amazon chooses the issuing CA anew at each renewal (announcement of 2022-10) and advises against pinning;
since August 2024 its chains end at Amazon Root CA 1 to 4 below Starfield Services G2, and the certificate that tied
them to Starfield Class 2 is no longer sent (AWS Security Blog on ACM; that SES follows is likely, not certain).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sestriage.model.trust import AnchorKind, Certificate, TrustedKey, WeakAnchor
from sestriage.pki.reliance import authority_kind

_LASTS_LONGEST: tuple[AnchorKind, ...] = ("starfield-class-2", "issuing-ca", "server")


def weak_anchor(keys: Sequence[TrustedKey], leaf: Certificate) -> WeakAnchor | None:
    """The anchor on which a trusted chain rests, when none of its `trusted_keys` lasts; else None.

    A root lasts (of Amazon, of Starfield Services, or of a private CA), under any of its certificates. Of several weak
    anchors the one that lasts longest is given.
    """
    found = _weakest_kinds((key.kind, key.certificates[0]) for key in keys)
    return _longest(found, leaf)


def rootless(anchors: Sequence[Certificate]) -> WeakAnchor | None:
    """What a store can trust a server by, when none of its anchors lasts, whatever chain is served; None when one
    does, or there is none. `leaf_ends` is not known without a chain. Of several the one that lasts longest is given.
    """
    found = _weakest_kinds((_kind_without_chain(anchor), anchor) for anchor in anchors)
    return _longest(found, None)


def _kind_without_chain(anchor: Certificate) -> AnchorKind:
    return "server" if anchor.is_ca is False and not anchor.self_issued else authority_kind(anchor)


def _weakest_kinds(anchors: Iterable[tuple[AnchorKind, Certificate]]) -> dict[AnchorKind, Certificate]:
    """The first anchor of each kind; empty when one of them is a root."""
    found: dict[AnchorKind, Certificate] = {}
    for kind, anchor in anchors:
        if kind == "root":
            return {}
        found.setdefault(kind, anchor)
    return found


def _longest(found: dict[AnchorKind, Certificate], leaf: Certificate | None) -> WeakAnchor | None:
    kind = next((each for each in _LASTS_LONGEST if each in found), None)
    leaf_ends = None if leaf is None else leaf.not_after
    return None if kind is None else WeakAnchor(kind, found[kind], found[kind].not_after, leaf_ends)
