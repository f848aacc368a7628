"""The numbers of TLS as names: versions, cipher suites, groups, alerts, messages (IANA TLS registries)."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from sestriage.formats.tls.suites import SUITES

VERSIONS: dict[int, str] = {
    0x0002: "SSLv2",
    0x0300: "SSLv3",
    0x0301: "TLSv1.0",
    0x0302: "TLSv1.1",
    0x0303: "TLSv1.2",
    0x0304: "TLSv1.3",
}

_GROUPS = """
1 sect163k1 2 sect163r1 3 sect163r2 4 sect193r1 5 sect193r2 6 sect233k1 7 sect233r1 8 sect239k1 9 sect283k1
10 sect283r1 11 sect409k1 12 sect409r1 13 sect571k1 14 sect571r1 15 secp160k1 16 secp160r1 17 secp160r2
18 secp192k1 19 secp192r1 20 secp224k1 21 secp224r1 22 secp256k1 23 secp256r1 24 secp384r1 25 secp521r1
26 brainpoolP256r1 27 brainpoolP384r1 28 brainpoolP512r1 29 x25519 30 x448 31 brainpoolP256r1tls13
32 brainpoolP384r1tls13 33 brainpoolP512r1tls13 41 curveSM2 256 ffdhe2048 257 ffdhe3072 258 ffdhe4096
259 ffdhe6144 260 ffdhe8192 512 MLKEM512 513 MLKEM768 514 MLKEM1024 4587 SecP256r1MLKEM768 4588 X25519MLKEM768
4589 SecP384r1MLKEM1024 25497 X25519Kyber768Draft00
"""
"""The "TLS Supported Groups" registry, number and name."""

_ALERTS = """
0 close_notify 10 unexpected_message 20 bad_record_mac 21 decryption_failed 22 record_overflow
30 decompression_failure 40 handshake_failure 41 no_certificate 42 bad_certificate 43 unsupported_certificate
44 certificate_revoked 45 certificate_expired 46 certificate_unknown 47 illegal_parameter 48 unknown_ca
49 access_denied 50 decode_error 51 decrypt_error 52 too_many_cids_requested 60 export_restriction
70 protocol_version 71 insufficient_security 80 internal_error 86 inappropriate_fallback 90 user_canceled
100 no_renegotiation 109 missing_extension 110 unsupported_extension 111 certificate_unobtainable
112 unrecognized_name 113 bad_certificate_status_response 114 bad_certificate_hash_value 115 unknown_psk_identity
116 certificate_required 117 general_error 120 no_application_protocol 121 ech_required
"""
"""The "TLS Alerts" registry, number and name."""

_MESSAGES = """
0 HelloRequest 1 ClientHello 2 ServerHello 3 HelloVerifyRequest 4 NewSessionTicket 5 EndOfEarlyData
6 HelloRetryRequest 8 EncryptedExtensions 11 Certificate 12 ServerKeyExchange 13 CertificateRequest
14 ServerHelloDone 15 CertificateVerify 16 ClientKeyExchange 20 Finished 21 CertificateURL 22 CertificateStatus
23 SupplementalData 24 KeyUpdate 25 CompressedCertificate 67 NextProtocol
"""
"""The "TLS HandshakeType" registry, number and name."""


def _table(text: str) -> dict[int, str]:
    words = text.split()
    return {int(number): name for number, name in zip(words[::2], words[1::2], strict=True)}


GROUPS = _table(_GROUPS)
ALERTS = _table(_ALERTS)
MESSAGES = _table(_MESSAGES)

FACEBOOK_VERSIONS = range(0xFB00, 0xFC00)
"""Facebook's private versions of TLS 1.3 ("fizz")."""

DRAFT_VERSIONS = range(0x7F00, 0x8000)
"""Drafts of TLS 1.3 (RFC 8446 before publication)."""

GREASE = frozenset(range(0x0A0A, 0x10000, 0x1010))
"""Values that clients send to keep servers honest (RFC 8701)."""

