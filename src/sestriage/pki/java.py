"""Java's PKIX trust manager for a TLS server certificate, step by step as OpenJDK 8u242 to 25 has it.

`sun.security.validator.PKIXValidator` first tries the chain as it was served; only when the order is broken or the
chain reaches no anchor's name does it search (`SunCertPathBuilder`). The two ways fail with different texts, which is
why both are here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sestriage.model.message import Message
from sestriage.model.trust import Certificate
from sestriage.pki.algorithms import DEFAULT_JDK, JDK_LIMITS, AlgorithmLimits, disabled_hash, key_size_problem
from sestriage.pki.constraints import NameConstraints, name_constraints, violation
from sestriage.pki.keyids import authority
from sestriage.pki.names import java_name
from sestriage.pki.signature import signed_by

BUILDING = "PKIX path building failed: "
VALIDATION = "PKIX path validation failed: "
NOT_FOUND = (
    f"{BUILDING}sun.security.provider.certpath.SunCertPathBuilderException: "
    "unable to find valid certification path to requested target"
)
_VALIDATOR = "java.security.cert.CertPathValidatorException: "
NO_ANCHOR = f"{VALIDATION}{_VALIDATOR}Path does not chain with any of the trust anchors"
EMPTY_STORE = (
    "Unexpected error: java.security.InvalidAlgorithmParameterException: the trustAnchors parameter must be non-empty"
)

MAX_STEPS = 5_000
"""Certificates tried in one search; a store and a chain made to explode it end here."""
MAX_SAME_NAME = 500
"""Anchors of one name beyond which nothing is decided."""
SERVER_AUTH = frozenset({"1.3.6.1.5.5.7.3.1", "2.5.29.37.0", "1.3.6.1.4.1.311.10.3.3", "2.16.840.1.113730.4.1"})
"""Extended key usages with which Java takes a server certificate (serverAuth, any, and the two old step-up ones)."""


class SearchLimitError(Exception):
    """The search was given up after MAX_STEPS, or MAX_SAME_NAME."""


class CheckError(Exception):
    """A certificate of a path fails. `message` is what stands behind `PKIX path validation failed: `."""

    def __init__(self, reason: str, culprit: Certificate, message: str) -> None:
        super().__init__(message)
        self.reason, self.culprit, self.message = reason, culprit, message


@dataclass(frozen=True, slots=True)
class JavaAnswer:
    """The answer of the trust manager. `message` None: trusted, by `anchor` through `path` (leaf first, without the
    anchor; empty when the leaf itself is an anchor). `failure` is the check that failed where Java names one."""

    message: str | None
    path: tuple[Certificate, ...] = ()
    anchor: Certificate | None = None
    failure: CheckError | None = None


class Anchors:
    """The trusted certificates of a store, found by name."""

    def __init__(self, certificates: Sequence[Certificate]) -> None:
        self.by_digest = {certificate.sha256: certificate for certificate in certificates}
        self.by_subject: dict[str, list[Certificate]] = {}
        for certificate in self.by_digest.values():
            if certificate.subject_name_id:
                self.by_subject.setdefault(certificate.subject_name_id, []).append(certificate)

    def named(self, name_id: str) -> list[Certificate]:
        """The anchors with this subject; raises SearchLimitError when there are absurdly many."""
        found = self.by_subject.get(name_id, [])
        if len(found) > MAX_SAME_NAME:
            raise SearchLimitError(Message("the store holds {count} anchors of one name", count=len(found)))
        return found

    def replaces(self, certificate: Certificate) -> bool:
        """True if the certificate, or another one of its name and key, is an anchor."""
        return certificate.sha256 in self.by_digest or any(
            anchor.spki_sha256 == certificate.spki_sha256 for anchor in self.named(certificate.subject_name_id)
        )


def decide_as_java(chain: Sequence[Certificate], anchors: Anchors, at: datetime, jdk: str = DEFAULT_JDK) -> JavaAnswer:
    """The trust manager's answer; raises SearchLimitError. The chain is not empty and its certificates have names."""
    limits = JDK_LIMITS.get(jdk, JDK_LIMITS[DEFAULT_JDK])
    if not anchors.by_digest:
        return JavaAnswer(EMPTY_STORE)
    if chain[0].sha256 in anchors.by_digest:
        return JavaAnswer(None, (), chain[0])
    for number in range(1, len(chain)):
        if chain[number].subject_name_id != chain[number - 1].issuer_name_id:
            return _built(chain, anchors, at, limits)
        if anchors.replaces(chain[number]):
            return _validated(chain[:number], anchors, at, limits)
    if anchors.named(chain[-1].issuer_name_id):
        return _validated(chain, anchors, at, limits)
    return _built(chain, anchors, at, limits)


