"""Binary search for a window of time in a plain log."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sestriage.ingest import time_search
from sestriage.ingest.time_search import LogStretch, count_lines_before, find_stretch
from sestriage.times.window import Window
from sestriage.times.zone import SETBACK

BEGIN = datetime(2026, 3, 2, 4)
MANY = 4000


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that logs of some hundred KiB are worth a search."""
    for name, value in (("WORTH_IT", 1), ("STEP", 1 << 12), ("REST", 1 << 14), ("PROBES", (1 << 11, 1 << 15))):
        monkeypatch.setattr(time_search, name, value)


def line(time: datetime, number: int) -> bytes:
    return f"{time:%Y-%m-%d %H:%M:%S},{time.microsecond // 1000:03d} INFO [main] a.b.C - event {number}\n".encode()


def trace(time: datetime, number: int, frames: int) -> bytes:
    head = f"{time:%Y-%m-%d %H:%M:%S},000 ERROR [main] a.b.C - failed {number}\njava.lang.IllegalStateException: x\n"
    return head.encode() + b"\tat com.example.deep.Service.call(Service.java:17)\n" * frames


@contextmanager
def opened(path: Path, data: bytes) -> Iterator[int]:
    path.write_bytes(data)
    handle = os.open(path, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)


def search(path: Path, data: bytes, window: Window) -> LogStretch | None:
    with opened(path, data) as handle:
        return find_stretch(handle, len(data), window)


def holds_all(data: bytes, found: LogStretch, inside: Sequence[bytes]) -> bool:
    part = data[found.start : found.end]
    return all(event in part for event in inside)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(-10, MANY + 10), st.integers(-10, MANY + 10), st.booleans(), st.booleans())
def test_the_stretch_holds_every_event_of_the_window(
    tmp_path_factory: pytest.TempPathFactory, seed: int, one: int, other: int, open_begin: bool, open_end: bool
) -> None:
    """Whatever the pauses between events, with long traces and lines that are up to a minute out of order."""
    random = Random(seed)
    time, events = BEGIN, []
    for number in range(MANY):
        time += timedelta(seconds=random.choice((0, 0.001, 0.5, 5, 3600)))
        at = time - timedelta(seconds=random.choice((0, 0, 0, 50)))
        long = random.random() < 0.01
        events.append((at, trace(at, number, random.randrange(100)) if long else line(at, number)))
    times = [at for at, _ in events]
    since, until = sorted(times[min(max(0, n), MANY - 1)] + timedelta(seconds=n) for n in (one, other))
    window = Window(None if open_begin else since, None if open_end else until)
    data = b"".join(event for _, event in events)
    found = search(tmp_path_factory.mktemp("seek") / "x.log", data, window)
    assert found is not None
    assert found.start == 0 or data[found.start - 1 : found.start] == b"\n"
    assert found.end == len(data) or data[found.end - 1 : found.end] == b"\n"
    assert holds_all(data, found, [event for at, event in events if window.may_hold(at)])


def chatter(count: int = MANY, step: float = 1.0, begin: datetime = BEGIN) -> list[bytes]:
    return [line(begin + timedelta(seconds=n * step), n) for n in range(count)]


