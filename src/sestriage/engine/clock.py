"""What the time stamps of a log without zone are off, found from captures of the same attempts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil, floor
from typing import TYPE_CHECKING

from sestriage.engine.stream_phase import is_mail
from sestriage.model.known.proxy import server_port
from sestriage.model.log import LogEvent
from sestriage.model.message import Message
from sestriage.times.zone import WIDEST

if TYPE_CHECKING:
    from sestriage.model.capture import Stream

SLACK = timedelta(seconds=5)
"""How far the times of one event in log and capture may lie apart: buffered loggers, coarse clocks."""

TIMEOUT_SLACK = timedelta(seconds=130)
"""Longest silence between the last packet of an unanswered connection and the exception that reports it."""

QUARTER = timedelta(minutes=15)
STEPS = int(WIDEST / QUARTER)

ZONES = frozenset(range(-48, 57, 4)) | frozenset((-38, -18, -14, -10, 14, 18, 22, 23, 26, 34, 35, 38, 42, 46, 51, 55))
"""Offsets from UTC in quarter-hours that a zone had since 2010 (IANA time zone database): a clock that is off by
another one is wrong, or the log and the capture are not of one attempt."""

CLOCK_CHANGES = (4, -4, 2, -2)
"""By how many quarter-hours daylight saving moves a clock: one hour, on Lord Howe Island half of one."""

JUMP = timedelta(minutes=1)
"""Threads and buffers put lines a little out of order; a step back by more than this is the clock's."""

_LAST = datetime.max.replace(tzinfo=UTC) - WIDEST
_SUNDAY, _MORNING, _BACK_MONTHS = 6, 3, frozenset((3, 4, 9, 10, 11))

