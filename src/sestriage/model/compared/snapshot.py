"""What of a report is compared with another one, whichever version of sestriage made it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Names = Literal["plain", "pseudonyms", "keyed"]
"""How a report names what is private: as it is, by pseudonyms of its own, or by pseudonyms with keyed fingerprints."""


@dataclass(frozen=True, slots=True)
class SeenAttempt:
    """An attempt of a report. `started` is naive where the log's zone is not known, None without a time."""

    started: datetime | None
    outcome: str
    rule: str | None = None
    host: str | None = None
    port: int | None = None


@dataclass(frozen=True, slots=True)
class SeenCertificate:
    """A certificate that was served or lies in a store. `trusted` is None for a served one."""

    sha256: str
    subject: str
    not_after: str | None = None
    alias: str | None = None
    trusted: bool | None = None


@dataclass(frozen=True, slots=True)
class SeenStore:
    """A trust store; nothing can be said of the entries of one that is not `readable`."""

    file: str
    readable: bool
    entries: tuple[SeenCertificate, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenCiphers:
    """A cipher list with its tokens in their order."""

    file: str
    tokens: tuple[str, ...]
    dhe_allowed: bool


@dataclass(frozen=True, slots=True)
class PrintedStep:
    """A step of a fix as the report printed it. `rule` may be the primary one or that of a further finding."""

    rule: str
    text: str
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One case of a report. Everything is what the report says; what it does not say is None or empty."""

    name: str
    """What the user named, with the case in it where there are several."""
    case: str | None
    schema_version: int | None
    version: str | None
    analysed: datetime | None
    outcome: str
    """`failed`, `accepted` or `undetermined`."""
    confidence: str | None
    rule: str | None
    title: str | None
    from_settings: bool = False
    """Nothing but settings speaks for the primary finding."""
    further: tuple[tuple[str, str], ...] = ()
    """Rule and title of the contributing findings."""
    attempts: tuple[SeenAttempt, ...] = ()
    served: tuple[SeenCertificate, ...] = ()
    """The newest chain that was seen, the server's own certificate first."""
    stores: tuple[SeenStore, ...] = ()
    ciphers: tuple[SeenCiphers, ...] = ()
    settings: tuple[tuple[str, str], ...] | None = None
    """Fields of the SMTP form and the e-mail action; None without any."""
    steps: tuple[PrintedStep, ...] = ()
    importable: frozenset[str] = frozenset()
    """SHA-256 of the certificates of which any would complete the path to the store."""
    clients: frozenset[str] = frozenset()
    """Addresses from which the captures show the mail to be sent."""
    problems: tuple[tuple[str, str], ...] = ()
    """File and problem of what was not (fully) used."""
    names: Names = "plain"
    key_id: str | None = None
    fingerprints: dict[str, str] = field(default_factory=dict, hash=False)
    """Keyed fingerprint by pseudonym."""

    @property
    def newest(self) -> datetime | None:
        """The time of the newest attempt; None when no attempt has one."""
        return next((attempt.started for attempt in reversed(self.attempts) if attempt.started), None)

    @property
    def rules(self) -> frozenset[str]:
        """All rules that hold."""
        return frozenset(rule for rule in (self.rule, *(rule for rule, _ in self.further)) if rule)
