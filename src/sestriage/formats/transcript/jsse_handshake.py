"""A TLS handshake while it is gathered from the lines of a trace."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

MAX_CERTIFICATES: Final = 20
MAX_TEXT: Final = 500
"""Characters that are kept of a value."""
_DNS_NAME: Final = re.compile(r"DNSName: (?P<name>\S{1,253})")
_ADDRESS: Final = re.compile(r"IPAddress: (?P<name>\S{1,60})")


@dataclass(slots=True)
class PrintedCertificate:
    """A certificate as the trace prints it: values by their label in small letters and single blanks."""

    line: int
    values: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def takes_name(self, text: str) -> bool:
        """Keeps the alternative name that a line prints; False for any other line."""
        for form, names in ((_DNS_NAME, self.names), (_ADDRESS, self.addresses)):
            if match := form.match(text.lstrip()):
                names.append(match["name"].lower())
                return True
        return False


@dataclass(slots=True)
class Handshake:
    """What was printed of one handshake of a client, `first` to `last` line."""

    first: int
    thread: str | None
    last: int = 0
    started: datetime | None = None
    ended: datetime | None = None
    serves: bool = False
    """The JVM is the server of this handshake."""
    sni: str | None = None
    offered_versions: tuple[str, ...] = ()
    offered_suites: tuple[str, ...] = ()
    version: str | None = None
    suite: str | None = None
    group: str | None = None
    dh_bits: int | None = None
    resumed: bool = False
    retried: bool = False
    certificates: list[PrintedCertificate] = field(default_factory=list)
    steps: list[tuple[str, str, int, datetime | None]] = field(default_factory=list)
    """Sender, message, line, time."""
    alerts: list[tuple[str, str, str, int]] = field(default_factory=list)
    """Sender, level, description, line."""
    trusted: bool = False
    asks_for_certificate: bool = False
    finished: set[str] = field(default_factory=set)
    data: set[str] = field(default_factory=set)
    """Who sent application data."""
    fault: list[str] = field(default_factory=list)
    """The lines of the exception by which it ended."""
    fault_line: int = 0
    fault_alert: str | None = None
    store: str | None = None
    store_size: int | None = None

    @property
    def over(self) -> bool:
        """It was ended, or finished by both sides."""
        return bool(self.fault) or len(self.finished) == 2 or any(level == "fatal" for _, level, _, _ in self.alerts)

    def step(self, sender: str, name: str, line: int, when: datetime | None) -> None:
        """A message of the handshake."""
        self.steps.append((sender, name, line, when))

    def move_down(self, lines: int) -> None:
        """It stands so many lines further down in its file."""
        self.first, self.last = self.first + lines, self.last + lines
        self.fault_line += lines if self.fault_line else 0
        self.steps = [(sender, name, line + lines, when) for sender, name, line, when in self.steps]
        self.alerts = [(sender, level, name, line + lines) for sender, level, name, line in self.alerts]
        for item in self.certificates:
            item.line += lines

    def certificate(self, line: int) -> None:
        """The next certificate of the chain begins."""
        if len(self.certificates) < MAX_CERTIFICATES:
            self.certificates.append(PrintedCertificate(line))
