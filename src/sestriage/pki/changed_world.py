"""What a server may send one day: the served chain with the changes that are announced, due, or asked for.

A certificate that somebody will sign one day is thought of, not made: it has names, dates and a key of its own, and
says which key has signed it (`Certificate.signed_by_key`). Java's decision for it rests on names, keys and dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from sestriage.model.forecast.result import WhatIf
from sestriage.model.known.published import BY_KEY, BY_SUBJECT, PublishedRoot, root_named
from sestriage.model.trust import Certificate
from sestriage.pki.graph import climbs, issued
from sestriage.pki.keyids import authority
from sestriage.pki.reliance import same_authority

Chain = tuple[Certificate, ...]


def renewed(chain: Sequence[Certificate], others: Sequence[Certificate]) -> Chain:
    """With the server's own certificate renewed: same names, same issuer, another key, no end that is known.

    `others` are a store's: a CA that is not served may stand there, and tells the key behind a name.
    """
    leaf = chain[0]
    issuer = _issuer(leaf, chain, others)
    key = issuer.spki_sha256 if issuer is not None else _key_of_nobody(leaf.issuer, leaf.authority_key_id)
    if leaf.self_issued:
        key = _key_of_nobody("renewed", leaf.sha256)  # its own issuer: the new key signs itself
    return (_thought_of(leaf, "renewed", key), *chain[1:])


def rotated(chain: Sequence[Certificate], others: Sequence[Certificate]) -> Chain:
    """With the server's own certificate renewed below another issuing CA: other name and key, the same CA above it.

    The chain as `renewed` gives it where its issuing CA is not known, or is a root. The other name is told by
    `subject_name_id` alone: nobody knows how it will read.
    """
    leaf = chain[0]
    issuing = _issuer(leaf, chain, others)
    if issuing is None or is_root(issuing, (*chain, *others)):
        return renewed(chain, others)
    above = _issuer(issuing, chain, others)
    key = above.spki_sha256 if above is not None else _key_of_nobody(issuing.issuer, issuing.authority_key_id)
    other = replace(
        _thought_of(issuing, "rotated", key),
        subject_name_id=sha256(f"rotated {issuing.subject_name_id}".encode()).hexdigest()[:32],
    )
    new = replace(
        _thought_of(leaf, "renewed", other.spki_sha256),
        issuer_name_id=other.subject_name_id,
        authority_key_id=other.subject_key_id,
    )
    if authority(new.der).serial is not None:
        new = replace(new, der=b"")  # it names the old issuer by its serial number
    return (new, *(other if each.sha256 == issuing.sha256 else each for each in chain[1:]))


def without(names: Sequence[str], certificates: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """The certificates of a store that are not of a CA of one of the names."""
    return tuple(each for each in certificates if not any(bears(each, name) for name in names))


def unsent(names: Sequence[str], chain: Sequence[Certificate]) -> Chain:
    """The chain without CAs of the names, and without the CAs that these have signed; the server's own stays."""
    kept = [
        each
        for each in chain[1:]
        if not any(bears(each, name) or _named(each.issuer, each.issuer_common_name, name) for name in names)
    ]
    return (chain[0], *kept)


def bears(certificate: Certificate, name: str) -> bool:
    """True if the name is part of the certificate's subject, or of what its published key is known as."""
    return _named(certificate.subject, certificate.common_name, name) or (
        certificate.published_as is not None and name.casefold() in certificate.published_as.casefold()
    )


def known_name(name: str) -> bool:
    """True if a published root bears the name."""
    return any(name.casefold() in f"{root.name} {root.subject}".casefold() for root in BY_SUBJECT.values())


def _named(subject: str, common_name: str | None, name: str) -> bool:
    root = BY_SUBJECT.get(subject)
    told = (subject, common_name or "", root.name if root is not None else "")
    return any(name.casefold() in each.casefold() for each in told)


def is_root(certificate: Certificate, others: Iterable[Certificate] = ()) -> bool:
    """True for a self-signed CA and for every other certificate of such a root, as far as it is known: published, or
    among the others."""
    return (
        certificate.self_issued
        or _published(certificate) is not None
        or any(each.self_issued and same_authority(each, certificate) for each in others)
    )