def _validated(chain: Sequence[Certificate], anchors: Anchors, at: datetime, limits: AlgorithmLimits) -> JavaAnswer:
    """`PKIXValidator.doValidate`: the chain as it is, against every anchor that may have issued its last."""
    failure: CheckError | None = None
    for anchor in anchors.named(chain[-1].issuer_name_id):
        if not key_id_fits(chain[-1], anchor):
            continue
        try:
            check_path(chain, anchor, at, limits)
        except CheckError as error:
            failure = error
            continue
        return _accepted(chain, anchor, VALIDATION)
    if failure is None:
        return JavaAnswer(NO_ANCHOR)
    return JavaAnswer(VALIDATION + failure.message, failure=failure)


def _accepted(path: Sequence[Certificate], anchor: Certificate, prefix: str) -> JavaAnswer:
    """Check a path that was found: its anchor is a CA, and its leaf may be a server's."""
    try:
        check_anchor(anchor)
    except CheckError as error:
        return JavaAnswer(prefix + error.message, failure=error)
    try:
        if path:
            check_server_use(path[0])
    except CheckError as error:
        return JavaAnswer(error.message, failure=error)
    return JavaAnswer(None, tuple(path), anchor)


def key_id_fits(child: Certificate, anchor: Certificate) -> bool:
    """True if the anchor has the key id (and serial number) that the child names, where both have one
    (`AdaptableX509CertSelector`)."""
    wanted = child.authority_key_id
    if wanted and anchor.subject_key_id is not None and wanted != anchor.subject_key_id:
        return False
    serial = authority(child.der).serial
    return serial is None or (anchor.version or 1) < 3 or serial == anchor.serial


def check_path(path: Sequence[Certificate], anchor: Certificate, at: datetime, limits: AlgorithmLimits) -> None:
    """The checks of `PKIXCertPathValidator` in its order, from the anchor down; raises CheckError at the first."""
    state = _Constraints(len(path))
    issuer = anchor
    for certificate in reversed(path):
        _check_algorithms(certificate, issuer, anchor, limits)
        if certificate is not path[0]:
            _check_ca_usage(certificate)
        state.check(certificate)
        _check_validity(certificate, at)
        if certificate.issuer_name_id != issuer.subject_name_id:
            raise _failed("signature", certificate, "subject/issuer name chaining check failed")
        _check_signature(certificate, issuer)
        _check_critical(certificate, "unrecognized critical extension(s)")
        issuer = certificate


def _failed(reason: str, culprit: Certificate, message: str) -> CheckError:
    return CheckError(reason, culprit, _VALIDATOR + message)


def _check_algorithms(
    certificate: Certificate, issuer: Certificate, anchor: Certificate, limits: AlgorithmLimits
) -> None:
    """`AlgorithmChecker`: the anchor's key, the certificate's signature and its key, in the order of the JDK."""
    start = "Algorithm constraints check failed on"
    old_text = f"{start} signature algorithm: {certificate.signature_algorithm}"
    weak_issuer = key_size_problem(issuer, limits)
    if limits.names_the_key and issuer is anchor and weak_issuer is not None:
        raise _failed("weak-key", anchor, f"{start} keysize limits: {weak_issuer}.")
    used = f"used with certificate: {java_name(certificate.subject)}"
    if (digest := disabled_hash(certificate, limits)) is not None:
        text = f"{start} disabled algorithm: {digest} {used}" if limits.names_the_key else old_text
        raise _failed("weak-signature", certificate, text)
    if (weak := key_size_problem(certificate, limits)) is not None:
        raise _failed("weak-key", certificate, f"{start} keysize limits: {weak} {used}")
    if weak_issuer is not None:
        raise _failed("weak-key", issuer, old_text)


