"""Throw-away certificates that bear the names of Amazon's hierarchy (leaf, M01, Root CA 1, Starfield G2, Class 2).

Keys live in memory only and are new in every build.
"""

from __future__ import annotations

import base64
import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = rsa.RSAPrivateKey
#: Long enough that a sample stays valid for decades, short enough for UTCTime.
FROM, UNTIL = dt.datetime(2015, 5, 26), dt.datetime(2049, 12, 31)
LEAF_FROM = dt.datetime(2022, 8, 23)

#: The 1024-bit group of RFC 2409 section 6.2 (Oakley group 2): the size that a Logjam-aware client refuses.
OAKLEY_2 = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)
#: Group 14 of RFC 3526.
MODP_2048 = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AACAA68FFFFFFFFFFFFFFFF",
    16,
)


def name(*, cn: str = "", o: str = "", c: str = "", ou: str = "", st: str = "", loc: str = "") -> x509.Name:
    """A distinguished name in the usual order C, ST, L, O, OU, CN; empty parts are left out."""
    parts = (
        (NameOID.COUNTRY_NAME, c),
        (NameOID.STATE_OR_PROVINCE_NAME, st),
        (NameOID.LOCALITY_NAME, loc),
        (NameOID.ORGANIZATION_NAME, o),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, ou),
        (NameOID.COMMON_NAME, cn),
    )
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value])


CLASS_2 = name(c="US", o="Starfield Technologies, Inc.", ou="Starfield Class 2 Certification Authority")
SERVICES_G2 = name(
    c="US",
    st="Arizona",
    loc="Scottsdale",
    o="Starfield Technologies, Inc.",
    cn="Starfield Services Root Certificate Authority - G2",
)
AMAZON_ROOT_1 = name(c="US", o="Amazon", cn="Amazon Root CA 1")
AMAZON_M01 = name(c="US", o="Amazon", cn="Amazon RSA 2048 M01")


