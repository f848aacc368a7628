"""Facts read from the headers of a delivered mail, and what they prove about its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sestriage.model.source import SourceRef
from sestriage.model.verdict import Confidence, Contradiction, Evidence, Finding, Need

UNKNOWN = "unknown"
"""The words that servers write into `Received` where the look-up of an address gave no name."""


@dataclass(frozen=True, slots=True)
class SesMessageId:
    """A message id of SES taken apart: 4 hexadecimal digits of region, 12 of milliseconds since 1970.

    AWS does not document this layout: it is derived from public samples. `region` is None for a code that was not
    seen yet. `time` is when SES took the mail, aware (UTC).
    """

    text: str
    code: str
    region: str | None
    time: datetime


@dataclass(frozen=True, slots=True)
class Hop:
    """One `Received` header (RFC 5321 section 4.4), as its writer recorded it.

    `number` counts from 1 at the top (the newest). `helo` is how the sender called itself, `rdns` the name that the
    receiver found for the address (`unknown`: it found none), `ip` that address; `by` is the receiver's own name.
    None: not recorded.
    """

    number: int
    source: SourceRef
    helo: str | None = None
    rdns: str | None = None
    ip: str | None = None
    by: str | None = None
    time: datetime | None = None
    ses_name: str | None = None
    """The sender's name where it is one of SES's outgoing hosts (`a8-30.smtp-out.amazonses.com`)."""
    ses_region: str | None = None
    """The region in that name; us-east-1 for the names without region."""
    ses_address: bool = False
    """The recorded address proves that name: the receiver's own look-up gives it, or its digits are in the name."""


@dataclass(frozen=True, slots=True)
class DkimSignature:
    """A `DKIM-Signature` header (RFC 6376): who signed, with which selector. Says nothing about its validity."""

    domain: str
    selector: str | None
    source: SourceRef


@dataclass(frozen=True, slots=True)
class MethodResult:
    """One result of `Authentication-Results` (RFC 8601): `method` (`dkim`, `spf`, `dmarc`, `arc`), `result` (`pass`,
    `fail`, …), `identity` what was checked (domain of header.i or header.d, smtp.mailfrom, header.from)."""

    method: str
    result: str
    identity: str | None = None
    selector: str | None = None


@dataclass(frozen=True, slots=True)
class AuthResults:
    """The results that one server recorded. `arc_instance` is None for a plain `Authentication-Results` header, else
    the `i=` of an `ARC-Authentication-Results` header (RFC 8617)."""

    server: str
    results: tuple[MethodResult, ...]
    source: SourceRef
    arc_instance: int | None = None


@dataclass(frozen=True, slots=True)
class ArcSet:
    """One step of an ARC chain (RFC 8617): `validation` is the seal's `cv=` (`none`, `pass`, `fail`), `complete` when
    all three headers of the instance are there."""

    instance: int
    sealed_by: str | None
    validation: str | None
    complete: bool
    results: AuthResults | None = None


@dataclass(frozen=True, slots=True)
class MailHeaders:
    """The headers of a mail, reduced to what tells its way. Order is that of the file, the newest on top."""

    source: SourceRef
    sender: str | None = None
    """The address of From."""
    senders: tuple[str, ...] = ()
    envelope_sender: str | None = None
    """Return-Path, without brackets; empty for a bounce (`<>`), None when the header is missing."""
    message_id: str | None = None
    date: datetime | None = None
    delivered_to: str | None = None
    """Whom the recipient's server delivered it to; None unless it noted that above its own `Received`."""
    hops: tuple[Hop, ...] = ()
    hop_count: int = 0
    """All `Received` headers; `hops` is bounded."""
    signatures: tuple[DkimSignature, ...] = ()
    results: tuple[AuthResults, ...] = ()
    arc: tuple[ArcSet, ...] = ()
    received_spf: str | None = None
    feedback_id: str | None = None
    feedback_region: str | None = None
    outgoing: str | None = None
    """X-SES-Outgoing, as written."""
    outgoing_ip: str | None = None
    places: tuple[tuple[str, SourceRef], ...] = ()
    """Lower-case names of single headers with their place."""
    problems: tuple[str, ...] = ()

    def place(self, name: str) -> SourceRef:
        """Where a header stands; the file when it is not there."""
        return next((source for known, source in self.places if known == name), self.source)


@dataclass(frozen=True, slots=True)
class DeliveredMail:
    """A delivered mail and what its headers prove.

    `through_ses`: `yes`, `no`, or `unproven` (headers that anyone can copy are all there is, or nothing at all).
    `confidence` is that of this answer, None for `unproven` without any sign. `region` and `accepted_at` are derived
    from the message id (`message_id`), or `region` from the hop's name. `strong` and `weak` are the signs for SES:
    those that the recipient's own server recorded, and those that can be copied. `own_dkim` and `ses_dkim` are the
    results for a signature of the sender's own domain and for the one of amazonses.com, as the recipient's server
    recorded them: `pass`, `fail`, …, `none` (no such signature), `unknown` (no trustworthy record).
    """

    headers: MailHeaders
    through_ses: str
    confidence: Confidence | None
    message_id: SesMessageId | None = None
    region: str | None = None
    accepted_at: datetime | None = None
    hop: Hop | None = None
    """The hop by which the mail reached the recipient's servers; None when it cannot be told."""
    strong: tuple[Evidence, ...] = ()
    weak: tuple[Evidence, ...] = ()
    own_dkim: str = "unknown"
    ses_dkim: str = "unknown"
    spf: str | None = None
    dmarc: str | None = None
    sender_covered: bool | None = None
    """From belongs to a verified identity; None when these are not known."""
    region_matches: bool | None = None
    """The mail's region is that of the configured endpoint; None when either is not known."""
    contradictions: tuple[Contradiction, ...] = ()
    notes: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def source(self) -> SourceRef:
        """The file."""
        return self.headers.source