def _check_ca_usage(certificate: Certificate) -> None:
    if certificate.key_usage is not None and "keyCertSign" not in certificate.key_usage:
        raise _failed("key-usage", certificate, "CA key usage check failed: keyCertSign bit is not set")


def _check_validity(certificate: Certificate, at: datetime) -> None:
    if certificate.not_after is not None and at > certificate.not_after:
        raise _failed("expired", certificate, "validity check failed")
    if certificate.not_before is not None and at < certificate.not_before:
        raise _failed("not-yet-valid", certificate, "validity check failed")


def _check_signature(certificate: Certificate, issuer: Certificate) -> None:
    verified = signed_by(certificate, issuer)
    if verified is False or (verified is None and not _known_to_java(certificate.signature_algorithm)):
        raise _failed("signature", certificate, "signature check failed")


def _known_to_java(algorithm: str | None) -> bool:
    """True if the JDKs covered here can verify such signatures (ML-DSA came with JDK 24). Others count as failing."""
    return algorithm is not None and not algorithm[0].isdigit() and not algorithm.startswith("ML-DSA")


def _check_critical(certificate: Certificate, message: str) -> None:
    if certificate.critical_unknown:
        raise _failed("critical-extension", certificate, message)


def check_anchor(anchor: Certificate) -> None:
    """`PKIXValidator.verifyTrustAnchor` (since January 2020: 8u242, 11.0.6): an anchor of version 3 must be a CA."""
    if (anchor.version or 1) < 3:
        return
    subject = java_name(anchor.subject)
    start = "sun.security.validator.ValidatorException: TrustAnchor with subject "
    if anchor.is_ca is not True:
        raise CheckError("basic-constraints", anchor, f'{start}"{subject}" is not a CA certificate')
    if anchor.key_usage is not None and "keyCertSign" not in anchor.key_usage:
        message = f'{start}"{subject}" does not have keyCertSign bit set in KeyUsage extension'
        raise CheckError("key-usage", anchor, message)


def check_server_use(leaf: Certificate) -> None:
    """`EndEntityChecker.checkTLSServer` for the key exchanges that sign (all of TLS 1.3, and ECDHE and DHE)."""
    if leaf.key_usage is not None and "digitalSignature" not in leaf.key_usage:
        raise CheckError("key-usage", leaf, "KeyUsage does not allow digital signatures")
    usages = leaf.extended_key_usage
    if usages is not None and SERVER_AUTH.isdisjoint(usages):
        message = "Extended key usage does not permit use for TLS server authentication"
        raise CheckError("extended-key-usage", leaf, message)


class _Constraints:
    """`ConstraintsChecker`: basic constraints, path length and name constraints along a path, top down."""

    def __init__(self, length: int) -> None:
        self.length = self.max_path = length
        self.number = 0
        self.names: list[NameConstraints] = []

    def check(self, certificate: Certificate) -> None:
        self.number += 1
        last = self.number == self.length
        if not last:
            self._check_basic(certificate)
        if (last or not certificate.self_issued) and any(violation(certificate, each) for each in self.names):
            raise _failed("name-constraints", certificate, "name constraints check failed")
        if (constraints := name_constraints(certificate.der)) is not None:
            self.names.append(constraints)

    def _check_basic(self, certificate: Certificate) -> None:
        if (certificate.version or 1) < 3:
            allowed = None if self.number == 1 and certificate.self_issued else -1
        else:
            allowed = certificate.path_length if certificate.is_ca else -1
        if allowed == -1:
            message = "basic constraints check failed: this is not a CA certificate"
            raise _failed("basic-constraints", certificate, message)
        if not certificate.self_issued:
            if self.max_path <= 0:
                message = (
                    "basic constraints check failed: pathLenConstraint violated - "
                    "this cert must be the last cert in the certification path"
                )
                raise _failed("path-length", certificate, message)
            self.max_path -= 1
        if allowed is not None:
            self.max_path = min(self.max_path, allowed)


def _built(chain: Sequence[Certificate], anchors: Anchors, at: datetime, limits: AlgorithmLimits) -> JavaAnswer:
    """`SunCertPathBuilder`: a depth-first search from the leaf upwards."""
    leaf = chain[0]
    if not _in_date(leaf, at) or leaf.critical_unknown:
        return JavaAnswer(NOT_FOUND)
    search = _Search(chain, anchors, at, limits)
    found = search.run([leaf], 0)
    if found is None:
        return JavaAnswer(NOT_FOUND)
    return _accepted(found[0], found[1], BUILDING)


