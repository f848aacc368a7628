"""Only what lies in a window of time: as if nothing else had been handed in, and told."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import slices
from engine.shifted import FAILING, WORKING
from sestriage import triage
from sestriage.engine.reading.collect import Options
from sestriage.engine.triage import TriageOptions
from sestriage.ingest import time_search
from sestriage.model.verdict import Outcome, Report
from sestriage.report.language import in_language
from sestriage.times.named import parse_moment
from sestriage.times.window import Window
from support import SAMPLES

BEGIN = datetime(2026, 3, 2, 4)
NOW = datetime(2026, 3, 5, tzinfo=UTC)
LOGGER = "com.harbor.response.action.EmailActionExecutor"


def look(
    *paths: Path, since: str | None = None, until: str | None = None, zone: tzinfo | None = None, language: str = "en"
) -> Report:
    begin, end = (parse_moment(text, NOW, zone) if text else None for text in (since, until))
    window = Window.of(begin, end, zone) if begin or end else None
    options = TriageOptions(reading=Options(window=window, zone=zone), now=NOW, language=language)
    return triage([str(path) for path in paths], options)


def head(at: datetime, level: str, text: str) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} {level} 7 --- [worker-1] {LOGGER} : {text}\n"


def failed(at: datetime, number: int = 0) -> str:
    return (
        head(at, "ERROR", f"E-mail action {number} failed")
        + "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n"
        + "\tat com.sun.mail.smtp.SMTPTransport$Authenticator.authenticate(SMTPTransport.java:965)\n"
        + "\tat javax.mail.Service.connect(Service.java:366)\n"
    )


def chatter(at: datetime, number: int) -> str:
    return head(at, "INFO ", f"polled {number} alarms")


def busy(count: int, seed: int = 1, step: timedelta = timedelta(seconds=40)) -> list[tuple[datetime, str]]:
    """Chatter with a failure now and then."""
    random = Random(seed)
    result = []
    for n in range(count):
        at = BEGIN + n * step
        result.append((at, failed(at, n) if random.random() < 0.05 else chatter(at, n)))
    return result


def written(path: Path, events: list[tuple[datetime, str]]) -> Path:
    path.write_text("".join(text for _, text in events))
    return path


def facts(report: Report) -> list[tuple[object, ...]]:
    """What the attempts rest on, without the places."""
    return [
        (attempt.started, attempt.outcome, [(event.time, event.text) for event in attempt.events])
        for attempt in report.attempts
    ]


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("WORTH_IT", 1), ("STEP", 1 << 11), ("REST", 1 << 13), ("PROBES", (1 << 11, 1 << 15))):
        monkeypatch.setattr(time_search, name, value)


# --- logs --------------------------------------------------------------------------------------------------------


@settings(max_examples=slices.count(15, 6), deadline=None)
@example(seed=2668, ends=(27, 64), large=True)  # reading begins in the middle of a stack trace
@given(seed=st.integers(0, 2**32), ends=st.tuples(st.integers(0, 1499), st.integers(0, 1499)), large=st.booleans())
def test_a_window_gives_what_the_log_cut_to_it_gives(
    tmp_path_factory: pytest.TempPathFactory, seed: int, ends: tuple[int, int], large: bool
) -> None:
    folder = tmp_path_factory.mktemp("window")
    events = busy(1500, seed)
    first, last = sorted(ends)
    since, until = events[first][0], events[last][0]
    with pytest.MonkeyPatch.context() as patch:
        if large:
            for name, value in (("WORTH_IT", 1), ("STEP", 1 << 11), ("REST", 1 << 13)):
                patch.setattr(time_search, name, value)
        whole = look(written(folder / "whole.log", events), since=since.isoformat(), until=until.isoformat())
    cut = look(written(folder / "cut.log", events[first : last + 1]))
    assert facts(whole) == facts(cut)
    assert whole.verdict.outcome is cut.verdict.outcome
    lines = (folder / "whole.log").read_text().splitlines()
    for attempt in whole.attempts:
        for event in attempt.events:
            assert event.source.line is not None
            assert event.quote_line is not None
            assert lines[event.source.line - 1].startswith(f"{event.time:%Y-%m-%d %H:%M:%S}")
            assert lines[event.quote_line - 1] == event.quote
            assert event.throwables[0].class_name in lines[event.throwables[0].line - 1]


@pytest.mark.usefixtures("small_steps")
def test_what_was_not_read_is_told(tmp_path: Path) -> None:
    log = written(tmp_path / "x.log", [*busy(3000), (BEGIN + timedelta(hours=40), failed(BEGIN + timedelta(hours=40)))])
    report = look(log, since="2026-03-03 19:59")
    assert len(report.attempts) == 1
    extent, unread = report.verdict.notes[:2]
    assert extent == "Only events from 2026-03-03 19:59:00 onwards were used."
    assert unread.startswith(f"{log} covers 2026-03-02 04:00:00 to 2026-03-03 20:00:00; ")
    assert f"of {log.stat().st_size} bytes were not read" in unread


def test_what_was_left_out_is_told(tmp_path: Path) -> None:
    times = [BEGIN + timedelta(hours=n) for n in range(5)]
    log = written(tmp_path / "x.log", [(at, failed(at, n)) for n, at in enumerate(times)])
    report = look(log, since="2026-03-02 06:00", until="2026-03-02 06:00")
    assert [attempt.events[0].time for attempt in report.attempts] == [times[2]]
    assert report.verdict.notes[:2] == (
        "Only events from 2026-03-02 06:00:00 to 2026-03-02 06:00:59 were used.",
        f"Left out of {log}: events about mail (4), from 2026-03-02 04:00:00 to 2026-03-02 08:00:00.",
    )


def test_when_nothing_is_left_the_report_says_what_there_is(tmp_path: Path) -> None:
    log = written(tmp_path / "x.log", [(BEGIN, chatter(BEGIN, 1)), (NOW, chatter(NOW, 2))])
    report = look(log, since="2026-03-09")
    assert report.verdict.outcome is Outcome.UNDETERMINED
    assert report.verdict.notes[1:] == (
        "No mail attempt in that window.",
        f"{log} covers 2026-03-02 04:00:00 to 2026-03-05 00:00:00.",
    )
    german = in_language(look(log, since="2026-03-09", language="de"), "de")
    assert "In diesem Zeitfenster liegt kein Mailversuch." in german.verdict.notes


def test_an_event_without_time_goes_with_the_one_above_it(tmp_path: Path) -> None:
    loose = "javax.mail.MessagingException: Could not connect to SMTP host: relay, port: 587\n"
    first, second = BEGIN, BEGIN + timedelta(hours=2)
    text = failed(first) + loose + failed(second) + loose.replace("587", "2587")
    log = tmp_path / "x.log"
    log.write_text(text)
    assert {e.port for a in look(log).attempts for e in a.events} >= {587, 2587}
    ports = {event.port for attempt in look(log, since="2026-03-02 05:00").attempts for event in attempt.events}
    assert 2587 in ports
    assert 587 not in ports


def test_a_log_without_any_time_is_used_and_that_is_told(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text("javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n" * 2)
    report = look(log, since="2026-03-02 05:00")
    assert report.verdict.outcome is Outcome.FAILED
    assert any(note.startswith(f"Used of {log} although they carry no time: ") for note in report.verdict.notes)


@pytest.mark.parametrize("form", ["gz", "tar", "stdin"])
def test_what_cannot_be_searched_is_read_and_filtered(tmp_path: Path, form: str) -> None:
    events = busy(1500)
    plain = written(tmp_path / "x.log", events)
    since = events[700][0].isoformat()
    packed = tmp_path / f"packed.{form}"
    if form == "gz":
        packed.write_bytes(gzip.compress(plain.read_bytes()))
    elif form == "tar":
        with tarfile.open(packed, "w") as archive:
            archive.add(plain, "sw-response-mgmt.log")
    expected = facts(look(plain, since=since))
    if form == "stdin":
        window = Window.of(parse_moment(since, NOW), None)
        options = TriageOptions(reading=Options(window=window), now=NOW)
        report = triage(["-"], options, io.BytesIO(plain.read_bytes()))
    else:
        report = look(packed, since=since)
    assert len(expected) > 10
    assert facts(report) == expected


def test_a_rotated_log_from_before_the_window_is_not_unpacked(tmp_path: Path) -> None:
    old = busy(1500)
    rotated, current = tmp_path / "sw-response-mgmt.log.1.gz", tmp_path / "sw-response-mgmt.log"
    rotated.write_bytes(gzip.compress("".join(text for _, text in old).encode()))
    late = BEGIN + timedelta(days=20)
    written(current, [(late, failed(late))])
    ended = old[-1][0].replace(tzinfo=UTC).timestamp()
    os.utime(rotated, (ended, ended))
    report = look(tmp_path, since="2026-03-20", zone=UTC)
    assert len(report.attempts) == 1
    assert f"{rotated} was not read: it was last written to at 2026-03-02 20:39:20Z." in report.verdict.notes
    os.utime(rotated, (0, 0))  # a time that the log itself disproves
    report = look(tmp_path, since="2026-03-20", zone=UTC)
    assert not any("was not read" in note for note in report.verdict.notes)
    assert any(f"Left out of {rotated}" in note for note in report.verdict.notes)


def test_of_very_many_events_those_of_the_window_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest ones of all would push them out."""
    from sestriage.engine.reading import log_file

    monkeypatch.setattr(log_file, "MAX_EVENTS", 20)
    times = [BEGIN + timedelta(minutes=n) for n in range(200)]
    log = written(tmp_path / "x.log", [(at, failed(at, n)) for n, at in enumerate(times)])
    report = look(log, until="2026-03-02 04:04")
    assert [attempt.events[0].time for attempt in report.attempts] == times[:5]


