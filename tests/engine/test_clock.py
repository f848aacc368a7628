"""Logs without zone, clocks that are changed, set back or wrong, and lines in the wrong order; with real samples."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.shifted import FAILING, WORKING, Sample
from engine.test_join import T0, failure, stream
from growth import assert_even
from sestriage import triage
from sestriage.engine.attempts import MAX_ATTEMPTS
from sestriage.engine.clock import JUMP, MAX_COMPARED, Steady, align
from sestriage.model.capture import Endpoint
from sestriage.model.verdict import Confidence, Outcome, Report
from support import SAMPLES

NOON = datetime(2026, 7, 1, 12, 0, 0)
NIGHT = datetime(2026, 11, 1, 5, 40, 0)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SUMMER, WINTER = -4 * HOUR, -5 * HOUR


def judged(folder: Path, **files: bytes) -> Report:
    for name, data in files.items():
        (folder / name.replace("_", ".")).write_bytes(data)
    return triage([str(folder / name.replace("_", ".")) for name in files])


def begun(at: datetime, log: bytes) -> bytes:
    """The log with an unimportant line of the day before above it, as any log has that was not just begun."""
    stamp = (at - 24 * HOUR).strftime("%Y-%m-%d %H:%M:%S.000")
    return f"{stamp}  INFO 7 --- [    scheduler-1] com.harbor.response.Bootstrap : 3 actions\n".encode() + log


def outcomes(report: Report) -> list[Outcome]:
    return [attempt.outcome for attempt in report.attempts]


def test_the_samples_have_the_zones_that_the_lab_configured() -> None:
    zones = {"Etc/UTC": timedelta(0), "UTC": timedelta(0), "America/New_York": WINTER}
    for sample in (FAILING, WORKING):
        said = json.loads((SAMPLES / sample.name / "expected.json").read_text())["configured"]["log_zone"]
        assert zones[said] == sample.zone


@pytest.mark.parametrize("minutes", [0, 60, -480, -210, 345, 330, 780, -720, 840])
@pytest.mark.parametrize("sample", [FAILING, WORKING], ids=lambda sample: sample.name)
def test_the_offset_is_found_stated_and_changes_nothing(tmp_path: Path, sample: Sample, minutes: int) -> None:
    ahead = timedelta(minutes=minutes)
    report = judged(tmp_path, a_log=sample.log(NOON, ahead), a_pcap=sample.capture(NOON))
    whole = json.loads((SAMPLES / sample.name / "expected.json").read_text())["whole"]
    assert report.verdict.outcome == whole["outcome"]
    (attempt,) = report.attempts
    assert len(attempt.streams) == 1
    assert attempt.started is not None
    assert abs(attempt.started - NOON.replace(tzinfo=UTC)) < MINUTE
    sign = "-" if minutes < 0 else "+"
    named = f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    assert any(f"fit the captures as {named}." in note for note in report.verdict.notes)


def test_a_clock_that_is_wrong_by_minutes_is_not_explained_by_a_zone(tmp_path: Path) -> None:
    """Seven minutes off: the conversation stays an attempt of its own, and the report says that nothing fits."""
    report = judged(tmp_path, a_log=FAILING.log(NOON, 7 * MINUTE), a_pcap=FAILING.capture(NOON))
    assert len(report.attempts) == 2
    assert any("no offset makes it fit" in note for note in report.verdict.notes)


@pytest.mark.parametrize(("first", "later"), [(WINTER, SUMMER), (SUMMER, WINTER)], ids=["spring", "autumn"])
def test_a_change_of_daylight_saving_time_in_the_log(tmp_path: Path, first: timedelta, later: timedelta) -> None:
    """Two attempts before the change, two after it; each must get its own conversation."""
    times = [NIGHT + n * 7 * HOUR for n in range(4)]
    log = b"".join(FAILING.log(at, first if n < 2 else later) for n, at in enumerate(times))
    captures = {f"c{n}_pcap": FAILING.capture(at) for n, at in enumerate(times)}
    report = judged(tmp_path, a_log=log, **captures)
    assert [len(attempt.streams) for attempt in report.attempts] == [1, 1, 1, 1]
    (note,) = [note for note in report.verdict.notes if "fit the captures" in note]
    hours = [f"UTC{round(offset / HOUR):+03d}:00" for offset in (first, later)]
    assert f"as {hours[0]}, and {hours[1]} after the clock was changed" in note


def test_when_the_clock_goes_back_an_hour_the_later_line_is_the_newer_one(tmp_path: Path) -> None:
    """01:40 failed, then the clock goes back, 01:20 worked: without a capture only the order of the lines tells."""
    log = begun(NIGHT, FAILING.log(NIGHT, SUMMER) + WORKING.log(NIGHT + 40 * MINUTE, WINTER))
    report = judged(tmp_path, a_log=log)
    assert outcomes(report) == [Outcome.FAILED, Outcome.ACCEPTED]
    assert report.verdict.outcome is Outcome.ACCEPTED
    turned = begun(NIGHT, WORKING.log(NIGHT, SUMMER) + FAILING.log(NIGHT + 40 * MINUTE, WINTER))
    assert outcomes(judged(tmp_path, a_log=turned)) == [Outcome.ACCEPTED, Outcome.FAILED]


def test_the_hour_that_comes_twice_with_captures(tmp_path: Path) -> None:
    log = begun(NIGHT, FAILING.log(NIGHT, SUMMER) + WORKING.log(NIGHT + 40 * MINUTE, WINTER))
    captures = {"b_pcap": FAILING.capture(NIGHT), "c_pcap": WORKING.capture(NIGHT + 40 * MINUTE)}
    report = judged(tmp_path, a_log=log, **captures)
    assert outcomes(report) == [Outcome.FAILED, Outcome.ACCEPTED]
    assert [len(attempt.streams) for attempt in report.attempts] == [1, 1]


def test_days_after_the_change_times_count_again(tmp_path: Path) -> None:
    """The order of lines rules the doubled hour only: another file's events still find their place by time."""
    changed = FAILING.log(NIGHT, SUMMER) + WORKING.log(NIGHT + 40 * MINUTE, WINTER)
    log = begun(NIGHT, changed + FAILING.log(NIGHT + 99 * HOUR, WINTER))
    other = WORKING.log(NIGHT + 98 * HOUR, WINTER)
    report = judged(tmp_path, a_log=log, other_txt=other)
    assert outcomes(report) == [Outcome.FAILED, Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.FAILED]


