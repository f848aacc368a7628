"""The usual case of new bytes: chatter. It is recognised without the parser, which is slower to import than the scan is
to run."""

from __future__ import annotations

from sestriage.formats.log.lines.scan import beginning_of_last_event, none_matters
from sestriage.watch.cursor import Cursor, Segment, holds, place
from sestriage.watch.news import News
from sestriage.watch.rotation import open_member

MOST = 8 << 20
"""More new bytes than this are left to the parser, which reads them in pieces."""


def quiet_news(log: str, cursor: Cursor, carried: str, mail_before: bool, whole: bool, now: float) -> News | None:
    """The news when nothing that is new can matter; None when something may, or when it takes more to tell.

    `whole`: the last event of the log is not written to any more. Raises LogUnreadable.
    """
    if not cursor.offset:
        return None
    live = open_member(log)
    try:
        if not holds(live, cursor) or live.size - cursor.offset > MOST:
            return None
        data = live.window(cursor.offset, live.size)
        if len(data) < live.size - cursor.offset or not none_matters(data):
            return None
        if whole and not data.endswith(b"\n"):
            return None  # the rest of a line is waited for longer
        end = len(data) if whole else beginning_of_last_event(data)
        if end is None:
            return None
        line = cursor.line + data.count(b"\n", 0, end)
        after = place([live], Segment(live, cursor.offset + end, line), not whole, cursor, now)
        if not live.intact():
            return None
        return News((), after, carried, end, (log,), mail_before, lost=False)
    finally:
        live.close()
