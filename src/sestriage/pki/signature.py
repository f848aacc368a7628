"""Whether one certificate's key has signed another certificate (RFC 8017, RFC 5480, RFC 8410)."""

from __future__ import annotations

import hashlib
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

from sestriage.errors import ParseError
from sestriage.formats.certs import der
from sestriage.formats.certs.x509 import RawCertificate, raw_certificate
from sestriage.formats.certs.x509_algorithms import SIGNATURES
from sestriage.model.trust import Certificate

if TYPE_CHECKING:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

MAX_RSA_BITS = 16384
"""Larger keys are not computed with."""

_HASH_OIDS = {
    "1.3.14.3.2.26": "SHA1",
    "2.16.840.1.101.3.4.2.4": "SHA224",
    "2.16.840.1.101.3.4.2.1": "SHA256",
    "2.16.840.1.101.3.4.2.2": "SHA384",
    "2.16.840.1.101.3.4.2.3": "SHA512",
}
DIGEST_INFO = {
    "MD5": bytes.fromhex("3020300c06082a864886f70d020505000410"),
    "SHA1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "SHA224": bytes.fromhex("302d300d06096086480165030402040500041c"),
    "SHA256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "SHA384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "SHA512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
"""DigestInfo prefixes of RFC 8017 section 9.2."""


@lru_cache(maxsize=1024)
def pieces(encoded: bytes) -> RawCertificate | None:
    """The raw pieces of a certificate; None when it is too damaged."""
    try:
        return raw_certificate(encoded)
    except (ParseError, ValueError, IndexError):
        return None


def signed_by(child: Certificate, issuer: Certificate) -> bool | None:
    """The issuer's key verifies the child's signature. None when that cannot be computed (unknown algorithm, or a
    certificate too damaged). Names are not compared."""
    if child.signed_by_key is not None:
        return child.signed_by_key == issuer.spki_sha256
    return _verify(child.der, issuer.der)


@lru_cache(maxsize=8192)
def _verify(child_der: bytes, issuer_der: bytes) -> bool | None:
    child, issuer = pieces(child_der), pieces(issuer_der)
    if child is None or issuer is None:
        return None
    if child.inner_signature_oid != child.signature_oid:
        return False
    scheme = SIGNATURES.get(child.signature_oid)
    if scheme is None or scheme.startswith(("ML-DSA", "MD2")):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _verify_with_library(scheme, child, issuer.spki)
        except _RefusedError:
            return _verify_small_rsa(scheme, child, issuer.spki)


class _RefusedError(Exception):
    """The library does not take the key or the algorithm."""


def _verify_with_library(scheme: str, child: RawCertificate, spki: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        return _call(scheme, load_der_public_key(spki), child)
    except InvalidSignature:
        return False
    except (UnsupportedAlgorithm, ValueError, TypeError, OverflowError) as error:
        raise _RefusedError from error


def _call(scheme: str, key: PublicKeyTypes, child: RawCertificate) -> bool:
    """Raises what the library raises, InvalidSignature among it; False when key and scheme do not belong together."""
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa

    if isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
        if not scheme.startswith("Ed"):
            return False
        key.verify(child.signature, child.tbs)
        return True
    if scheme == "RSASSA-PSS":
        if not isinstance(key, rsa.RSAPublicKey):
            return False
        digest, mask, salt = _pss(child.signature_parameters)
        key.verify(child.signature, child.tbs, padding.PSS(padding.MGF1(_hash(mask)), salt), _hash(digest))
        return True
    digest, _, family = scheme.partition("with")
    if isinstance(key, rsa.RSAPublicKey) and family == "RSA":
        key.verify(child.signature, child.tbs, padding.PKCS1v15(), _hash(digest))
        return True
    if isinstance(key, ec.EllipticCurvePublicKey) and family == "ECDSA":
        key.verify(child.signature, child.tbs, ec.ECDSA(_hash(digest)))
        return True
    if isinstance(key, dsa.DSAPublicKey) and family == "DSA":
        key.verify(child.signature, child.tbs, _hash(digest))
        return True
    return False


def _hash(name: str) -> hashes.HashAlgorithm:
    """The library's hash by Java's name; raises ValueError when it has none."""
    from cryptography.hazmat.primitives import hashes

    cleaned = name.replace("SHA3-", "SHA3_").replace("/", "_")
    found = getattr(hashes, cleaned, None)
    if found is None:
        raise ValueError(f"no hash {name}")
    made: hashes.HashAlgorithm = found()
    return made


def _pss(parameters: bytes) -> tuple[str, str, int]:
    """Hash, mask hash and salt length of RSASSA-PSS parameters (RFC 8017 A.2.3); raises ValueError."""
    digest, mask, salt = "SHA1", "SHA1", 20
    try:
        outer = der.expect(parameters, 0, len(parameters), der.SEQUENCE)
        for part in der.walk(parameters, outer.body, outer.stop):
            inner = der.element(parameters, part.body, part.stop)
            if part.tag == 0xA2:
                salt = der.integer(parameters, inner)
                continue
            pieces_ = der.children(parameters, inner)
            if part.tag == 0xA0:
                digest = _HASH_OIDS[der.oid(parameters, pieces_[0])]
            elif part.tag == 0xA1:
                mask = _HASH_OIDS[der.oid(parameters, der.children(parameters, pieces_[1])[0])]
    except (ParseError, KeyError, IndexError) as error:
        raise ValueError("unreadable RSASSA-PSS parameters") from error
    return digest, mask, salt


def _verify_small_rsa(scheme: str, child: RawCertificate, spki: bytes) -> bool | None:
    """RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.2) for keys that the library finds too small; None where not RSA."""
    digest, _, family = scheme.partition("with")
    if family != "RSA" or digest not in DIGEST_INFO:
        return None
    try:
        holder = der.children(spki, der.expect(spki, 0, len(spki), der.SEQUENCE))[1]
        key = der.bits(spki, holder)
        numbers = der.children(key, der.expect(key, 0, len(key), der.SEQUENCE))
        modulus, exponent = (der.integer(key, number) for number in numbers[:2])
    except (ParseError, IndexError, ValueError):
        return None
    size = (modulus.bit_length() + 7) // 8
    if modulus <= 0 or exponent <= 0 or modulus.bit_length() > MAX_RSA_BITS or exponent.bit_length() > 64:
        return None
    if len(child.signature) != size:
        return False
    hashed = hashlib.new(digest.lower(), child.tbs, usedforsecurity=False).digest()
    wanted = b"\0" + DIGEST_INFO[digest] + hashed
    opened = pow(int.from_bytes(child.signature), exponent, modulus).to_bytes(size)
    return opened == b"\0\x01" + b"\xff" * (size - len(wanted) - 2) + wanted
