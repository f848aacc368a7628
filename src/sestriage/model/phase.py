"""The phase ladder of an SMTP submission: the one scale on which every failure is placed."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """A step of an SMTP submission, in the order in which a client passes them over STARTTLS with login.

    Which of them a session has depends on its mode: a failure at one step does not prove by itself that the earlier
    ones worked.
    """

    CONFIG = "config"
    DNS = "dns"
    TCP = "tcp"
    GREETING = "greeting"
    STARTTLS = "starttls"
    TLS = "tls"
    CERTIFICATE = "certificate"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    ACCEPTED = "accepted"
    DELIVERY = "delivery"

    @property
    def rank(self) -> int:
        """Position on the ladder; 0 is the configuration, 12 the delivery."""
        return _RANK[self]


TLS_STEPS = frozenset({Phase.TLS, Phase.CERTIFICATE})
"""Which of the two a client looks at first depends on its TLS library."""

_RANK = {phase: rank for rank, phase in enumerate(Phase)}
