"""Everything that was read, before anything is made of it. Light, so that an excerpt can be judged without any file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sestriage.errors import RuleError
from sestriage.model.log import LogEvent
from sestriage.model.source import InputNote, SourceRef

if TYPE_CHECKING:
    from sestriage.model.capture import Capture
    from sestriage.model.config import CipherList, SmtpSettings
    from sestriage.model.mail import MailHeaders
    from sestriage.model.transcript import NameAnswer, TlsTrace, Transcript
    from sestriage.model.trust import TrustStore


@dataclass(frozen=True, slots=True)
class LogFile:
    """The events of one log, in file order."""

    source: SourceRef
    events: tuple[LogEvent, ...]
    named: bool = False
    """The user named this very file (or piped it in), so where it lies says nothing about whose it is."""
    begins: datetime | None = None
    """The first time stamp of the file, be its line about mail or not; None when there is none near its start."""
    clock_ahead: timedelta | None = None
    """What the lines near the start of the file show of the clock's zone, as in `LogEvent.clock_ahead`."""
    whole: bool = True
    """False: the log tells of older attempts than those of `events`."""
    traces: tuple[TlsTrace, ...] = ()
    """TLS handshakes that the JVM traced into this log, in its order."""
    placed: bool = False
    """Its times have no zone of their own: they got the one that the user gave."""
    dated: datetime | None = None
    """When the file was last written, which lends the year to time stamps without one; None: not known."""


@dataclass(frozen=True, slots=True)
class Portion:
    """What of a log or capture lies in the window of time that the user wants to see.

    `left_out` events about mail (conversations of a capture) were read and lie outside, from `first_out` to `last_out`.
    `timeless` events have no time and were used. `covers_from` and `covers_to` are the times of the whole file, None
    where none was seen. `unread` of `size` bytes were not read because the times, in order at `probes` places, say that
    they lie outside. `written` is set when nothing was read of a file that was last written to before the window.
    """

    source: SourceRef
    kind: str = "log"
    left_out: int = 0
    first_out: datetime | None = None
    last_out: datetime | None = None
    timeless: int = 0
    covers_from: datetime | None = None
    covers_to: datetime | None = None
    unread: int = 0
    size: int = 0
    probes: int = 0
    written: datetime | None = None


@dataclass(slots=True)
class Inputs:
    """Everything that was read, still apart by kind."""

    logs: list[LogFile] = field(default_factory=list)
    """The response-management log with its rotated parts (oldest first), or what the user handed in as such."""
    other_logs: list[LogFile] = field(default_factory=list)
    captures: list[Capture] = field(default_factory=list)
    stores: list[TrustStore] = field(default_factory=list)
    cipher_lists: list[CipherList] = field(default_factory=list)
    answers: list[NameAnswer] = field(default_factory=list)
    """What was asked for names by hand."""
    transcripts: list[Transcript] = field(default_factory=list)
    """Runs of openssl s_client or the probe, and served chains in PEM files."""
    settings: list[SmtpSettings] = field(default_factory=list)
    """SMTP forms with their e-mail action, as the user wrote them down."""
    mails: list[MailHeaders] = field(default_factory=list)
    """Delivered mails."""
    notes: list[InputNote] = field(default_factory=list)
    portions: list[Portion] = field(default_factory=list)
    """Only with a window of time: what of each log and capture lies in it."""
    clock: str | None = None
    """Only with a window of time: the zone by which the captures place a log without one."""
    rule_problems: list[RuleError] = field(default_factory=list)
    """Rules that could not be evaluated, filled while they are."""


def named_ports(collected: Inputs) -> frozenset[int]:
    """The ports of mail servers that logs and settings name."""
    logged = (event.port for log in (*collected.logs, *collected.other_logs) for event in log.events if event.mail)
    written = (settings.port for settings in collected.settings)
    return frozenset(port for port in (*logged, *written) if port is not None)
