"""Which conversations of a capture are looked at: at the mail ports all; at other ports all of a small capture.

In a large one the work must not grow with what others say to each other. Behind the first `MAX_FOLLOWED` conversations
or `MAX_STRANGERS` flows away from the mail ports the look gets narrower: where a mail port has shown mail, only ports
that were named and those of proxies are looked at; where none has, every port, but only for what begins as SMTP does,
for a proxy, or for a TLS session with the name of a mail server.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

from sestriage.formats.capture.protocols import MAIL_PORTS, PROXIES, TLS_PORTS, Guess, guess
from sestriage.model.capture import PortsRead
from sestriage.model.known.ports import PROXY_PORTS
from sestriage.model.known.ses import is_ses_endpoint

MAX_FOLLOWED = 100
"""Conversations away from the mail ports that are followed, whatever they are."""
MAX_STRANGERS = 10_000
"""Flows away from the mail ports of which the first packets are looked at, whatever they are."""

MAIL, NAMED, PROXY, TLS = 1, 2, 4, 8
"""What is known of a port: of mail; named by the user's evidence; of a proxy; of TLS."""

_MAIL_NAMES = (b"smtp", b"mail", b"amazonaws")
"""What stands in the name of a mail server."""
_BEGINS = b"2345EHLMSehlms"
"""First bytes of an SMTP reply or command."""


class Scope:
    """What is looked at, and since when not at everything any more.

    `ports` are named by the user's other evidence; `all_ports` never gets narrower.
    """

    __slots__ = ("_all", "_followed", "_named", "_strangers", "kinds", "lean", "mail_shown", "narrow", "since")

    def __init__(self, ports: Iterable[int] = (), *, all_ports: bool = False) -> None:
        self.kinds = bytearray(1 << 16)
        """By port: the sum of what is known of it."""
        self._named = frozenset(port for port in ports if 0 < port < 1 << 16)
        for known, kind in ((MAIL_PORTS, MAIL), (self._named, NAMED), (PROXY_PORTS, PROXY), (TLS_PORTS, TLS)):
            for port in known:
                self.kinds[port] |= kind
        self._all = all_ports
        self._followed = 0
        self._strangers = 0
        self.since: int | None = None
        """The first frame that was passed over because the look had got narrower."""
        self.mail_shown = False
        self.lean = False
        """Conversations at other ports are followed only where they look like mail."""
        self.narrow = False
        """Other ports are not looked at."""

    def shows_mail(self) -> None:
        """A mail port has shown SMTP or TLS."""
        self.mail_shown = True
        self._weigh()

    def followed(self) -> None:
        """One more conversation away from the mail ports is followed."""
        self._followed += 1
        if self._followed >= MAX_FOLLOWED and not self.lean:
            self._weigh()

    def met(self, count: int = 1) -> None:
        """More flows away from the mail ports were looked at."""
        self._strangers += count
        if self._strangers >= MAX_STRANGERS and not self.lean:
            self._weigh()

    def passed(self, frame: int) -> None:
        """A packet was passed over because the look had got narrower."""
        if self.since is None:
            self.since = frame

    def _weigh(self) -> None:
        if self._all or (self._followed < MAX_FOLLOWED and self._strangers < MAX_STRANGERS):
            return
        self.lean = True
        self.narrow = self.mail_shown

    def read(self) -> PortsRead | None:
        """What was not looked at; None when everything was."""
        if self.since is None:
            return None
        return PortsRead(tuple(sorted(MAIL_PORTS | PROXY_PORTS | self._named)), self.since, self.narrow)


def may_be_mail(data: bytes) -> bool:
    """The first payload of a conversation away from the mail ports may begin mail: SMTP, what is said to a proxy, or
    a TLS session with a mail server's name (in the first segment)."""
    found = guess(data)
    if found is None:
        return data[:1] in _BEGINS and len(data) < 6
    if isinstance(found, str):
        return found in PROXIES
    if found in (Guess.SMTP_COMMAND, Guess.SMTP_REPLY):
        return True
    hello = data.lower()
    return found is Guess.TLS_CLIENT and any(name in hello for name in _MAIL_NAMES)


def is_known_mail_host(address: bytes, names: dict[str, str]) -> bool:
    """DNS in the same capture gave the address as that of an SES endpoint."""
    return bool(names) and is_ses_endpoint(names.get(str(ip_address(address))))