SIGNALLING = frozenset({0x00FF, 0x5600})
"""Not suites: TLS_EMPTY_RENEGOTIATION_INFO_SCSV and TLS_FALLBACK_SCSV."""


class Suite(NamedTuple):
    """A cipher suite: IANA name, and what its name says of key exchange and authentication (None for TLS 1.3)."""

    name: str
    key_exchange: str | None
    authentication: str | None


@cache
def _suite_names() -> dict[int, str]:
    words = SUITES.split()
    return {int(number, 16): f"TLS_{name}" for number, name in zip(words[::2], words[1::2], strict=True)}


_ANONYMOUS = re.compile(r"TLS_((?:EC)?DH_anon)_")
_PAIR = re.compile(r"TLS_(DHE|ECDHE|DH|ECDH)_(RSA|DSS|ECDSA|PSK|KRB5)_")
_RSA_PSK = re.compile(r"TLS_RSA_PSK_")
_PSK_DHE = re.compile(r"TLS_PSK_DHE_")
"""IANA's names of two suites (C0AA, C0AB) put it the other way round."""
_SINGLE = re.compile(r"TLS_(RSA|PSK|KRB5|ECCPWD|ECJPAKE)_")
_SRP = re.compile(r"TLS_SRP_SHA_(?:(RSA|DSS)_)?")


def _exchange(name: str) -> tuple[str | None, str | None]:
    if match := _ANONYMOUS.match(name):
        return match[1], "anon"
    if match := _PAIR.match(name):
        return (f"{match[1]}_PSK", "PSK") if match[2] == "PSK" else (match[1], match[2])
    if _PSK_DHE.match(name):
        return "DHE_PSK", "PSK"
    if _RSA_PSK.match(name):
        return "RSA_PSK", "RSA"
    if match := _SINGLE.match(name):
        return match[1], match[1]
    if match := _SRP.match(name):
        return "SRP", match[1] or "SRP"
    return None, None


@cache
def suite(number: int) -> Suite:
    """The suite of that number; an unassigned one is named `0xNNNN`."""
    name = _suite_names().get(number)
    if name is None:
        return Suite(f"0x{number:04X}", None, None)
    return Suite(name, *_exchange(name))


def named_suite(name: str) -> Suite:
    """The suite of that IANA name, assigned or not; nmap's names of TLS 1.3 suites (`TLS_AKE_WITH_…`) are known."""
    name = name.replace("TLS_AKE_WITH_", "TLS_", 1)
    return Suite(name, *_exchange(name))


def suite_numbers() -> tuple[int, ...]:
    """All assigned numbers."""
    return tuple(_suite_names())


def version_name(number: int) -> str:
    """`TLSv1.2`; unknown versions and drafts as `0x7f12`."""
    return VERSIONS.get(number) or f"0x{number:04x}"


def is_tls13(number: int) -> bool:
    """True for TLS 1.3 or one of its drafts: the handshake after the ServerHello is encrypted."""
    return number == 0x0304 or number in DRAFT_VERSIONS or number in FACEBOOK_VERSIONS


def is_tls13_name(name: str) -> bool:
    """As `is_tls13`, for a name that `version_name` returned."""
    return name == VERSIONS[0x0304] or (name.startswith("0x") and is_tls13(int(name, 16)))


def alert_name(code: int) -> str:
    """`handshake_failure`; `alert(N)` when unassigned."""
    return ALERTS.get(code) or f"alert({code})"


def group_name(number: int) -> str:
    """`secp256r1`; unassigned as `0xNNNN`."""
    return GROUPS.get(number) or f"0x{number:04X}"


def group_exchange(number: int) -> str:
    """The key exchange of a TLS 1.3 group: `DHE` for the finite-field groups, else `ECDHE`."""
    return "DHE" if 0x0100 <= number <= 0x01FF else "ECDHE"


def message_name(kind: int) -> str:
    """`ClientHello`; unassigned as `handshake(N)`."""
    return MESSAGES.get(kind) or f"handshake({kind})"
