"""Tries of one Test Action: a service that sends again after a failure has one result, that of its last try."""

from __future__ import annotations

from collections.abc import Sequence

from sestriage.engine.attempts import AttemptDraft, is_further_try
from sestriage.engine.decide import Decision
from sestriage.model.message import Message, together
from sestriage.model.verdict import Attempt


def tries_notes(drafts: Sequence[AttemptDraft], decisions: Sequence[Decision]) -> tuple[str, ...]:
    """How often the newest Test Action tried, and what its earlier tries ended with; nothing where it tried once."""
    first = len(drafts) - 1
    while first > 0 and is_further_try(drafts[first - 1], drafts[first]):
        first -= 1
    earlier = [decision.attempt for decision in decisions[first : len(drafts) - 1]]
    if not earlier:
        return ()
    told = together(*map(_told, earlier), between="; ")
    return (
        Message(
            "The last {count} attempts are tries of one Test Action: its last one counts. Before it: {earlier}.",
            count=len(earlier) + 1,
            earlier=told,
        ),
    )


def _told(attempt: Attempt) -> str:
    rule = attempt.finding.rule if attempt.finding is not None else Message("no cause found")
    place = str(attempt.sources[-1]) if attempt.sources else Message("no place")
    return Message("{rule} ({place})", rule=rule, place=place)
