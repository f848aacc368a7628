"""TLS handshake messages (RFC 5246, RFC 8446, SSL 2.0 draft): pure functions from a message's body to its facts.

Every parser takes what it can: a body that is cut or damaged gives the fields before the damage, and `problem` says
what was wrong (None when nothing was).
"""

from __future__ import annotations

from dataclasses import dataclass

from sestriage.formats.tls import registry

RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
"""The "random" by which a ServerHello is a HelloRetryRequest (RFC 8446 4.1.3)."""

EXT_SERVER_NAME, EXT_GROUPS, EXT_ENCRYPT_THEN_MAC, EXT_EXTENDED_MASTER = 0, 10, 22, 23
EXT_PRE_SHARED_KEY, EXT_SUPPORTED_VERSIONS, EXT_KEY_SHARE, EXT_KEY_SHARE_DRAFT = 41, 43, 51, 40
MAX_CERTIFICATES = 64
"""More certificates in one chain are not read."""


class _CutError(Exception):
    """A field reaches beyond the bytes that are there."""


class _Cursor:
    """Reads big-endian fields from bytes."""

    __slots__ = ("data", "end", "pos")

    def __init__(self, data: bytes, pos: int = 0, end: int | None = None) -> None:
        self.data = data
        self.pos = pos
        self.end = len(data) if end is None else end

    def number(self, size: int) -> int:
        stop = self.pos + size
        if stop > self.end:
            raise _CutError
        value = int.from_bytes(self.data[self.pos : stop], "big")
        self.pos = stop
        return value

    def take(self, size: int) -> bytes:
        stop = self.pos + size
        if stop > self.end:
            raise _CutError
        value = self.data[self.pos : stop]
        self.pos = stop
        return value

    def vector(self, length_size: int) -> bytes:
        return self.take(self.number(length_size))

    @property
    def left(self) -> int:
        return self.end - self.pos


@dataclass(slots=True)
class ClientHello:
    """`versions` are the numbers of supported_versions, empty when the extension is absent."""

    version: int = 0
    random: bytes = b""
    session_id: bytes = b""
    ciphers: tuple[int, ...] = ()
    sni: str | None = None
    versions: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    offers_psk: bool = False
    ssl2_framed: bool = False
    problem: str | None = None


@dataclass(slots=True)
class ServerHello:
    """`version` is the negotiated one (supported_versions before the legacy field)."""

    version: int | None = None
    random: bytes = b""
    session_id: bytes = b""
    cipher: int | None = None
    group: int | None = None
    retry: bool = False
    psk: bool = False
    encrypt_then_mac: bool = False
    problem: str | None = None


@dataclass(slots=True)
class KeyExchange:
    """ServerKeyExchange: `prime_bits` for finite-field DH, `group` for a named curve."""

    prime_bits: int | None = None
    group: int | None = None
    problem: str | None = None


@dataclass(slots=True)
class CertificateMessage:
    """A Certificate message: the DER of each certificate in order. `cut` when it is not all there."""

    certificates: tuple[bytes, ...] = ()
    cut: bool = False


def _u16s(data: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data) - 1, 2))


def _server_name(data: bytes) -> str | None:
    """The host_name entry of the server_name extension (RFC 6066); None when there is none."""
    names = _Cursor(_Cursor(data).vector(2))
    while names.left:
        kind = names.number(1)
        value = names.vector(2)
        if kind == 0 and value:
            return value.decode("ascii", "backslashreplace")
    return None


def _client_extension(hello: ClientHello, kind: int, data: bytes) -> None:
    if kind == EXT_SERVER_NAME and data:
        hello.sni = _server_name(data)
    elif kind == EXT_SUPPORTED_VERSIONS:
        hello.versions = tuple(v for v in _u16s(_Cursor(data).vector(1)) if v not in registry.GREASE)
    elif kind == EXT_GROUPS:
        hello.groups = tuple(g for g in _u16s(_Cursor(data).vector(2)) if g not in registry.GREASE)
    elif kind == EXT_PRE_SHARED_KEY:
        hello.offers_psk = True


def parse_client_hello(body: bytes) -> ClientHello:
    """A ClientHello's body (RFC 5246 7.4.1.2, RFC 8446 4.1.2)."""
    hello = ClientHello()
    cursor = _Cursor(body)
    try:
        hello.version = cursor.number(2)
        hello.random = cursor.take(32)
        hello.session_id = cursor.vector(1)
        suites = cursor.vector(2)
        hello.ciphers = _u16s(suites)
        if len(suites) % 2:
            hello.problem = "ClientHello with a cipher list of odd length"
            return hello
        cursor.vector(1)
        if not cursor.left:
            return hello
        extensions = _Cursor(cursor.vector(2))
        while extensions.left:
            kind = extensions.number(2)
            _client_extension(hello, kind, extensions.vector(2))
    except _CutError:
        hello.problem = "ClientHello whose lengths do not fit"
    return hello


