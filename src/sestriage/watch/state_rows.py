"""From rows of the state to values.

A row that means nothing raises one of `MEANINGLESS`: another program wrote it, or the disk has changed it since.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime

from sestriage.watch.conditions import Kept
from sestriage.watch.cursor import Cursor
from sestriage.watch.incidents import Cause, Incident
from sestriage.watch.rotation import Print

MEANINGLESS = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""What reading a damaged row may raise, here and in what reads its JSON."""
MOST = 1 << 63


def to_number(value: object) -> float:
    """A finite number."""
    found = float(str(value))
    if not math.isfinite(found):
        raise ValueError("not finite")
    return found


def to_count(value: object) -> int:
    """A whole number that is not negative."""
    if not isinstance(value, int) or not 0 <= value < MOST:
        raise ValueError("no count")
    return value


def to_text(value: object) -> str:
    """A text."""
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def to_time(value: object) -> datetime:
    """Seconds since 1970 as a time that can be shown in any zone."""
    try:
        found = datetime.fromtimestamp(to_number(value), UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("no time") from error
    if not 1 < found.year < 9999:
        raise ValueError("no time")
    return found


def cursor_of(row: Sequence[object]) -> Cursor:
    """Where reading stopped."""
    device, inode, offset, line, size, mtime, head_length, head, tail_length, tail, known, looked, held = row
    return Cursor(
        to_count(device),
        to_count(inode),
        to_count(offset),
        to_count(line),
        to_count(size),
        int(str(mtime)),
        _print(head_length, head),
        _print(tail_length, tail),
        tuple(_print(length, bytes.fromhex(digest)) for length, digest in json.loads(to_text(known))),
        to_number(looked),
        bool(held),
    )


def _print(length: object, digest: object) -> Print:
    if not isinstance(digest, bytes):
        raise TypeError("no digest")
    return Print(to_count(length), digest)


def condition_of(row: Sequence[object]) -> tuple[str, Kept]:
    """Name and content of a condition."""
    name, since, stage, said, told = row
    begun = to_time(since).timestamp()
    return to_text(name), (begun, to_text(stage), to_text(said), to_number(told) if told is not None else None)


def incident_of(row: Sequence[object]) -> Incident:
    """An incident."""
    given, scope, started, last, often, cause, timed, ended, resolution, reported, told, closed, causes = row
    return Incident(
        number=to_count(given),
        scope=to_text(scope),
        started=to_time(started),
        last=to_time(last),
        count=to_count(often),
        cause=_cause(to_text(cause)),
        timed=bool(timed),
        ended=to_time(ended) if ended is not None else None,
        resolution=to_text(resolution) if resolution is not None else None,
        reported=to_text(reported) if reported is not None else None,
        told=to_number(told) if told is not None else None,
        closed_told=bool(closed),
        causes=tuple((to_text(rule), to_count(times)) for rule, times in json.loads(to_text(causes))),
    )


_OPTIONAL = ("step", "command", "risk")


def _cause(stored: str) -> Cause:
    fields = json.loads(stored)
    argv = fields.pop("argv", None)
    for name, value in fields.items():
        if value is not None or name not in _OPTIONAL:
            to_text(value)
    return Cause(**fields, argv=argv and tuple(tuple(map(to_text, words)) for words in argv))