def zoned(log: bytes, zone: str) -> bytes:
    """The zone put behind the stamps' milliseconds."""
    return re.sub(rb"(?m)^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d\d\d)", rb"\1T\2" + zone.encode(), log)


def test_a_clock_that_was_set_back_although_the_stamps_have_a_zone(tmp_path: Path) -> None:
    log = begun(NOON, FAILING.log(NOON, 20 * MINUTE) + WORKING.log(NOON + 5 * MINUTE, timedelta(0)))
    assert outcomes(judged(tmp_path, a_log=zoned(log, "Z"))) == [Outcome.FAILED, Outcome.ACCEPTED]


def test_a_clock_that_was_far_ahead_for_a_while(tmp_path: Path) -> None:
    log = (
        WORKING.log(NOON, timedelta(0))
        + FAILING.log(NOON + 5 * MINUTE, timedelta(days=365))
        + WORKING.log(NOON + 9 * MINUTE, timedelta(0))
    )
    assert outcomes(judged(tmp_path, a_log=log)) == [Outcome.ACCEPTED, Outcome.FAILED, Outcome.ACCEPTED]


def test_zones_that_change_with_daylight_saving_need_no_guess(tmp_path: Path) -> None:
    log = zoned(FAILING.log(NIGHT, SUMMER), "-04:00") + zoned(WORKING.log(NIGHT + 40 * MINUTE, WINTER), "-05:00")
    report = judged(tmp_path, a_log=log, b_pcap=FAILING.capture(NIGHT), c_pcap=WORKING.capture(NIGHT + 40 * MINUTE))
    assert outcomes(report) == [Outcome.FAILED, Outcome.ACCEPTED]
    assert [len(attempt.streams) for attempt in report.attempts] == [1, 1]
    assert not any("time zone" in note for note in report.verdict.notes)


def test_older_lines_pasted_behind_newer_ones_stay_older(tmp_path: Path) -> None:
    """`cat log log.1` puts them in the wrong order: the lines go back to before the file begins."""
    log = WORKING.log(NOON, timedelta(0)) + FAILING.log(NOON - HOUR, timedelta(0))
    assert outcomes(judged(tmp_path, a_log=log)) == [Outcome.FAILED, Outcome.ACCEPTED]


