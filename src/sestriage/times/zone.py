"""Times without a zone: which zone a user names, which one a log shows, and the instants that a clock's time means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from sestriage.model.message import Message

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE)
QUARTER = 900.0
NEAR = 120.0
"""The last line of a log is at most this much older than the file's own time of change, by the same clock."""
WIDEST = timedelta(hours=14)
"""How far any zone's clock is from UTC at most."""
MAX_NAME = 64
"""Characters of a zone's name; the longest has 32."""
SETBACK = timedelta(minutes=1)
"""Threads and buffers put lines a little out of order; a step back by more than this is the clock's."""
TICK = timedelta(microseconds=1)


def parse_zone(text: str) -> tzinfo | None:
    """`auto` is None (see `find_zone`), `local` the machine's zone, else `UTC`, `+02:00` or `Europe/Berlin`.

    Raises ValueError with a sentence for a user.
    """
    plain = text.strip()
    if plain.lower() == "auto":
        return None
    if plain.lower() == "local":
        return Local()
    if plain.upper() in ("UTC", "Z", "GMT"):
        return UTC
    if match := _OFFSET.fullmatch(plain):
        hours, minutes = int(match[2]), int(match[3] or 0)
        if hours <= 14 and minutes < 60:
            size = timedelta(hours=hours, minutes=minutes)
            return timezone(-size if match[1] == "-" else size)
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(plain[:MAX_NAME])  # of a longer one each part would be looked up as a package
    except (ValueError, OSError, LookupError):
        raise ValueError(
            Message(
                "{value} is no time zone such as UTC, +02:00, Europe/Berlin, local or auto",
                value=repr(text),
            )
        ) from None


class Local(tzinfo):
    """The machine's zone with its changes of clock, whatever /etc/localtime says."""

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        """Ahead of UTC at a local time."""
        if at is None:
            return None
        return at.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, at: datetime | None) -> timedelta | None:
        """Not known apart from the offset."""
        return None

    def tzname(self, at: datetime | None) -> str | None:
        """The zone's abbreviation."""
        return at.replace(tzinfo=None).astimezone().tzname() if at is not None else "local"


def find_zone(times: Sequence[datetime], changed: float) -> tzinfo:
    """The zone of times without one, from the newest of them and the moment at which the file last changed.

    The newest line was written when the file changed: a difference of whole quarter hours is the zone. When the
    machine's own zone explains it, that one is taken, for the sake of its changes of clock; so it is when nothing fits.
    """
    local = Local()
    if not times:
        return local
    newest = times[-1]
    ahead = newest.replace(tzinfo=UTC).timestamp() - changed
    quarters = round(ahead / QUARTER) * QUARTER
    if abs(ahead - quarters) > NEAR or abs(quarters) > WIDEST.total_seconds():
        return local
    mine = local.utcoffset(datetime.fromtimestamp(changed))
    if mine is not None and mine.total_seconds() == quarters:
        return local
    return timezone(timedelta(seconds=quarters))


def place_times(times: Sequence[datetime | None], zone: tzinfo) -> list[datetime | None]:
    """The times with a zone, in the order of the log.

    An hour that happens twice when the clocks go back is told apart by the order: a time that would lie before the one
    before it is in the second of the two.
    """
    placer = Placer(zone)
    return [None if time is None else placer.place(time) for time in times]


class Placer:
    """Gives the times of one log, in its order, the zone of the clock that wrote them (see `place_times`)."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._last: datetime | None = None

    def place(self, time: datetime) -> datetime:
        """The instant of the next time of the log, in UTC. A time with a zone is that already."""
        at = to_utc(time if time.tzinfo is not None else time.replace(tzinfo=self._zone))
        if self._last is not None and time.tzinfo is None and at < self._last - SETBACK:
            second = to_utc(time.replace(tzinfo=self._zone, fold=1))
            at = second if second > at and second >= self._last - SETBACK else at
        self._last = at
        return at


def to_utc(at: datetime) -> datetime:
    """A time with a zone as an instant; at the edge of the calendar, where there is none, the time itself."""
    try:
        return at.astimezone(UTC)
    except (OverflowError, ValueError, OSError):
        return at.replace(tzinfo=UTC)


def instants(wall: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first and the last instant (UTC) that a clock's time may mean: two where the hour comes twice, else equal.

    A time that the clocks pass over is between the two, which then are the instants that it would be by either offset.
    """
    one, other = to_utc(wall.replace(tzinfo=zone, fold=0)), to_utc(wall.replace(tzinfo=zone, fold=1))
    return min(one, other), max(one, other)


def first_instant(wall: datetime, zone: tzinfo) -> datetime:
    """The first instant (UTC) at which a clock of the zone shows this time or, where it passes it over, a later one."""
    low, high = instants(wall, zone)
    if low == high or _wall(low, zone) == wall:
        return low
    change = low
    while high - change > TICK:  # the change of the clock lies in (change, high]
        middle = change + (high - change) / 2
        change, high = (middle, high) if _wall(middle, zone) < wall else (change, middle)
    return high


def last_instant(wall: datetime, zone: tzinfo) -> datetime:
    """The last instant (UTC) at which a clock of the zone shows this time or, where it passes it over, an earlier
    one."""
    low, high = instants(wall, zone)
    if low == high or _wall(high, zone) == wall:
        return high
    return first_instant(wall, zone) - TICK


def offset_at(at: datetime, zone: tzinfo) -> timedelta:
    """The offset of the zone from UTC at an instant; zero at the edge of the calendar."""
    try:
        return _wall(at, zone) - to_utc(at).replace(tzinfo=None)
    except (OverflowError, ValueError, OSError):
        return timedelta(0)


def _wall(at: datetime, zone: tzinfo) -> datetime:
    """The time that a clock of the zone shows at an instant."""
    return at.astimezone(None if isinstance(zone, Local) else zone).replace(tzinfo=None)
