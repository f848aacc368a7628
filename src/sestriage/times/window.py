"""The window of time that a user wants to see, and what lies in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from sestriage.model.message import Message
from sestriage.times.named import Moment
from sestriage.times.zone import WIDEST, Local, first_instant, instants, last_instant, offset_at, to_utc

BEFORE_CHANGE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Window:
    """From `since` to `until`, both included; None: open on that side.

    `zone` is that of times without a zone, those of a log too; both ends then carry one. While it is None an end may
    have no zone: it is compared with a log's own clock as that shows it. What can't be told then (a log without zone,
    and an end with one) counts as neither before nor after.
    """

    since: datetime | None
    until: datetime | None
    zone: tzinfo | None = None

    @classmethod
    def of(cls, since: Moment | None, until: Moment | None, zone: tzinfo | None = None) -> Window:
        """All of both moments, and what lies between. Raises ValueError when it ends before it begins."""
        begin, end = since.first if since else None, until.last if until else None
        window = cls(begin, end).in_zone(zone) if zone is not None else cls(begin, end)
        known = window if zone is not None else window.in_zone(Local())
        if known.since is not None and known.until is not None and known.since > known.until:
            raise ValueError(Message("the second time lies before the first"))
        return window

    def in_zone(self, zone: tzinfo) -> Window:
        """The same window with ends that carry a zone.

        An end in an hour that comes twice takes in both; one that the clocks pass over is the moment of the change.
        """
        since = self.since if self.since is None or self.since.tzinfo else first_instant(self.since, zone)
        until = self.until if self.until is None or self.until.tzinfo else last_instant(self.until, zone)
        return Window(since, until, zone)

    def wider(self, slack: timedelta) -> Window:
        """The window with so much more on either side."""
        since = self.since and _moved(self.since, -slack)
        return replace(self, since=since, until=self.until and _moved(self.until, slack))

    def for_reading(self) -> Window:
        """The logs that are needed to place times in the window: an hour that came twice is told apart by the order of
        the lines, so reading begins before the change of the clock."""
        if self.since is None or self.zone is None or self.since.tzinfo is None:
            return self
        early = _moved(self.since, -BEFORE_CHANGE)
        changed = offset_at(early, self.zone) != offset_at(self.since, self.zone)
        return replace(self, since=early) if changed else self

    def before(self, time: datetime) -> bool:
        """True if the time certainly lies before the window."""
        return self.since is not None and self._range(time, self.since)[1] < self.since

    def after(self, time: datetime) -> bool:
        """True if the time certainly lies behind the window."""
        return self.until is not None and self._range(time, self.until)[0] > self.until

    def may_hold(self, time: datetime) -> bool:
        """True unless the time certainly lies outside."""
        return not self.before(time) and not self.after(time)

    def _range(self, time: datetime, end: datetime) -> tuple[datetime, datetime]:
        """Earliest and latest that a time may be, in the terms of an end of the window."""
        if time.tzinfo is None and end.tzinfo is not None and self.zone is not None:
            return instants(time, self.zone)
        if (time.tzinfo is None) == (end.tzinfo is None):
            return time, time
        other = time.replace(tzinfo=UTC) if time.tzinfo is None else to_utc(time).replace(tzinfo=None)
        return _moved(other, -WIDEST), _moved(other, WIDEST)


def _moved(time: datetime, by: timedelta) -> datetime:
    """The time so much later, at most to the edge of the calendar."""
    try:
        return time + by
    except OverflowError:
        return (datetime.max if by > timedelta(0) else datetime.min).replace(tzinfo=time.tzinfo)