def test_the_hour_that_comes_twice_in_a_log_that_is_younger_than_an_hour(tmp_path: Path) -> None:
    """The file begins in the first of the two hours, at 01:40 in New York: the step back goes to before its begin."""
    log = FAILING.log(NIGHT, SUMMER) + WORKING.log(NIGHT + 25 * MINUTE, WINTER)
    assert outcomes(judged(tmp_path, a_log=log)) == [Outcome.FAILED, Outcome.ACCEPTED]


@pytest.mark.parametrize("days", [-1, -30, -60])
def test_no_other_night_has_an_hour_twice(tmp_path: Path, days: int) -> None:
    at = NIGHT + days * 24 * HOUR
    log = FAILING.log(at, SUMMER) + WORKING.log(at + 25 * MINUTE, WINTER)
    assert outcomes(judged(tmp_path, a_log=log)) == [Outcome.ACCEPTED, Outcome.FAILED]


def test_a_clock_that_was_in_the_future_when_the_log_began(tmp_path: Path) -> None:
    """Set right after the first lines: what stands below them is newer, whatever it is stamped."""
    log = FAILING.log(NOON, timedelta(days=9000)) + WORKING.log(NOON + 5 * MINUTE, timedelta(0))
    assert outcomes(judged(tmp_path, a_log=log)) == [Outcome.FAILED, Outcome.ACCEPTED]


AHEAD = 197 * MINUTE
"""An amount that no zone has."""


def test_lines_behind_a_step_back_that_come_to_where_the_log_begins_are_newer(tmp_path: Path) -> None:
    """The first lines were 3:17 ahead; the log goes on for longer than that."""
    first, second = FAILING.log(NOON, AHEAD), WORKING.log(NOON + 5 * MINUTE, timedelta(0))
    later = WORKING.log(NOON + 5 * HOUR, timedelta(0))
    assert outcomes(judged(tmp_path, a_log=first + second + later)) == [Outcome.FAILED, *[Outcome.ACCEPTED] * 2]
    turned = WORKING.log(NOON, AHEAD) + second + FAILING.log(NOON + 5 * HOUR, timedelta(0))
    assert outcomes(judged(tmp_path, a_log=turned)) == [*[Outcome.ACCEPTED] * 2, Outcome.FAILED]
    older = FAILING.log(NOON, AHEAD) + second  # it ends before the first lines: perhaps an older file
    assert outcomes(judged(tmp_path, a_log=older)) == [Outcome.ACCEPTED, Outcome.FAILED]


@pytest.mark.parametrize("ahead", [AHEAD, timedelta(days=3, minutes=7)])
def test_a_result_behind_a_step_back_ends_what_its_thread_began(tmp_path: Path, ahead: timedelta) -> None:
    """The clock is set right while a Test Action runs: no older file begins with the end of it."""
    begun_, ended = FAILING.log(NOON, ahead).splitlines(keepends=True), FAILING.log(NOON, timedelta(0))
    result = next(number for number, line in enumerate(begun_) if b"ERROR" in line)
    log = WORKING.log(NOON - 5 * MINUTE, ahead) + b"".join(begun_[:result])
    log += b"".join(ended.splitlines(keepends=True)[result:])
    report = judged(tmp_path, a_log=log)
    assert outcomes(report) == [Outcome.ACCEPTED, Outcome.FAILED]
    assert report.verdict.doubt is None


def test_a_step_back_to_before_the_log_begins_leaves_a_doubt(tmp_path: Path) -> None:
    """Nothing tells a clock that was set right from older lines behind newer ones: the other end is told."""
    first, second = WORKING.log(NOON, AHEAD), FAILING.log(NOON + 5 * MINUTE, timedelta(0))
    report = judged(tmp_path, a_log=first + second)
    assert report.verdict.outcome is Outcome.ACCEPTED
    assert "If the clock was set back instead" in str(report.verdict.doubt)
    assert report.verdict.confidence is not Confidence.CONFIRMED


def test_no_doubt_where_both_end_alike_or_a_capture_has_the_newest(tmp_path: Path) -> None:
    alike = FAILING.log(NOON, AHEAD) + FAILING.log(NOON + 5 * MINUTE, timedelta(0))
    assert judged(tmp_path, a_log=alike).verdict.doubt is None
    pasted = WORKING.log(NOON, timedelta(0)) + FAILING.log(NOON - HOUR, timedelta(0))
    assert judged(tmp_path, b_log=pasted, b_pcap=WORKING.capture(NOON)).verdict.doubt is None


