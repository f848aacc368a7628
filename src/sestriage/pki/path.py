"""One served chain, one store, one moment: is it trusted, and if not, why?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sestriage.model.known.ses import is_ses_endpoint
from sestriage.model.trust import Certificate, TrustedKey, TrustPath, TrustStore
from sestriage.pki.algorithms import DEFAULT_JDK, JDK_LIMITS
from sestriage.pki.explain import compare, explain_gap, has_wrong_key
from sestriage.pki.graph import MAX_SERVED, climbs, issued, same_key_id
from sestriage.pki.hostname import java_refusal, javamail_matches
from sestriage.pki.java import (
    EMPTY_STORE,
    Anchors,
    CheckError,
    JavaAnswer,
    SearchLimitError,
    check_anchor,
    check_path,
    check_server_use,
    decide_as_java,
)
from sestriage.pki.lasting import weak_anchor
from sestriage.pki.openssl import openssl_verify
from sestriage.pki.published import private_ca
from sestriage.pki.reliance import trusted_keys


def decide(
    chain: Sequence[Certificate],
    store: TrustStore,
    at: datetime,
    at_basis: str,
    host: str | None,
    jdk: str = DEFAULT_JDK,
) -> TrustPath:
    """Java's answer for the served chain (in the order of the wire, leaf first) and the store at the moment `at`.

    Never raises. An empty chain, an unreadable store, a certificate whose names cannot be read, or a search that was
    given up make the status `undecided`.
    """
    chain = tuple(chain)
    path = TrustPath(store=store.source, chain=chain, status="undecided", at=at, at_basis=at_basis, host=host)
    path = replace(path, host_is_ses=is_ses_endpoint(host), comparisons=compare(chain, store), entries=store.entries)
    if not chain:
        return path
    leaf = chain[0]
    unnamed = host is None or not leaf.subject_name_id
    path = replace(
        path,
        private_ca=private_ca(chain),
        leaf_self_signed=issued(leaf, leaf),
        host_matches=None if unnamed else java_refusal(leaf, str(host), jdk) is None,
        javamail_host_matches=None if unnamed else javamail_matches(leaf, str(host)),
        frame_source=leaf.source,
    )
    if not store.readable or len(chain) > MAX_SERVED or not all(each.subject_name_id for each in chain):
        return path
    try:
        return _judged(path, store, jdk)
    except SearchLimitError:
        return path


def _judged(path: TrustPath, store: TrustStore, jdk: str) -> TrustPath:
    """The path with the answers of Java and OpenSSL; raises SearchLimitError."""
    at = path.at
    assert at is not None  # noqa: S101 - decide() always sets it
    answer = decide_as_java(path.chain, Anchors(store.anchors), at, jdk)
    path = replace(
        path,
        path=answer.path,
        anchor=answer.anchor,
        java_message=answer.message,
        openssl_status=openssl_verify(path.chain, store.anchors, at),
        openssl_partial_status=openssl_verify(path.chain, store.anchors, at, partial=True),
    )
    if answer.message is None:
        return _trusted(path, trusted_keys(path.chain, store.anchors, at, jdk))
    return _refused(path, store, answer, jdk)


def _trusted(path: TrustPath, keys: tuple[TrustedKey, ...]) -> TrustPath:
    return replace(path, status="trusted", rests_on=keys, weak_anchor=weak_anchor(keys, path.chain[0]))


def _refused(path: TrustPath, store: TrustStore, answer: JavaAnswer, jdk: str) -> TrustPath:
    """Status, reason and gap of a chain that Java does not trust."""
    leaf, at = path.chain[0], path.at
    assert at is not None  # noqa: S101 - decide() always sets it
    ways = climbs(leaf, path.chain)
    stored = any(issued(leaf, entry.certificate) for entry in store.entries if entry.trusted)
    named = [each for each in path.chain[1:] if leaf.issuer_name_id and each.subject_name_id == leaf.issuer_name_id]
    other_key = bool(named) and not path.leaf_self_signed and not any(issued(leaf, each) for each in named)
    path = replace(
        path,
        only_leaf_served=len(ways[0]) == 1 and not path.leaf_self_signed and not stored and not other_key,
        issuer_other_key=other_key,
    )
    if answer.message == EMPTY_STORE:
        return replace(path, status="empty-store", gap=explain_gap(path.chain, store, at, ways))
    failure = _failure_on_a_path(ways, store, at, jdk) or _broken_signature(ways, path.chain, store)
    if failure is not None:
        return replace(path, status="invalid", reason=failure.reason, culprit=failure.culprit)
    return replace(
        path,
        status="no-path",
        gap=explain_gap(path.chain, store, at, ways),
        anchor_key_mismatch=has_wrong_key(ways, store) is not None,
    )


def _failure_on_a_path(
    ways: Sequence[Sequence[Certificate]], store: TrustStore, at: datetime, jdk: str
) -> CheckError | None:
    """The first check that rejects a path whose names and signatures chain; None if nothing chains, or all checks pass
    (Java then refuses for a reason of its search)."""
    limits = JDK_LIMITS.get(jdk, JDK_LIMITS[DEFAULT_JDK])
    anchors = Anchors(store.anchors)
    first: CheckError | None = None
    for way in ways:
        for length in range(1, len(way) + 1):
            part = way[:length]
            for anchor in anchors.named(part[-1].issuer_name_id):
                if not issued(part[-1], anchor):
                    continue
                try:
                    check_path(part, anchor, at, limits)
                    check_anchor(anchor)
                    check_server_use(part[0])
                except CheckError as error:
                    first = first or error
    return first


def _broken_signature(
    ways: Sequence[Sequence[Certificate]], chain: Sequence[Certificate], store: TrustStore
) -> CheckError | None:
    """The last certificate of a way up names a key identifier that a candidate issuer bears, and yet the signature
    fails: the certificate is damaged. None when no way ends so."""
    candidates = [*store.anchors, *chain]
    for way in ways:
        top = way[-1]
        if any(same_key_id(top, each) and not issued(top, each) for each in candidates):
            return CheckError("signature", top, "signature check failed")
    return None
