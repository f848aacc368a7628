"""Time stamps as loggers, syslog daemons and containers write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from sestriage.formats.log.calendar_names import (
    AT,
    DAY,
    FIRST_LETTERS,
    HALF,
    MONTH,
    OF,
    YEAR_WORD,
    is_afternoon,
    month_number,
)

_ZONE_HOURS = {
    "Z": 0.0,
    "UTC": 0.0,
    "GMT": 0.0,
    "WET": 0.0,
    "BST": 1.0,
    "WEST": 1.0,
    "CET": 1.0,
    "CEST": 2.0,
    "EET": 2.0,
    "EEST": 3.0,
    "MSK": 3.0,
    "JST": 9.0,
    "KST": 9.0,
    "HKT": 8.0,
    "SGT": 8.0,
    "AEST": 10.0,
    "AEDT": 11.0,
    "BRT": -3.0,
    "BRST": -2.0,
    "ART": -3.0,
    "CLT": -4.0,
    "NST": -3.5,
    "AST": -4.0,
    "ADT": -3.0,
    "AKST": -9.0,
    "AKDT": -8.0,
    "HST": -10.0,
    "IST": 5.5,
    "PKT": 5.0,
    "ICT": 7.0,
    "WIB": 7.0,
    "PHT": 8.0,
    "AWST": 8.0,
    "ACST": 9.5,
    "ACDT": 10.5,
    "NZST": 12.0,
    "NZDT": 13.0,
    "SAST": 2.0,
    "EAT": 3.0,
    "CAT": 2.0,
    "WAT": 1.0,
    "GST": 4.0,
    "TRT": 3.0,
    "IDT": 3.0,
    "MSD": 4.0,
    "EST": -5.0,
    "EDT": -4.0,
    "CST": -6.0,
    "CDT": -5.0,
    "MST": -7.0,
    "MDT": -6.0,
    "PST": -8.0,
    "PDT": -7.0,
}
"""Zone abbreviations as Java and syslog print them. Ambiguous ones (`CST`, `IST`) have their most usual meaning."""

_MON = MONTH
_DAY = DAY
_CLOCK = (
    r"(?:(?P<half>" + HALF + r")\ ?)?(?P<h>\d{1,2}):(?P<mi>\d\d):(?P<s>\d\d)(?:[.,:](?P<f>\d{1,9}))?"
    r"(?:[\ \u202f\u00a0]?(?P<ampm>" + HALF + "))?"
)
_ZONE = (
    r"(?:\ ?(?P<z>(?:" + "|".join(sorted(_ZONE_HOURS, key=len, reverse=True)) + r")(?![\w+-])"
    r"|(?:UTC|GMT)?[+-]\d\d:?\d\d(?!\d)|(?<=\d)[+-]\d\d(?![\d:.-]))(?:\[[A-Za-z]+(?:/\w+)*\])?)?"
)

_FORMS: tuple[tuple[str, str], ...] = (
    ("iso", r"(?P<y>\d{4})(?P<sep>[-/.])(?P<mo>\d\d)(?P=sep)(?P<d>\d\d)(?:[T_:]|\ {1,2})" + _CLOCK + _ZONE),
    ("compact", r"(?P<y>20\d\d)(?P<mo>\d\d)(?P<d>\d\d)[T"
        r" -]?(?P<h>\d\d):?(?P<mi>\d\d):?(?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?(?!\d)" + _ZONE),
    ("day-first", _DAY + r"(?P<d>\d{1,2})(?P<sep>[-/.\ ])" + OF + r"(?P<mon>" + _MON + r")(?P=sep)" + OF
        + r"(?P<y>\d{4})" + YEAR_WORD + AT + _CLOCK + _ZONE),
    ("dotted", r"(?P<d>\d{1,2})\.(?P<mo>\d{1,2})\.(?P<y>\d{4})" + YEAR_WORD + r",?\ " + _CLOCK + _ZONE),
    ("us", r"(?P<mo>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{2,4}),?\ " + _CLOCK + _ZONE),
    ("month-first", _DAY + r"(?P<mon>" + _MON + r")\ {1,2}(?P<d>\d{1,2}),\ (?P<y>\d{4}),?\ " + _CLOCK + _ZONE),
    ("ctime", _DAY + r"(?P<mon>" + _MON + r")\ {1,2}(?P<d>\d{1,2})\ " + _CLOCK + _ZONE + r"\ (?P<y>20\d\d)(?!\d)"),
    ("syslog", _DAY + r"(?P<mon>" + _MON + r")\ {1,2}(?P<d>\d{1,2})\ " + _CLOCK + _ZONE),
    ("month-day", r"(?P<mo>\d\d)-(?P<d>\d\d)\ " + _CLOCK + _ZONE),
    ("cjk", r"(?P<y>\d{4})[年년]\ ?(?P<mo>\d{1,2})[月월]\ ?(?P<d>\d{1,2})[日일],?\ ?" + _CLOCK + _ZONE),
    ("epoch", r"(?P<e>1\d{9}(?:\d{3}|\.\d{1,9})?)(?![\w.:])"),
    ("clock", r"(?P<h>\d\d):(?P<mi>\d\d):(?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?(?![\d:.])" + _ZONE),
)  # fmt: skip
_COMPILED: dict[str, re.Pattern[str]] = {name: re.compile(form) for name, form in _FORMS}
_BY_FIRST: tuple[tuple[str, ...], tuple[str, ...]] = (
    (
        "iso",
        "clock",
        "epoch",
        "compact",
        "day-first",
        "dotted",
        "us",
        "cjk",
        "month-day",
        "month-first",
        "ctime",
        "syslog",
    ),
    ("month-first", "ctime", "syslog", "day-first"),
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp found at a place of a line.

    `when` is aware when the text carries a zone, naive else, None when the text gives no whole date (`03:22:35.123`)
    and none could be lent. `clock` is the time of day for those. `end` is the offset after the stamp. `lent`: the text
    gives no year; that of `when` comes from elsewhere. `either`: its day and month may be the other way around.
    """

    when: datetime | None
    clock: time | None
    end: int
    lent: bool = False
    either: bool = False


