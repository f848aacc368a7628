"""Secrets at hand, and the keys of a session out of them.

Every record is authenticated; one that does not check stays unread.
"""

from __future__ import annotations

from collections import ChainMap

from sestriage.formats.tls import registry
from sestriage.formats.tls.handshake import ServerHello
from sestriage.formats.tls.keylog import CLIENT_RANDOM, SESSION_ID, KeyLog
from sestriage.formats.tls.session_keys import SessionKeys


class Keys:
    """All secrets that are at hand for one capture: of the case's key logs, and of secrets blocks in the capture."""

    def __init__(self, given: KeyLog | None = None) -> None:
        self._own = KeyLog()
        self._secrets = ChainMap(self._own.secrets, given.secrets if given is not None else {})

    def add(self, text: bytes) -> None:
        """The lines of a secrets block."""
        self._own.add(text)

    @property
    def any(self) -> bool:
        """True if there are any secrets."""
        return bool(self._secrets)

    def session(self, client_random: bytes, hello: ServerHello, *, client_side: int) -> SessionKeys | None:
        """The keys of a session; None when there are none, or none for that version or suite."""
        if hello.version is None or hello.cipher is None or not self._secrets:
            return None
        from sestriage.formats.tls.decrypt12 import tls12_keys
        from sestriage.formats.tls.decrypt13 import LABELS, tls13_keys

        name = registry.suite(hello.cipher).name
        if registry.is_tls13(hello.version):
            return tls13_keys([self._secrets.get((label, client_random)) for label in LABELS], name, client_side)
        master = self._secrets.get((CLIENT_RANDOM, client_random)) or self._secrets.get((SESSION_ID, hello.session_id))
        if master is None:
            return None
        return tls12_keys(master, client_random, hello, name, client_side)
