"""The suites with ephemeral Diffie-Hellman that OpenSSL's cipher lists can name, as data.

Names and words as `openssl ciphers -v` prints them (1.0.1 to 3.x) and openssl-ciphers(1) defines them. Suites with a
pre-shared key (`DHE-PSK-…`) are left out: a cipher list alone does not enable them.
"""

from __future__ import annotations

from typing import Final

_EVERY: Final = "ALL DH kDHE kEDH"
_AUTHENTICATION: Final = {
    "DHE-RSA": "DHE EDH aRSA",
    "DHE-DSS": "DHE EDH aDSS DSS COMPLEMENTOFDEFAULT",
    "ADH": "ADH aNULL COMPLEMENTOFDEFAULT",
}
_ALL_THREE: Final = ("DHE-RSA", "DHE-DSS", "ADH")
_SIGNED: Final = ("DHE-RSA", "DHE-DSS")
_RSA_ONLY: Final = ("DHE-RSA",)

_FAMILIES: Final = (
    ("AES128-GCM-SHA256", _ALL_THREE, "HIGH AES AES128 AESGCM TLSv1.2 FIPS DEFAULT"),
    ("AES256-GCM-SHA384", _ALL_THREE, "HIGH AES AES256 AESGCM TLSv1.2 FIPS DEFAULT"),
    ("AES128-SHA256", _ALL_THREE, "HIGH AES AES128 SHA256 CBC TLSv1.2 FIPS DEFAULT"),
    ("AES256-SHA256", _ALL_THREE, "HIGH AES AES256 SHA256 CBC TLSv1.2 FIPS DEFAULT"),
    ("AES128-SHA", _ALL_THREE, "HIGH AES AES128 SHA SHA1 CBC SSLv3 FIPS DEFAULT"),
    ("AES256-SHA", _ALL_THREE, "HIGH AES AES256 SHA SHA1 CBC SSLv3 FIPS DEFAULT"),
    ("AES128-CCM", _RSA_ONLY, "HIGH AES AES128 AESCCM TLSv1.2 COMPLEMENTOFDEFAULT"),
    ("AES256-CCM", _RSA_ONLY, "HIGH AES AES256 AESCCM TLSv1.2 COMPLEMENTOFDEFAULT"),
    ("AES128-CCM8", _RSA_ONLY, "HIGH AES AES128 AESCCM AESCCM8 TLSv1.2 COMPLEMENTOFDEFAULT"),
    ("AES256-CCM8", _RSA_ONLY, "HIGH AES AES256 AESCCM AESCCM8 TLSv1.2 COMPLEMENTOFDEFAULT"),
    ("CHACHA20-POLY1305", _RSA_ONLY, "HIGH CHACHA20 TLSv1.2 DEFAULT"),
    ("CAMELLIA128-SHA256", _ALL_THREE, "HIGH CAMELLIA CAMELLIA128 SHA256 CBC TLSv1.2 COMPLEMENTOFDEFAULT"),
    ("CAMELLIA256-SHA256", _ALL_THREE, "HIGH CAMELLIA CAMELLIA256 SHA256 CBC TLSv1.2 COMPLEMENTOFDEFAULT"),
    ("CAMELLIA128-SHA", _ALL_THREE, "HIGH CAMELLIA CAMELLIA128 SHA SHA1 CBC SSLv3 COMPLEMENTOFDEFAULT"),
    ("CAMELLIA256-SHA", _ALL_THREE, "HIGH CAMELLIA CAMELLIA256 SHA SHA1 CBC SSLv3 COMPLEMENTOFDEFAULT"),
    ("ARIA128-GCM-SHA256", _SIGNED, "HIGH ARIA ARIA128 ARIAGCM TLSv1.2 COMPLEMENTOFDEFAULT"),
    ("ARIA256-GCM-SHA384", _SIGNED, "HIGH ARIA ARIA256 ARIAGCM TLSv1.2 COMPLEMENTOFDEFAULT"),
    # Gone from usual builds of 1.1 and later; HIGH before 1.0.2i, MEDIUM since
    ("DES-CBC3-SHA", _ALL_THREE, "HIGH MEDIUM 3DES SHA SHA1 CBC SSLv3 FIPS DEFAULT"),
    ("SEED-SHA", _ALL_THREE, "MEDIUM SEED SHA SHA1 CBC SSLv3 DEFAULT"),
)
"""Cipher and MAC of a name, the authentications it exists with, the words it answers to."""

_OLD_NAMES: Final = {
    "EDH-RSA-DES-CBC3-SHA": "DHE-RSA-DES-CBC3-SHA",
    "EDH-DSS-DES-CBC3-SHA": "DHE-DSS-DES-CBC3-SHA",
}
"""How releases before 1.1 call them."""


def _table() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for cipher, authentications, words in _FAMILIES:
        for prefix in authentications:
            answers = frozenset(f"{_EVERY} {_AUTHENTICATION[prefix]} {words}".split())
            if "COMPLEMENTOFDEFAULT" in answers:
                answers -= {"DEFAULT"}
            table[f"{prefix}-{cipher}"] = answers
    return table | {old: table[new] for old, new in _OLD_NAMES.items()}


DHE_SUITES: Final = _table()
"""Suite name to the words of a cipher list that include it."""

ANONYMOUS_SUITES: Final = frozenset(suite for suite, words in DHE_SUITES.items() if "aNULL" in words)
"""Those without a certificate."""

_NARROW: Final = {
    "ECDHE": "ECDHE EECDH kECDHE kEECDH ECDH kECDH kECDHr kECDHe AECDH ECDSA aECDSA aECDH SUITEB128 SUITEB128ONLY "
    "SUITEB128C2 SUITEB192",
    "RSA": "kRSA RSA",
    "PSK": "PSK kPSK aPSK kDHEPSK kECDHEPSK kRSAPSK SRP kSRP aSRP",
}
NARROW_WORDS: Final = {word: kind for kind, words in _NARROW.items() for word in words.split()}
"""Words that include no DHE suite, and the key exchange they stand for."""
