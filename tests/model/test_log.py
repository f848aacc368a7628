"""Events of a part of a log, told at their lines in the file."""

from __future__ import annotations

from sestriage.formats.log import LogReader
from sestriage.model.source import SourceRef
from support import SAMPLES


def test_all_lines_of_an_event_move_with_it() -> None:
    data = (SAMPLES / "pkix-root-missing" / "sw-response-mgmt.log").read_bytes()
    padded = b"2026-11-24 03:00:00.000 INFO [main] c.h.Worker - idle\n" * 7 + data
    part = list(LogReader(SourceRef("x.log")).events([data]))
    whole = list(LogReader(SourceRef("x.log")).events([padded]))
    assert [event.moved_down(7) for event in part] == whole
    traces = [each for event in whole for each in event.throwables]
    lines = padded.decode().split("\n")
    assert traces
    assert all(each.class_name in lines[each.line - 1] for each in traces)
