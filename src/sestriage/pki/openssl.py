"""The answer of `openssl verify` (3.x, purpose sslserver) for the same chain. It differs from Java in what counts as an
anchor, in whether an anchor may be expired, and in how names are compared. Follows `crypto/x509/x509_vfy.c`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sestriage.errors import ParseError
from sestriage.formats.certs.x509_names import openssl_name_id
from sestriage.model.trust import Certificate
from sestriage.pki.constraints import name_constraints, violation
from sestriage.pki.keyids import authority
from sestriage.pki.signature import pieces, signed_by

MAX_DEPTH = 100
TEXTS = {
    2: "unable to get issuer certificate",
    7: "certificate signature failure",
    9: "certificate is not yet valid",
    10: "certificate has expired",
    18: "self-signed certificate",
    19: "self-signed certificate in certificate chain",
    20: "unable to get local issuer certificate",
    25: "path length constraint exceeded",
    26: "unsuitable certificate purpose",
    34: "unhandled critical extension",
    47: "permitted subtree violation",
    48: "excluded subtree violation",
    51: "unsupported name constraint type",
    79: "invalid CA certificate",
}
"""The texts of OpenSSL 3.x (1.1.1 writes `self signed`, and 24 for 79)."""
_VIOLATIONS = {"permitted": 47, "excluded": 48, "broken": 51}
_SERVER_USAGES = frozenset({"1.3.6.1.5.5.7.3.1", "1.3.6.1.4.1.311.10.3.3", "2.16.840.1.113730.4.1"})
"""serverAuth and the old step-up usages; anyExtendedKeyUsage does not count here."""
_TLS_KEY_USAGES = frozenset({"digitalSignature", "keyEncipherment", "keyAgreement"})


def openssl_verify(
    chain: Sequence[Certificate], anchors: Sequence[Certificate], at: datetime, *, partial: bool = False
) -> str:
    """`ok`, or `error N text` with the first error that `openssl verify` reports (with `-partial_chain` if `partial`).

    The chain is not empty. Revocation, policies and security levels are left out.
    """
    built = _build(chain, anchors, at, partial)
    code = built.error or next(_errors(built.chain, at, partial), 0)
    return "ok" if code == 0 else f"error {code} {TEXTS[code]}"


@dataclass(frozen=True, slots=True)
class _Built:
    """A chain (leaf first) and what is wrong with its end (0: it ends at an anchor)."""

    chain: list[Certificate]
    error: int = 0


def _names(certificate: Certificate) -> tuple[str, str]:
    """Subject and issuer in OpenSSL's canonical form."""
    raw = pieces(certificate.der)
    try:
        return ("", "") if raw is None else (openssl_name_id(raw.subject), openssl_name_id(raw.issuer))
    except ParseError:
        return "", ""


def _likely_issued(child: Certificate, issuer: Certificate) -> bool:
    """True if `ossl_x509_likely_issued` says so: names, key identifiers and kinds of key; no signature."""
    subject, issuers_issuer = _names(issuer)
    if _names(child)[1] != subject:
        return False
    if child.authority_key_id and issuer.subject_key_id is not None and child.authority_key_id != issuer.subject_key_id:
        return False
    named = authority(child.der)
    if named.serial is not None and named.serial != issuer.serial:
        return False
    if named.issuer_openssl_id is not None and named.issuer_openssl_id != issuers_issuer:
        return False
    return _key_family(child.signature_algorithm) == (issuer.key_type or "").removesuffix("SSA-PSS")


def _key_family(algorithm: str | None) -> str:
    """The kind of key that makes such a signature."""
    family = (algorithm or "").rpartition("with")[2]
    return {"ECDSA": "EC", "RSASSA-PSS": "RSA"}.get(family, family)


_DROPPED = re.compile(r"[\\\s]+")


@lru_cache(maxsize=32_768)
def _rough(name: str) -> str:
    """A coarser form of a name than that by which OpenSSL compares: equal names are equal in it, too."""
    return _DROPPED.sub("", name).lower()


class _Pool:
    """Certificates found by the rough form of their subject, so that a large store is not searched one by one.

    Where a value has no text (`#` and its encoding), the rough form proves nothing: those are looked at always.
    """

    def __init__(self, certificates: Sequence[Certificate]) -> None:
        self._named: dict[str, list[tuple[int, Certificate]]] = {}
        for number, certificate in enumerate(certificates):
            self._named.setdefault(self._key(certificate.subject), []).append((number, certificate))

    @staticmethod
    def _key(name: str) -> str:
        return "#" if "#" in name else _rough(name)

    def candidates(self, child: Certificate) -> list[Certificate]:
        """In the order of the store, all that may bear the name of the child's issuer."""
        if "#" in child.issuer:
            found = [each for group in self._named.values() for each in group]
        else:
            found = [*self._named.get(_rough(child.issuer), ()), *self._named.get("#", ())]
        return [certificate for _, certificate in sorted(found, key=lambda each: each[0])]


