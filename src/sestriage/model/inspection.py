"""The results of `inspect`: every file and member, what it is, and what triage would do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sestriage.model.source import SourceRef


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """From the first time stamp to the last. Aware where the evidence has a zone; None without any time stamp."""

    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClockJump:
    """A place where the time stamps of a log go back by more than a minute.

    `line` is the first line after the jump, `seconds` how far it went back.
    """

    line: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class LogFacts:
    """The content of a log.

    `wrappings` are the wrappings met, those that lie on top of each other joined by `+`, outermost first; empty for
    plain lines. `encoding` is None for UTF-8 and 8-bit text. `zones` lists the offsets of the time stamps in the order
    met: `UTC`, `+05:30`, or `none` for stamps without a zone; empty without any time stamp that has a date.
    `starts`, `failures` and `successes` count events about sending mail, `other` events that look like trouble of
    another service. `problems` are pairs of line (None: no one place) and sentence.
    """

    wrappings: tuple[str, ...] = ()
    encoding: str | None = None
    span: TimeSpan = TimeSpan()
    zones: tuple[str, ...] = ()
    jumps: tuple[ClockJump, ...] = ()
    starts: int = 0
    failures: int = 0
    successes: int = 0
    other: int = 0
    problems: tuple[tuple[int | None, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CaptureFacts:
    """The content of a capture. `conversations` counts those kept (SMTP, TLS, mail ports), `mail` those with a mail
    server; `lookups` counts DNS questions. Times are in UTC."""

    packets: int = 0
    span: TimeSpan = TimeSpan()
    conversations: int = 0
    mail: int = 0
    lookups: int = 0
    cut_packets: bool = False
    """Packets were cut when they were captured (a snap length)."""
    problem: str | None = None
    passed_over: str | None = None
    """What of a large capture was not looked at, as a sentence; None when everything was."""


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """The content of a trust store or certificate file; `anchors` are the certificates that Java would trust."""

    format: str
    entries: int = 0
    anchors: int = 0
    readable: bool = True
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class InspectedItem:
    """One file, archive member or archive.

    `kind`: as `ingest.Member.kind` has it (`log`, `capture`, `store`, `certificates`, …), or `archive`, `folder`.
    `use`: `used` (triage reads it), `set-aside` (recognised, but not what triage looks at), `refused` (not read).
    `size`: bytes after decompression, None for what was not read. `why`: None, or why it is set aside or refused.
    """

    source: SourceRef
    kind: str
    use: str
    why: str | None = None
    size: int | None = None
    format: str | None = None
    role: str = ""
    compression: tuple[str, ...] = ()
    modified: datetime | None = None
    detail: str | None = None
    problem: str | None = None
    """The damage of an input that is used in spite of it."""
    log: LogFacts | None = None
    capture: CaptureFacts | None = None
    store: StoreFacts | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything found, in the order of the walk; an archive comes behind its members."""

    items: tuple[InspectedItem, ...]
    version: str = ""

    def count(self, use: str) -> int:
        """How many items are put to this use, archives and folders left out."""
        return sum(item.use == use and item.kind not in ("archive", "folder") for item in self.items)
