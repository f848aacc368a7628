"""The pieces of which a TLS session is made up while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sestriage.formats.tls import handshake
from sestriage.formats.tls.records import RecordReader


@dataclass(slots=True)
class Alert:
    """A readable alert."""

    side: int
    level: int
    code: int
    frame: int
    decrypted: bool


@dataclass(slots=True)
class HandshakeStep:
    """One step of the handshake."""

    side: int
    name: str
    frame: int
    time: datetime | None


@dataclass(slots=True)
class SentChain:
    """A Certificate message and who sent it."""

    side: int
    chain: handshake.CertificateMessage
    frame: int
    decrypted: bool


@dataclass(slots=True)
class Side:
    """The records and messages of one side."""

    reader: RecordReader
    handshake: bytearray = field(default_factory=bytearray)
    """Bytes of an unfinished handshake message."""
    ciphered: bool = False
    """ChangeCipherSpec was sent (TLS 1.2 and below: what follows is encrypted)."""
    finished: bool = False
    application_bytes: int = 0
    data_noted: bool = False
    """Application data is among the steps."""
    gapped: bool = False
    """The capture lacks bytes of this side."""
    encrypted_alert: bool = False
    maybe_alerts: int = 0
    """So many of the newest records (TLS 1.3, no keys) have the length of a padded alert: they are alerts if nothing
    follows. Java sends `user_canceled` before its `close_notify`."""
    alert_half: bytes = b""
