"""The same lines in several files, or twice in one: each event counts once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sestriage.engine.clock import JUMP, QUARTER, to_utc
from sestriage.engine.reading.inputs import LogFile
from sestriage.model.log import LogEvent
from sestriage.times.zone import WIDEST

NEAR = 1
"""Seconds by which the time of a line and that of its wrapping (a container's log driver) may differ."""

_Key = tuple[object, ...]


def deduplicate(logs: Sequence[LogFile]) -> list[LogFile]:
    """The same event in two files (rotated copy, paste) counts once; the first file in order keeps it.

    So it does when one file holds the same lines twice, and when one of two copies got a time zone from its wrapping.
    A log without any time stamp whose events are those of another log, in one row, is left empty.
    """
    once = _without_zoneless_copies(_without_copies(logs))
    return [
        replace(log, events=()) if _is_piece(log, once[:at], once[at + 1 :]) else log for at, log in enumerate(once)
    ]


def _without_copies(logs: Sequence[LogFile]) -> list[LogFile]:
    seen: dict[_Key, tuple[int, int]] = {}
    result: list[LogFile] = []
    for number, log in enumerate(logs):
        kept: list[LogEvent] = []
        before: datetime | None = None
        run = 0
        for event in log.events:
            if event.time is not None:
                if went_back(before, event.time):
                    run += 1
                before = event.time
                if seen.setdefault((event.time, *_said(event)), (number, run)) != (number, run):
                    continue
            kept.append(event)
        result.append(replace(log, events=tuple(kept)))
    return result


def _said(event: LogEvent) -> _Key:
    return event.level, event.thread, event.words


def went_back(before: datetime | None, now: datetime) -> bool:
    """The clock of one log went back by more than threads and buffers explain."""
    if before is None or (before.tzinfo is None) != (now.tzinfo is None):
        return False
    return before - now > JUMP


# --- the same lines with and without a zone ----------------------------------------------------------------------


def _without_zoneless_copies(logs: Sequence[LogFile]) -> list[LogFile]:
    """Drop what another file holds with a zone: equal text, times a whole number of quarter-hours apart."""
    zoned = [_zoned_times(log.events) for log in logs]
    result: list[LogFile] = []
    for number, log in enumerate(logs):
        others = [times for other, times in enumerate(zoned) if other != number and times]
        kept = tuple(event for event in log.events if not any(_is_in(event, times) for times in others))
        result.append(log if len(kept) == len(log.events) else replace(log, events=kept))
    return result


def _zoned_times(events: Iterable[LogEvent]) -> dict[_Key, list[datetime]]:
    """Instants of events with a zone, by what they say and their second within the quarter-hour."""
    times: dict[_Key, list[datetime]] = {}
    for event in events:
        if event.time is not None and event.time.tzinfo is not None and (at := to_utc(event.time, timedelta(0))):
            times.setdefault((*_said(event), _second(at)), []).append(at)
    for instants in times.values():
        instants.sort()
    return times


def _second(at: datetime) -> int:
    return (at.minute * 60 + at.second) % int(QUARTER.total_seconds())


def _is_in(event: LogEvent, times: dict[_Key, list[datetime]]) -> bool:
    if event.time is None or event.time.tzinfo is not None:
        return False
    at = event.time.replace(tzinfo=UTC)
    quarter = int(QUARTER.total_seconds())
    for off in range(-NEAR, NEAR + 1):
        instants = times.get((*_said(event), (_second(at) + off) % quarter), [])
        place = bisect_left(instants, at, key=lambda instant: instant + WIDEST + timedelta(seconds=NEAR))
        if place < len(instants) and instants[place] - at <= WIDEST:
            return True
    return False


# --- logs without times ------------------------------------------------------------------------------------------


def _is_piece(log: LogFile, before: Sequence[LogFile], after: Sequence[LogFile]) -> bool:
    """The log has no time stamp, and its events stand in one row in a log of another series.

    Two parts of one rotated log may well hold the same failure each. Of two equal logs the first one stays.
    """
    if not log.events or any(event.time is not None for event in log.events):
        return False
    from sestriage.ingest import rotation_key

    row = [_said(event) for event in log.events]
    series = rotation_key(log.source)[0]
    for others, equal_counts in ((before, True), (after, False)):
        for other in others:
            whole = [_said(event) for event in other.events]
            if (
                rotation_key(other.source)[0] != series
                and (equal_counts or len(whole) > len(row))
                and _holds(whole, row)
            ):
                return True
    return False


def _holds(whole: Sequence[_Key], row: Sequence[_Key]) -> bool:
    """`row` is a contiguous part of `whole` (Knuth, Morris and Pratt: linear however alike the items are)."""
    fallback = [0] * len(row)
    length = 0
    for at in range(1, len(row)):
        while length and row[at] != row[length]:
            length = fallback[length - 1]
        length += row[at] == row[length]
        fallback[at] = length
    length = 0
    for item in whole:
        while length and item != row[length]:
            length = fallback[length - 1]
        length += item == row[length]
        if length == len(row):
            return True
    return False
