"""A hierarchy like Amazon's with the dates of the real one and its keys at hand: a changed world can be signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from pki.certgen import CN, Key, Name, O, Spec, certificate, ec_key
from sestriage.formats.certs.x509 import parse_certificate
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate, StoreEntry, TrustStore

NOW = datetime(2026, 12, 1, tzinfo=UTC)
HOST = "email-smtp.us-east-1.amazonaws.com"
SOURCE = SourceRef("store.pem")
COUNTRY = ("2.5.4.6", "US")
STARFIELD = (O, "Starfield Technologies, Inc.")
A1: Name = (COUNTRY, (O, "Amazon"), (CN, "Amazon Root CA 1"))
M01: Name = (COUNTRY, (O, "Amazon"), (CN, "Amazon RSA 2048 M01"))
M02: Name = (COUNTRY, (O, "Amazon"), (CN, "Amazon RSA 2048 M02"))
G2: Name = (
    COUNTRY,
    ("2.5.4.8", "Arizona"),
    ("2.5.4.7", "Scottsdale"),
    STARFIELD,
    (CN, "Starfield Services Root Certificate Authority - G2"),
)
C2: Name = (COUNTRY, STARFIELD, ("2.5.4.11", "Starfield Class 2 Certification Authority"))
INNER: Name = ((O, "Example Holdings"), (CN, "Example Holdings Root CA"))
GATEWAY: Name = ((O, "Example Holdings"), (CN, "Example Holdings TLS Inspection CA"))
ROLES = ("leaf", "leaf 2", "M", "M2", "A1", "G2", "C2", "other", "inner", "gateway", "gateway 2")
KEYS: dict[str, Key] = {role: ec_key(f"forecast {role}") for role in ROLES}


def day(year: int, month: int, number: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, number, hour, minute, second, tzinfo=UTC)


LONG_AGO, LATELY = day(2015, 5, 26), day(2026, 10, 1)


def ca(subject: Name, key: str, issuer: Name, signer: str, ends: datetime, begins: datetime = LONG_AGO) -> Spec:
    return Spec(
        subject, issuer, KEYS[key], KEYS[signer], ca=True, usage=("keyCertSign",), not_before=begins, not_after=ends
    )


def server(key: str, issuer: Name, signer: str, ends: datetime, begins: datetime = LATELY) -> Spec:
    subject: Name = ((CN, HOST),)
    usage = ("digitalSignature",)
    return Spec(
        subject, issuer, KEYS[key], KEYS[signer], usage=usage, ca=False, dns=(HOST,), not_before=begins, not_after=ends
    )


SPECS: dict[str, Spec] = {
    "leaf": server("leaf", M01, "M", day(2027, 4, 17)),
    "leaf renewed": server("leaf 2", M01, "M", day(2030, 8, 1)),
    "leaf by M2": server("leaf 2", M02, "M2", day(2045, 1, 1)),
    "old leaf": server("other", M01, "M", day(2026, 5, 1), day(2025, 10, 1)),
    "M": ca(M01, "M", A1, "A1", day(2030, 8, 23), day(2022, 8, 23)),
    "M2": ca(M02, "M2", A1, "A1", day(2045, 1, 1)),
    "A1": ca(A1, "A1", A1, "A1", day(2038, 1, 17)),
    "A1x": ca(A1, "A1", G2, "G2", day(2037, 12, 31, 1)),
    "G2": ca(G2, "G2", G2, "G2", day(2037, 12, 31, 23, 59, 59)),
    "G2x": ca(G2, "G2", C2, "C2", day(2034, 6, 28, 17, 39, 16)),
    "C2": ca(C2, "C2", C2, "C2", day(2034, 6, 29, 17, 39, 16), day(2004, 6, 29)),
    "false A1": ca(A1, "other", A1, "other", day(2038, 1, 17)),
    "expired A1": replace(ca(A1, "A1", A1, "A1", day(2026, 1, 1)), serial=9),
    "inner": ca(INNER, "inner", INNER, "inner", day(2036, 1, 1)),
    "gateway": ca(GATEWAY, "gateway", INNER, "inner", day(2029, 1, 1)),
    "leaf inspected": server("leaf", GATEWAY, "gateway", day(2027, 4, 17)),
    "leaf inspected renewed": server("leaf 2", GATEWAY, "gateway", day(2028, 12, 1)),
}
FULL = ("leaf", "M", "A1x", "G2x")
SHORT = ("leaf", "M", "A1x")
INSPECTED = ("leaf inspected", "gateway")


@cache
def encoded(role: str) -> bytes:
    return certificate(SPECS[role])


def read(*roles: str) -> list[Certificate]:
    return [parse_certificate(encoded(role), SOURCE) for role in roles]


def store_of(*roles: str) -> TrustStore:
    return TrustStore(SOURCE, "pem", tuple(StoreEntry(each) for each in read(*roles)))


@dataclass(frozen=True)
class World:
    """A what-if: its options, and what is served and stored then, by role."""

    name: str
    served: tuple[str, ...]
    gone: frozenset[str] = frozenset()
    at: datetime = NOW

    def stored(self, roles: Sequence[str]) -> list[str]:
        return [role for role in roles if role not in self.gone]
