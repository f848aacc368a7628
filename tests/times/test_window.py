"""The window of time: what is inside, outside, and not to be told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.times.named import parse_moment
from sestriage.times.window import Window

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def window(since: str | None, until: str | None, zone: ZoneInfo | timezone | None = None) -> Window:
    one, other = (parse_moment(text, NOW, zone) if text else None for text in (since, until))
    return Window.of(one, other, zone)


def test_both_ends_belong_to_it() -> None:
    minute = window("2026-11-24 09:30", "2026-11-24 09:31")
    inside = [datetime(2026, 11, 24, 9, 30), datetime(2026, 11, 24, 9, 31, 59, 999999)]
    assert all(minute.may_hold(time) for time in inside)
    assert minute.before(datetime(2026, 11, 24, 9, 29, 59, 999999))
    assert minute.after(datetime(2026, 11, 24, 9, 32))


def test_open_ends() -> None:
    edge = datetime.max.replace(tzinfo=UTC)
    assert window("2026-11-24Z", None).may_hold(edge)
    assert window(None, "2026-11-24Z").may_hold(datetime.min.replace(tzinfo=UTC))


def test_it_must_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="before the first"):
        window("2026-11-24", "2026-11-23")
    with pytest.raises(ValueError, match="before the first"):
        window("2026-11-24T10:00Z", "2026-11-24 10:30", timezone(timedelta(hours=1)))
    assert window("2026-11-24 10:00", "2026-11-24").since == datetime(2026, 11, 24, 10)


def test_without_a_zone_a_log_is_held_against_its_own_clock() -> None:
    own = window("2026-11-24 09:30", None)
    assert own.may_hold(datetime(2026, 11, 24, 9, 30))
    assert own.before(datetime(2026, 11, 24, 9, 29))


def test_what_cannot_be_told_is_not_outside() -> None:
    exact = window("2026-11-24T09:30Z", None)
    assert exact.may_hold(datetime(2026, 11, 23, 19, 30))  # 14 hours behind UTC it would be inside
    assert exact.before(datetime(2026, 11, 23, 19, 29))


def test_the_hour_that_comes_twice_is_in_it_both_times() -> None:
    both = window("2026-10-25 02:15", "2026-10-25 02:45", BERLIN)
    times = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    assert all(both.may_hold(time) for time in times)
    assert both.before(datetime(2026, 10, 25, 0, 14, tzinfo=UTC))
    assert both.after(datetime(2026, 10, 25, 1, 46, tzinfo=UTC))


def test_a_time_that_does_not_exist_is_the_change_of_the_clock() -> None:
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert window("2026-03-29 02:30", None, BERLIN).since == change
    until = window(None, "2026-03-29 02:30", BERLIN)
    assert until.after(change)
    assert until.may_hold(change - timedelta(seconds=1))


def test_reading_begins_before_a_change_of_the_clock() -> None:
    second = window("2026-10-25T01:10Z", None, BERLIN)
    assert second.for_reading().since == datetime(2026, 10, 24, 23, 10, tzinfo=UTC)
    summer = window("2026-07-01", None, BERLIN)
    assert summer.for_reading() == summer


@given(
    st.datetimes(datetime(2026, 10, 24), datetime(2026, 10, 27)),
    st.datetimes(datetime(2026, 10, 24), datetime(2026, 10, 27)),
    st.sampled_from([None, BERLIN, timezone(timedelta(hours=-5))]),
    st.integers(-14, 14),
)
def test_nothing_that_could_be_inside_is_called_outside(
    since: datetime, time: datetime, zone: ZoneInfo | timezone | None, hours: int
) -> None:
    """Whatever zone an unknown one turns out to be."""
    begin = Window(since.replace(tzinfo=UTC), None)
    begin = begin.in_zone(zone) if zone is not None else begin
    real = zone or timezone(timedelta(hours=hours))
    if any(time.replace(tzinfo=real, fold=fold).astimezone(UTC) >= since.replace(tzinfo=UTC) for fold in (0, 1)):
        assert begin.may_hold(time)


@given(st.datetimes(), st.datetimes(timezones=st.sampled_from([UTC, BERLIN])))
def test_the_whole_calendar(naive: datetime, aware: datetime) -> None:
    for end in (
        naive,
        aware.astimezone(UTC) if datetime.min.year + 1 < aware.year < 9999 else aware.replace(tzinfo=UTC),
    ):
        for zone in (None, BERLIN):
            one = Window(end, end) if zone is None else Window(end, end).in_zone(zone)
            for time in (naive, aware):
                one.wider(timedelta(days=1)).may_hold(time)
