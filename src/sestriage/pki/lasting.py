"""Whether what a store trusts a chain by will last, while it still works.

Grounds: Amazon chooses the issuing CA anew at each renewal (announcement of 2022-10) and advises against pinning;
since August 2024 its chains end at Amazon Root CA 1 to 4 below Starfield Services G2, and the certificate that tied
them to Starfield Class 2 is no longer sent (AWS Security Blog on ACM; that SES follows is likely, not certain).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sestriage.model.message import Message, together
from sestriage.model.source import SourceRef
from sestriage.model.trust import AnchorKind, Certificate, TrustedKey, TrustPath, WeakAnchor
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


def lasting_note(path: TrustPath) -> str | None:
    """What the trust rests on, what will break it and when that is known; None where it lasts, or is not given."""
    weak = path.weak_anchor
    return None if weak is None else weak_note(path.store, weak, private_ca=path.private_ca)


def weak_note(store: SourceRef, weak: WeakAnchor, *, private_ca: bool) -> str:
    """The sentence of `lasting_note`. `private_ca`: nothing is said of Amazon's habits."""
    values = {"store": store, "anchor": weak.anchor.label, "until": day_of(weak.leaf_ends or weak.ends)}
    if weak.kind == "starfield-class-2":
        return Message(
            "{store} trusts the server only by Starfield Class 2. A chain without the certificate that ties Starfield"
            " Services G2 to it breaks that: AWS leaves it out of its certificates' chains since August 2024, and when"
            " this server follows is not known. Import Amazon Root CA 1 or Starfield Services Root Certificate"
            " Authority - G2.",
            **values,
        )
    if weak.kind == "server":
        breaks = Message(
            "{store} trusts the server only by the server's own certificate (`{anchor}`). Its renewal breaks that, at"
            " the latest on {until}. Import the root.",
            **values,
        )
        habit = Message("Amazon renews its certificates weeks before they end.")
    else:
        breaks = Message(
            "{store} trusts the server only by an issuing CA (`{anchor}`). A certificate of the server from another"
            " issuing CA breaks that; the present one ends on {until}. Import the root.",
            **values,
        )
        habit = Message("Amazon chooses the issuing CA anew at each renewal.")
    return breaks if private_ca else together(breaks, habit)


def day_of(moment: datetime | None) -> str:
    """The day in UTC, or that it is not known."""
    return f"{moment:%Y-%m-%d}" if moment is not None else Message("a day that is not in the evidence")
