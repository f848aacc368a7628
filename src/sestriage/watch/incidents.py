"""From attempts to incidents: alarm mail stops working, works differently badly, and works again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

MAIL_PHASES = ("rcpt", "data")
"""Phases whose failures concern one action's mail, not the Manager's way to the mail server."""

UNCLASSIFIED = "unclassified-error"
"""The "rule" of a failure whose cause no rule knows, or whose cause was not written yet."""

CAUSE_LEFT_OUT = "-without-cause"
"""How the rules for failures end whose cause the log leaves out: it may stand in lines that were not written yet."""


class Change(StrEnum):
    """Why an incident is reported."""

    STARTED = "started"
    CHANGED = "changed"
    ENDED = "ended"
    PASSED = "passed"
    """It began and ended since the last report."""
    REMINDED = "reminded"


@dataclass(frozen=True, slots=True)
class Cause:
    """The cause of a failed attempt, in words that may be mailed.

    `rule` is the id for `sestriage explain`. `step`/`command` are the first thing to do, None where there is none;
    `risk` is what that puts at risk.
    `argv` are the words of each program of a command that is a plain pipeline, else None.
    `place` cites the log, `quote` is the line there.
    """

    rule: str
    title: str
    phase: str
    severity: str
    confidence: str
    step: str | None
    command: str | None
    place: str
    quote: str
    risk: str | None = None
    argv: tuple[tuple[str, ...], ...] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A finished attempt: when (None: no time in the log), the cause (None: accepted), the action's name if known.

    `repeat`: its result was counted in an earlier run; this adds another line about it. `times`: it stands for so many
    attempts that failed for one cause, of which it is the first.
    """

    at: datetime | None
    cause: Cause | None
    action: str | None
    place: str
    repeat: bool = False
    times: int = 1

    @property
    def scope(self) -> str:
        """The scope of the incident that it belongs to (`Incident.scope`); empty for one that was accepted."""
        return (self.action or "") if self.cause is not None and self.cause.phase in MAIL_PHASES else ""


@dataclass(frozen=True, slots=True)
class Incident:
    """A time in which alarm mail failed. Times are aware, in UTC; `timed` is False where they are times of reading.

    `scope` is the action's name when only that action's mail fails, else empty. `ended` is None while it lasts;
    `resolution` cites what ended it. `reported` is the rule that was last reported as open (None: not yet), `told` the
    time of that report.
    """

    number: int
    scope: str
    started: datetime
    last: datetime
    count: int
    cause: Cause
    timed: bool = True
    ended: datetime | None = None
    resolution: str | None = None
    reported: str | None = None
    told: float | None = None
    closed_told: bool = False
    causes: tuple[tuple[str, int], ...] = ()
    """Every rule of this incident with its count, in the order of appearance."""


@dataclass(slots=True)
class Book:
    """The open incidents, and those that were touched."""

    open: dict[str, Incident]
    next_number: int
    touched: dict[int, Incident] = field(default_factory=dict)
    failed: int = 0
    accepted: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)
    last_accepted: datetime | None = None
    first_number: int = 0
    """The number of the first incident that begins here."""

    def __post_init__(self) -> None:
        self.first_number = self.next_number

    @property
    def begun(self) -> int:
        """How many incidents began."""
        return self.next_number - self.first_number

    def add(self, seen: Seen, now: float) -> None:
        """Take one attempt, in the order of time."""
        moment = seen.at or datetime.fromtimestamp(now, UTC)
        if seen.cause is None:
            self._accepted(seen, moment)
        else:
            self._failed(seen, seen.cause, moment)

    def _failed(self, seen: Seen, cause: Cause, at: datetime) -> None:
        incident = self.open.get(seen.scope)
        if seen.repeat:
            if incident is not None:
                self._put(_known_better(replace(incident, last=max(incident.last, seen.at or incident.last)), cause))
            return
        self.failed += seen.times
        self.by_rule[cause.rule] = self.by_rule.get(cause.rule, 0) + seen.times
        if incident is None:
            self._put(
                Incident(
                    *(self.next_number, seen.scope, at, at, seen.times, cause, seen.at is not None),
                    causes=((cause.rule, seen.times),),
                )
            )
            self.next_number += 1
            return
        counts = dict(incident.causes)
        counts[cause.rule] = counts.get(cause.rule, 0) + seen.times
        self._put(
            replace(
                incident,
                last=max(incident.last, at),
                count=incident.count + seen.times,
                cause=cause,
                causes=tuple(counts.items()),
            )
        )

    def _accepted(self, seen: Seen, at: datetime) -> None:
        if not seen.repeat:
            self.accepted += 1
        self.last_accepted = max(self.last_accepted, at) if self.last_accepted is not None else at
        for scope, incident in list(self.open.items()):
            # Mail of another action proves the way to the server, not that this action's recipients are fine.
            if scope and seen.action is not None and seen.action != scope:
                continue
            self._put(replace(incident, ended=max(at, incident.last), resolution=seen.place))
            del self.open[scope]

    def _put(self, incident: Incident) -> None:
        self.open[incident.scope] = incident
        self.touched[incident.number] = incident


def _known_better(incident: Incident, cause: Cause) -> Incident:
    """The incident after a further line about a failure that was counted: it may be the first to name the cause."""
    known = incident.cause.rule
    if _tells(cause.rule) <= _tells(known):
        return incident
    counts = dict(incident.causes)
    counts[known] -= 1
    counts[cause.rule] = counts.get(cause.rule, 0) + 1
    return replace(incident, cause=cause, causes=tuple(item for item in counts.items() if item[1]))


def _tells(rule: str) -> int:
    """How much a rule says about the cause: nothing, which step failed, or the cause."""
    if rule == UNCLASSIFIED:
        return 0
    return 1 if rule.endswith(CAUSE_LEFT_OUT) else 2


def changes(incidents: Iterable[Incident], remind: float | None, now: float) -> list[tuple[Change, Incident, Incident]]:
    """The changes to report: the change, the incident, and the incident as it is stored once that was reported."""
    found: list[tuple[Change, Incident, Incident]] = []
    for incident in sorted(incidents, key=lambda i: i.number):
        change = _change(incident, remind, now)
        if change is None:
            continue
        told = replace(incident, reported=incident.cause.rule, told=now, closed_told=incident.ended is not None)
        found.append((change, incident, told))
    return found


def _change(incident: Incident, remind: float | None, now: float) -> Change | None:
    if incident.ended is not None:
        if incident.closed_told:
            return None
        return Change.PASSED if incident.reported is None else Change.ENDED
    if incident.reported is None:
        return Change.STARTED
    if incident.reported != incident.cause.rule:
        return Change.CHANGED
    return Change.REMINDED if due(incident.told, remind, now) else None


CLOCK_SLACK = 300.0
"""A report this far in the future was made by a clock that has been set back since."""


def due(told: float | None, remind: float | None, now: float) -> bool:
    """True if a reminder is due, also after a report "from the future" (the clock was set back)."""
    return remind is not None and told is not None and (now - told >= remind or told > now + CLOCK_SLACK)
