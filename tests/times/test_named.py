"""Moments as a user names them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sestriage.times.named import parse_moment, parse_since

NOW = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
"""In Berlin it is 00:30 of the 25th."""
BERLIN = ZoneInfo("Europe/Berlin")
PLUS_ONE = timezone(timedelta(hours=1))


def at(*parts: int, zone: timezone | None = None) -> datetime:
    return datetime(*parts, tzinfo=zone)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-11-23", at(2026, 11, 23), at(2026, 11, 23, 23, 59, 59, 999999)),
        ("20261123", at(2026, 11, 23), at(2026, 11, 23, 23, 59, 59, 999999)),
        ("2026-11-23Z", at(2026, 11, 23, zone=UTC), at(2026, 11, 23, 23, 59, 59, 999999, zone=UTC)),
        ("2026-11-23 07:30", at(2026, 11, 23, 7, 30), at(2026, 11, 23, 7, 30, 59, 999999)),
        ("2026-11-23T7:30", at(2026, 11, 23, 7, 30), at(2026, 11, 23, 7, 30, 59, 999999)),
        ("2026-11-23T07:30:15", at(2026, 11, 23, 7, 30, 15), at(2026, 11, 23, 7, 30, 15, 999999)),
        ("2026-11-23 07:30:15,250", at(2026, 11, 23, 7, 30, 15, 250000), at(2026, 11, 23, 7, 30, 15, 250999)),
        ("2026-11-23 07:30:15.5", at(2026, 11, 23, 7, 30, 15, 500000), at(2026, 11, 23, 7, 30, 15, 599999)),
        (
            "2026-11-23T07:30:15+01:00",
            at(2026, 11, 23, 7, 30, 15, zone=PLUS_ONE),
            at(2026, 11, 23, 7, 30, 15, 999999, zone=PLUS_ONE),
        ),
        ("2026-11-23 07:30 -0530", at(2026, 11, 23, 13, zone=UTC), at(2026, 11, 23, 13, 0, 59, 999999, zone=UTC)),
        ("07:30", at(2026, 11, 24, 7, 30), at(2026, 11, 24, 7, 30, 59, 999999)),
        ("today", at(2026, 11, 24), at(2026, 11, 24, 23, 59, 59, 999999)),
        ("Yesterday 09:30", at(2026, 11, 23, 9, 30), at(2026, 11, 23, 9, 30, 59, 999999)),
        ("07:30Z", at(2026, 11, 24, 7, 30, zone=UTC), at(2026, 11, 24, 7, 30, 59, 999999, zone=UTC)),
        ("23/Nov/2026:07:30:15 +0000", at(2026, 11, 23, 7, 30, 15, zone=UTC),
         at(2026, 11, 23, 7, 30, 15, 999999, zone=UTC)),
        ("Nov 23 07:30:15", at(2026, 11, 23, 7, 30, 15), at(2026, 11, 23, 7, 30, 15, 999999)),
        ("now", NOW, NOW),
        ("24h", NOW - timedelta(days=1), NOW - timedelta(days=1)),
        ("1h30m", NOW - timedelta(minutes=90), NOW - timedelta(minutes=90)),
        ("9999-12-31", at(9999, 12, 31), datetime.max),
    ],
)  # fmt: skip
def test_moments(text: str, first: datetime, last: datetime) -> None:
    moment = parse_moment(text, NOW, UTC)
    assert (moment.first, moment.last) == (first, last)
    assert (moment.first.tzinfo is None) == (first.tzinfo is None)


def test_today_is_a_day_of_the_zone() -> None:
    assert parse_moment("07:30", NOW, BERLIN).first == datetime(2026, 11, 25, 7, 30)
    assert parse_moment("07:30+14:00", NOW, UTC).first.date() == datetime(2026, 11, 25).date()


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "soon", "Z", "t", "-5h", "2026-13-01", "2026-02-30", "2026-11-23T", "T07:30", "24:00", "07:60"),
        *("2026-1123", "07:30 today", "2026-11-23 07", "2026-11-2307:30", "07:30:15.1234567890", "99999999w"),
        "07:30+25:00",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="neither a span"):
        parse_moment(text, NOW)


@given(st.text(max_size=40) | st.from_regex(r"[0-9TZtz :.,+\-]{0,30}", fullmatch=True))
@example("0001-01-01+14:00")
@example("9999-12-31T23:59:59-14:00")
def test_nothing_but_a_value_error(text: str) -> None:
    try:
        moment = parse_moment(text, NOW)
    except ValueError:
        return
    assert moment.first <= moment.last


def test_where_a_first_run_begins() -> None:
    assert parse_since("24h", 100_000.0) == 100_000 - 86400
    assert parse_since("2026-03-02T04:00:00+00:00", 0.0) == datetime(2026, 3, 2, 4, tzinfo=UTC).timestamp()
    with pytest.raises(ValueError, match="neither a span"):
        parse_since("soon", 0.0)
