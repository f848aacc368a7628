"""Whether day or month stands first in a log's dates such as `05/10/2026`, by what the log itself shows.

A number above 12 is no month; a reading that lies after the day on which the file was written is none; and in a log
whose clock runs forwards within each day, neither reading goes back from one day to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from sestriage.model.log import LogEvent

_SLASHED = re.compile(
    rb"^(?:\{[^\n/]{0,200}?|[^\n/]{0,40}?)(?<![\d/.:-])(\d{1,2}/\d{1,2}/(?:20)?\d\d),? (\d{1,2}:\d\d:\d\d)"
    rb"([ .,\d]{0,8}[AaPp][.Mm])?",
    re.MULTILINE,
)
_MOST_DAYS = 4096


@dataclass(slots=True)
class Days:
    """The slashed dates of a log, in its order: each with the two readings of it that there are."""

    seen: list[tuple[date | None, date | None]] = field(default_factory=list)
    """Month first, day first; None for what is no date."""
    forwards: bool = False
    """Times of day grew within a day."""
    backwards: bool = False
    _last: tuple[bytes, bytes] = (b"", b"")

    def take(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Passes bytes on, having looked at them as long as they can tell something new; a line that two of them share
        is not looked at."""
        whole, looking = True, True
        for chunk in chunks:
            if looking:
                start = 0 if whole else chunk.find(b"\n") + 1 or len(chunk)
                for match in _SLASHED.finditer(chunk, start):
                    self._add(match[1], match[2].rjust(8), twelve_hours=match[3] is not None)
                whole = chunk.endswith(b"\n")
                looking = bool(self.seen) and len(self.seen) < _MOST_DAYS
            yield chunk

    def _add(self, day: bytes, clock: bytes, *, twelve_hours: bool) -> None:
        last, self._last = self._last, (day, clock)
        if last[0] == day:
            self.forwards |= clock > last[1]
            self.backwards |= clock < last[1] or twelve_hours
        elif len(self.seen) < _MOST_DAYS:
            first, second, year = map(int, day.split(b"/"))
            year += 2000 if year < 100 else 0
            self.seen.append((_day(year, first, second), _day(year, second, first)))

    def day_first(self, reference: datetime | None) -> bool | None:
        """True or False where the dates show which stands first; None where they leave it open, or are at odds."""
        latest = (reference or datetime.now(UTC)).date() + timedelta(days=1)
        month_first = self._holds([month for month, _ in self.seen], latest)
        day_first = self._holds([day for _, day in self.seen], latest)
        return day_first if month_first is not day_first else None

    def _holds(self, days: list[date | None], latest: date) -> bool:
        """All dates can be read this way."""
        read = [day for day in days if day is not None and day <= latest]
        if len(read) < len(days):
            return False
        ordered = self.forwards and not self.backwards
        return not ordered or all(later >= earlier for earlier, later in pairwise(read))


def day_first_in(chunks: Iterable[bytes], reference: datetime | None) -> bool | None:
    """Whether the day stands first in the slashed dates of some bytes; None where they do not show it."""
    days = Days()
    for _ in days.take(chunks):
        pass
    return days.day_first(reference) if days.seen else None


def settled(event: LogEvent, day_first: bool | None) -> LogEvent:
    """An event at its right time, where it is known which of day and month stands first."""
    if not event.day_unsure or event.time is None or day_first is None:
        return event
    return replace(event, time=turned(event.time) if day_first else event.time, day_unsure=False)


def turned(when: datetime) -> datetime:
    """The other reading of a date."""
    return when.replace(month=when.day, day=when.month)


def _day(year: int, month: int, day: int) -> date | None:
    with suppress(ValueError):
        return date(year, month, day)
    return None
