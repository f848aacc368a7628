"""Algorithms of certificates: object identifiers, and their names as Java prints them."""

from __future__ import annotations

SIGNATURES: dict[str, str] = {
    "1.2.840.113549.1.1.2": "MD2withRSA",
    "1.2.840.113549.1.1.4": "MD5withRSA",
    "1.2.840.113549.1.1.5": "SHA1withRSA",
    "1.3.14.3.2.29": "SHA1withRSA",
    "1.2.840.113549.1.1.14": "SHA224withRSA",
    "1.2.840.113549.1.1.11": "SHA256withRSA",
    "1.2.840.113549.1.1.12": "SHA384withRSA",
    "1.2.840.113549.1.1.13": "SHA512withRSA",
    "1.2.840.113549.1.1.15": "SHA512/224withRSA",
    "1.2.840.113549.1.1.16": "SHA512/256withRSA",
    "1.2.840.113549.1.1.10": "RSASSA-PSS",
    "2.16.840.1.101.3.4.3.14": "SHA3-256withRSA",
    "2.16.840.1.101.3.4.3.15": "SHA3-384withRSA",
    "2.16.840.1.101.3.4.3.16": "SHA3-512withRSA",
    "1.2.840.10045.4.1": "SHA1withECDSA",
    "1.2.840.10045.4.3.1": "SHA224withECDSA",
    "1.2.840.10045.4.3.2": "SHA256withECDSA",
    "1.2.840.10045.4.3.3": "SHA384withECDSA",
    "1.2.840.10045.4.3.4": "SHA512withECDSA",
    "2.16.840.1.101.3.4.3.10": "SHA3-256withECDSA",
    "2.16.840.1.101.3.4.3.11": "SHA3-384withECDSA",
    "2.16.840.1.101.3.4.3.12": "SHA3-512withECDSA",
    "1.2.840.10040.4.3": "SHA1withDSA",
    "1.3.14.3.2.13": "SHA1withDSA",
    "1.3.14.3.2.27": "SHA1withDSA",
    "2.16.840.1.101.3.4.3.1": "SHA224withDSA",
    "2.16.840.1.101.3.4.3.2": "SHA256withDSA",
    "2.16.840.1.101.3.4.3.3": "SHA384withDSA",
    "2.16.840.1.101.3.4.3.4": "SHA512withDSA",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "2.16.840.1.101.3.4.3.17": "ML-DSA-44",
    "2.16.840.1.101.3.4.3.18": "ML-DSA-65",
    "2.16.840.1.101.3.4.3.19": "ML-DSA-87",
}
"""Signature algorithms: RFC 8017, RFC 5758, RFC 8410, RFC 9881 and the older OIW arcs."""

KEYS: dict[str, str] = {
    "1.2.840.113549.1.1.1": "RSA",
    "1.2.840.113549.1.1.10": "RSASSA-PSS",
    "1.2.840.10040.4.1": "DSA",
    "1.2.840.10045.2.1": "EC",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "1.3.101.110": "X25519",
    "1.3.101.111": "X448",
    "1.2.840.113549.1.3.1": "DH",
    "2.16.840.1.101.3.4.3.17": "ML-DSA-44",
    "2.16.840.1.101.3.4.3.18": "ML-DSA-65",
    "2.16.840.1.101.3.4.3.19": "ML-DSA-87",
}
"""Public key algorithms of a SubjectPublicKeyInfo."""

CURVE_BITS: dict[str, int] = {
    "1.2.840.10045.3.1.1": 192,
    "1.2.840.10045.3.1.7": 256,
    "1.3.132.0.33": 224,
    "1.3.132.0.34": 384,
    "1.3.132.0.35": 521,
    "1.3.132.0.10": 256,
    "1.3.132.0.8": 160,
    "1.3.132.0.9": 160,
    "1.3.132.0.30": 160,
    "1.3.132.0.31": 192,
    "1.3.132.0.32": 224,
    "1.3.36.3.3.2.8.1.1.7": 256,
    "1.3.36.3.3.2.8.1.1.11": 384,
    "1.3.36.3.3.2.8.1.1.13": 512,
}
"""Bits of the named curves (RFC 5480, RFC 5639, SEC 2)."""

FIXED_BITS: dict[str, int] = {"Ed25519": 255, "Ed448": 448, "X25519": 255, "X448": 448}
"""Bits of the key types that come in one size."""


def signature_name(oid: str) -> str:
    """Java's name of a signature algorithm; the OID itself when Java has none."""
    return SIGNATURES.get(oid, oid)
