"""Decryption of TLS records with a key log (placeholder until the key log reader is there)."""

from __future__ import annotations

from sestriage.formats.capture.tls_handshake import ServerHello
from sestriage.formats.capture.tls_records import Record


class SessionKeys:
    """The keys of one session."""

    def open(self, side: int, record: Record) -> tuple[int, bytes] | None:
        """Content type and plaintext of a record; None when it cannot be opened."""
        return None

    def change_cipher_spec(self, side: int) -> None:
        """The side sent ChangeCipherSpec."""

    def finished(self, side: int) -> None:
        """The side sent its Finished."""

    def key_update(self, side: int) -> None:
        """The side sent a KeyUpdate."""

    def lost(self, side: int) -> None:
        """Records of the side are missing."""


class Keys:
    """All secrets of a key log."""

    any = False

    def add(self, text: bytes) -> None:
        """The lines of a key log."""

    def session(self, client_random: bytes, hello: ServerHello, *, client_side: int) -> SessionKeys | None:
        """The keys of a session; None when the log does not have them."""
        return None
