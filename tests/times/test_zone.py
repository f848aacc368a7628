"""Zones: as a user names them, as a log shows them, and the hours that come twice or never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.times.zone import find_zone, first_instant, instants, last_instant, offset_at, parse_zone, place_times

BERLIN = ZoneInfo("Europe/Berlin")
"""The clocks went back at 2026-10-25 01:00Z (03:00 to 02:00), and forward at 2026-03-29 01:00Z (02:00 to 03:00)."""


def test_an_hour_that_comes_twice_is_told_apart_by_the_order() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    walls = [(1, 50), (2, 10), (2, 50), (2, 5), (2, 55), (3, 5)]
    times = place_times([datetime(2026, 10, 25, h, m) for h, m in walls], berlin)
    assert [t.strftime("%H:%M") for t in times if t] == ["23:50", "00:10", "00:50", "01:05", "01:55", "02:05"]


def test_an_hour_that_does_not_exist_does_not_disturb() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    walls = [(1, 59), (3, 0), (3, 1)]
    times = place_times([datetime(2026, 3, 29, h, m) for h, m in walls], berlin)
    assert [t.strftime("%H:%M") for t in times if t] == ["00:59", "01:00", "01:01"]


def test_lines_a_little_out_of_order_are_no_change_of_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    times = place_times([datetime(2026, 10, 25, 2, 10, 5), datetime(2026, 10, 25, 2, 10, 4)], berlin)
    assert [t.strftime("%H:%M:%S") for t in times if t] == ["00:10:05", "00:10:04"]


@given(st.integers(-56, 56), st.integers(0, 100))
def test_the_zone_is_found_from_the_time_of_the_file(quarters: int, lag: int) -> None:
    changed = datetime(2026, 3, 2, 12, 0, tzinfo=UTC).timestamp()
    wall = datetime.fromtimestamp(changed + quarters * 900 - lag, UTC).replace(tzinfo=None)
    zone = find_zone([wall], changed)
    assert wall.replace(tzinfo=zone).timestamp() == pytest.approx(changed - lag)


@pytest.mark.parametrize("text", ["", "Mars/Olympus", "+25:00", "../etc/passwd", "a\0b"])
def test_bad_zones(text: str) -> None:
    with pytest.raises(ValueError, match="zone"):
        parse_zone(text)


def test_an_hour_that_comes_twice_has_two_instants() -> None:
    wall = datetime(2026, 10, 25, 2, 30)
    first, last = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert instants(wall, BERLIN) == (first, last)
    assert (first_instant(wall, BERLIN), last_instant(wall, BERLIN)) == (first, last)


@pytest.mark.parametrize("minute", [0, 1, 30, 59])
def test_a_time_that_the_clocks_pass_over_is_the_moment_of_the_change(minute: int) -> None:
    wall, change = datetime(2026, 3, 29, 2, minute), datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert first_instant(wall, BERLIN) == change
    assert last_instant(wall, BERLIN) == change - timedelta(microseconds=1)


def test_half_an_hour_on_lord_howe() -> None:
    zone = ZoneInfo("Australia/Lord_Howe")  # forward at 2026-10-03 15:30Z: 02:00 (+10:30) to 02:30 (+11)
    assert first_instant(datetime(2026, 10, 4, 2, 10), zone) == datetime(2026, 10, 3, 15, 30, tzinfo=UTC)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)))
def test_the_first_instant_is_the_first_that_shows_the_time_or_a_later_one(wall: datetime) -> None:
    first, last = first_instant(wall, BERLIN), last_instant(wall, BERLIN)
    tick = timedelta(microseconds=1)
    assert first.astimezone(BERLIN).replace(tzinfo=None) >= wall
    assert (first - tick).astimezone(BERLIN).replace(tzinfo=None) < wall
    assert last.astimezone(BERLIN).replace(tzinfo=None) <= wall
    assert (last + tick).astimezone(BERLIN).replace(tzinfo=None) > wall


def test_the_edge_of_the_calendar() -> None:
    east = timezone(timedelta(hours=14))
    for wall in (datetime.min, datetime.max):
        assert first_instant(wall, east) <= last_instant(wall, east)
    assert offset_at(datetime.max.replace(tzinfo=UTC), east) == timedelta(0)
