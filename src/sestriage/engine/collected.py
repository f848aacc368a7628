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
    from sestriage.model.transcript import Transcript
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


@dataclass(slots=True)
class Collected:
    """Everything that was read, still apart by kind."""

    logs: list[LogFile] = field(default_factory=list)
    """The response-management log with its rotated parts (oldest first), or what the user handed in as such."""
    other_logs: list[LogFile] = field(default_factory=list)
    captures: list[Capture] = field(default_factory=list)
    stores: list[TrustStore] = field(default_factory=list)
    cipher_lists: list[CipherList] = field(default_factory=list)
    transcripts: list[Transcript] = field(default_factory=list)
    """Runs of openssl s_client or the probe, and served chains in PEM files."""
    settings: list[SmtpSettings] = field(default_factory=list)
    """SMTP forms with their e-mail action, as the user wrote them down."""
    mails: list[MailHeaders] = field(default_factory=list)
    """Delivered mails."""
    notes: list[InputNote] = field(default_factory=list)
    rule_problems: list[RuleError] = field(default_factory=list)
    """Rules that could not be evaluated, filled while they are."""
