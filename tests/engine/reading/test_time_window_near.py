"""`mail.debug` writes no time stamps: what it tells has the time of the line before it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sestriage import triage
from sestriage.engine.reading.collect import Options
from sestriage.engine.triage import TriageOptions
from sestriage.formats.log import LogReader
from sestriage.ingest import time_search
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Outcome, Report
from sestriage.times.window import Window
from sestriage.watch import pending

DAY = datetime(2026, 3, 2, tzinfo=UTC)
DIALOGUE = (
    'DEBUG SMTP: trying to connect to host "email-smtp.eu-west-1.amazonaws.com", port 587, isSSL false\n'
    "220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-AAAA\nEHLO manager\n250-email-smtp.amazonaws.com\n"
    "250 Ok\nAUTH LOGIN\n334 VXNlcm5hbWU6\nQUtJQUlPU0ZPRE5ON0VYQU1QTEU=\n535 Authentication Credentials Invalid\n"
)
STARTED = "Executing action 'Mail to SOC' (EMAIL)"
DONE = "Action 'Mail to SOC' completed successfully, mail sent"


def line(at: float, text: str, thread: str = "worker") -> str:
    """A line of the log so many hours into the day."""
    return f"{DAY + timedelta(hours=at):%Y-%m-%d %H:%M:%S}.000 INFO [{thread}] c.example.Service - {text}\n"


def chatter(first: float, last: float, count: int = 400) -> str:
    return "".join(line(first + (last - first) * n / count, f"polled {n} alarms", "poll") for n in range(count))


def look(path: Path, text: str, since: float | None = None, until: float | None = None) -> Report:
    path.write_text(text)
    begin, end = (DAY + timedelta(hours=hours) if hours is not None else None for hours in (since, until))
    window = Window(begin, end, UTC) if begin or end else None
    return triage([str(path)], TriageOptions(reading=Options(window=window, zone=UTC)))


def times(report: Report) -> list[str]:
    return [f"{attempt.started:%H:%M}" if attempt.started else "?" for attempt in report.attempts]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "sw-response-mgmt.log"


@pytest.mark.parametrize("searched", [True, False])
def test_a_dialogue_lies_in_a_window_or_outside_of_it(
    log: Path, searched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_search, "WORTH_IT", 1 << 16 if searched else 1 << 40)
    text = chatter(0, 10, 60_000) + DIALOGUE + chatter(10, 24, 60_000)
    inside = look(log, text, 9.5, 11)
    assert any("were not read" in note for note in inside.verdict.notes) is searched
    assert inside.verdict.outcome is Outcome.FAILED
    assert times(inside) == ["09:59"]
    for since, until in ((14, None), (None, 3)):
        outside = look(log, text, since, until)
        assert not outside.attempts
        assert "No mail attempt in that window." in outside.verdict.notes


def test_a_dialogue_hours_later_is_another_attempt(log: Path) -> None:
    report = look(log, line(0, STARTED) + chatter(0, 4) + DIALOGUE + chatter(4, 5))
    assert [attempt.outcome for attempt in report.attempts] == [Outcome.UNDETERMINED, Outcome.FAILED]
    assert times(report) == ["00:00", "03:59"]


def test_older_lines_behind_newer_ones_are_not_the_newest_attempt(log: Path) -> None:
    newer = chatter(12, 13) + line(13, STARTED) + line(13.0001, DONE) + chatter(13.001, 14)
    report = look(log, newer + chatter(1, 2) + DIALOGUE + chatter(2, 3))
    assert report.verdict.outcome is Outcome.ACCEPTED
    assert times(report) == ["01:59", "13:00"]


def test_a_line_of_another_thread_puts_no_result_before_its_start(log: Path) -> None:
    report = look(log, chatter(1, 2) + line(3, STARTED) + line(2.9999, "polled", "poll") + DIALOGUE)
    assert [attempt.outcome for attempt in report.attempts] == [Outcome.FAILED]
    assert times(report) == ["03:00"]


def test_lines_far_away_lend_no_time() -> None:
    far = chatter(1, 2) + "polled without a stamp\n" * 4000 + DIALOGUE
    events = list(LogReader(SourceRef("x.log")).events([far.encode()]))
    assert events
    assert {event.when for event in events} == {None}


def test_the_state_of_check_keeps_it() -> None:
    events = tuple(LogReader(SourceRef("x.log")).events([(chatter(1, 2) + DIALOGUE).encode()]))
    assert {event.near for event in events} == {(DAY + timedelta(hours=2 - 1 / 400)).replace(tzinfo=None)}
    assert {event.time for event in events} == {None}
    kept = pending.load(pending.dump(events))
    assert [replace(event, throwables=()) for event in kept] == [replace(event, throwables=()) for event in events]
    assert json.loads(pending.dump(events))[0]["near"] == "2026-03-02T01:59:51"
