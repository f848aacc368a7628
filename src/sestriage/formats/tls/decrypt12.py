"""Records of TLS 1.0 to 1.2 opened with the master secret (RFC 2246, 5246, 5288, 6655, 7366, 7905)."""

from __future__ import annotations

import hashlib
import hmac
import re
from abc import ABC, abstractmethod

from sestriage.formats.tls.handshake import ServerHello
from sestriage.formats.tls.records import TlsRecord
from sestriage.formats.tls.session_keys import MAX_FAILURES, MAX_GAP, SessionKeys, aead, numbered


def _p_hash(secret: bytes, seed: bytes, length: int, digest: str) -> bytes:
    out, link = b"", seed
    while len(out) < length:
        link = hmac.digest(secret, link, digest)
        out += hmac.digest(secret, link + seed, digest)
    return out[:length]


def prf(version: int, secret: bytes, label: bytes, seed: bytes, length: int, digest: str) -> bytes:
    """The pseudo-random function of TLS 1.0 and 1.1 (RFC 2246 5: MD5 and SHA-1), or of TLS 1.2 (RFC 5246 5)."""
    if version >= 0x0303:
        return _p_hash(secret, label + seed, length, digest)
    half = (len(secret) + 1) // 2
    left = _p_hash(secret[:half], label + seed, length, "md5")
    right = _p_hash(secret[-half:], label + seed, length, "sha1")
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


_TLS12_NAME = re.compile(r"TLS_\w+?_WITH_(?:AES_(128|256)_(GCM|CCM_8|CCM|CBC)|(CHACHA20)_POLY1305)(?:_(SHA\d*|MD5))?")
_MAC_SIZES = {"MD5": 16, "SHA": 20, "SHA256": 32, "SHA384": 48}
_MAC_NAMES = {"MD5": "md5", "SHA": "sha1", "SHA256": "sha256", "SHA384": "sha384"}
_BLOCK = 16


def tls12_keys(
    master: bytes, client_random: bytes, hello: ServerHello, name: str, client_side: int
) -> SessionKeys | None:
    """The keys of a session from its master secret; None for a suite or version that is not supported."""
    match = _TLS12_NAME.fullmatch(name)
    version = hello.version or 0
    if match is None or not 0x0301 <= version <= 0x0303:
        return None
    kind = match[2] or match[3]
    key_length = int(match[1] or 256) // 8
    mac = match[4] if kind == "CBC" else None
    mac_length = _MAC_SIZES[mac] if mac is not None else 0
    iv_length = {"CHACHA20": 12, "CBC": _BLOCK}.get(kind, 4)
    digest = "sha384" if name.endswith("_SHA384") else "sha256"
    sizes = (mac_length, mac_length, key_length, key_length, iv_length, iv_length)
    block = prf(version, master, b"key expansion", hello.random + client_random, sum(sizes), digest)
    parts: list[bytes] = []
    for size in sizes:
        parts.append(block[:size])
        block = block[size:]
    order = (0, 1) if client_side == 0 else (1, 0)
    sides: list[_Direction] = []
    for side in order:
        mac_key, key, iv = parts[side], parts[2 + side], parts[4 + side]
        if mac is None:
            sides.append(_AeadDirection(kind, key, iv))
        else:
            sides.append(_CbcDirection(version, _MAC_NAMES[mac], mac_key, key, iv, hello.encrypt_then_mac))
    return _Tls12Keys(sides)


class _Direction(ABC):
    """Opens the records of one side after its ChangeCipherSpec."""

    def __init__(self) -> None:
        self.sequence = 0

    @abstractmethod
    def open(self, record: TlsRecord, sequence: int) -> bytes | None:
        """The plaintext of a record with that number."""


def _header(record: TlsRecord, sequence: int, length: int) -> bytes:
    """The data authenticated beside the content: number, type, version, length (RFC 5246 6.2.3)."""
    return (
        sequence.to_bytes(8, "big")
        + bytes([record.kind])
        + record.version.to_bytes(2, "big")
        + max(0, length).to_bytes(2, "big")
    )


class _AeadDirection(_Direction):
    def __init__(self, kind: str, key: bytes, iv: bytes) -> None:
        super().__init__()
        self._iv = iv
        self._explicit = 0 if kind == "CHACHA20" else 8
        self._tag = 8 if kind == "CCM_8" else 16
        self._open = aead(kind, key)

    def open(self, record: TlsRecord, sequence: int) -> bytes | None:
        payload = record.payload
        if len(payload) < self._explicit + self._tag:
            return None
        nonce = self._iv + payload[:8] if self._explicit else numbered(self._iv, sequence)
        data = payload[self._explicit :]
        return self._open(nonce, data, _header(record, sequence, len(data) - self._tag))


class _CbcDirection(_Direction):
    def __init__(
        self, version: int, digest: str, mac_key: bytes, key: bytes, iv: bytes, encrypt_then_mac: bool
    ) -> None:
        super().__init__()
        self._digest = digest
        self._mac_key = mac_key
        self._size = hashlib.new(digest).digest_size
        self._key = key
        self._chained = iv if version < 0x0302 else None
        self._encrypt_then_mac = encrypt_then_mac

    def open(self, record: TlsRecord, sequence: int) -> bytes | None:
        data = record.payload
        if self._encrypt_then_mac:
            data, tag = data[: -self._size], data[-self._size :]
            expected = hmac.digest(self._mac_key, _header(record, sequence, len(data)) + data, self._digest)
            if not hmac.compare_digest(expected, tag):
                return None
        iv, data = (self._chained, data) if self._chained is not None else (data[:_BLOCK], data[_BLOCK:])
        if not data or len(data) % _BLOCK or len(iv) != _BLOCK:
            return None
        plain = self._decrypt(iv, data)
        padding = plain[-1] + 1
        if padding > len(plain):
            return None
        content = plain[:-padding]
        if not self._encrypt_then_mac:
            content, tag = content[: -self._size], content[-self._size :]
            expected = hmac.digest(self._mac_key, _header(record, sequence, len(content)) + content, self._digest)
            if not hmac.compare_digest(expected, tag):
                return None
        if self._chained is not None:
            self._chained = data[-_BLOCK:]
        return content

    def _decrypt(self, iv: bytes, data: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        decryptor = Cipher(algorithms.AES(self._key), modes.CBC(iv)).decryptor()
        return decryptor.update(data) + decryptor.finalize()


class _Tls12Keys(SessionKeys):
    def __init__(self, sides: list[_Direction]) -> None:
        self._sides = sides
        self._active = [False, False]
        self._lost = [False, False]
        self._failures = [0, 0]

    def change_cipher_spec(self, side: int) -> None:
        self._active[side] = True

    def finished(self, side: int) -> None:
        """The keys stay in use."""

    def key_update(self, side: int) -> None:
        """TLS 1.2 has none."""

    def open(self, side: int, record: TlsRecord) -> tuple[int, bytes] | None:
        direction = self._sides[side]
        if not self._active[side] or self._failures[side] > MAX_FAILURES:
            return None
        if not record.complete:
            direction.sequence += 1
            return None
        reach = MAX_GAP if self._lost[side] else 0
        for sequence in range(direction.sequence, direction.sequence + reach + 1):
            plain = direction.open(record, sequence)
            if plain is not None:
                direction.sequence = sequence + 1
                self._lost[side] = False
                return record.kind, plain
        self._failures[side] += 1
        return None

    def lost(self, side: int) -> None:
        self._lost[side] = True
