"""The chain of an Amazon SES endpoint as it is published: names, keys and dates of its CAs, no certificate at hand.

Grounds: docs/domain.md, section 6.1 (what was seen and announced) and 6.2 (the roots, and the dates of their
cross-signed certificates).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from sestriage.formats.certs.x509_names import name_id_of
from sestriage.formats.transcript.keytool import parse_dn
from sestriage.model.forecast.result import Ground
from sestriage.model.known.published import BY_SUBJECT, PUBLISHED_ROOTS, PublishedRoot, is_amazon_company
from sestriage.model.known.ses import is_ses_endpoint
from sestriage.model.trust import Certificate
from sestriage.pki.changed_world import Chain
from sestriage.pki.graph import issued

_A1, _G2, _CLASS_2 = (
    next(root for root in PUBLISHED_ROOTS if root.name == name)
    for name in ("Amazon Root CA 1", "Starfield Services Root CA - G2", "Starfield Class 2 CA")
)
_CROSS_DATES = {
    _A1.name: (datetime(2015, 5, 25, 12, tzinfo=UTC), datetime(2037, 12, 31, 1, tzinfo=UTC)),
    _G2.name: (datetime(2009, 9, 2, tzinfo=UTC), datetime(2034, 6, 28, 17, 39, 16, tzinfo=UTC)),
}
_CA_USE = ("keyCertSign", "cRLSign")


def published_chain(anchors: Sequence[Certificate]) -> tuple[Chain, Ground]:
    """The published chain: server's certificate, issuing CA, Amazon Root CA 1 and Starfield Services G2, both
    cross-signed. Whence it is: `stored` where the store holds the server's own certificate, or the issuing CA, and
    the chain therefore begins with these; else `published`."""
    above = (_cross(_A1, _G2), _cross(_G2, _CLASS_2))
    leaf = next((each for each in anchors if _is_server(each)), None)
    if leaf is not None:
        return (leaf, next((each for each in anchors if issued(leaf, each)), _issuer_of(leaf)), *above), "stored"
    stored = next((each for each in anchors if _is_issuing(each) and issued(each, above[0])), None)
    issuing = stored or _issuing()
    return (_server(issuing), issuing, *above), "published" if stored is None else "stored"


def _is_server(certificate: Certificate) -> bool:
    """The certificate of an endpoint of SES, by its names, from a CA of Amazon."""
    names = (*certificate.dns_names, certificate.common_name)
    of_amazon = is_amazon_company(certificate.issuer_organization)
    return certificate.is_ca is not True and of_amazon and any(map(is_ses_endpoint, names))


def _is_issuing(certificate: Certificate) -> bool:
    """An issuing CA of Amazon, by its names: no root, and not of the name of one."""
    named = certificate.self_issued or certificate.subject in BY_SUBJECT
    return certificate.is_ca is True and not named and is_amazon_company(certificate.organization)


def _cross(root: PublishedRoot, signer: PublishedRoot) -> Certificate:
    """The certificate that one root has of another: its fingerprint, key, names and dates are published."""
    begins, ends = _CROSS_DATES[root.name]
    return replace(
        _ca(root.subject, signer.subject, signer.spki_sha256),
        sha256=root.cross_sha256[0],
        spki_sha256=root.spki_sha256,
        subject_key_id=root.subject_key_id,
        authority_key_id=signer.subject_key_id,
        not_before=begins,
        not_after=ends,
        published_as=root.name,
    )


def _issuing() -> Certificate:
    """An issuing CA below Amazon Root CA 1; which one it is changes with each renewal."""
    made = _ca("CN=an issuing CA,O=Amazon,C=US", _A1.subject, _A1.spki_sha256)
    return replace(made, authority_key_id=_A1.subject_key_id)


def _issuer_of(leaf: Certificate) -> Certificate:
    """The issuing CA of a server's certificate at hand, whose key nobody here knows."""
    return replace(
        _issuing(),
        subject=leaf.issuer,
        subject_name_id=leaf.issuer_name_id,
        common_name=leaf.issuer_common_name,
        subject_key_id=leaf.authority_key_id,
    )


def _server(issuing: Certificate) -> Certificate:
    """The server's own certificate."""
    made = replace(_ca("CN=email-smtp", issuing.subject, issuing.spki_sha256), issuer_name_id=issuing.subject_name_id)
    return replace(made, is_ca=False, key_usage=("digitalSignature",))


def _ca(subject: str, issuer: str, signed_by_key: str) -> Certificate:
    """A CA certificate of these names; key and fingerprint are stand-ins until they are replaced."""
    stand_in = sha256(f"published {subject} by {issuer}".encode()).hexdigest()
    return Certificate(
        stand_in,
        b"",
        subject,
        issuer,
        _name_id(subject),
        _name_id(issuer),
        common_name=_part(subject, "CN"),
        issuer_common_name=_part(issuer, "CN"),
        organization=_part(subject, "O"),
        issuer_organization=_part(issuer, "O"),
        spki_sha256=stand_in,
        subject_key_id=None,
        key_type="RSA",
        key_bits=2048,
        signature_algorithm="SHA256withRSA",
        version=3,
        is_ca=True,
        key_usage=_CA_USE,
        signed_by_key=signed_by_key,
    )


def _name_id(name: str) -> str:
    return name_id_of(list(reversed(parse_dn(name))))


def _part(name: str, keyword: str) -> str | None:
    return next((value for rdn in parse_dn(name) for key, value in rdn if key == keyword), None)