def new_key() -> Key:
    """A fresh RSA 2048 key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True, slots=True)
class Authority:
    """A name and the key behind it; several certificates may carry the two (self-signed, cross-signed)."""

    subject: x509.Name
    key: Key

    @classmethod
    def make(cls, subject: x509.Name) -> Authority:
        """An authority with a new key."""
        return cls(subject, new_key())


@dataclass(frozen=True, slots=True)
class Served:
    """What a server presents: certificates in wire order and the key of the first."""

    chain: tuple[x509.Certificate, ...]
    key: Key


def _builder(subject: x509.Name, key: Key, issuer: Authority) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    )


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not ca,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def ca_certificate(
    holder: Authority, issuer: Authority, not_before: dt.datetime = FROM, not_after: dt.datetime = UNTIL
) -> x509.Certificate:
    """A CA certificate for ``holder``; self-signed when ``issuer`` is the same authority. Dates are UTC."""
    return (
        _builder(holder.subject, holder.key, issuer)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(ca=True), critical=True)
        .sign(issuer.key, hashes.SHA256())
    )


def leaf_certificate(
    holder: Authority,
    issuer: Authority,
    dns_names: Sequence[str],
    not_before: dt.datetime = LEAF_FROM,
    not_after: dt.datetime = UNTIL,
) -> x509.Certificate:
    """A TLS server certificate for ``dns_names``; dates are UTC."""
    return (
        _builder(holder.subject, holder.key, issuer)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in dns_names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(issuer.key, hashes.SHA256())
    )


def ses_names(region: str) -> tuple[str, str, str]:
    """The names seen in the leaf certificate of an SES SMTP endpoint."""
    return (
        f"email-smtp.{region}.amazonaws.com",
        f"email-smtp-fips.{region}.amazonaws.com",
        f"*.email-smtp.{region}.vpce.amazonaws.com",
    )


class Hierarchy:
    """The names of the public hierarchy with keys of this build, made on first use."""

    @functools.cached_property
    def class2(self) -> Authority:
        """Starfield Class 2."""
        return Authority.make(CLASS_2)

    @functools.cached_property
    def g2(self) -> Authority:
        """Starfield Services G2."""
        return Authority.make(SERVICES_G2)

    @functools.cached_property
    def a1(self) -> Authority:
        """Amazon Root CA 1."""
        return Authority.make(AMAZON_ROOT_1)

    @functools.cached_property
    def m01(self) -> Authority:
        """Amazon RSA 2048 M01."""
        return Authority.make(AMAZON_M01)

    @functools.cached_property
    def company(self) -> Authority:
        """The company's root CA."""
        return Authority.make(name(c="US", o="Example Holdings", ou="IT Security", cn="Example Holdings Root CA"))

    @functools.cached_property
    def inspector(self) -> Authority:
        """The company's inspecting gateway."""
        return Authority.make(
            name(c="US", o="Example Holdings", ou="Web Gateway", cn="Example Holdings TLS Inspection CA 3")
        )

    @functools.cached_property
    def g2_root(self) -> x509.Certificate:
        """G2, self-signed."""
        return ca_certificate(self.g2, self.g2)

    @functools.cached_property
    def g2_cross(self) -> x509.Certificate:
        """G2, signed by Class 2."""
        return ca_certificate(self.g2, self.class2)

    @functools.cached_property
    def a1_root(self) -> x509.Certificate:
        """Root CA 1, self-signed."""
        return ca_certificate(self.a1, self.a1)

    @functools.cached_property
    def a1_cross(self) -> x509.Certificate:
        """Root CA 1, signed by G2."""
        return ca_certificate(self.a1, self.g2)

    @functools.cached_property
    def m01_issued(self) -> x509.Certificate:
        """M01, signed by Root CA 1."""
        return ca_certificate(self.m01, self.a1)

    @functools.cached_property
    def company_root(self) -> x509.Certificate:
        """The company's root, self-signed."""
        return ca_certificate(self.company, self.company)

    @functools.cached_property
    def inspector_issued(self) -> x509.Certificate:
        """The gateway's CA, signed by the company's root."""
        return ca_certificate(self.inspector, self.company)

    def ses(
        self,
        region: str = "us-east-1",
        *,
        whole_chain: bool = True,
        not_before: dt.datetime = LEAF_FROM,
        not_after: dt.datetime = UNTIL,
    ) -> Served:
        """The chain as SES sends it: leaf, M01, Root CA 1 and G2, both cross-signed; or the leaf alone."""
        names = ses_names(region)
        holder = Authority.make(name(cn=names[0]))
        leaf = leaf_certificate(holder, self.m01, names, not_before, not_after)
        rest = (self.m01_issued, self.a1_cross, self.g2_cross) if whole_chain else ()
        return Served((leaf, *rest), holder.key)

    def inspected(self, host: str) -> Served:
        """What a TLS-inspecting gateway presents in the server's stead."""
        holder = Authority.make(name(cn=host))
        leaf = leaf_certificate(holder, self.inspector, (host,))
        return Served((leaf, self.inspector_issued), holder.key)

    @staticmethod
    def self_signed(host: str) -> Served:
        """A leaf that is its own issuer."""
        holder = Authority.make(name(o="Example Holdings", cn=host))
        return Served((leaf_certificate(holder, holder, (host,)),), holder.key)


def pem(certificates: Sequence[x509.Certificate]) -> bytes:
    """The certificates as PEM, one after the other."""
    return b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certificates)


def key_pem(key: Key) -> bytes:
    """An unencrypted PKCS#8 PEM, for the work folder only."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def sha256(certificate: x509.Certificate) -> str:
    """SHA-256 over the DER, lower-case hex."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def dh_parameters_pem(bits: int = 1024) -> bytes:
    """A DH group of 1024 or 2048 bits as PEM: the DHParameter of PKCS#3, SEQUENCE of the INTEGERs p and g = 2."""
    prime = {1024: OAKLEY_2, 2048: MODP_2048}[bits].to_bytes(bits // 8 + 1, "big")  # its first bit is not a sign
    body = _der(0x02, prime) + _der(0x02, b"\x02")
    encoded = base64.encodebytes(_der(0x30, body))
    return b"-----BEGIN DH PARAMETERS-----\n" + encoded + b"-----END DH PARAMETERS-----\n"


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x81, size]) if size < 256 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + content