def _self_signed(certificate: Certificate) -> bool:
    return _likely_issued(certificate, certificate)


def _build(chain: Sequence[Certificate], anchors: Sequence[Certificate], at: datetime, partial: bool) -> _Built:
    """`build_chain` with trusted certificates first: once one is found, only trusted ones follow."""
    built = [chain[0]]
    known = {anchor.sha256 for anchor in anchors}
    pool = _Pool(anchors)
    trusted = False
    while len(built) < MAX_DEPTH and not _self_signed(built[-1]):
        issuer = _best(built[-1], pool.candidates(built[-1]), at)
        if issuer is not None:
            trusted = True
        elif not trusted:
            issuer = _best(built[-1], [each for each in chain[1:] if each not in built], at)
        if issuer is None:
            break
        built.append(issuer)
        if trusted and partial:
            return _Built(built)
    top = built[-1]
    if _self_signed(top):
        if (
            trusted or _best(top, pool.candidates(top), at) == top
        ):  # another certificate of its name and key in front hides it
            return _Built(built)
        error = 18 if len(built) == 1 else 19
    else:
        error = 2 if trusted else 20
    if partial and not trusted and chain[0].sha256 in known:
        return _Built(built)  # the leaf itself is trusted; what was built above it is checked all the same
    return _Built(built, error)


def _best(child: Certificate, candidates: Sequence[Certificate], at: datetime) -> Certificate | None:
    """The first likely issuer that is in date, else the one that lasts longest; None when there is none."""
    fitting = [each for each in candidates if _likely_issued(child, each)]
    current = next((each for each in fitting if not _date_error(each, at)), None)
    if current is not None or not fitting:
        return current
    return max(fitting, key=lambda each: each.not_after or at)


def _errors(built: Sequence[Certificate], at: datetime, partial: bool) -> Iterator[int]:
    """The errors of a chain in the order in which `verify_chain` meets them."""
    for depth, certificate in enumerate(built):
        yield from _extension_errors(built, depth, certificate)
    top = built[-1]
    if _self_signed(top) or partial or len(built) == 1:
        yield from _date_error(top, at)
    for child, issuer in zip(reversed(built[:-1]), reversed(built[1:]), strict=True):
        if signed_by(child, issuer) is False:
            yield 7
        yield from _date_error(child, at)
    yield from _name_errors(built)


def _extension_errors(built: Sequence[Certificate], depth: int, certificate: Certificate) -> Iterator[int]:
    """`check_extensions`."""
    if certificate.critical_unknown:
        yield 34
    if depth:
        rank = _ca_rank(certificate)
        if rank == 0 or (depth + 1 < len(built) and rank != 1):
            yield 79
    usages = certificate.extended_key_usage
    if usages is not None and _SERVER_USAGES.isdisjoint(usages):
        yield 26
    if depth == 0 and certificate.key_usage is not None and _TLS_KEY_USAGES.isdisjoint(certificate.key_usage):
        yield 26
    below = sum(not each.self_issued for each in built[1:depth])
    if depth > 1 and certificate.path_length is not None and below > certificate.path_length:
        yield 25


def _ca_rank(certificate: Certificate) -> int:
    """`X509_check_ca`: 1 by basic constraints, 3 a self-signed one of version 1, 4 by key usage alone, 0 none."""
    if certificate.key_usage is not None and "keyCertSign" not in certificate.key_usage:
        return 0
    if certificate.is_ca is not None:
        return 1 if certificate.is_ca else 0
    if certificate.version == 1:
        return 3 if _self_signed(certificate) else 0
    return 4 if certificate.key_usage is not None else 0


def _name_errors(built: Sequence[Certificate]) -> Iterator[int]:
    for depth in range(len(built) - 1, -1, -1):
        certificate = built[depth]
        if depth and certificate.self_issued:
            continue
        for above in built[:depth:-1]:
            constraints = name_constraints(above.der)
            if constraints is not None and (kind := violation(certificate, constraints)):
                yield _VIOLATIONS[kind]


def _date_error(certificate: Certificate, at: datetime) -> list[int]:
    if certificate.not_before is not None and at < certificate.not_before:
        return [9]
    return [10] if certificate.not_after is not None and at > certificate.not_after else []
