"""Times of a log without zone, and the moment at which a first run begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from sestriage.watch.spans import parse_span

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE)
QUARTER = 900.0
NEAR = 120.0
"""The last line of a log is at most this much older than the file's own time of change, by the same clock."""
WIDEST = 14 * 3600.0


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
        return ZoneInfo(plain)
    except (ValueError, OSError, LookupError):
        raise ValueError(f"{text!r} is no time zone such as UTC, +02:00, Europe/Berlin, local or auto") from None


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
    if abs(ahead - quarters) > NEAR or abs(quarters) > WIDEST:
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
    placed: list[datetime | None] = []
    last: datetime | None = None
    for time in times:
        if time is None:
            placed.append(None)
            continue
        at = time.replace(tzinfo=zone) if time.tzinfo is None else time
        at = _to_utc(at)
        if last is not None and time.tzinfo is None and at < last - timedelta(minutes=1):
            second = _to_utc(time.replace(tzinfo=zone, fold=1))
            at = second if second > at and second >= last - timedelta(minutes=1) else at
        last = at
        placed.append(at)
    return placed


def _to_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except (OverflowError, ValueError, OSError):
        return at.replace(tzinfo=UTC)


def parse_since(text: str, now: float) -> float:
    """The moment (seconds since 1970) that `24h`, `2026-11-24` or `2026-11-24T08:00:00+01:00` means.

    A time without zone is local. Raises ValueError with a sentence for a user.
    """
    try:
        return now - parse_span(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{text!r} is neither a span such as 24h nor a time such as 2026-11-24T08:00") from None