def test_many_files_are_counted(tmp_path: Path) -> None:
    for n in range(8):
        at = BEGIN + timedelta(days=n)
        written(tmp_path / f"sw-response-mgmt.log.{8 - n}", [(at, failed(at, n))])
    notes = look(tmp_path, since="2026-03-09").verdict.notes
    assert sum(note.startswith("Left out of") for note in notes) == 5
    assert "Further files of which something was left out: 2." in notes


# --- zones -------------------------------------------------------------------------------------------------------


def test_the_zone_holds_for_log_and_command_line(tmp_path: Path) -> None:
    log = written(tmp_path / "x.log", [(BEGIN, failed(BEGIN))])  # 04:00 on the log's clock
    new_york = ZoneInfo("America/New_York")
    assert look(log, since="2026-03-02 04:00", until="2026-03-02 04:00", zone=new_york).attempts
    assert look(log, since="2026-03-02T09:00Z", until="2026-03-02T09:00Z", zone=new_york).attempts
    assert not look(log, since="2026-03-02T04:00Z", until="2026-03-02T04:00Z", zone=new_york).attempts
    (attempt,) = look(log, zone=new_york).attempts
    assert attempt.started == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_without_a_zone_the_clock_of_the_log_counts(tmp_path: Path) -> None:
    log = written(tmp_path / "x.log", [(BEGIN, failed(BEGIN))])
    assert look(log, since="2026-03-02 04:00", until="2026-03-02 04:00").attempts
    assert not look(log, since="2026-03-02 04:01").attempts