def test_little_is_read_of_a_log_in_order(tmp_path: Path) -> None:
    data = b"".join(chatter())
    middle = BEGIN + timedelta(seconds=MANY // 2)
    found = search(tmp_path / "x.log", data, Window(middle, middle))
    assert found is not None
    assert found.end - found.start < len(data) // 4
    assert (found.first, found.last) == (BEGIN, BEGIN + timedelta(seconds=MANY - 1))


def test_a_window_beside_the_log_leaves_next_to_nothing(tmp_path: Path) -> None:
    data = b"".join(chatter())
    early, late = BEGIN - timedelta(days=9), BEGIN + timedelta(days=9)
    before, behind = (search(tmp_path / "x.log", data, w) for w in (Window(None, early), Window(late, None)))
    assert before is not None
    assert behind is not None
    assert before.start == 0
    assert before.end < len(data) // 4
    assert behind.start > len(data) * 3 // 4
    assert behind.end == len(data)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda lines: lines[MANY // 2 :] + lines[: MANY // 2],  # an older part was put behind a newer one
        lambda lines: lines[::-1],
        lambda lines: [b"no time at all\n" for _ in lines],
        lambda lines: [*lines[: MANY // 2], b"x" * 300_000 + b"\n", *lines[MANY // 2 :]],  # no time anywhere near
        lambda lines: [text.decode().encode("utf-16-le") for text in lines],
        lambda lines: [text[11:] for text in lines],  # times of day alone
        lambda lines: [*lines[: MANY // 2], *(t.replace(b" INFO", b"Z INFO") for t in lines[MANY // 2 :])],
        lambda lines: [],
    ],
)  # fmt: skip
def test_a_log_that_is_not_in_order_is_read_whole(tmp_path: Path, spoil: object) -> None:
    data = b"".join(spoil(chatter()))  # type: ignore[operator]
    assert search(tmp_path / "x.log", data, Window(BEGIN + timedelta(seconds=MANY - 9), None)) is None


def test_an_old_piece_in_the_place_that_is_searched_is_noticed(tmp_path: Path) -> None:
    """The samples miss it, a step of the search falls on it."""
    lines = chatter(40_000)
    size = sum(map(len, lines))
    wanted = 20_000 + 40_000 // time_search.SAMPLES // 2
    at = lines[:wanted]
    old = chatter(200, begin=BEGIN - timedelta(days=3))
    data = b"".join([*at[:-100], *old, *lines[wanted - 100 :]])
    assert size < len(data)
    found = search(tmp_path / "x.log", data, Window(BEGIN + timedelta(seconds=wanted - 100), None))
    assert found is None or found.start <= data.index(old[0])


def test_a_small_log_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"".join(chatter())
    monkeypatch.setattr(time_search, "WORTH_IT", len(data) + 1)
    assert search(tmp_path / "x.log", data, Window(BEGIN, None)) is None


def test_a_change_of_the_clock_does_not_hide_the_second_hour(tmp_path: Path) -> None:
    """Berlin, 2026-10-25: from 03:00 back to 02:00 at 01:00Z."""
    berlin = ZoneInfo("Europe/Berlin")
    begin = datetime(2026, 10, 24, 22, tzinfo=UTC)
    instants = [begin + timedelta(seconds=5 * n) for n in range(MANY)]
    lines = [line(at.astimezone(berlin).replace(tzinfo=None), n) for n, at in enumerate(instants)]
    data = b"".join(lines)
    for minute in range(-90, 150, 7):
        since = datetime(2026, 10, 25, 1, tzinfo=UTC) + timedelta(minutes=minute)
        window = Window(since, since + timedelta(minutes=20), berlin)
        found = search(tmp_path / "x.log", data, window)
        assert found is not None
        inside = [text for text, at in zip(lines, instants, strict=True) if window.may_hold(at)]
        assert holds_all(data, found, inside)
        assert found.end - found.start < len(data)


def test_a_minute_back_is_no_disorder(tmp_path: Path) -> None:
    times = [BEGIN + timedelta(seconds=n) - (SETBACK if n % 50 == 7 else timedelta(0)) for n in range(MANY)]
    data = b"".join(line(at, n) for n, at in enumerate(times))
    assert search(tmp_path / "x.log", data, Window(times[-1], None)) is not None


@given(st.binary(max_size=3000), st.integers(0, 4000))
@settings(max_examples=50, deadline=None)
def test_lines_are_counted_as_they_are(tmp_path_factory: pytest.TempPathFactory, data: bytes, offset: int) -> None:
    with opened(tmp_path_factory.mktemp("lines") / "x", data) as handle:
        assert count_lines_before(handle, offset) == data[:offset].count(b"\n")


@given(st.binary(max_size=20_000))
@settings(max_examples=60, deadline=None)
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    search(tmp_path_factory.mktemp("any") / "x", data, Window(BEGIN, BEGIN))
    search(tmp_path_factory.mktemp("any") / "y", b"".join(chatter(100)) + data, Window(BEGIN, BEGIN))


def test_a_line_that_came_early_is_found(tmp_path: Path) -> None:
    """Another thread's line stands among those of 40 seconds before."""
    lines = chatter(20_000, step=0.01)
    since = BEGIN + timedelta(seconds=100)
    early = line(since + timedelta(seconds=1), 77_777)
    data = b"".join([*lines[:6000], early, *lines[6000:]])
    found = search(tmp_path / "x.log", data, Window(since, None))
    assert found is not None
    assert 0 < found.start <= data.index(early)
    late = line(since - timedelta(seconds=1), 77_777)
    data = b"".join([*lines[:14_000], late, *lines[14_000:]])
    found = search(tmp_path / "x.log", data, Window(None, since))
    assert found is not None
    assert data.index(late) < found.end < len(data)
