"""The conclusions of the engine: evidence, findings, fixes, attempts, verdict, and the whole result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from sestriage.model.command import Command, Instructions
from sestriage.model.phase import Phase
from sestriage.model.reference import Reference
from sestriage.model.source import InputDigest, InputNote, SourceRef
from sestriage.model.vocabulary import Severity

if TYPE_CHECKING:
    from sestriage.model.capture import Capture, Stream
    from sestriage.model.config import CipherList, SmtpSettings
    from sestriage.model.log import LogEvent
    from sestriage.model.trust import TrustPath, TrustStore


class Confidence(StrEnum):
    """How sure a finding is. See design: confirmed = direct proof or two independent kinds of evidence; likely = one
    kind that admits no other reading; suspected = one of several readings, which are then listed."""

    SUSPECTED = "suspected"
    LIKELY = "likely"
    CONFIRMED = "confirmed"

    @property
    def rank(self) -> int:
        """0 for suspected, 2 for confirmed."""
        return ("suspected", "likely", "confirmed").index(self.value)


class Outcome(StrEnum):
    """How an attempt, and so a case, ended."""

    FAILED = "failed"
    ACCEPTED = "accepted"
    UNDETERMINED = "undetermined"


class Ground(StrEnum):
    """How a step is known to have worked: it was seen, or the protocol implies it in the mode that is known."""

    OBSERVED = "observed"
    IMPLIED = "implied"


Proof = Literal[
    "handshake-seen",
    "reply-seen",
    "client-finished",
    "used-after-handshake",
    "name-reached",
    "connection-spoke",
    "reply-to-command",
    "starttls-agreed",
    "later-command",
    "mode-in-log",
    "ses-needs-tls",
    "ses-needs-login",
    "accepted",
]
"""The ground for saying that a step worked; the first four are observations, the others implications."""


NothingToJudge = Literal["empty", "unknown-files", "window"]
"""Why there was nothing to judge: no file at all, no file of a known kind, no attempt in the window of time."""


@dataclass(frozen=True, slots=True)
class ProvenStep:
    """A step that worked in an attempt, with the ground of that claim and the place of what shows it."""

    phase: Phase
    ground: Ground
    proof: Proof
    source: SourceRef


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in the evidence with what stands there. `quote` is one short line; `kind` is the fact kind
    (`log.event`, …)."""

    source: SourceRef
    quote: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class FixStep:
    """One thing to do. `command` is exactly executable, None for a menu step; `verify` says how to check, `undo` how
    to go back."""

    rule: str
    text: str
    command: Command | None = None
    risk: str | None = None
    verify: Instructions | None = None
    undo: Instructions | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """Evidence that is missing: what, why it would help, and how to collect it: a command, or where to find it."""

    evidence: str
    why: str
    command: Command | Instructions


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that holds for an attempt, with the facts it was bound to.

    `phase` is the step at which the attempt fails by this rule; None where the rule knows none (an unknown error).
    `explanation` is the rule's `why`. `severity` is `critical`, `error` or `warning`; a warning never becomes the
    primary cause.
    """

    rule: str
    title: str
    phase: Phase | None
    severity: Severity
    confidence: Confidence
    explanation: str
    evidence: tuple[Evidence, ...] = ()
    fixes: tuple[FixStep, ...] = ()
    needs: tuple[Need, ...] = ()
    conflicts: tuple[Evidence, ...] = ()
    """Evidence that speaks against the rule; not empty only when its `conflicts` condition holds."""
    contradiction: str | None = None
    """The usual meaning of such a conflict, in one or two sentences; None unless `conflicts` is not empty."""
    alternatives: tuple[str, ...] = ()
    """Other rules that the same evidence would also fit (ids)."""
    supersedes: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    caution: str | None = None
    listed: Phase | None = None
    """Where its rule is listed, of one whose step the evidence shows: what the failure is about (a sender may be
    refused as late as the recipient is named). None where `phase` is the rule's own."""
    of_server: bool = False
    """A server wrote what it holds for, about a client that came to it: no attempt of this side to send mail."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another reading of the same evidence: a rule that is not excluded, and what would settle it."""

    rule: str
    title: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two pieces of evidence that do not go together, and what that usually means."""

    text: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send a mail, put together from the log and the captures.

    `started`/`ended` are aware where a zone is known or was found by comparing with captures, else naive, None
    without time. `events` are the log events and `streams` the conversations that belong to it, in time order.
    """

    started: datetime | None
    ended: datetime | None
    events: tuple[LogEvent, ...] = ()
    streams: tuple[Stream, ...] = ()
    host: str | None = None
    port: int | None = None
    outcome: Outcome = Outcome.UNDETERMINED
    phase: Phase | None = None
    finding: Finding | None = None
    """The primary finding of this attempt; None unless it failed."""
    outcome_confidence: Confidence | None = None
    outcome_evidence: tuple[Evidence, ...] = ()
    sources: tuple[SourceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class HandMadeTest:
    """A run of another client (openssl, the probe) in the evidence: what it shows of the server.

    It is never an attempt of the Manager. `host` and `port` are what the client was told, None where the run does not
    say. `proven` are the steps that worked in the test. `findings` are rules that hold for what it shows, best first;
    empty beside an attempt of the Manager, which is judged instead. `notes` say what the run shows, what was wrong
    with the test itself, and what it does not show.
    """

    source: SourceRef
    program: str
    host: str | None = None
    port: int | None = None
    started: datetime | None = None
    proven: tuple[ProvenStep, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, about the newest attempt.

    `primary` is None unless `outcome` is failed. `proven` are the steps that worked, each with its ground, `not_used`
    those that the session went without. `contributing` are further findings that hold (warnings, hidden second causes).
    """

    outcome: Outcome
    confidence: Confidence | None
    evidence: tuple[Evidence, ...] = ()
    primary: Finding | None = None
    alternatives: tuple[Alternative, ...] = ()
    contributing: tuple[Finding, ...] = ()
    proven: tuple[ProvenStep, ...] = ()
    not_used: tuple[Phase, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    needs: tuple[Need, ...] = ()
    notes: tuple[str, ...] = ()
    """Further sentences a reader must know (time zone offset found, one more cause may be hidden, …)."""
    doubt: str | None = None
    """Why the verdict may be about something else, or be over; said first of all. None: no such doubt."""
    on_top: tuple[str, ...] = ()
    """Those of the notes that tell of the input, and could change the verdict: a reader must see them first."""

    @property
    def cleared(self) -> tuple[Phase, ...]:
        """The steps that worked, in the order of the ladder."""
        return tuple(step.phase for step in self.proven)


@dataclass(frozen=True, slots=True)
class RulePack:
    """A folder of site rules that were used. `version` is its own, empty for none; `digest` names its rules, as
    `Report.rules_digest` does all of them."""

    name: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Fingerprints of what stands behind the pseudonyms of a redacted report (HMAC-SHA-256, 16 bytes in hexadecimal).

    `key_id` tells whether two reports were made with the same key.
    """

    key_id: str
    fingerprints: tuple[tuple[str, str], ...] = ()
    """Pseudonym (`<host-1>`) and fingerprint."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a triage gives; the renderers see nothing else."""

    verdict: Verdict
    attempts: tuple[Attempt, ...] = ()
    tests: tuple[HandMadeTest, ...] = ()
    captures: tuple[Capture, ...] = ()
    stores: tuple[TrustStore, ...] = ()
    paths: tuple[TrustPath, ...] = ()
    cipher_lists: tuple[CipherList, ...] = ()
    settings: tuple[SmtpSettings, ...] = ()
    inputs: tuple[InputNote, ...] = ()
    case: str | None = None
    """Name of the case when one input holds several (two Managers in a bundle)."""
    version: str = ""
    language: str = "en"
    """Of its sentences; renderers use the same."""
    nothing: NothingToJudge | None = None
    """Why there was nothing to judge; None when there was, or when only the attempt is missing."""
    analysed: datetime | None = None
    """When the report was made (UTC); None where that is of no interest."""
    rules_digest: str = ""
    """Names the rules that were used, those of the site included; equal rules have equal digests."""
    read: tuple[InputDigest, ...] = ()
    """The files that were handed in."""
    read_left_out: int = 0
    """Further files of folders that `read` does not list."""
    rule_packs: tuple[RulePack, ...] = ()
    """Site rules that were used beside or instead of the packaged ones."""
    pseudonyms: Pseudonyms | None = None
    """None for a report that is not redacted, or was redacted without a key."""
