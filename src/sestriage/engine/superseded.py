"""Findings that a narrower one replaces, but for those of another recipient."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sestriage.model.log import LogEvent, SmtpReply
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Finding
from sestriage.rules import drop_superseded

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
