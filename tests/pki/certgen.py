"""Certificates made byte by byte, so that they may be wrong on purpose; keys come from a seed and are throw-away."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sestriage.pki.signature import DIGEST_INFO

CN, C, O, OU = "2.5.4.3", "2.5.4.6", "2.5.4.10", "2.5.4.11"  # noqa: E741
UTF8, PRINTABLE = 0x0C, 0x13
FROM, UNTIL = datetime(2015, 5, 26, tzinfo=UTC), datetime(2038, 1, 17, tzinfo=UTC)
USAGE = {"digitalSignature": 0, "keyEncipherment": 2, "keyCertSign": 5, "cRLSign": 6}
RSA_SIGNATURES = {"MD5": 4, "SHA1": 5, "SHA256": 11, "SHA384": 12}
"""Last arc below 1.2.840.113549.1.1."""
ECDSA_SIGNATURES = {"SHA256": "1.2.840.10045.4.3.2", "SHA384": "1.2.840.10045.4.3.3"}

Name = tuple[tuple[str, str], ...]


def tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + body


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, *parts)


def integer(value: int) -> bytes:
    size = value.bit_length() // 8 + 1
    return tlv(2, value.to_bytes(size, signed=True))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    body = b""
    for arc in (40 * first + second, *rest):
        piece = bytes([arc & 0x7F])
        while arc := arc >> 7:
            piece = bytes([0x80 | arc & 0x7F]) + piece
        body += piece
    return tlv(6, body)


def bit_string(body: bytes) -> bytes:
    return tlv(3, b"\0" + body)


def time(moment: datetime) -> bytes:
    if 1950 <= moment.year < 2050:
        return tlv(0x17, moment.strftime("%y%m%d%H%M%SZ").encode())
    return tlv(0x18, f"{moment.year:04d}{moment:%m%d%H%M%S}Z".encode())


def name(value: Name, tag: int = UTF8) -> bytes:
    return sequence(*(tlv(0x31, sequence(oid(kind), tlv(tag, text.encode()))) for kind, text in value))


class Key(Protocol):
    @property
    def spki(self) -> bytes: ...
    def algorithm(self, digest: str) -> bytes: ...
    def sign(self, data: bytes, digest: str) -> bytes: ...


@dataclass(frozen=True)
class RsaKey:
    n: int
    e: int
    d: int

    @property
    def spki(self) -> bytes:
        kind = sequence(oid("1.2.840.113549.1.1.1"), tlv(5))
        return sequence(kind, bit_string(sequence(integer(self.n), integer(self.e))))

    def algorithm(self, digest: str) -> bytes:
        return sequence(oid(f"1.2.840.113549.1.1.{RSA_SIGNATURES[digest]}"), tlv(5))

    def sign(self, data: bytes, digest: str) -> bytes:
        size = (self.n.bit_length() + 7) // 8
        tail = b"\0" + DIGEST_INFO[digest] + hashlib.new(digest, data).digest()
        block = b"\0\x01" + b"\xff" * (size - len(tail) - 2) + tail
        return pow(int.from_bytes(block), self.d, self.n).to_bytes(size)


def _repeatable() -> dict[str, bool]:
    """The option that gives the same signature every time (RFC 6979), where the library has it."""
    try:
        ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    except (TypeError, UnsupportedAlgorithm):
        return {}
    return {"deterministic_signing": True}


_REPEATABLE = _repeatable()


@dataclass(frozen=True)
class EcKey:
    private: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def spki(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def algorithm(self, digest: str) -> bytes:
        return sequence(oid(ECDSA_SIGNATURES[digest]))

    def sign(self, data: bytes, digest: str) -> bytes:
        made: bytes = self.private.sign(data, ec.ECDSA(getattr(hashes, digest)(), **_REPEATABLE))
        return made


def _prime(bits: int, source: random.Random) -> int:
    while True:
        candidate = source.getrandbits(bits) | 3 << bits - 2 | 1
        small = all(candidate % p for p in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43))
        if small and candidate % 65537 != 1 and all(pow(a, candidate - 1, candidate) == 1 for a in (2, 3, 5, 7)):
            return candidate


@cache
def rsa_key(label: str, bits: int = 1024) -> RsaKey:
    """An RSA key that depends on the label and the size only."""
    source = random.Random(f"{label}/{bits}")
    p, q = _prime(bits // 2, source), _prime(bits - bits // 2, source)
    return RsaKey(p * q, 65537, pow(65537, -1, (p - 1) * (q - 1)))


@cache
def ec_key(label: str) -> EcKey:
    number = int.from_bytes(hashlib.sha256(label.encode()).digest()[:31]) + 1
    return EcKey(ec.derive_private_key(number, ec.SECP256R1()))


@dataclass(frozen=True)
class Spec:
    """A certificate to be made. None leaves an extension out; `ski`/`aki` True: from the keys."""

    subject: Name
    issuer: Name
    key: Key
    signer: Key
    serial: int = 1
    not_before: datetime = FROM
    not_after: datetime = UNTIL
    ca: bool | None = None
    path_length: int | None = None
    usage: Sequence[str] | None = None
    eku: Sequence[str] | None = None
    dns: Sequence[str] = ()
    ips: Sequence[bytes] = ()
    ski: bytes | bool = True
    aki: bytes | bool = True
    aki_serial: int | None = None
    extra: Sequence[tuple[str, bool, bytes]] = ()
    version: int = 3
    digest: str = "SHA256"
    broken_signature: bool = False
    algorithm: str | None = None
    """An object identifier to name instead of the true signature algorithm."""
    issuer_tag: int = UTF8
    subject_tag: int = UTF8


def key_id(key: Key) -> bytes:
    return hashlib.sha1(key.spki).digest()


def _extension(kind: str, value: bytes, critical: bool = False) -> bytes:
    flag = tlv(1, b"\xff") if critical else b""
    return sequence(oid(kind), flag, tlv(4, value))


def _usage_bits(names: Sequence[str]) -> bytes:
    number = sum(0x80 >> USAGE[each] for each in names)
    unused = (number & -number).bit_length() - 1 if number else 7
    return tlv(3, bytes([unused, number]))


def extensions(spec: Spec) -> list[bytes]:
    made = []
    if spec.ca is not None:
        length = b"" if spec.path_length is None else integer(spec.path_length)
        made.append(_extension("2.5.29.19", sequence(tlv(1, b"\xff") if spec.ca else b"", length), critical=True))
    if spec.usage is not None:
        made.append(_extension("2.5.29.15", _usage_bits(spec.usage), critical=True))
    if spec.eku is not None:
        made.append(_extension("2.5.29.37", sequence(*map(oid, spec.eku))))
    if spec.dns or spec.ips:
        names = [tlv(0x82, each.encode()) for each in spec.dns] + [tlv(0x87, each) for each in spec.ips]
        made.append(_extension("2.5.29.17", sequence(*names)))
    if spec.ski:
        made.append(_extension("2.5.29.14", tlv(4, key_id(spec.key) if spec.ski is True else spec.ski)))
    if spec.aki or spec.aki_serial is not None:
        parts = [] if not spec.aki else [tlv(0x80, key_id(spec.signer) if spec.aki is True else spec.aki)]
        if spec.aki_serial is not None:
            parts.append(tlv(0xA1, tlv(0xA4, name(spec.issuer))))
            parts.append(b"\x82" + integer(spec.aki_serial)[1:])
        made.append(_extension("2.5.29.35", sequence(*parts)))
    made += [_extension(kind, value, critical) for kind, critical, value in spec.extra]
    return made


def certificate(spec: Spec) -> bytes:
    """The DER of the certificate."""
    algorithm = sequence(oid(spec.algorithm)) if spec.algorithm else spec.signer.algorithm(spec.digest)
    parts = [
        integer(spec.serial),
        algorithm,
        name(spec.issuer, spec.issuer_tag),
        sequence(time(spec.not_before), time(spec.not_after)),
        name(spec.subject, spec.subject_tag),
        spec.key.spki,
    ]
    if spec.version > 1:
        parts.insert(0, tlv(0xA0, integer(spec.version - 1)))
    if spec.version == 3 and (made := extensions(spec)):
        parts.append(tlv(0xA3, sequence(*made)))
    tbs = sequence(*parts)
    signature = spec.signer.sign(tbs, spec.digest)
    if spec.broken_signature:
        at = len(signature) // 2
        signature = signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :]
    return sequence(tbs, algorithm, bit_string(signature))