def test_an_hour_that_comes_twice_is_told_apart_by_the_order(tmp_path: Path) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    walls = [datetime(2026, 10, 25, 2, minute) for minute in (10, 50, 20, 55)]  # the last two an hour later
    log = written(tmp_path / "x.log", [(at, failed(at, n)) for n, at in enumerate(walls)])
    report = look(log, since="2026-10-25T02:15+01:00", zone=berlin)
    assert [attempt.started for attempt in report.attempts] == [
        datetime(2026, 10, 25, 1, 20, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 55, tzinfo=UTC),
    ]
    both = look(log, since="2026-10-25 02:15", until="2026-10-25 02:52", zone=berlin)
    assert [attempt.events[0].source.line for attempt in both.attempts] == [5, 9]


@pytest.mark.usefixtures("small_steps")
def test_the_order_that_tells_the_hours_apart_may_lie_before_the_window(tmp_path: Path) -> None:
    """From 03:00 back to 02:00 at 01:00Z; of a large log only the part of the window is read."""
    berlin = ZoneInfo("Europe/Berlin")
    begin = datetime(2026, 10, 24, 12, tzinfo=UTC)
    fails = {datetime(2026, 10, 25, *clock, tzinfo=UTC) for clock in ((0, 40), (1, 31), (1, 35))}
    events = []
    for n in range(5000):
        instant = begin + timedelta(seconds=10 * n)
        wall = instant.astimezone(berlin).replace(tzinfo=None)
        events.append((wall, failed(wall, n) if instant in fails else chatter(wall, n)))
    log = written(tmp_path / "x.log", events)
    report = look(log, since="2026-10-25T01:30Z", zone=berlin)
    assert {attempt.started for attempt in report.attempts} == fails - {datetime(2026, 10, 25, 0, 40, tzinfo=UTC)}
    assert "bytes were not read" in report.verdict.notes[1]


