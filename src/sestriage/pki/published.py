"""Amazon's and Starfield's authorities: whose chain is it, and which published root would close a gap."""

from __future__ import annotations

from collections.abc import Sequence

from sestriage.model.known.published import BY_KEY, BY_SUBJECT, PUBLISHED_ROOTS, PublishedRoot, is_amazon_company
from sestriage.model.trust import Certificate

__all__ = ["BY_KEY", "BY_SUBJECT", "PUBLISHED_ROOTS", "PublishedRoot", "closing_root", "private_ca"]


def private_ca(chain: Sequence[Certificate]) -> bool:
    """True if no issuer of the served certificates is Amazon's or Starfield's, by name. False for certificates without
    names."""
    issuers = [certificate for certificate in chain if certificate.issuer]
    return bool(issuers) and not any(is_amazon_company(certificate.issuer_organization) for certificate in issuers)


def closing_root(path: Sequence[Certificate]) -> PublishedRoot | None:
    """The published root that closes the gap above a path of served certificates (leaf first).

    A served certificate with a published key tells it (the lowest one that is recommended, else the lowest); without
    one, the issuer named at the top does, when the key identifier does not speak against it.
    """
    found = [root for certificate in path if (root := BY_KEY.get(certificate.spki_sha256)) is not None]
    top = BY_SUBJECT.get(path[-1].issuer) if path else None
    if top is not None and path[-1].authority_key_id in (None, top.subject_key_id):
        found.append(top)
    return next((root for root in found if root.recommended), found[0] if found else None)
