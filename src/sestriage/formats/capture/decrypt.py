"""Decryption of TLS records with the secrets of a key log (RFC 5246, RFC 5288, RFC 7905, RFC 6655, RFC 8446).

Every record is authenticated; one that does not check stays unread (`open` gives None).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from sestriage.formats.capture import tls_registry as registry
from sestriage.formats.capture.keylog import CLIENT_RANDOM, SESSION_ID, parse_keylog
from sestriage.formats.capture.tls_handshake import ServerHello
from sestriage.formats.capture.tls_records import Record

MAX_GAP = 256
"""So many records may be missing before one that can still be opened."""
MAX_EARLY = 32
MAX_FAILURES = 16
"""After so many records that cannot be opened, a direction is given up."""

OpenAead = Callable[[bytes, bytes, bytes], bytes | None]
"""nonce, ciphertext with tag, additional data -> plaintext, None when the tag is wrong."""


class SessionKeys(ABC):
    """The keys of one session."""

    @abstractmethod
    def open(self, side: int, record: Record) -> tuple[int, bytes] | None:
        """Content type and plaintext of a record; None when it cannot be opened."""

    @abstractmethod
    def change_cipher_spec(self, side: int) -> None:
        """The side sent ChangeCipherSpec."""

    @abstractmethod
    def finished(self, side: int) -> None:
        """The side sent its Finished."""

    @abstractmethod
    def key_update(self, side: int) -> None:
        """The side sent a KeyUpdate."""

    @abstractmethod
    def lost(self, side: int) -> None:
        """Records of the side are missing."""


class Keys:
    """All secrets that are at hand: of a key log, and of secrets blocks in the capture."""

    def __init__(self) -> None:
        self._secrets: dict[tuple[bytes, bytes], bytes] = {}

    def add(self, text: bytes) -> None:
        """The lines of a key log."""
        self._secrets.update(parse_keylog(text))

    @property
    def any(self) -> bool:
        """There are secrets at all."""
        return bool(self._secrets)

    def session(self, client_random: bytes, hello: ServerHello, *, client_side: int) -> SessionKeys | None:
        """The keys of a session; None when there are none, or none for that version or suite."""
        if hello.version is None or hello.cipher is None or not self._secrets:
            return None
        name = registry.suite(hello.cipher).name
        if registry.is_tls13(hello.version):
            return self._tls13(client_random, name, client_side)
        master = self._secrets.get((CLIENT_RANDOM, client_random)) or self._secrets.get((SESSION_ID, hello.session_id))
        if master is None:
            return None
        return _tls12(master, client_random, hello, name, client_side)

    def _tls13(self, client_random: bytes, name: str, client_side: int) -> SessionKeys | None:
        cipher = _tls13_cipher(name)
        secrets = {label: self._secrets.get((label, client_random)) for label in _TLS13_LABELS}
        if cipher is None or not any(secrets.values()):
            return None
        early, client, server, client_data, server_data = (secrets[label] for label in _TLS13_LABELS)
        sides = [_Tls13Side(cipher, client, client_data, early), _Tls13Side(cipher, server, server_data, None)]
        return _Tls13Keys(sides if client_side == 0 else sides[::-1])


_TLS13_LABELS = (
    b"CLIENT_EARLY_TRAFFIC_SECRET",
    b"CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    b"SERVER_HANDSHAKE_TRAFFIC_SECRET",
    b"CLIENT_TRAFFIC_SECRET_0",
    b"SERVER_TRAFFIC_SECRET_0",
)


# -- AEAD ------------------------------------------------------------------------------------------------------------


def _aead(kind: str, key: bytes) -> OpenAead:
    """The opening function of an AEAD: `GCM`, `CCM`, `CCM_8`, `CHACHA20`."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305

    cipher: AESGCM | AESCCM | ChaCha20Poly1305
    if kind == "GCM":
        cipher = AESGCM(key)
    elif kind == "CHACHA20":
        cipher = ChaCha20Poly1305(key)
    else:
        cipher = AESCCM(key, 8 if kind == "CCM_8" else 16)

    def open_it(nonce: bytes, data: bytes, additional: bytes) -> bytes | None:
        try:
            return cipher.decrypt(nonce, data, additional)
        except (InvalidTag, ValueError):
            return None

    return open_it


def _numbered(iv: bytes, sequence: int) -> bytes:
    """The nonce of a record: the IV with the record's number (RFC 8446 5.3)."""
    return (int.from_bytes(iv, "big") ^ sequence).to_bytes(len(iv), "big")


# -- TLS 1.3 ---------------------------------------------------------------------------------------------------------


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
        self.open = _aead(cipher.kind, expand_label(secret, "key", cipher.key_length, cipher.digest))
        self.iv = expand_label(secret, "iv", 12, cipher.digest)

    def updated(self) -> _Traffic:
        length = hashlib.new(self.cipher.digest).digest_size
        return _Traffic(self.cipher, expand_label(self.secret, "traffic upd", length, self.cipher.digest))

    def attempt(self, record: Record, reach: int) -> tuple[int, bytes] | None:
        """Opens a record that is at most `reach` records later than the expected one."""
        additional = bytes([record.kind]) + record.version.to_bytes(2, "big") + record.length.to_bytes(2, "big")
        for sequence in range(self.sequence, self.sequence + reach + 1):
            plain = self.open(_numbered(self.iv, sequence), record.payload, additional)
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

    def open(self, side: int, record: Record) -> tuple[int, bytes] | None:
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


# -- TLS 1.2 and below -----------------------------------------------------------------------------------------------


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


def _tls12(master: bytes, client_random: bytes, hello: ServerHello, name: str, client_side: int) -> SessionKeys | None:
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
    def open(self, record: Record, sequence: int) -> bytes | None:
        """The plaintext of a record with that number."""


def _header(record: Record, sequence: int, length: int) -> bytes:
    """What is authenticated beside the content: number, type, version, length (RFC 5246 6.2.3)."""
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
        self._open = _aead(kind, key)

    def open(self, record: Record, sequence: int) -> bytes | None:
        payload = record.payload
        if len(payload) < self._explicit + self._tag:
            return None
        nonce = self._iv + payload[:8] if self._explicit else _numbered(self._iv, sequence)
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

    def open(self, record: Record, sequence: int) -> bytes | None:
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
        """The keys stay."""

    def key_update(self, side: int) -> None:
        """TLS 1.2 has none."""

    def open(self, side: int, record: Record) -> tuple[int, bytes] | None:
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