MAX_COMPARED = 500
"""Results and conversations that are held against each other, the newest ones: the work is their product."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """What a log without zone is ahead of UTC.

    `found` is False when no offset was found and UTC is assumed. `later` is the offset from the event at index `since`
    on (in the order in which the events were given), when the log spans a change of daylight saving time; else None.
    """

    offset: timedelta
    found: bool
    later: timedelta | None = None
    since: int = 0

    def at(self, index: int) -> timedelta:
        """The offset of the event at this index."""
        return self.later if self.later is not None and index >= self.since else self.offset

    @property
    def text(self) -> str:
        """The offset as `UTC-05:00`, both when there are two."""
        if self.later is None:
            return _zone(self.offset)
        return Message(
            "{offset}, and {later} after the clock was changed", offset=_zone(self.offset), later=_zone(self.later)
        )


def _zone(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


@dataclass(frozen=True, slots=True)
class _Fit:
    """The conversation that a result may report when the log is a given offset ahead, and how far their ends lie
    apart in seconds."""

    stream: int
    distance: float


_Fits = dict[int, dict[int, _Fit]]
"""By offset in quarter-hours: by index of the result, its nearest conversation."""


def align(events: Sequence[LogEvent], streams: Sequence[Stream]) -> Alignment:
    """The offset of a zone by which most results of a log without zone fall on a conversation.

    More exactly: the one that explains most conversations, each once. Among equally good offsets the one whose results
    lie nearest to the ends of conversations wins, then the smallest. When an hour more or less from some result on
    explains further conversations, the clock was changed there.
    """
    results = [
        (number, event)
        for number, event in enumerate(events)
        if event.outcome in ("failure", "success") and event.time is not None and event.time.tzinfo is None
    ][-MAX_COMPARED:]
    mail = [s for s in streams if is_mail(s) and s.started is not None and s.ended is not None][-MAX_COMPARED:]
    fits = _all_fits(results, mail)
    if not fits:
        return Alignment(timedelta(0), found=False)
    numbers = [number for number, _ in results]
    return max(_candidates(numbers, fits), key=lambda scored: scored[0])[1]


def other_zone(events: Sequence[LogEvent], streams: Sequence[Stream]) -> Alignment | None:
    """The offset by which log and captures would meet, where with the zone that a user gave for these events no logged
    result falls on a conversation. None where one does, and where no other offset helps."""
    results = [(event, event.time) for event in events if event.outcome in ("failure", "success") and event.time]
    mail = [stream for stream in streams if is_mail(stream)]
    if not results or not mail or any(covers(stream, time) for _, time in results for stream in mail):
        return None
    found = align([replace(event, time=time.replace(tzinfo=None)) for event, time in results[-MAX_COMPARED:]], mail)
    return found if found.found else None


def _all_fits(results: Sequence[tuple[int, LogEvent]], mail: Sequence[Stream]) -> _Fits:
    fits: _Fits = {}
    for number, event in results:
        for index, stream in enumerate(mail):
            for step, distance in _offsets(event, stream):
                known = fits.setdefault(step, {}).get(number)
                if known is None or distance < known.distance:
                    fits[step][number] = _Fit(index, distance)
    return fits


def _offsets(event: LogEvent, stream: Stream) -> Iterator[tuple[int, float]]:
    """Every offset by which the event falls on the conversation, with the distance between their ends in seconds."""
    if event.time is None or stream.started is None or stream.ended is None:
        return
    if not ports_agree(server_port(event), stream.port):
        return
    ahead = event.time.replace(tzinfo=UTC) - stream.ended
    lowest = ceil((ahead - slack_of(stream)) / QUARTER)
    highest = floor((ahead + (stream.ended - stream.started) + SLACK) / QUARTER)
    for step in range(max(lowest, -STEPS), min(highest, STEPS) + 1):
        if step not in ZONES:
            continue
        yield step, abs((ahead - step * QUARTER).total_seconds())


@dataclass(frozen=True, slots=True, order=True)
class _Score:
    """How good an alignment is; the fields in the order of their weight."""

    conversations: int
    results: int
    unchanged: bool
    nearness: float
    smallness: int


def _candidates(numbers: Sequence[int], fits: _Fits) -> Iterator[tuple[_Score, Alignment]]:
    """Every offset, and every offset with one change of the clock that explains further conversations."""
    for step in sorted(fits):
        alone = _score(fits[step].values(), True, step)
        yield alone, Alignment(step * QUARTER, found=True)
        for change in CLOCK_CHANGES:
            other = fits.get(step + change)
            if other is None:
                continue
            conversations, since = _best_cut(numbers, fits[step], other)
            if conversations > alone.conversations:
                taken = [(fits[step] if number < since else other).get(number) for number in numbers]
                score = _score([fit for fit in taken if fit is not None], False, step)
                yield score, Alignment(step * QUARTER, found=True, later=(step + change) * QUARTER, since=since)


def _score(fits: Collection[_Fit], unchanged: bool, step: int) -> _Score:
    streams = len({fit.stream for fit in fits})
    return _Score(streams, len(fits), unchanged, -sum(fit.distance for fit in fits), -abs(step))


def _best_cut(numbers: Sequence[int], first: dict[int, _Fit], later: dict[int, _Fit]) -> tuple[int, int]:
    """How many conversations two offsets explain, the later one from some result on, and the index of the event
    behind the last result that takes the first one."""
    covered = Counter(fit.stream for fit in later.values())
    best = (len(covered), 0)
    for number in numbers:
        if (gone := later.get(number)) is not None:
            covered[gone.stream] -= 1
            if not covered[gone.stream]:
                del covered[gone.stream]
        if (come := first.get(number)) is not None:
            covered[come.stream] += 1
        if len(covered) > best[0]:
            best = (len(covered), number + 1)
    return best


def ports_agree(one: int | None, other: int | None) -> bool:
    """Both are the same, or one is not known."""
    return one is None or other is None or one == other


def slack_of(stream: Stream) -> timedelta:
    """How long after the conversation's last packet its result may be logged."""
    return TIMEOUT_SLACK if stream.tcp.unanswered else SLACK


