"""The attempts that an excerpt of a log shows: decided as a triage decides them, over the excerpt alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sestriage.engine.attempts import group_events
from sestriage.engine.decide import Decision, decide_attempt
from sestriage.engine.duplicates import deduplicate
from sestriage.engine.join import join
from sestriage.engine.order import in_order, with_known_zones
from sestriage.engine.ranking import UNCLASSIFIED
from sestriage.engine.reading.inputs import Inputs, LogFile
from sestriage.engine.shown import relevant_events
from sestriage.model.log import LogEvent
from sestriage.model.verdict import Outcome
from sestriage.rules.ruleset import RuleSet

MAX_ATTEMPTS = 50
"""Attempts of an excerpt that are judged."""


def judge(events: Sequence[LogEvent], rules: RuleSet) -> tuple[Decision, ...]:
    """The attempts, oldest first; of very many only the newest."""
    if not events:
        return ()
    collected = Inputs(logs=[LogFile(events[0].source, tuple(events), named=True)])
    logs = deduplicate(with_known_zones(relevant_events(collected, any_log=True)))
    drafts = join(group_events(in_order(logs, timedelta(0)))[-MAX_ATTEMPTS:], [], [])
    now = datetime.now(UTC)
    return tuple(decide_attempt(draft, collected, rules, now) for draft in drafts)


def explained(decision: Decision) -> bool:
    """The attempt was accepted, or a rule other than that for unknown errors says why it failed."""
    return decision.attempt.outcome is Outcome.ACCEPTED or any(f.rule != UNCLASSIFIED for f in decision.findings)
