"""Dates such as 05/10/2026: what the log itself shows decides, and what it leaves open is told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sestriage.formats.log import parse_text
from sestriage.formats.log.day_or_month import Days, day_first_in
from sestriage.model.source import SourceRef

FAILED = (
    "{} ERROR [mail-1] c.x.EmailActionExecutor - Test Action failed\n"
    "javax.mail.AuthenticationFailedException: 535 5.7.8 Authentication failed\n"
)
OTHER = "{} INFO [main] c.x.Other - all is well\n"
OPEN = FAILED.format("05/10/2025 10:00:00")
MAY, OCTOBER = date(2025, 5, 10), date(2025, 10, 5)


def read(text: str) -> tuple[date | None, bool]:
    event = next(e for e in parse_text(text, SourceRef("a.log")) if e.outcome == "failure")
    return (event.time.date() if event.time else None), event.day_unsure


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (OPEN + OTHER.format("13/10/2025 10:00:00"), OCTOBER),
        (OTHER.format("30/09/2025, 10:00:00") + OPEN, OCTOBER),
        (OPEN + OTHER.format("05/13/2025 10:00:00"), MAY),
        (OPEN + OTHER.format("5/31/25 10:00:00 PM"), MAY),
        # the clock goes forwards within the day, so that the next day is a later one
        (
            OTHER.format("12/09/2025 10:00:00") + OTHER.format("12/09/2025 11:00:00") + OPEN,
            OCTOBER,
        ),
        (
            OTHER.format("04/11/2025 10:00:00") + OTHER.format("04/11/2025 11:00:00") + OPEN,
            MAY,
        ),
        (FAILED.format("05.10.2025 10:00:00"), OCTOBER),
        (FAILED.format("2025/10/05 10:00:00"), OCTOBER),
        (FAILED.format("13/10/2025 10:00:00"), date(2025, 10, 13)),
        (FAILED.format("10/13/2025 10:00:00"), date(2025, 10, 13)),
        (FAILED.format("05/05/2025 10:00:00"), date(2025, 5, 5)),
    ],
)
def test_what_the_log_shows(lines: str, day: date) -> None:
    assert read(lines) == (day, False)


@pytest.mark.parametrize(
    "lines",
    [
        OPEN,
        OPEN + OTHER.format("06/10/2025 10:00:00"),
        # at odds with each other
        OTHER.format("13/09/2025 10:00:00") + OTHER.format("09/13/2025 10:00:00") + OPEN,
        # the newest line first, or lines of several files: their order says nothing
        OTHER.format("12/09/2025 11:00:00") + OTHER.format("12/09/2025 10:00:00") + OPEN,
        # a date in a message is none of the log
        OPEN + "05/10/2025 10:00:01 INFO [main] c.x.Other - the certificate of the server ends 31/12/2025 10:00:00\n",
    ],
)
def test_what_it_leaves_open(lines: str) -> None:
    assert read(lines)[1]


RECORD = (
    '{{"timestamp":"{}","level":"ERROR","logger":"c.x.EmailActionExecutor","thread":"m-1","message":"Test Action'
    ' failed: javax.mail.AuthenticationFailedException: 535 5.7.8 Authentication failed"}}\n'
)


def test_records_of_json_loggers_are_read_alike() -> None:
    other = RECORD.replace("ERROR", "INFO").replace("Test Action failed", "all is well")
    record = RECORD.format("05/10/2025 10:00:00")
    assert read(record) == (MAY, True)
    assert read(record + other.format("13/10/2025 10:00:00")) == (OCTOBER, False)
    assert read(record + other.format("05/13/2025 10:00:00")) == (MAY, False)
    assert read(RECORD.format("2025-10-05T10:00:00Z")) == (OCTOBER, False)


@pytest.mark.parametrize(("other", "day"), [("13/10/2025", OCTOBER), ("05/13/2025", MAY), ("06/10/2025", MAY)])
def test_the_column_of_a_table_shows_it(other: str, day: date) -> None:
    said = "ERROR [m-1] c.x.E - Test Action failed: javax.mail.AuthenticationFailedException: 535 5.7.8 no"
    rows = f'"{other} 10:00:00","smc","INFO [m-1] c.x.E - all is well"\n"05/10/2025 10:00:00","smc","{said}"\n'
    assert read(f'"_time","host","_raw"\n{rows}')[0] == day


def test_no_date_lies_after_the_file_was_written() -> None:
    written = datetime(2025, 7, 1, tzinfo=UTC)
    assert day_first_in([b"05/10/2025 10:00:00 x\n"], written) is False
    assert day_first_in([b"10/05/2025 10:00:00 x\n"], written) is True
    assert day_first_in([b"05/06/2025 10:00:00 x\n"], written) is None
    assert day_first_in([b"05/10/2025 10:00:00 x\n"], datetime(2020, 1, 1, tzinfo=UTC)) is None


def test_a_line_in_two_pieces_shows_nothing() -> None:
    days = Days()
    pieces = [b"05/10/2025 10:00:00 x y", b" 31/12/2025 10:00:00\n06/10/2025 10:00:00 x\n"]
    assert list(days.take(pieces)) == pieces
    assert [one for one, _ in days.seen] == [date(2025, 5, 10), date(2025, 6, 10)]


def test_lines_without_a_time_stand_near_the_right_day() -> None:
    dialogue = 'DEBUG SMTP: connected to host "relay.example.com", port: 587\nEHLO a\n535 5.7.8 Authentication failed\n'
    text = OTHER.format("05/10/2025 10:00:00") + dialogue + OTHER.format("13/10/2025 10:00:00")
    nears = {event.near for event in parse_text(text, SourceRef("a.log")) if event.time is None}
    assert nears == {datetime(2025, 10, 5, 10)}
