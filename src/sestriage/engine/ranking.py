"""Which of several findings is the cause, by the phase at which an attempt failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sestriage.model.log import LogEvent
from sestriage.model.phase import TLS_STEPS, Phase
from sestriage.model.verdict import Finding

UNCLASSIFIED = "unclassified-error"
"""The rule for what no other rule knows."""

SEVERITY_RANK = {"warning": 0, "error": 1, "critical": 2}


def by_preference(findings: Iterable[Finding], phase: Phase | None, events: Sequence[LogEvent]) -> list[Finding]:
    """Best first: fits the failing phase, then confidence, severity, and depth on the ladder."""
    possible = {p for event in events if event.outcome == "failure" for p in event.phases}
    return sorted(findings, key=lambda finding: _preference(finding, phase, possible), reverse=True)


def _preference(finding: Finding, phase: Phase | None, possible: set[Phase]) -> tuple[int, int, int, int]:
    fits = 0
    if phase is not None:
        same = finding.phase is phase or {finding.phase, phase} <= TLS_STEPS
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
    return replace(primary, phase=phase) if any_step else primary
