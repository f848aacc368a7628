"""Put the events of all logs into one order, each once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

from sestriage.engine.clock import JUMP, Alignment, Steady, hour_again, set_back, to_utc
from sestriage.engine.reading.inputs import LogFile
from sestriage.model.log import LogEvent


@dataclass(frozen=True, slots=True)
class Timed:
    """An event with the instant at which it is placed.

    `at` is aware; None when neither the event nor an earlier one of its file has a time stamp.
    """

    event: LogEvent
    at: datetime | None
    placed: datetime | None = None
    """Later than `at` only where the clock was set back."""


def with_known_zones(logs: Sequence[LogFile]) -> list[LogFile]:
    """Where a wrapping shows what a log's own clock is ahead of UTC, the log's other lines without zone get it too.

    The nearest line before counts, in the order of the rotated files, else the nearest one after.
    """
    from sestriage.ingest import rotation_key

    series: dict[str, list[int]] = {}
    for number, log in enumerate(logs):
        series.setdefault(rotation_key(log.source)[0], []).append(number)
    result = list(logs)
    for numbers in series.values():
        known = [ahead for n in numbers for ahead in _known_zones(logs[n]) if ahead is not None]
        latest = known[0] if known else None
        for number in numbers if latest is not None else ():
            log = logs[number]
            latest = log.clock_ahead if log.clock_ahead is not None else latest
            begins = _zoned(log.begins, latest)
            events: list[LogEvent] = []
            for event in log.events:
                latest = event.clock_ahead if event.clock_ahead is not None else latest
                events.append(event.with_times(partial(_zoned, ahead=latest)))
            result[number] = replace(log, events=tuple(events), begins=begins)
    return result


def _just_before(near: datetime, at: datetime | None) -> bool:
    """The line before an event is one of another thread, a little older than the event before it."""
    return at is not None and timedelta(0) <= at - near <= JUMP


def _known_zones(log: LogFile) -> Iterator[timedelta | None]:
    yield log.clock_ahead
    yield from (event.clock_ahead for event in log.events)


def _zoned(time: datetime | None, ahead: timedelta | None) -> datetime | None:
    if time is None or time.tzinfo is not None or ahead is None:
        return time
    return time.replace(tzinfo=timezone(ahead))


def has_naive_times(logs: Sequence[LogFile]) -> bool:
    """Some event, or the line before it that lends it its time, carries a time without zone."""
    return any(event.when is not None and event.when.tzinfo is None for log in logs for event in log.events)


def in_order(logs: Sequence[LogFile], offset: timedelta | Alignment, now: datetime | None = None) -> list[Timed]:
    """All events, oldest first. `offset` is what a log without zone is ahead of UTC; what lies behind `now` is of
    a clock that was wrong.

    An event without a time stamp is placed with the line before it, or, where no line near it has a time, with the
    event before it; in front of the first time stamp with the one behind it. Logs without any time stamp come last, in
    the order of their rotation. Where a log's clock was set back, its lines count, not their times.
    """
    from sestriage.ingest import rotation_key  # judging an excerpt needs no files

    keyed: list[tuple[bool, datetime, int, int, Timed]] = []
    far = datetime.max.replace(tzinfo=UTC)
    steady: dict[str, Steady] = {}
    total = 0
    for number, log in enumerate(logs):
        clock = steady.setdefault(rotation_key(log.source)[0], Steady(now))
        read = log.begins
        at: datetime | None = None
        first = next((event.time for event in log.events if event.time is not None), None)
        place = to_utc(first, offset.at(total) if isinstance(offset, Alignment) else offset)
        begin = to_utc(log.begins, offset.at(total) if isinstance(offset, Alignment) else offset)
        if begin is not None:
            clock.place(begin)
        aheads = [offset.at(total + n) if isinstance(offset, Alignment) else offset for n in range(len(log.events))]
        owns = [to_utc(event.when, ahead) for event, ahead in zip(log.events, aheads, strict=True)]
        steps = set_back(log.events, owns, begin)
        for index, (event, own) in enumerate(zip(log.events, owns, strict=True)):
            if own is not None and not (event.time is None and _just_before(own, at)):
                at, place = own, clock.place(own, again=index in steps or hour_again(read, event.when))
                read = event.when
            keyed.append((place is None, place or far, number, index, Timed(event, at, place)))
            total += 1
    keyed.sort(key=lambda entry: entry[:4])
    return [entry[4] for entry in keyed]