def stamp_at(text: str, start: int = 0, reference: datetime | None = None) -> Stamp | None:
    """The time stamp that begins at `start`; None when there is none.

    `reference` lends the year to stamps without one (the latest year in which the stamp is not more than a day after
    it; now, when it is None).
    """
    first = text[start : start + 1]
    if "0" <= first <= "9":
        names = _BY_FIRST[0]
    elif first in FIRST_LETTERS:
        names = _BY_FIRST[1]
    else:
        return None
    for name in names:
        if match := _COMPILED[name].match(text, start):
            stamp = _stamp(name, match, reference)
            if stamp is not None:
                return stamp
    return None


def parse_stamp(text: str, reference: datetime | None = None) -> datetime | None:
    """A whole text that is one time stamp, as a field of a record holds it; None when it is none."""
    stamp = stamp_at(text.strip(), 0, reference)
    return stamp.when if stamp is not None and stamp.end == len(text.strip()) else None


def from_epoch(value: float) -> datetime | None:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size; None when out of range."""
    for scale in (1.0, 1e3, 1e6, 1e9):
        if 1e8 <= value / scale < 4.2e9:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(value / scale * 1e6))
    return None


def java_date(text: str) -> datetime | None:
    """A date as `java.util.Date.toString` prints it (`Wed Nov 24 03:22:35 GMT 2021`), aware; None when it is none."""
    match = _COMPILED["ctime"].search(text)
    if match is None:
        return None
    stamp = _stamp("ctime", match, None)
    return stamp.when if stamp is not None and stamp.when is not None and stamp.when.tzinfo is not None else None


def _stamp(name: str, match: re.Match[str], reference: datetime | None) -> Stamp | None:
    try:
        if name == "epoch":
            when = from_epoch(float(match["e"]))
            return None if when is None else Stamp(when, None, match.end())
        clock = _clock(match)
        if name == "clock":
            return Stamp(None, clock, match.end())
        day = _READERS[name](match, reference)
        either = name == "us" and day.day <= 12 and day.day != day.month
        return Stamp(datetime.combine(day, clock), None, match.end(), _READERS[name] is _yearless, either)
    except (ValueError, OverflowError):
        return None


def _clock(match: re.Match[str]) -> time:
    groups = match.groupdict()
    hour = int(groups["h"])
    if half := groups.get("ampm") or groups.get("half"):
        hour = hour % 12 + (12 if is_afternoon(half) else 0)
    fraction = ((groups["f"] or "") + "000000")[:6]
    second = min(int(groups["s"]), 59)  # a leap second is read as the second before
    return time(hour, int(groups["mi"]), second, int(fraction), tzinfo=_zone(groups.get("z")))


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    name = text.split("[", 1)[0]
    if name in _ZONE_HOURS:
        return timezone(timedelta(hours=_ZONE_HOURS[name])) if _ZONE_HOURS[name] else UTC
    digits = name.removeprefix("UTC").removeprefix("GMT")
    number = digits[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(number[:2]), minutes=int(number[2:]))
    return timezone(-offset if digits[0] == "-" else offset) if offset else UTC


def _numeric(match: re.Match[str], _: datetime | None) -> date:
    year = int(match["y"])
    return date(year + 2000 if year < 100 else year, int(match["mo"]), int(match["d"]))


def _us(match: re.Match[str], _: datetime | None) -> date:
    """Month first, as Java's US style does; day first when the number can be no month."""
    month, day, year = int(match["mo"]), int(match["d"]), int(match["y"])
    if month > 12:
        month, day = day, month
    return date(year + 2000 if year < 100 else year, month, day)


def _named(match: re.Match[str], _: datetime | None) -> date:
    return date(int(match["y"]), month_number(match["mon"]), int(match["d"]))


def _yearless(match: re.Match[str], reference: datetime | None) -> date:
    latest = (reference or datetime.now(UTC)).date() + timedelta(days=1)
    groups = match.groupdict()
    month = int(groups["mo"]) if groups.get("mo") else month_number(groups["mon"])
    day = int(groups["d"])
    for year in range(latest.year, latest.year - 8, -1):
        try:
            candidate = date(year, month, day)
        except ValueError:  # the 29th of February of another year
            continue
        if candidate <= latest:
            return candidate
    raise ValueError("no such day")


_READERS: dict[str, Callable[[re.Match[str], datetime | None], date]] = {
    "iso": _numeric,
    "compact": _numeric,
    "cjk": _numeric,
    "dotted": _numeric,
    "us": _us,
    "day-first": _named,
    "month-first": _named,
    "ctime": _named,
    "syslog": _yearless,
    "month-day": _yearless,
}