def test_lines_that_are_sorted_newest_first_leave_no_doubt(tmp_path: Path) -> None:
    log = b"".join(each.log(NOON - n * HOUR, timedelta(0)) for n, each in enumerate((WORKING, FAILING, FAILING)))
    assert judged(tmp_path, a_log=log).verdict.doubt is None


def test_hourly_failures_are_no_change_of_the_clock(tmp_path: Path) -> None:
    """An hour more or less always fits a neighbour; each conversation may be explained only once."""
    times = [NOON + n * HOUR for n in range(6)]
    log = b"".join(FAILING.log(at, WINTER) for at in times)
    captures = {f"c{n}_pcap": FAILING.capture(at) for n, at in enumerate(times) if n in (1, 2, 3)}
    report = judged(tmp_path, a_log=log, **captures)
    assert not any("after the clock was changed" in note for note in report.verdict.notes)


def test_many_attempts_are_bounded_and_said(tmp_path: Path) -> None:
    line = "{} ERROR [J] Unable to send email: 535 Authentication Credentials Invalid\n"
    count = MAX_ATTEMPTS + 40
    stamps = [(NOON + n * 10 * MINUTE).strftime("%Y-%m-%d %H:%M:%S,000") for n in range(count)]
    report = judged(tmp_path, a_log="".join(map(line.format, stamps)).encode())
    assert len(report.attempts) == MAX_ATTEMPTS
    assert report.attempts[-1].started == NOON + (count - 1) * 10 * MINUTE
    assert any("40 older ones" in note for note in report.verdict.notes)


def test_comparing_with_captures_is_bounded() -> None:
    many = 4 * MAX_COMPARED
    events = [failure(T0.replace(tzinfo=None) + n * MINUTE) for n in range(many)]
    streams = [stream(60 * n, client=Endpoint("198.51.100.1", 20_000 + n)) for n in range(many)]
    assert align(events, streams).found
    assert_even(lambda size: align(events[:size], streams[:size]), many)


moments = st.datetimes(datetime(2020, 1, 1), datetime(2020, 1, 3), timezones=st.just(UTC))


@given(st.lists(moments))
def test_a_steady_clock_is_left_alone(times: list[datetime]) -> None:
    clock = Steady()
    assert [clock.place(at) for at in sorted(times)] == sorted(times)


@given(st.lists(moments, min_size=1))
def test_a_place_is_never_earlier_than_the_time(times: list[datetime]) -> None:
    clock = Steady()
    for at in times:
        place = clock.place(at)
        assert place >= at
        assert place in times


@given(moments, st.integers(1, 600), st.integers(0, 59))
def test_small_steps_back_are_threads(at: datetime, forward: int, back: int) -> None:
    clock = Steady()
    clock.place(at)
    ahead = at + timedelta(seconds=forward)
    clock.place(ahead)
    assert clock.place(ahead - timedelta(seconds=back)) == ahead - timedelta(seconds=back)
    assert timedelta(seconds=back) < JUMP


def test_a_clock_that_is_set_back_twice_keeps_the_order_of_the_lines() -> None:
    """Far ahead for one line, then right, then an hour back: all of it is time that the log covers already."""
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    hours = (0, 5, 9000, 6, 7, 4, 5, 8)
    clock = Steady()
    placed = [clock.place(start + timedelta(hours=at)) for at in hours]
    assert placed == sorted(placed)
    assert clock.place(start - timedelta(days=1)) == start - timedelta(days=1), "older lines behind newer ones"


@pytest.mark.parametrize(("days", "told"), [(40, True), (-400, True), (1, False), (0, False)])
def test_a_clock_that_is_days_off_is_told_where_the_content_fits(tmp_path: Path, days: int, told: bool) -> None:
    report = judged(tmp_path, a_log=FAILING.log(NOON + days * 24 * HOUR, timedelta(0)), a_pcap=FAILING.capture(NOON))
    notes = [note for note in report.verdict.notes if "days apart" in note]
    assert bool(notes) is told
    assert not told or f"{abs(days)} days apart" in notes[0]
    assert len(report.attempts) == (1 if days == 0 else 2)


def test_evidence_of_two_failures_is_not_one_attempt_of_a_wrong_clock(tmp_path: Path) -> None:
    report = judged(tmp_path, a_log=FAILING.log(NOON + 960 * HOUR, timedelta(0)), a_pcap=WORKING.capture(NOON))
    assert not any("days apart" in note for note in report.verdict.notes)
