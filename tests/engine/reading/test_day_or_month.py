"""Dates of a log in which day and month are numbers below 13, in a report."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

from sestriage.engine.triage import triage
from sestriage.model.verdict import Report

SAYS = "do not show whether day or month stands first"
FAILED = (
    "05/10/2025 10:00:00 ERROR [mail-1] c.x.EmailActionExecutor - Test Action failed\n"
    "javax.mail.AuthenticationFailedException: 535 5.7.8 Authentication failed\n"
)
CHATTER = "{} INFO [main] c.x.Other - all is well\n"
MANY = CHATTER.format("06/10/2025 10:00:00") * 20_000
"""More than is looked at before a log is read."""


def told(report: Report) -> tuple[set[date], bool]:
    days = {e.time.date() for attempt in report.attempts for e in attempt.events if e.time is not None}
    return days, any(SAYS in note for note in report.verdict.notes)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("rest", "day", "open_"),
    [
        ("", date(2025, 5, 10), True),
        (MANY, date(2025, 5, 10), True),
        (CHATTER.format("13/10/2025 10:00:00"), date(2025, 10, 5), False),
        (MANY + CHATTER.format("13/10/2025 10:00:00"), date(2025, 10, 5), False),
        (MANY + CHATTER.format("05/13/2025 10:00:00"), date(2025, 5, 10), False),
    ],
)
def test_the_day_or_a_note(packed: bool, rest: str, day: date, open_: bool, tmp_path: Path) -> None:
    data = (FAILED + rest).encode()
    path = tmp_path / ("sw-response-mgmt.log.gz" if packed else "sw-response-mgmt.log")
    path.write_bytes(gzip.compress(data) if packed else data)
    assert told(triage([str(path)])) == ({day}, open_)
