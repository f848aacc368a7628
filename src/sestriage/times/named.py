"""Moments as a user names them on the command line: a time, a day, so long ago, or a stamp copied from a log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from sestriage.model.message import Message
from sestriage.times.spans import parse_span
from sestriage.times.zone import TICK, Local, to_utc

_MOMENT = re.compile(
    r"(?:(?P<y>\d{4})(?P<dash>-?)(?P<mo>\d\d)(?P=dash)(?P<d>\d\d)|(?P<word>today|yesterday))?"
    r"(?P<gap>t|\s+)?"
    r"(?:(?P<h>\d{1,2}):(?P<mi>\d\d)(?::(?P<s>\d\d)(?:[.,](?P<f>\d{1,6})\d{0,3})?)?)?"
    r"(?:\s?(?P<z>z|utc|gmt|[+-]\d\d(?::?\d\d)?))?",
    re.IGNORECASE,
)
_DAY, _MINUTE, _SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as it was written: all that it names, from `first` to `last` (a day, a minute, a second, or less).

    Both carry a zone, or neither does: then no zone was written.
    """

    first: datetime
    last: datetime


def parse_moment(text: str, now: datetime, zone: tzinfo | None = None) -> Moment:
    """The moment that `24h` (so long ago), `2026-11-24`, `2026-11-24 08:00`, `08:00` (today), `yesterday 08:00`, `now`
    or a time stamp of a log means.

    `now` carries a zone. `zone` is that in which a day is today, None the machine's own.
    Raises ValueError with a sentence for a user.
    """
    plain = text.strip()
    try:
        found = _instant(plain, now) or _written(plain, now, zone) or _stamped(plain, now)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise ValueError(
            Message(
                "{value} is neither a span such as 24h nor a time such as 2026-11-24, 2026-11-24T08:00, 08:00, "
                "2026-11-24T08:00:15+01:00 or 'yesterday 08:00'",
                value=repr(text),
            )
        )
    return found


def parse_since(text: str, now: float) -> float:
    """The beginning (seconds since 1970) of the moment that a text names; a time without zone is the machine's.

    Raises ValueError with a sentence for a user.
    """
    first = parse_moment(text, datetime.fromtimestamp(now, UTC)).first
    try:
        return first.timestamp()
    except (ValueError, OverflowError, OSError):
        raise ValueError(Message("{value} lies outside of the calendar of this machine", value=repr(text))) from None


def _instant(text: str, now: datetime) -> Moment | None:
    """`now`, or a span before it."""
    if text.lower() == "now":
        return Moment(now, now)
    if re.fullmatch(r"20\d{6}", text):
        return None  # a day, not seconds
    try:
        at = now - timedelta(seconds=parse_span(text))
    except ValueError:
        return None
    return Moment(at, at)


def _written(text: str, now: datetime, zone: tzinfo | None) -> Moment | None:
    """A day, a time of day, or both; without a day it is today's."""
    match = _MOMENT.fullmatch(text)
    has_day = match is not None and bool(match["y"] or match["word"])
    has_clock = match is not None and match["h"] is not None
    if match is None or not (has_day or has_clock) or bool(match["gap"]) != (has_day and has_clock):
        return None
    own = _zone(match["z"])
    day = _day(match, now, own or zone)
    if not has_clock:
        return _from(datetime.combine(day, time(), own), _DAY)
    fraction = match["f"] or ""
    clock = time(int(match["h"]), int(match["mi"]), int(match["s"] or 0), int(fraction.ljust(6, "0")), own)
    unit = _MINUTE if match["s"] is None else _SECOND / 10 ** len(fraction)
    return _from(datetime.combine(day, clock), unit)


def _day(match: re.Match[str], now: datetime, zone: tzinfo | None) -> date:
    if match["y"]:
        return date(int(match["y"]), int(match["mo"]), int(match["d"]))
    today = now.astimezone(None if zone is None or isinstance(zone, Local) else zone).date()
    return today - _DAY if (match["word"] or "").lower() == "yesterday" else today


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _stamped(text: str, now: datetime) -> Moment | None:
    """A time stamp as logs write it (`24/Nov/2026:08:00:15 +0100`)."""
    from sestriage.formats.log.timestamp import parse_stamp

    when = parse_stamp(text, to_utc(now))
    if when is None:
        return None
    return _from(
        when, _SECOND if not when.microsecond else timedelta(milliseconds=1) if not when.microsecond % 1000 else TICK
    )


def _from(first: datetime, unit: timedelta) -> Moment:
    try:
        return Moment(first, first + unit - TICK)
    except OverflowError:  # the last day of the calendar
        return Moment(first, datetime.max.replace(tzinfo=first.tzinfo))
