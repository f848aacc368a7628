"""TLS 1.3 records opened with traffic secrets (RFC 8446 5.2 and 7)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sestriage.formats.tls.records import TlsRecord
from sestriage.formats.tls.session_keys import MAX_FAILURES, MAX_GAP, SessionKeys, aead, numbered

MAX_EARLY = 32
"""Records of early data that may have come before the ServerHello."""
LABELS = (
    b"CLIENT_EARLY_TRAFFIC_SECRET",
    b"CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    b"SERVER_HANDSHAKE_TRAFFIC_SECRET",
    b"CLIENT_TRAFFIC_SECRET_0",
    b"SERVER_TRAFFIC_SECRET_0",
)
"""The secrets of a session in a key log, in the order in which `tls13_keys` wants them."""


def tls13_keys(secrets: Sequence[bytes | None], suite: str, client_side: int) -> SessionKeys | None:
    """The keys of a session from its secrets (None where the key log lacks one); None for an unknown suite."""
    cipher = _tls13_cipher(suite)
    if cipher is None or not any(secrets):
        return None
    early, client, server, client_data, server_data = secrets
    sides = [_Tls13Side(cipher, client, client_data, early), _Tls13Side(cipher, server, server_data, None)]
    return _Tls13Keys(sides if client_side == 0 else sides[::-1])


@dataclass(frozen=True, slots=True)
class _Tls13Cipher:
    kind: str
    key_length: int
    digest: str


_TLS13_NAME = re.compile(r"TLS_(?:AES_(128|256)_(GCM|CCM_8|CCM)|(CHACHA20)_POLY1305)_SHA(256|384)")


def _tls13_cipher(name: str) -> _Tls13Cipher | None:
    match = _TLS13_NAME.fullmatch(name)
    if match is None:
        return None
    return _Tls13Cipher(match[2] or match[3], int(match[1] or 256) // 8, f"sha{match[4]}")


def expand_label(secret: bytes, label: str, length: int, digest: str) -> bytes:
    """HKDF-Expand-Label with an empty context (RFC 8446 7.1)."""
    full = b"tls13 " + label.encode()
    info = length.to_bytes(2, "big") + bytes([len(full)]) + full + b"\0"
    block, out = b"", b""
    for counter in range(1, 256):
        block = hmac.digest(secret, block + info + bytes([counter]), digest)
        out += block
        if len(out) >= length:
            break
    return out[:length]


class _Traffic:
    """One traffic secret in use."""

    __slots__ = ("cipher", "iv", "open", "secret", "sequence")

    def __init__(self, cipher: _Tls13Cipher, secret: bytes) -> None:
        self.cipher = cipher
        self.secret = secret
        self.sequence = 0
        self.open = aead(cipher.kind, expand_label(secret, "key", cipher.key_length, cipher.digest))
        self.iv = expand_label(secret, "iv", 12, cipher.digest)

    def updated(self) -> _Traffic:
        length = hashlib.new(self.cipher.digest).digest_size
        return _Traffic(self.cipher, expand_label(self.secret, "traffic upd", length, self.cipher.digest))

    def attempt(self, record: TlsRecord, reach: int) -> tuple[int, bytes] | None:
        """Opens a record that is at most `reach` records later than the expected one."""
        additional = bytes([record.kind]) + record.version.to_bytes(2, "big") + record.length.to_bytes(2, "big")
        for sequence in range(self.sequence, self.sequence + reach + 1):
            plain = self.open(numbered(self.iv, sequence), record.payload, additional)
            if plain is not None:
                self.sequence = sequence + 1
                content = plain.rstrip(b"\0")
                return (content[-1], content[:-1]) if content else None
        return None


class _Tls13Side:
    """A direction: early data (clients only), handshake, then application data."""

    __slots__ = ("_cipher", "_data", "early", "failures", "lost", "now")

    def __init__(self, cipher: _Tls13Cipher, handshake: bytes | None, data: bytes | None, early: bytes | None) -> None:
        self._cipher = cipher
        self._data = data
        self.now = _Traffic(cipher, handshake) if handshake is not None else None
        self.early = _Traffic(cipher, early) if early is not None else None
        self.lost = False
        self.failures = 0

    def to_data(self) -> None:
        self.now = _Traffic(self._cipher, self._data) if self._data is not None else None
        self.early = None
        self.lost = False


class _Tls13Keys(SessionKeys):
    def __init__(self, sides: list[_Tls13Side]) -> None:
        self._sides = sides

    def open(self, side: int, record: TlsRecord) -> tuple[int, bytes] | None:
        keys = self._sides[side]
        if not record.complete:
            self.lost(side)
            return None
        if keys.failures > MAX_FAILURES:
            return None
        opened = keys.now.attempt(record, MAX_GAP if keys.lost else 0) if keys.now is not None else None
        if opened is not None:
            keys.lost = False
            return opened
        if keys.early is not None:
            opened = keys.early.attempt(record, MAX_EARLY)
        keys.failures += opened is None
        return opened

    def change_cipher_spec(self, side: int) -> None:
        """For the sake of middleboxes only."""

    def finished(self, side: int) -> None:
        self._sides[side].to_data()

    def key_update(self, side: int) -> None:
        keys = self._sides[side]
        keys.now = keys.now.updated() if keys.now is not None else None

    def lost(self, side: int) -> None:
        self._sides[side].lost = True
