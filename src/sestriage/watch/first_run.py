"""Find the offset at which the first run starts reading a large log."""

from __future__ import annotations

from datetime import UTC, datetime

from sestriage.ingest.time_search import WORTH_IT, find_stretch, times_at
from sestriage.times.window import Window
from sestriage.times.zone import find_zone, parse_zone
from sestriage.watch.rotation import OpenLog

TAIL = 1 << 14


def first_since(member: OpenLog, since: float, tz: str) -> int:
    """Offset of a line at or before which `since` lies; 0 when the file is small, not in order or has no times."""
    if member.size < WORTH_IT:
        return 0
    reference = datetime.fromtimestamp(member.mtime, UTC)
    zone = parse_zone(tz)
    if zone is None:
        times = times_at(member.handle, member.size - TAIL, TAIL, reference)
        zone = find_zone([time for time in times if time.tzinfo is None], member.mtime)
    try:
        window = Window(datetime.fromtimestamp(since, UTC), None, zone)
    except (ValueError, OverflowError, OSError):  # before the calendar begins
        return 0
    found = find_stretch(member.handle, member.size, window, reference)
    return found.start if found is not None else 0