def cross_signed(certificate: Certificate, others: Iterable[Certificate]) -> bool:
    """True for a certificate of a root that another CA has signed."""
    return not certificate.self_issued and is_root(certificate, others)


def without_cross_signed(chain: Sequence[Certificate], others: Sequence[Certificate]) -> Chain:
    """The chain without cross-signed certificates; `others` (a store's) tell roots that are not published."""
    known = (*chain, *others)
    return (chain[0], *(each for each in chain[1:] if not cross_signed(each, known)))


def real(certificate: Certificate) -> bool:
    """True for a certificate that exists and is at hand."""
    return bool(certificate.der) and certificate.signed_by_key is None


def below_class_2(chain: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """The served CAs that Starfield Class 2 has signed, by name."""
    return tuple(each for each in chain[1:] if _is_class_2(BY_SUBJECT.get(each.issuer)) and not each.self_issued)


def _is_class_2(root: PublishedRoot | None) -> bool:
    return root is not None and root.name == "Starfield Class 2 CA"


def on_the_day(chain: Sequence[Certificate], others: Sequence[Certificate], at: datetime) -> Chain:
    """The chain as it is expected at that moment: what has ended by then is renewed, the issuing CA another one, and
    cross-signed certificates that ended are no longer sent."""
    known = (*chain, *others)
    chain = (chain[0], *(each for each in chain[1:] if not (ended(each, at) and cross_signed(each, known))))
    issuing = _issuer(chain[0], chain, ())
    chain = (chain[0], *(_kept_up(each, chain, others, at) for each in chain[1:]))
    if issuing is not None and ended(issuing, at) and not is_root(issuing, known):
        return rotated(chain, others)
    return renewed(chain, others) if ended(chain[0], at) else chain


def _kept_up(certificate: Certificate, chain: Chain, others: Sequence[Certificate], at: datetime) -> Certificate:
    """A served CA, under the same name and key in another certificate where it has ended."""
    if not ended(certificate, at) or certificate.self_issued:
        return certificate
    issuer = _issuer(certificate, chain, others)
    new = _thought_of(certificate, "kept up", issuer.spki_sha256 if issuer is not None else _key_of_nobody("kept up"))
    return replace(new, spki_sha256=certificate.spki_sha256, subject_key_id=certificate.subject_key_id)


def changed(chain: Sequence[Certificate], others: Sequence[Certificate], what_if: WhatIf) -> Chain:
    """The chain in the world that a user asks for; `others` as in `without_cross_signed`."""
    result = unsent(what_if.without, chain) if what_if.without else tuple(chain)
    if what_if.without_cross_signed:
        result = without_cross_signed(result, others)
    if what_if.intermediate_rotated:
        result = rotated(result, others)
    elif what_if.leaf_renewed:
        result = renewed(result, others)
    return result if what_if.at is None else on_the_day(result, others, what_if.at)


def ended(certificate: Certificate, at: datetime | None) -> bool:
    """True if its validity is over at that moment; False where one of the two is not known."""
    return at is not None and certificate.not_after is not None and certificate.not_after < at


def _published(certificate: Certificate) -> PublishedRoot | None:
    return BY_KEY.get(certificate.spki_sha256) or root_named(certificate.subject, certificate.common_name)


def _issuer(child: Certificate, chain: Sequence[Certificate], others: Sequence[Certificate]) -> Certificate | None:
    """The certificate that signed the child: served, on the longest way up, else in the store; None where none did."""
    way = climbs(child, chain)[0]
    if len(way) > 1:
        return way[1]
    return next((each for each in (child, *others) if issued(child, each)), None)


def _thought_of(model: Certificate, change: str, signed_by_key: str) -> Certificate:
    """A certificate like `model` with another key, in date at any time."""
    key = _key_of_nobody(change, model.sha256)
    return replace(
        model,
        sha256=sha256(f"{change} {model.sha256}".encode()).hexdigest(),
        spki_sha256=key,
        subject_key_id=key[:40],
        not_before=None,
        not_after=None,
        published_as=None,
        signed_by_key=signed_by_key,
    )


def _key_of_nobody(*parts: str | None) -> str:
    return sha256("\0".join(part or "" for part in ("a key", *parts)).encode()).hexdigest()
