"""Signatures of every kind that may stand in a chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from pki.certgen import CN, Spec, certificate, ec_key, oid, rsa_key
from sestriage.formats.certs.x509 import parse_certificate
from sestriage.model.trust import Certificate
from sestriage.pki.graph import issued
from sestriage.pki.signature import signed_by

NAME = ((CN, "x"),)


def by_library(key: Any, signer: Any, **options: Any) -> Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 1)
    builder = builder.not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2030, 1, 1))
    return parse_certificate(builder.sign(signer, **options).public_bytes(Encoding.DER), None)


PSS = padding.PSS(padding.MGF1(hashes.SHA384()), 20)
KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "RSA, SHA-256": (lambda: rsa.generate_private_key(65537, 2048), {"algorithm": hashes.SHA256()}),
    "RSASSA-PSS": (
        lambda: rsa.generate_private_key(65537, 2048),
        {"algorithm": hashes.SHA256(), "rsa_padding": PSS},
    ),
    "P-256": (lambda: ec.generate_private_key(ec.SECP256R1()), {"algorithm": hashes.SHA256()}),
    "P-521": (lambda: ec.generate_private_key(ec.SECP521R1()), {"algorithm": hashes.SHA512()}),
    "DSA": (lambda: dsa.generate_private_key(2048), {"algorithm": hashes.SHA256()}),
    "Ed25519": (ed25519.Ed25519PrivateKey.generate, {"algorithm": None}),
    "Ed448": (ed448.Ed448PrivateKey.generate, {"algorithm": None}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind(kind: str) -> None:
    make, options = KINDS[kind]
    right, wrong = make(), make()
    made = by_library(right, right, **options)
    assert signed_by(made, made) is True
    assert signed_by(made, by_library(wrong, wrong, **options)) is False
    other = ec_key("other")
    assert signed_by(made, parse_certificate(certificate(Spec(NAME, NAME, other, other)), None)) is False


@pytest.mark.parametrize(("bits", "digest"), [(512, "MD5"), (512, "SHA256"), (768, "SHA1"), (1024, "SHA384")])
def test_small_and_old_rsa(bits: int, digest: str) -> None:
    key, other = rsa_key("small", bits), rsa_key("other", bits)
    made = Spec(NAME, NAME, key, key, digest=digest)
    good, broken = (parse_certificate(certificate(replace(made, broken_signature=bad)), None) for bad in (False, True))
    stranger = parse_certificate(certificate(replace(made, key=other, signer=other)), None)
    assert signed_by(good, good) is True
    assert signed_by(broken, broken) is False
    assert signed_by(good, stranger) is False


def test_what_cannot_be_computed_is_none_and_judged_by_key_ids() -> None:
    key = ec_key("unknown")
    made = certificate(Spec(NAME, NAME, key, key)).replace(oid("1.2.840.10045.4.3.2"), oid("1.2.840.10045.4.9.2"))
    found = parse_certificate(made, None)
    assert signed_by(found, found) is None
    assert issued(found, found) is True
    stranger = parse_certificate(certificate(Spec(NAME, NAME, ec_key("s"), ec_key("s"))), None)
    assert issued(found, stranger) is False
    rubbish = parse_certificate(b"\x30\x03abc", None)
    assert signed_by(rubbish, found) is None
    assert issued(rubbish, found) is False


def test_two_algorithms_in_one_certificate_are_no_signature() -> None:
    key = ec_key("two")
    made = bytearray(certificate(Spec(NAME, NAME, key, key)))
    at = bytes(made).rindex(oid("1.2.840.10045.4.3.2"))
    made[at : at + len(oid("1.2.840.10045.4.3.3"))] = oid("1.2.840.10045.4.3.3")
    found = parse_certificate(bytes(made), None)
    assert signed_by(found, found) is False