def _in_date(certificate: Certificate, at: datetime) -> bool:
    try:
        _check_validity(certificate, at)
    except CheckError:
        return False
    return True


class _Search:
    def __init__(self, chain: Sequence[Certificate], anchors: Anchors, at: datetime, limits: AlgorithmLimits) -> None:
        self.anchors, self.at, self.limits = anchors, at, limits
        self.served: dict[str, list[Certificate]] = {}
        for certificate in {each.sha256: each for each in chain}.values():
            self.served.setdefault(certificate.subject_name_id, []).append(certificate)
        self.steps = 0
        self.lookups = 0

    def run(self, path: list[Certificate], traversed: int) -> tuple[list[Certificate], Certificate] | None:
        """The first path (leaf first) and anchor above the last certificate of `path`; None when there is none."""
        child = path[-1]
        for candidate in self._candidates(child, traversed):
            self.steps += 1
            if self.steps > MAX_STEPS:
                given_up = Message("the path search was given up after {count} certificates", count=MAX_STEPS)
                raise SearchLimitError(given_up)
            if any(_repeated(candidate, each) for each in path):
                continue
            if candidate.sha256 in self.anchors.by_digest:
                if self._verified(path, candidate):
                    return path, candidate
                continue
            if not self._usable(candidate):
                continue
            if child.self_issued and candidate.self_issued:
                return None  # as Java: successive self-issued certificates end this branch
            counted = 0 if candidate.self_issued else 1
            found = self.run([*path, candidate], traversed + counted)
            if found is not None:
                return found
        return None

    def _candidates(self, child: Certificate, traversed: int) -> Iterator[Certificate]:
        """Anchors of the issuer's name, and served certificates that are in date and may stand above so many CAs.

        Two things are as in Java and probably unintended: the anchors' dates are looked at in all but the first of
        these look-ups (one selector serves them all), and of equally good candidates the last one comes first.
        """
        fitting = [
            each
            for each in self.anchors.named(child.issuer_name_id)
            if _covers(each, child) and (self.lookups == 0 or _in_date(each, self.at))
        ]
        self.lookups += 1
        known = {each.sha256 for each in fitting}
        for each in self.served.get(child.issuer_name_id, ()):
            if each.sha256 in known or not _in_date(each, self.at) or not _covers(each, child):
                continue
            if each.is_ca and (each.path_length is None or each.path_length >= traversed):
                fitting.append(each)
        wanted = child.authority_key_id

        def rank(each: Certificate) -> tuple[bool, bool]:
            by_key = wanted is not None and each.subject_key_id == wanted
            return not by_key, not self.anchors.named(each.issuer_name_id)

        fitting.reverse()
        yield from sorted(fitting, key=rank)

    def _usable(self, candidate: Certificate) -> bool:
        return not candidate.critical_unknown and (candidate.key_usage is None or "keyCertSign" in candidate.key_usage)

    def _verified(self, path: Sequence[Certificate], anchor: Certificate) -> bool:
        """True if a path that has reached an anchor passes the final verification."""
        state = _Constraints(len(path))
        issuer = anchor
        try:
            for certificate in reversed(path):
                _check_signature(certificate, issuer)
                state.check(certificate)
                _check_algorithms(certificate, issuer, anchor, self.limits)
                issuer = certificate
        except CheckError:
            return False
        return True


def _covers(issuer: Certificate, child: Certificate) -> bool:
    """True if a version 1 issuer is in date over the child's whole validity, as Java requires."""
    if (issuer.version or 1) >= 3 or child.not_before is None or child.not_after is None:
        return True
    return _in_date(issuer, child.not_before) and _in_date(issuer, child.not_after)


def _repeated(one: Certificate, other: Certificate) -> bool:
    """True for the same certificate, or the same name, key and alternative names."""
    if one.sha256 == other.sha256:
        return True
    return (
        one.subject_name_id == other.subject_name_id
        and one.spki_sha256 == other.spki_sha256
        and one.dns_names == other.dns_names
        and one.ip_addresses == other.ip_addresses
    )
