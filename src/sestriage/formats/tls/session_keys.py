"""The keys of one TLS session, as the session uses them; and the AEADs that all versions share (RFC 5116)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from sestriage.formats.tls.records import TlsRecord

MAX_GAP = 256
"""So many records may be missing before one that can still be opened."""
MAX_FAILURES = 16
"""After so many records that cannot be opened, a direction is given up."""

OpenAead = Callable[[bytes, bytes, bytes], bytes | None]
"""nonce, ciphertext with tag, additional data -> plaintext, None when the tag is wrong."""


class SessionKeys(ABC):
    """The keys of one session."""

    @abstractmethod
    def open(self, side: int, record: TlsRecord) -> tuple[int, bytes] | None:
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


def aead(kind: str, key: bytes) -> OpenAead:
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


def numbered(iv: bytes, sequence: int) -> bytes:
    """The nonce of a record: the IV with the record's number (RFC 8446 5.3)."""
    return (int.from_bytes(iv, "big") ^ sequence).to_bytes(len(iv), "big")
