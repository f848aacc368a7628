"""Problems around the log: it is unreadable or silent, or certificates end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sestriage.watch.incidents import Change, due

Kept = tuple[float, str, str, float | None]
"""A condition as the state keeps it: since, stage, sentence, last reported."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that holds now. `stage` changes when it gets worse; `level` is `warning` or `unknown`."""

    name: str
    stage: str
    text: str
    level: str = "warning"


@dataclass(frozen=True, slots=True)
class ConditionChange:
    """A condition that is to be reported, and since when it holds."""

    change: Change
    name: str
    text: str
    since: float


def condition_changes(
    current: Sequence[Condition], kept: Mapping[str, Kept], remind: float | None, now: float
) -> list[ConditionChange]:
    """The conditions that began, got worse, ended, or are due for a reminder."""
    found: list[ConditionChange] = []
    for condition in current:
        old = kept.get(condition.name)
        if old is None:
            found.append(ConditionChange(Change.STARTED, condition.name, condition.text, now))
        elif old[3] is None or old[1] != condition.stage:
            change = Change.STARTED if old[3] is None else Change.CHANGED
            found.append(ConditionChange(change, condition.name, condition.text, min(old[0], now)))
        elif due(old[3], remind, now):
            found.append(ConditionChange(Change.REMINDED, condition.name, condition.text, min(old[0], now)))
    names = {condition.name for condition in current}
    found.extend(
        ConditionChange(Change.ENDED, name, text, since)
        for name, (since, _, text, told) in kept.items()
        if name not in names and told is not None
    )
    return found