def parse_ssl2_client_hello(record: bytes) -> ClientHello:
    """An SSL 2.0 CLIENT-HELLO without its record header (RFC 5246 appendix E.2)."""
    hello = ClientHello(ssl2_framed=True)
    cursor = _Cursor(record)
    try:
        cursor.number(1)
        hello.version = cursor.number(2)
        spec_length, session_length, challenge_length = cursor.number(2), cursor.number(2), cursor.number(2)
        specs = cursor.take(spec_length)
        kinds = tuple(int.from_bytes(specs[i : i + 3], "big") for i in range(0, len(specs) - 2, 3))
        hello.ciphers = tuple(k for k in kinds if k <= 0xFFFF)
        hello.session_id = cursor.take(session_length)
        hello.random = cursor.take(challenge_length).rjust(32, b"\0")
    except _CutError:
        hello.problem = "SSLv2 CLIENT-HELLO whose lengths do not fit"
    return hello


@dataclass(slots=True)
class Ssl2ServerHello:
    """An SSL 2.0 SERVER-HELLO: it carries the certificate itself."""

    version: int | None = None
    resumed: bool = False
    certificate: bytes | None = None
    problem: str | None = None


def parse_ssl2_server_hello(record: bytes) -> Ssl2ServerHello:
    """An SSL 2.0 SERVER-HELLO without its record header."""
    hello = Ssl2ServerHello()
    cursor = _Cursor(record)
    try:
        cursor.number(1)
        hello.resumed = cursor.number(1) != 0
        cursor.number(1)
        hello.version = cursor.number(2)
        certificate_length = cursor.number(2)
        cursor.number(4)
        hello.certificate = cursor.take(certificate_length) or None
    except _CutError:
        hello.problem = "SSLv2 SERVER-HELLO whose lengths do not fit"
    return hello


def _server_extension(hello: ServerHello, kind: int, data: bytes) -> None:
    if kind == EXT_SUPPORTED_VERSIONS and len(data) == 2:
        hello.version = int.from_bytes(data, "big")
    elif kind in (EXT_KEY_SHARE, EXT_KEY_SHARE_DRAFT) and len(data) >= 2:
        hello.group = int.from_bytes(data[:2], "big")
    elif kind == EXT_PRE_SHARED_KEY:
        hello.psk = True
    elif kind == EXT_ENCRYPT_THEN_MAC:
        hello.encrypt_then_mac = True


def parse_server_hello(body: bytes) -> ServerHello:
    """A ServerHello's body, or a HelloRetryRequest's (RFC 5246 7.4.1.3, RFC 8446 4.1.3, and the older drafts)."""
    hello = ServerHello()
    cursor = _Cursor(body)
    try:
        hello.version = cursor.number(2)
        hello.random = cursor.take(32)
        hello.retry = hello.random == RETRY_RANDOM
        if hello.version in registry.DRAFT_VERSIONS and hello.version < 0x7F16:
            hello.cipher = cursor.number(2)  # drafts before 22 have neither session id nor compression
        else:
            hello.session_id = cursor.vector(1)
            hello.cipher = cursor.number(2)
            cursor.number(1)
        if not cursor.left:
            return hello
        extensions = _Cursor(cursor.vector(2))
        while extensions.left:
            kind = extensions.number(2)
            _server_extension(hello, kind, extensions.vector(2))
    except _CutError:
        hello.problem = "ServerHello whose lengths do not fit"
    return hello


def parse_server_key_exchange(body: bytes, key_exchange: str | None) -> KeyExchange:
    """A ServerKeyExchange's body, read as the suite's key exchange says (RFC 5246 7.4.3, RFC 8422 5.4).

    The PSK forms carry an identity hint first and are not read.
    """
    result = KeyExchange()
    cursor = _Cursor(body)
    try:
        if key_exchange in ("DHE", "DH_anon"):
            prime = cursor.vector(2)
            result.prime_bits = int.from_bytes(prime, "big").bit_length()
        elif key_exchange in ("ECDHE", "ECDH_anon") and cursor.number(1) == 3:
            result.group = cursor.number(2)
    except _CutError:
        result.problem = "ServerKeyExchange whose lengths do not fit"
    return result


def parse_certificates(body: bytes, *, tls13: bool = False) -> CertificateMessage:
    """A Certificate message's body (RFC 5246 7.4.2; RFC 8446 4.4.2 with context and extensions)."""
    certificates: list[bytes] = []
    cursor = _Cursor(body)
    try:
        if tls13:
            cursor.vector(1)
        listed = cursor.number(3)
        complete = listed <= cursor.left
        entries = _Cursor(body, cursor.pos, min(cursor.end, cursor.pos + listed))
        while entries.left and len(certificates) < MAX_CERTIFICATES:
            certificates.append(entries.vector(3))
            if tls13:
                entries.vector(2)
    except _CutError:
        return CertificateMessage(tuple(c for c in certificates if c), cut=True)
    return CertificateMessage(tuple(c for c in certificates if c), cut=not complete)
