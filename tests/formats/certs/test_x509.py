"""Certificates: every field of a good one, and something sensible for every bad one."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from pki.certgen import CN, PRINTABLE, O, Spec, certificate, ec_key, key_id, name, oid, rsa_key, sequence, tlv
from sestriage.formats.certs.x509 import parse_certificate, raw_certificate
from sestriage.formats.certs.x509_names import openssl_name_id, parse_name
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate

KEY = ec_key("x509")
SUBJECT = ((CN, "mail.example.com"), (O, "Example, Inc."))
ISSUER = ((O, "Example"), (CN, "Example CA"))
GOOD = Spec(
    SUBJECT,
    ISSUER,
    KEY,
    ec_key("issuer"),
    serial=0xABCDEF,
    ca=True,
    path_length=2,
    usage=("digitalSignature", "keyCertSign"),
    eku=("1.3.6.1.5.5.7.3.1",),
    dns=("mail.example.com", "*.example.com"),
    ips=(bytes([192, 0, 2, 1]), ipaddress.ip_address("2001:db8::1").packed),
    extra=(("1.2.3.4", True, tlv(5)), ("1.2.3.5", False, tlv(5))),
)


def read(spec: Spec) -> Certificate:
    return parse_certificate(certificate(spec), SourceRef("x.pem", line=3))


def test_every_field() -> None:
    encoded = certificate(GOOD)
    found = parse_certificate(encoded, SourceRef("x.pem", line=3))
    assert found.problem is None
    assert found.sha256 == hashlib.sha256(encoded).hexdigest()
    assert found.der == encoded
    assert found.subject == "O=Example\\, Inc.,CN=mail.example.com"
    assert found.issuer == "CN=Example CA,O=Example"
    assert (found.common_name, found.issuer_common_name) == ("mail.example.com", "Example CA")
    assert (found.organization, found.issuer_organization) == ("Example, Inc.", "Example")
    assert found.serial == "abcdef"
    assert found.not_before == datetime(2015, 5, 26, tzinfo=UTC)
    assert found.not_after == datetime(2038, 1, 17, tzinfo=UTC)
    assert found.spki_sha256 == hashlib.sha256(KEY.spki).hexdigest()
    assert found.subject_key_id == key_id(KEY).hex()
    assert found.authority_key_id == key_id(ec_key("issuer")).hex()
    assert (found.key_type, found.key_bits, found.version) == ("EC", 256, 3)
    assert found.signature_algorithm == "SHA256withECDSA"
    assert (found.is_ca, found.path_length) == (True, 2)
    assert found.key_usage == ("digitalSignature", "keyCertSign")
    assert found.extended_key_usage == ("1.3.6.1.5.5.7.3.1",)
    assert found.dns_names == ("mail.example.com", "*.example.com")
    assert found.ip_addresses == ("192.0.2.1", "2001:db8::1")
    assert found.has_san
    assert found.critical_unknown == ("1.2.3.4",)
    assert found.source is not None
    assert (found.source.line, found.source.sha256) == (3, found.sha256)


def test_absent_extensions_are_none() -> None:
    found = read(Spec(SUBJECT, ISSUER, KEY, KEY, ski=False, aki=False))
    assert (found.is_ca, found.path_length, found.key_usage, found.extended_key_usage) == (None, None, None, None)
    assert (found.subject_key_id, found.authority_key_id, found.has_san, found.dns_names) == (None, None, False, ())
    assert read(replace(GOOD, version=1)).version == 1


@pytest.mark.parametrize(
    ("digest", "expected"), [("MD5", "MD5withRSA"), ("SHA1", "SHA1withRSA"), ("SHA384", "SHA384withRSA")]
)
def test_java_names_of_rsa_signatures(digest: str, expected: str) -> None:
    found = read(replace(GOOD, signer=rsa_key("ca"), key=rsa_key("x", 1024), digest=digest))
    assert (found.signature_algorithm, found.key_type, found.key_bits) == (expected, "RSA", 1024)


def _by_library(key: Any, **options: Any) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 1)
    builder = builder.not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2030, 1, 1))
    made = builder.sign(key, **options)
    return made.public_bytes(Encoding.DER)


def test_other_keys() -> None:
    found = parse_certificate(_by_library(ed25519.Ed25519PrivateKey.generate(), algorithm=None), None)
    assert (found.key_type, found.signature_algorithm) == ("Ed25519", "Ed25519")
    found = parse_certificate(_by_library(dsa.generate_private_key(1024), algorithm=hashes.SHA256()), None)
    assert (found.key_type, found.key_bits, found.signature_algorithm) == ("DSA", 1024, "SHA256withDSA")
    found = parse_certificate(_by_library(ec.generate_private_key(ec.SECP521R1()), algorithm=hashes.SHA512()), None)
    assert (found.key_bits, found.signature_algorithm) == (521, "SHA512withECDSA")
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    key = rsa.generate_private_key(65537, 2048)
    found = parse_certificate(_by_library(key, algorithm=hashes.SHA256(), rsa_padding=pss), None)
    assert (found.key_type, found.signature_algorithm) == ("RSA", "RSASSA-PSS")


def test_what_a_strict_reader_refuses_is_read_all_the_same() -> None:
    negative = read(replace(GOOD, serial=-5))
    assert (negative.serial, negative.subject, negative.is_ca) == ("-5", read(GOOD).subject, True)
    old = read(replace(GOOD, not_before=datetime(1903, 2, 1, tzinfo=UTC), not_after=datetime(1969, 7, 20, tzinfo=UTC)))
    assert old.not_before == datetime(1903, 2, 1, tzinfo=UTC)
    assert old.not_after == datetime(1969, 7, 20, tzinfo=UTC)
    late = read(replace(GOOD, not_after=datetime(9999, 12, 31, tzinfo=UTC)))
    assert late.not_after == datetime(9999, 12, 31, tzinfo=UTC)


def test_unknown_algorithms() -> None:
    encoded = certificate(GOOD)
    ml_dsa = oid("2.16.840.1.101.3.4.3.18")
    found = parse_certificate(encoded.replace(oid("1.2.840.10045.4.3.2"), ml_dsa), None)
    assert found.problem is not None, "one byte longer: the lengths around it lie now"
    spec = replace(GOOD, extra=())
    odd = certificate(spec).replace(oid("1.2.840.10045.4.3.2"), oid("1.2.840.10045.4.9.2"))
    assert parse_certificate(odd, None).signature_algorithm == "1.2.840.10045.4.9.2"
    strange = certificate(spec).replace(oid("1.2.840.10045.2.1"), oid("1.2.840.10045.9.1"))
    assert parse_certificate(strange, None).key_type == "1.2.840.10045.9.1"


def test_control_characters_and_endless_names_never_come_out() -> None:
    evil = ((CN, "a\x1b[31m\n\u202ered\x00"), (O, "o" * 20_000))
    found = read(replace(GOOD, subject=evil, dns=("evil\x1b]0;x\x07.example.com",)))
    assert found.common_name == "a\\1B[31m\\0A\\E2\\80\\AEred\\00"
    assert len(found.subject) <= 512
    assert len(found.organization or "") <= 256
    for text in (found.subject, found.common_name, *found.dns_names):
        assert text.isprintable()


def test_trailing_bytes_and_duplicate_extensions_are_problems() -> None:
    found = parse_certificate(certificate(GOOD) + b"more", None)
    assert found.problem == "4 bytes follow the certificate"
    assert found.common_name == "mail.example.com"
    twice = read(replace(GOOD, extra=(("1.2.3.4", False, b""), ("1.2.3.4", False, b""))))
    assert twice.problem == "extension 1.2.3.4 occurs twice"


def test_a_damaged_extension_does_not_hide_the_others() -> None:
    found = read(replace(GOOD, ski=False, extra=(("2.5.29.14", False, b"\x04\x7f"),)))
    assert "2.5.29.14" in str(found.problem)
    assert found.is_ca is True
    assert found.dns_names


@pytest.mark.parametrize(
    "data", [b"", b"\x30", b"\x30\x80", b"-----BEGIN", bytes(100), b"\x30\x82\xff\xff" + bytes(50)]
)
def test_rubbish_has_a_digest_and_a_problem(data: bytes) -> None:
    found = parse_certificate(data, SourceRef("x"))
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert found.problem
    assert found.subject_name_id == ""


def test_cut_anywhere() -> None:
    encoded = certificate(GOOD)
    for end in range(len(encoded)):
        found = parse_certificate(encoded[:end], None)
        assert found.problem, end
        assert found.der == encoded[:end]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_one_wrong_byte(at: int, value: int) -> None:
    encoded = bytearray(certificate(GOOD))
    encoded[at % len(encoded)] = value
    found = parse_certificate(bytes(encoded), None)
    assert found.sha256 == hashlib.sha256(encoded).hexdigest()
    for text in (found.subject, found.issuer, found.problem or "", *found.dns_names):
        assert text.isprintable()


def test_too_big_to_be_a_certificate() -> None:
    found = parse_certificate(bytes(2 << 20), None)
    assert found.der == b""
    assert "no plausible certificate" in str(found.problem)


# names, as Java's X500Principal compares them


@pytest.mark.parametrize(
    ("pair", "equal", "openssl"),
    [
        ((name(((CN, "Test CA"),)), name(((CN, "test ca"),))), True, True),
        ((name(((CN, "Test CA"),)), name(((CN, "  Test    CA "),))), True, True),
        ((name(((CN, "Test CA"),)), name(((CN, "Test CA"),), PRINTABLE)), True, True),
        ((name(((CN, "Test CA"),)), name(((CN, "Test CA"),), 0x16)), False, True),
        ((name(((CN, "Test CA"),)), name(((CN, "TestCA"),))), False, False),
        ((name(((CN, "a"), (O, "b"))), name(((O, "b"), (CN, "a")))), False, False),
        ((name(((CN, "ﬁle"),)), name(((CN, "file"),))), True, False),
        ((name((("1.2.840.113549.1.9.1", "A@b"),)), name((("1.2.840.113549.1.9.1", "a@b"),))), False, True),
    ],
)
def test_names_compare_as_java_compares_them(pair: tuple[bytes, bytes], equal: bool, openssl: bool) -> None:
    one, other = pair
    assert (parse_name(one).name_id == parse_name(other).name_id) is equal
    assert (openssl_name_id(one) == openssl_name_id(other)) is openssl


def test_multivalued_parts_have_no_order() -> None:
    def pair(first: tuple[str, str], second: tuple[str, str]) -> bytes:
        values = (sequence(oid(kind), tlv(0x0C, text.encode())) for kind, text in (first, second))
        return sequence(tlv(0x31, *values))

    one, other = pair((CN, "x"), (O, "y")), pair((O, "y"), (CN, "x"))
    assert parse_name(one).name_id == parse_name(other).name_id
    assert parse_name(one).text == "CN=x+O=y"


def test_text_of_names_is_quoted() -> None:
    assert parse_name(name(((CN, '# "a", b+c '),))).text == 'CN=\\# \\"a\\"\\, b\\+c\\ '
    assert parse_name(name(())).text == ""


def test_pieces_of_a_certificate() -> None:
    encoded = certificate(GOOD)
    raw = raw_certificate(encoded)
    assert raw.spki == KEY.spki
    assert raw.subject == name(SUBJECT)
    assert raw.issuer == name(ISSUER)
    assert raw.signature_oid == raw.inner_signature_oid == "1.2.840.10045.4.3.2"
    assert raw.extensions["1.2.3.4"] == (True, tlv(5))


def test_dates_are_utc() -> None:
    found = read(replace(GOOD, not_before=datetime(2024, 1, 1, 5, tzinfo=UTC)))
    assert found.not_before is not None
    assert found.not_before.utcoffset() == timedelta(0)
