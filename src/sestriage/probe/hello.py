"""Our own ClientHellos (RFC 5246 7.4.1.2, RFC 8446 4.1.2), independent of what the local OpenSSL would accept.

The offers are made to be answered, not to be continued: the key shares are valid public keys without a private one.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Sequence
from ipaddress import ip_address

_DHE = (0x009F, 0x009E, 0xCCAA, 0x006B, 0x0067, 0x0039, 0x0033, 0x0088, 0x0045, 0x0016, 0x00A3, 0x00A2, 0x0038, 0x0032)
"""Suites with ephemeral DH, authenticated by RSA or DSS."""
_ECDHE = (
    *(0xC02C, 0xC030, 0xC02B, 0xC02F, 0xCCA9, 0xCCA8),
    *(0xC024, 0xC028, 0xC023, 0xC027, 0xC00A, 0xC014, 0xC009, 0xC013),
)
_RSA = (0x009D, 0x009C, 0x003D, 0x003C, 0x0035, 0x002F, 0x000A)
_TLS13 = (0x1302, 0x1303, 0x1301)

SUITES: dict[str, Sequence[int]] = {
    "default": (*_TLS13, *_ECDHE, *_DHE, *_RSA),
    "tls12": (*_ECDHE, *_DHE, *_RSA),
    "dhe": _DHE,
}
"""The cipher suites of each offer, in this order."""

_RENEGOTIATION_SCSV = 0x00FF
_GROUPS = (0x001D, 0x0017, 0x0018, 0x0019, 0x001E)
"""x25519, P-256, P-384, P-521, x448. No ffdhe groups: a server then takes its own DH parameters, as it does for the
clients of which the Logjam question is asked (RFC 7919 section 4)."""

_SIGNATURES = (
    *(0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B),
    *(0x0401, 0x0501, 0x0601, 0x0303, 0x0203, 0x0301, 0x0201, 0x0302, 0x0202, 0x0402, 0x0502, 0x0602),
)
"""Everything that OpenSSL 3.0 offers at security level 0: a refusal must not come from here."""

_P256_POINT = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
"""The curve's base point (SEC 2): a valid public key whose private key is of no use to anyone."""

CLOSE_NOTIFY = bytes.fromhex("15030300020100")


def client_hello(offer: str, host: str) -> bytes:
    """A record with the ClientHello of an offer; the server name is sent unless `host` is an address."""
    suites = (*SUITES[offer], _RENEGOTIATION_SCSV)
    tls13 = offer == "default"
    body = struct.pack(">H", 0x0303) + secrets.token_bytes(32)
    body += _vector(1, secrets.token_bytes(32) if tls13 else b"")
    body += _vector(2, _u16s(suites)) + b"\x01\x00"
    body += _vector(2, b"".join(_extensions(host, tls13=tls13, curves=offer != "dhe")))
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + _vector(2, message)


def _extensions(host: str, *, tls13: bool, curves: bool) -> Sequence[bytes]:
    parts = []
    name = _server_name(host)
    if name is not None:
        parts.append(_extension(0, name))
    if curves:
        parts.append(_extension(10, _vector(2, _u16s(_GROUPS))))
        parts.append(_extension(11, b"\x01\x00"))
    parts.append(_extension(13, _vector(2, _u16s(_SIGNATURES))))
    parts.append(_extension(23, b""))
    if tls13:
        parts.append(_extension(43, _vector(1, _u16s((0x0304, 0x0303)))))
        parts.append(_extension(45, b"\x01\x01"))
        shares = _u16s((0x001D,)) + _vector(2, secrets.token_bytes(32)) + _u16s((0x0017,)) + _vector(2, _P256_POINT)
        parts.append(_extension(51, _vector(2, shares)))
    return parts


def _server_name(host: str) -> bytes | None:
    """The extension's content (RFC 6066 section 3): names only, without a final dot."""
    try:
        ip_address(host)
    except ValueError:
        name = _ascii(host.rstrip("."))
        return _vector(2, b"\x00" + _vector(2, name)) if 0 < len(name) < 254 else None
    return None


def _ascii(name: str) -> bytes:
    try:
        return name.encode("idna")
    except UnicodeError:
        return b""


def _u16s(values: Sequence[int]) -> bytes:
    return struct.pack(f">{len(values)}H", *values)


def _vector(size: int, data: bytes) -> bytes:
    return len(data).to_bytes(size, "big") + data


def _extension(kind: int, data: bytes) -> bytes:
    return struct.pack(">H", kind) + _vector(2, data)