def covers(stream: Stream, at: datetime) -> bool:
    """A result logged at `at` may be that of the conversation."""
    if stream.started is None or stream.ended is None:
        return False
    return stream.started - SLACK <= at <= stream.ended + slack_of(stream)


def to_utc(time: datetime | None, offset: timedelta) -> datetime | None:
    """A log's time as an instant; None stays None, and a time at the edge of the calendar is None too."""
    if time is None:
        return None
    try:
        return (time - offset).replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:
        return None


def hour_again(before: datetime | None, time: datetime | None) -> bool:
    """The line tells of the hour that comes twice: a step back of at most an hour, without zone, early on a Sunday of
    the months in which daylight saving time ends (IANA time zone database; in both hemispheres)."""
    if before is None or time is None or before.tzinfo is not None or time.tzinfo is not None:
        return False
    night = time.weekday() == before.weekday() == _SUNDAY and before.hour < _MORNING and time.month in _BACK_MONTHS
    return night and JUMP < before - time <= timedelta(hours=1)


def set_back(events: Sequence[LogEvent], times: Sequence[datetime | None], begins: datetime | None) -> frozenset[int]:
    """The events of a log at which its clock went back to before the log begins, as the lines themselves show.

    `times` are those of the events, in the order of the lines, `begins` that of the log's first line. Lines of an older
    file that were put behind newer ones end before those begin, and no thread ends in them what it began above.
    """
    found: set[int] = set()
    lowest = highest = begins
    step, edge = None, None  # where the lines went back to before the begin, and the begin that they had then
    for index, at in enumerate(times):
        if at is None:
            continue
        if lowest is None or highest is None:
            lowest = highest = at
        if highest - at > JUMP:
            step, edge = (index, lowest) if at < lowest else (None, None)
            highest = at
        if step is not None and edge is not None and (at - edge > JUMP or _ends_what_began(events, step, index)):
            found.add(step)
        lowest, highest = min(lowest, at), max(highest, at)
    return frozenset(found)


def _ends_what_began(events: Sequence[LogEvent], step: int, index: int) -> bool:
    """The first event of its thread behind the step is a result, and its last one above the step a start."""
    event = events[index]
    if event.outcome not in ("failure", "success") or event.thread is None:
        return False
    if any(other.thread == event.thread for other in events[step:index]):
        return False
    before = next((other for other in reversed(events[:step]) if other.thread == event.thread), None)
    return before is not None and before.outcome == "start" and before.logger == event.logger


class Steady:
    """Places the events of one log in spite of a clock that was set back.

    After a step back into the time that the log covers already (daylight saving, a corrected clock), an event is not
    placed before those that stand above it. After a step back to before the log begins, older lines were put behind
    newer ones, and the time is right; unless the clock itself is known to have been set back: the hour that comes twice
    (`hour_again`), what the lines show (`set_back`), or times that lay in the future of `now`.
    """

    def __init__(self, now: datetime | None = None) -> None:
        self._future = None if now is None or now > _LAST else now + WIDEST
        self._lowest: datetime | None = None
        self._highest: datetime | None = None
        self._floor: datetime | None = None

    def place(self, at: datetime, *, again: bool = False) -> datetime:
        """Where the next event of the log stands; `again`: the clock is known to have been set back before it."""
        if self._highest is None or self._lowest is None:
            self._lowest = self._highest = at
        elif self._highest - at > JUMP:
            was_wrong = again or (self._future is not None and self._highest > self._future)
            covered = was_wrong or at >= self._lowest
            self._floor = max(self._floor or self._highest, self._highest) if covered else None
            self._highest = at
        else:
            self._highest = max(self._highest, at)
        self._lowest = min(self._lowest, at)
        if self._floor is not None and at >= self._floor:
            self._floor = None
        return self._floor or at
