"""The phase ladder of an SMTP submission: the one scale on which every failure is placed."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """A step of an SMTP submission, in the order in which a client passes them.

    A message that belongs to one phase proves that every earlier phase worked in that attempt.
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

    def cleared(self) -> tuple[Phase, ...]:
        """The phases that a failure at this phase proves to have worked, earliest first.

        Configuration is never listed: reaching a server proves only that *some* settings were read. A failure at
        `TLS` does not clear `CERTIFICATE`, and a failure at `CERTIFICATE` does not clear `TLS`: which of the two a
        client looks at first depends on its TLS library. STARTTLS is listed with the others although a TLS-wrapper
        connection has no such step.
        """
        passed = [p for p in Phase if Phase.CONFIG.rank < p.rank < self.rank]
        if self is Phase.CERTIFICATE:
            passed.remove(Phase.TLS)
        return tuple(passed)


TLS_STEPS = frozenset({Phase.TLS, Phase.CERTIFICATE})
"""Which of the two a client looks at first depends on its TLS library."""

_RANK = {phase: rank for rank, phase in enumerate(Phase)}
