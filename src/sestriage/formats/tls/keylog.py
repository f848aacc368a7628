"""NSS key logs (SSLKEYLOGFILE, draft-ietf-tls-keylogfile): the secrets of TLS sessions, line by line.

The secrets stay inside this package: nothing of them reaches a fact.
"""

from __future__ import annotations

import re

MAX_BYTES = 64 << 20
"""Of all key logs of a case together."""
MAX_SECRETS = 100_000
MAX_LINE = 1024
CLIENT_RANDOM = b"CLIENT_RANDOM"
SESSION_ID = b"SESSION_ID"
"""Our label for a line `RSA Session-ID:… Master-Key:…`."""

_LABELS = (
    rb"CLIENT_RANDOM|CLIENT_EARLY_TRAFFIC_SECRET|EARLY_EXPORTER_(?:MASTER_)?SECRET|EXPORTER_SECRET"
    rb"|CLIENT_HANDSHAKE_TRAFFIC_SECRET|SERVER_HANDSHAKE_TRAFFIC_SECRET|CLIENT_TRAFFIC_SECRET_0|SERVER_TRAFFIC_SECRET_0"
)
_LINE = re.compile(rb"\s*(" + _LABELS + rb")[ \t]+([0-9a-fA-F]{64})[ \t]+([0-9a-fA-F]{64,128})\s*")
_SESSION_LINE = re.compile(rb"\s*RSA[ \t]+Session-ID:([0-9a-fA-F]{2,64})[ \t]+Master-Key:([0-9a-fA-F]{96})\s*")


class KeyLog:
    """The secrets of all key logs of a case: each log is read once, however many captures ask for them."""

    def __init__(self, *texts: bytes) -> None:
        self.secrets: dict[tuple[bytes, bytes], bytes] = {}
        """By (label, client random or session id)."""
        self.room = MAX_BYTES
        """Bytes of key logs that may still be added."""
        for text in texts:
            self.add(text)

    def add(self, text: bytes) -> None:
        """The lines of one more key log."""
        self.room = max(0, self.room - len(text))
        if len(self.secrets) < MAX_SECRETS:
            self.secrets.update(parse_keylog(text))


def looks_like_keylog(head: bytes) -> bool:
    """True if one of the first lines is a key log's (comments and blank lines may come before it)."""
    for line in head.splitlines()[:50]:
        if line.strip() and not line.lstrip().startswith(b"#"):
            return bool(_LINE.match(line) or _SESSION_LINE.match(line))
    return False


def parse_keylog(text: bytes) -> dict[tuple[bytes, bytes], bytes]:
    """The secrets by (label, client random or session id). Other lines are skipped."""
    secrets: dict[tuple[bytes, bytes], bytes] = {}
    for line in text.splitlines():
        if len(line) > MAX_LINE or len(secrets) >= MAX_SECRETS:
            continue
        if match := _LINE.fullmatch(line):
            if len(match[3]) % 2 == 0:
                secrets[match[1], bytes.fromhex(match[2].decode())] = bytes.fromhex(match[3].decode())
        elif (match := _SESSION_LINE.fullmatch(line)) and len(match[1]) % 2 == 0:
            secrets[SESSION_ID, bytes.fromhex(match[1].decode())] = bytes.fromhex(match[2].decode())
    return secrets
