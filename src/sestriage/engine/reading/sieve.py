"""Which events of a log go on: those that the user wants to see, the newest ones of very many."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime, timezone, tzinfo
from typing import TYPE_CHECKING

from sestriage.engine.reading.log_tail import MAX_EVENTS
from sestriage.model.log import LogEvent

if TYPE_CHECKING:
    from sestriage.times.window import Window

MAX_UNSURE = 2000
"""Events that may be about mail which are kept of one log, the newest ones; they displace none that count."""

MAX_FOREIGN = 50
"""Likewise for trouble of other services."""


def is_news(event: LogEvent) -> bool:
    """The event counts, may count, or is trouble of which is told that it does not."""
    return event.outcome != "other" or event.perhaps is not None


def sieved(events: Iterable[LogEvent], window: Window | None, zone: tzinfo | None) -> tuple[LogEvent, ...]:
    """The events that may lie in the window, their times with the zone; the newest ones of very many."""
    return Sieve(window, zone).through(events)


class Sieve:
    """Lets through the events of one log that may lie in the window; one that has no time, nor a line with one before
    it, goes with the event before it, at the beginning of a log with the first that has one."""

    def __init__(self, window: Window | None, zone: tzinfo | None) -> None:
        from sestriage.times.zone import Placer

        self.window = window
        self._zone = zone
        self.seen = 0
        """Events that were let through."""
        self.timeless = 0
        self.out: list[datetime] = []
        """Times of the first and of the last event that was not let through."""
        self.left_out = 0
        self.placed = False
        """Some time without a zone got the user's."""
        self._placer = Placer(zone) if zone is not None else None
        self._kept: deque[LogEvent] = deque(maxlen=MAX_EVENTS)
        self._unsure: deque[LogEvent] = deque(maxlen=MAX_UNSURE)
        self._foreign: deque[LogEvent] = deque(maxlen=MAX_FOREIGN)
        self._undecided: deque[LogEvent] = deque(maxlen=MAX_EVENTS)
        self._inside: bool | None = None

    def fresh(self) -> Sieve:
        """One like this that has seen nothing."""
        return Sieve(self.window, self._zone)

    def zoned(self, time: datetime | None) -> datetime | None:
        """The time as the log shows it, with its zone if it has none and one is known."""
        if time is None or time.tzinfo is not None or self._placer is None:
            return time
        self.placed = True
        ahead = time.replace(tzinfo=UTC) - self._placer.place(time)
        return time.replace(tzinfo=timezone(ahead))

    def begin_outside(self) -> None:
        """Reading begins behind something that lies outside: the first lines may be the rest of it."""
        self._inside = False

    def take(self, event: LogEvent) -> None:
        """The next event of the log."""
        event = event.with_times(self.zoned)
        time = event.when
        if self.window is None:
            self._keep(event)
            return
        if time is None and self._inside is None:
            self._undecided.append(event)
            return
        if time is not None:
            self._inside = self.window.may_hold(time)
            for earlier in self._undecided:
                self._decide(earlier)
            self._undecided.clear()
        self._decide(event)

    def through(self, events: Iterable[LogEvent]) -> tuple[LogEvent, ...]:
        """Those of the events of the log that are let through."""
        for event in events:
            self.take(event)
        return self.kept()

    def kept(self) -> tuple[LogEvent, ...]:
        """What was let through; all of a log without any time."""
        for event in self._undecided:
            self.timeless += event.outcome != "other"
            self._keep(event)
        self._undecided.clear()
        if not self._unsure and not self._foreign:
            return tuple(self._kept)
        return tuple(sorted((*self._kept, *self._unsure, *self._foreign), key=_line))

    def _decide(self, event: LogEvent) -> None:
        if self._inside:
            self._keep(event)
            return
        if event.outcome == "other":
            return
        self.left_out += 1
        if event.when is not None:
            self.out[1:] = [event.when]
            if len(self.out) == 1:
                self.out.append(event.when)

    def _keep(self, event: LogEvent) -> None:
        if event.mail and event.outcome != "other":
            self.seen += 1
            self._kept.append(event)
        elif event.perhaps == "foreign":
            self._foreign.append(event)
        else:
            self._unsure.append(event)


def _line(event: LogEvent) -> int:
    return event.source.line or 0
