"""The authority key identifier extension in full (RFC 5280 4.2.1.1): key id, issuer and serial number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sestriage.errors import ParseError
from sestriage.formats.certs import der
from sestriage.formats.certs.x509 import AKI
from sestriage.formats.certs.x509_names import openssl_name_id
from sestriage.pki.signature import pieces


@dataclass(frozen=True, slots=True)
class AuthorityKeyId:
    """How a certificate names its issuer's certificate, beyond the issuer's name; None for what it leaves out."""

    serial: str | None = None
    """Lower-case hex, as `Certificate.serial`."""
    issuer_openssl_id: str | None = None
    """The issuer's issuer."""


@lru_cache(maxsize=1024)
def authority(encoded: bytes) -> AuthorityKeyId:
    """The extension of a certificate (its DER); empty when it has none or it is damaged."""
    raw = pieces(encoded)
    if raw is None or AKI not in raw.extensions:
        return AuthorityKeyId()
    value = raw.extensions[AKI][1]
    serial = issuer = None
    try:
        for part in der.children(value, der.expect(value, 0, len(value), der.SEQUENCE)):
            if part.tag == 0x82:
                serial = f"{der.integer(value, part):x}"
            elif part.tag == 0xA1:
                for name in der.children(value, part):
                    if name.tag == 0xA4:
                        issuer = openssl_name_id(der.content(value, name))
    except ParseError:
        pass
    return AuthorityKeyId(serial, issuer)
