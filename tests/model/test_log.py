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


def test_what_the_server_said_holds_nothing_of_the_log_around_it() -> None:
    line = b"2026-11-20 09:12:44.310 ERROR [x] c.h.Mailer - action 'Spam' failed: 554 5.7.1 Relay access denied\n"
    (event,) = LogReader(SourceRef("x.log")).events([line])
    assert event.said == "5.7.1 Relay access denied"
    assert "Spam" in event.message
    assert "Spam" not in event.text


def test_without_a_reply_the_server_said_nothing() -> None:
    line = b"2026-11-20 09:12:44.310 ERROR [x] c.h.Mailer - action 'Spam' failed: connect timed out\n"
    (event,) = LogReader(SourceRef("x.log")).events([line])
    assert event.said is None
