"""What `openssl verify` (1.1.1 to 3.x, purpose sslserver) says of the same chain: it differs from Java in what counts
as an anchor and in whether an anchor may be expired."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sestriage.model.trust import Certificate
from sestriage.pki.java import SERVER_AUTH, Anchors
from sestriage.pki.signature import signed_by

MAX_DEPTH = 100
TEXTS = {
    0: "ok",
    2: "unable to get issuer certificate",
    7: "certificate signature failure",
    9: "certificate is not yet valid",
    10: "certificate has expired",
    18: "self-signed certificate",
    19: "self-signed certificate in certificate chain",
    20: "unable to get local issuer certificate",
    24: "invalid CA certificate",
    25: "path length constraint exceeded",
    26: "unsuitable certificate purpose",
    34: "unhandled critical extension",
}


def openssl_verify(
    chain: Sequence[Certificate], anchors: Sequence[Certificate], at: datetime, *, partial: bool = False
) -> str:
    """`ok`, or `error N text` with the first error that `openssl verify` reports (with `-partial_chain` if `partial`).

    Only the checks that matter for a mail server's chain are worked out; names are OpenSSL 3's.
    """
    built, trusted = _build(chain, Anchors(anchors), at, partial)
    code = _chain_error(built, trusted) or _certificate_error(built, at, trusted)
    return "ok" if code == 0 else f"error {code} {TEXTS[code]}"


def _build(
    chain: Sequence[Certificate], anchors: Anchors, at: datetime, partial: bool
) -> tuple[list[Certificate], int | None]:
    """The chain, leaf first, and the index of its first trusted certificate (None: it reaches no anchor)."""
    built = [chain[0]]
    from_store: int | None = None
    if partial and chain[0].sha256 in anchors.by_digest:
        return built, 0
    while len(built) < MAX_DEPTH:
        top = built[-1]
        if _self_signed(top):
            if top.sha256 in anchors.by_digest:
                return built, from_store if from_store is not None else len(built) - 1
            break
        issuer = _best(top, anchors.named(top.issuer_name_id), at)
        if issuer is not None:
            from_store = len(built) if from_store is None else from_store
            built.append(issuer)
            if partial:
                return built, from_store
            continue
        if from_store is not None:
            break
        issuer = _best(top, [each for each in chain if each not in built], at)
        if issuer is None:
            break
        built.append(issuer)
    if from_store is not None:
        return built, -from_store  # anchors were found, but no root above them
    return built, None


def _self_signed(certificate: Certificate) -> bool:
    return certificate.self_issued and certificate.authority_key_id in (None, certificate.subject_key_id)


def _best(child: Certificate, candidates: Sequence[Certificate], at: datetime) -> Certificate | None:
    """The issuer by name, key identifier and usage; one that is in date is preferred."""
    fitting = [
        each
        for each in candidates
        if each.subject_name_id == child.issuer_name_id
        and (child.authority_key_id is None or each.subject_key_id in (None, child.authority_key_id))
        and (each.key_usage is None or "keyCertSign" in each.key_usage)
    ]
    current = [each for each in fitting if _date_error(each, at) == 0]
    return current[0] if current else fitting[0] if fitting else None


def _chain_error(built: Sequence[Certificate], trusted: int | None) -> int:
    if trusted is not None and trusted >= 0:
        return 0
    if trusted is not None:
        return 2
    if _self_signed(built[-1]):
        return 18 if len(built) == 1 else 19
    return 20


def _certificate_error(built: Sequence[Certificate], at: datetime, trusted: int | None) -> int:
    del trusted
    for depth, certificate in enumerate(built):
        if certificate.critical_unknown:
            return 34
        if depth and certificate.is_ca is not True and not (certificate.version == 1 and certificate.self_issued):
            return 24
        if depth and certificate.path_length is not None:
            below = sum(not each.self_issued for each in built[1:depth])
            if below > certificate.path_length:
                return 25
    if built[0].extended_key_usage is not None and SERVER_AUTH.isdisjoint(built[0].extended_key_usage):
        return 26
    for child, issuer in zip(reversed(built[:-1]), reversed(built[1:]), strict=True):
        if signed_by(child, issuer) is False:
            return 7
    return next((code for each in reversed(built) if (code := _date_error(each, at))), 0)


def _date_error(certificate: Certificate, at: datetime) -> int:
    if certificate.not_before is not None and at < certificate.not_before:
        return 9
    return 10 if certificate.not_after is not None and at > certificate.not_after else 0
