"""The result of a run, independent of the form in which it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sestriage.watch.conditions import Condition, ConditionChange
from sestriage.watch.incidents import Change, Incident


@dataclass(frozen=True, slots=True)
class Summary:
    """The result of a run.

    `changes` and `condition_changes` are new; `open` and `conditions` hold now, new or not. `notes` are sentences that
    a user must know (a fresh start, a gap). `grown` is when the log last changed (None: it cannot be read), `last_run`
    and `last_good` when the runs before this one were (None: never). Times are seconds since 1970.
    """

    log: str
    now: float
    changes: tuple[tuple[Change, Incident], ...] = ()
    condition_changes: tuple[ConditionChange, ...] = ()
    open: tuple[Incident, ...] = ()
    conditions: tuple[Condition, ...] = ()
    notes: tuple[str, ...] = ()
    grown: float | None = None
    counters: Mapping[str, float] | None = None
    certificates: tuple[tuple[str, str, str, float], ...] = ()
    """(where, name, SHA-256, end of validity) of every watched certificate."""

    @property
    def news(self) -> bool:
        """True if there is something to report."""
        return bool(self.changes or self.condition_changes or self.notes)

    @property
    def alarming(self) -> bool:
        """True if something is new, changed or due for a reminder, and not just over."""
        over = Change.ENDED
        return any(c is not over for c, _ in self.changes) or any(c.change is not over for c in self.condition_changes)

    @property
    def unreadable(self) -> Condition | None:
        """The condition that the log cannot be read; None when it can."""
        return next((c for c in self.conditions if c.level == "unknown"), None)