def test_a_clock_ahead_is_found_from_the_capture(tmp_path: Path) -> None:
    """The user says 14:00 as the log does; the capture of the same attempt says 12:00Z."""
    noon = datetime(2026, 7, 1, 12)
    log, capture = tmp_path / "x.log", tmp_path / "x.pcap"
    log.write_bytes(FAILING.log(noon, timedelta(hours=2)))
    capture.write_bytes(FAILING.capture(noon))
    report = look(log, capture, since="2026-07-01 13:59", until="2026-07-01 14:05")
    (attempt,) = report.attempts
    assert attempt.events
    assert attempt.streams
    fitted = "The log has no time zone; its times fit the captures as UTC+02:00."
    assert report.verdict.notes.count(fitted) == 1
    exact = look(log, capture, since="2026-07-01T11:59Z", until="2026-07-01T12:05Z")
    assert len(exact.attempts) == 1
    assert exact.attempts[0].events == attempt.events
    late = look(log, capture, since="2026-07-01T13:59Z", until="2026-07-01T14:05Z")
    assert late.attempts == ()


# --- captures ----------------------------------------------------------------------------------------------------


def test_conversations_outside_are_left_out_with_the_log(tmp_path: Path) -> None:
    """The failure of the morning, although the mail of the evening went through."""
    morning, evening = datetime(2026, 7, 1, 9), datetime(2026, 7, 1, 19)
    files = {
        "sw-response-mgmt.log": FAILING.log(morning, timedelta(0)) + WORKING.log(evening, timedelta(0)),
        "one.pcap": FAILING.capture(morning),
        "two.pcap": WORKING.capture(evening),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    assert look(tmp_path).verdict.outcome is Outcome.ACCEPTED
    report = look(tmp_path, until="2026-07-01 12:00", zone=UTC)
    assert report.verdict.outcome is Outcome.FAILED
    assert sum(len(capture.streams) for capture in report.captures) == sum(len(a.streams) for a in report.attempts)
    assert any(f"Left out of {tmp_path / 'two.pcap'}: " in note for note in report.verdict.notes)


def test_a_conversation_that_reaches_into_the_window_is_whole() -> None:
    sample = SAMPLES / "pkix-root-missing"
    (capture,) = sample.glob("*.pcap*")
    (stream,) = look(capture).captures[0].streams
    assert stream.started is not None
    assert stream.ended is not None
    middle = stream.started + (stream.ended - stream.started) / 2
    assert look(capture, since=middle.isoformat()).captures[0].streams == (stream,)
    assert look(capture, until=middle.isoformat()).captures[0].streams == (stream,)
    after = stream.ended + timedelta(seconds=1)
    report = look(capture, since=after.isoformat())
    assert report.captures[0].streams == ()
    assert report.verdict.outcome is Outcome.UNDETERMINED


def test_stores_and_settings_count_whatever_their_age() -> None:
    sample = SAMPLES / "pkix-root-missing"
    report = look(sample, since="2001-01-01", until="2001-01-02")
    assert report.stores
    assert report.stores == look(sample).stores


def test_no_window_no_word(tmp_path: Path) -> None:
    log = written(tmp_path / "x.log", [(BEGIN, failed(BEGIN))])
    assert not any("time" in note for note in look(log).verdict.notes)
    plus = replace(TriageOptions(), reading=Options(zone=timezone(timedelta(hours=2))))
    assert triage([str(log)], plus).attempts[0].started == datetime(2026, 3, 2, 2, tzinfo=UTC)


@pytest.fixture
def machine_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    def set_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


def test_without_any_sign_of_the_zone_it_is_this_machines(tmp_path: Path, machine_zone: Callable[[str], None]) -> None:
    log = written(tmp_path / "x.log", [(BEGIN, failed(BEGIN))])  # 04:00 on the log's clock
    for zone, instant in (("UTC", "04:00Z"), ("America/New_York", "09:00Z"), ("Asia/Kolkata", "2026-03-01T22:30Z")):
        machine_zone(zone)
        text = instant if "T" in instant else f"2026-03-02T{instant}"
        assert look(log, since=text, until=text).attempts
        late = datetime.fromisoformat(text) + timedelta(minutes=1)
        assert not look(log, since=late.isoformat()).attempts
