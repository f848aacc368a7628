"""For which servers and clients a rule speaks, where it does not speak for all."""

from __future__ import annotations

import re
from typing import NamedTuple

SERVERS = ("ses", "mail-manager")
"""An SES SMTP endpoint, an ingress endpoint of SES Mail Manager."""

CLIENT = re.compile(r"(?:JavaMail|JDK|OpenSSL|Linux|SNA)(?: \d[\w.]*[+-]?)?")
"""A product, with a version where the rule holds for some only: `JDK 9+` for that one and later ones, `JDK 8-` for that
one and older ones, `JavaMail 1.6` for one alone."""


class Scope(NamedTuple):
    """The servers and clients whose texts a rule knows; empty where it holds for any.

    A named tuple, as all that `explanation.py` needs.
    """

    servers: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()

    @classmethod
    def of(cls, table: object) -> Scope:
        """From the table of a rule file; what is not of its form is left out."""
        if not isinstance(table, dict):
            return cls()
        lists = (table.get(key) for key in cls._fields)
        return cls(*(tuple(map(str, found)) if isinstance(found, list) else () for found in lists))


ANY = Scope()
"""A rule that speaks for all."""
