"""Which keys and signatures Java refuses in a path: the defaults of `jdk.certpath.disabledAlgorithms` as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sestriage.model.trust import Certificate


@dataclass(frozen=True, slots=True)
class AlgorithmLimits:
    """The constraints of one JDK generation on the certificates of a TLS server's path, the anchor's key included."""

    hashes: frozenset[str] = frozenset({"MD2", "MD5"})
    min_bits: Mapping[str, int] = field(default_factory=lambda: {"RSA": 1024, "DSA": 1024, "EC": 224})
    names_the_key: bool = False
    """The texts of newer JDKs: a weak anchor's own key and a disabled hash are named; older ones name the signature
    algorithm of the certificate in both cases."""


JDK_LIMITS: dict[str, AlgorithmLimits] = {
    **{version: AlgorithmLimits() for version in ("8", "11", "17")},
    **{version: AlgorithmLimits(names_the_key=True) for version in ("21", "25")},
}
"""The generations agree in this part: `MD2, MD5, RSA keySize < 1024, DSA keySize < 1024, EC keySize < 224`
(java.security of 8u, 11, 17, 21, 25). `SHA1 jdkCA & usage TLSServer` counts only below an anchor that came with the JDK
itself; none of these has a SHA-1 chain left. JDK 8's list is untested data."""
DEFAULT_JDK = "17"


def key_size_problem(certificate: Certificate, limits: AlgorithmLimits) -> str | None:
    """`RSA 512 bit key` when the key is below its limit, None when it is not (or its size is unknown)."""
    kind, bits = certificate.key_type, certificate.key_bits
    least = limits.min_bits.get("RSA" if kind == "RSASSA-PSS" else kind or "")
    return f"{kind} {bits} bit key" if least is not None and bits is not None and bits < least else None


def disabled_hash(certificate: Certificate, limits: AlgorithmLimits) -> str | None:
    """The disabled hash with which the certificate is signed, None when it is none."""
    digest = (certificate.signature_algorithm or "").partition("with")[0]
    return digest if digest in limits.hashes else None
