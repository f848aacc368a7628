"""Which findings stand, and which of several is the cause, by the phase at which an attempt failed."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from sestriage.model.log import LogEvent, SmtpReply
from sestriage.model.phase import TLS_STEPS, Phase
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Finding
from sestriage.rules import drop_superseded

UNCLASSIFIED = "unclassified-error"
"""The rule for what no other rule knows."""

SEVERITY_RANK = {"warning": 0, "error": 1, "critical": 2}


def by_preference(
    findings: Iterable[Finding], phase: Phase | None, events: Sequence[LogEvent], any_step: Container[str] = ()
) -> list[Finding]:
    """Best first: fits the failing phase (as those rules do whose signs come at `any_step`), then confidence, severity,
    and depth on the ladder."""
    possible = {p for event in events if event.outcome == "failure" for p in event.phases}
    return sorted(
        findings,
        key=lambda finding: _preference(finding, phase, possible, any_step=finding.rule in any_step),
        reverse=True,
    )


def _preference(
    finding: Finding, phase: Phase | None, possible: set[Phase], *, any_step: bool
) -> tuple[int, int, int, int]:
    fits = 0
    if phase is not None:
        same = any_step or finding.phase is phase or {finding.phase, phase} <= TLS_STEPS
        fits = 2 if same else 0
    elif finding.phase in possible:
        fits = 1
    if finding.rule == UNCLASSIFIED:
        fits = -1
    return (
        fits,
        finding.confidence.rank,
        SEVERITY_RANK.get(finding.severity, 1),
        finding.phase.rank if finding.phase else 0,
    )


def at_step(primary: Finding, phase: Phase | None, *, any_step: bool) -> Finding:
    """The finding at the step that failed. A rule knows it better than a bare sign on the wire does; one that has no
    step of its own (`any_step`) is at the one that the evidence shows, if any."""
    return replace(primary, phase=phase, listed=primary.phase) if any_step else primary


_OF_ONE_RECIPIENT = re.compile(r"<[^>\n]{0,320}>|\S{1,64}@\S{1,255}|\d+|\W+")
"""What differs in a reply that is said to several recipients."""
_COMPARED = 40


def without_superseded(findings: Sequence[Finding], events: Sequence[LogEvent]) -> tuple[Finding, ...]:
    """The findings without those that another one replaces. RCPT is the one command that a mail has several of: a
    finding that also cites another refusal of a recipient than those that replace it, tells of that and stays, behind
    the others."""
    left = drop_superseded(findings)
    refused = {e.source: e.reply for e in events if e.outcome == "failure" and e.phase is Phase.RCPT and e.reply}
    if len(refused) < 2:
        return left
    return (*left, *(each for each in findings if each not in left and _tells_of_another(each, findings, refused)))


def _tells_of_another(finding: Finding, findings: Sequence[Finding], refused: dict[SourceRef, SmtpReply]) -> bool:
    theirs = [_told(other, refused) for other in _replacing(finding, findings)]
    return all(theirs) and bool(_told(finding, refused).difference(*theirs))


def _replacing(finding: Finding, findings: Sequence[Finding]) -> list[Finding]:
    return [other for other in findings if finding.rule in other.supersedes and other.rule != finding.rule]


def _told(finding: Finding, refused: dict[SourceRef, SmtpReply]) -> set[tuple[int, str]]:
    """The refusals of recipients that a finding cites."""
    return {_words(refused[each.source]) for each in finding.evidence if each.source in refused}


def _words(reply: SmtpReply) -> tuple[int, str]:
    return reply.code, _OF_ONE_RECIPIENT.sub(" ", reply.text).strip()[:_COMPARED]
