"""Where in a large log a moment begins, by binary search over its time stamps."""

from __future__ import annotations

import os
from datetime import UTC, datetime, tzinfo
from itertools import pairwise

from sestriage.formats.log import LogReader
from sestriage.model.source import SourceRef
from sestriage.watch.family import Member
from sestriage.watch.zone import find_zone, parse_zone

WORTH_IT = 4 << 20
"""Smaller files are read from their beginning."""
PROBE = 1 << 14
MARGIN = 1 << 20
"""Read so much before the place found: lines of several threads are not quite in order."""
SAMPLES = 32


def first_since(member: Member, since: float, tz: str) -> int:
    """Offset of a line at or before which `since` lies; 0 when the file is small, not in order or has no times."""
    if member.size < WORTH_IT:
        return 0
    zone = parse_zone(tz)
    if zone is None:
        zone = find_zone([t for t in _times(member, member.size - PROBE) if t.tzinfo is None], member.mtime)
    if not _sorted(member, zone):
        return 0
    low, high = 0, member.size
    while high - low > MARGIN:
        middle = (low + high) // 2
        at = _first(member, middle, zone)
        if at is None or at >= since:
            high = middle
        else:
            low = middle
    start = max(0, low - MARGIN)
    if not start:
        return 0
    return start + os.pread(member.handle, PROBE, start).find(b"\n") + 1


def _sorted(member: Member, zone: tzinfo) -> bool:
    """Samples over the whole file are in order, and all have times."""
    step = member.size // SAMPLES
    times = [_first(member, n * step, zone) for n in range(SAMPLES)]
    present = [t for t in times if t is not None]
    return len(present) == len(times) and all(a <= b for a, b in pairwise(present))


def _first(member: Member, offset: int, zone: tzinfo) -> float | None:
    for time in _times(member, offset):
        try:
            return (time if time.tzinfo is not None else time.replace(tzinfo=zone)).timestamp()
        except (OverflowError, ValueError, OSError):
            continue
    return None


def _times(member: Member, offset: int) -> list[datetime]:
    data = os.pread(member.handle, PROBE, max(0, offset))
    if offset > 0:
        data = data[data.find(b"\n") + 1 :]
    data = data[: data.rfind(b"\n") + 1]
    reader = LogReader(SourceRef("-"), reference=datetime.fromtimestamp(member.mtime, UTC), keep_all=True)
    return [event.time for event in reader.events([data]) if event.time is not None]
