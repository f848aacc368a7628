"""Judges an excerpt of a log by itself: the attempts in it, each with its findings. Light, because it is interactive.

A triage does the same with everything that captures, stores and settings add (`decide.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sestriage.engine.clock import to_utc
from sestriage.engine.collected import Collected, LogFile
from sestriage.engine.drafts import Draft, group_events
from sestriage.engine.order import Timed
from sestriage.engine.ranking import UNCLASSIFIED, by_preference, settled_phase
from sestriage.engine.shown import relevant_events
from sestriage.model.facts import FactBase
from sestriage.model.log import LogEvent
from sestriage.model.phase import Phase
from sestriage.model.verdict import Attempt, Finding, Outcome
from sestriage.rules.ruleset import RuleSet, drop_superseded

MAX_ATTEMPTS = 50
"""Attempts of an excerpt that are judged."""


@dataclass(frozen=True, slots=True)
class JudgedAttempt:
    """An attempt that an excerpt shows. `findings` are those that hold, best first, superseded ones left out."""

    attempt: Attempt
    findings: tuple[Finding, ...]

    @property
    def explained(self) -> bool:
        """The attempt was accepted, or a rule other than that for unknown errors says why it failed."""
        return self.attempt.outcome is Outcome.ACCEPTED or any(f.rule != UNCLASSIFIED for f in self.findings)


def judge(events: Sequence[LogEvent], rules: RuleSet) -> tuple[JudgedAttempt, ...]:
    """The attempts, oldest first; of very many only the newest."""
    if not events:
        return ()
    (log,) = relevant_events(Collected(logs=[LogFile(events[0].source, tuple(events))]), any_log=True)
    return tuple(_judge(draft, rules) for draft in group_events(_timed(log.events))[-MAX_ATTEMPTS:])


def _timed(events: Sequence[LogEvent]) -> list[Timed]:
    """Events in time order; those without a time stay behind the one above them."""
    placed: list[tuple[datetime | None, Timed]] = []
    at: datetime | None = None
    for event in events:
        at = to_utc(event.time, timedelta(0)) or at
        placed.append((at, Timed(event, at, at)))
    first = next((at for at, _ in placed if at is not None), None)
    if first is not None:
        placed.sort(key=lambda entry: entry[0] or first)
    return [timed for _, timed in placed]


def _judge(draft: Draft, rules: RuleSet) -> JudgedAttempt:
    events = tuple(timed.event for timed in draft.events)
    facts = FactBase({"log.event": events}, frozenset({"log.event"}))
    findings = drop_superseded(rules.evaluate(facts))
    outcome = {"failure": Outcome.FAILED, "success": Outcome.ACCEPTED}.get(draft.result or "", Outcome.UNDETERMINED)
    phase = _failing_phase(events) if outcome is Outcome.FAILED else None
    ranked = by_preference(findings, phase, events)
    primary = None
    if outcome is Outcome.FAILED:
        primary = next((finding for finding in ranked if finding.severity != "warning"), None)
        phase = settled_phase(phase, primary)
    attempt = Attempt(
        draft.started,
        draft.ended,
        events,
        host=draft.host,
        port=draft.port,
        outcome=outcome,
        phase=Phase.ACCEPTED if outcome is Outcome.ACCEPTED else phase,
        finding=primary,
    )
    return JudgedAttempt(attempt, tuple(ranked))


def _failing_phase(events: Sequence[LogEvent]) -> Phase | None:
    return next((e.phase for e in reversed(events) if e.outcome == "failure" and e.phase is not None), None)
