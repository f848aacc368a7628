"""A log of which only known places are read: the same events as of the whole of it."""

from __future__ import annotations

import io
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sestriage.formats.log import LogReader, places
from sestriage.formats.log.physical import blocks
from sestriage.formats.log.places import Place, Selection, Stretch, cut, find_places
from sestriage.formats.log.problems import Problems
from sestriage.formats.log.scan import select
from sestriage.model.log import LogEvent
from sestriage.model.source import SourceRef
from support import SAMPLES

SOURCE = SourceRef("x.log")
LOGS = [path.read_bytes() for path in sorted(SAMPLES.glob("*/sw-response-mgmt.log"))]
CHATTER = b"2026-11-24 03:31:33.000 INFO [y] c.h.P - poll\n"
FRAMES = b"".join(b"\tat a.b.Worker%d.run(Worker.java:%d)\n" % (n, n) for n in range(200))
FAR = (
    b"2026-11-24 03:31:33.244 FATAL [x] c.h.M - Oops\njava.lang.RuntimeException: x\n" + FRAMES
    + b"Caused by: javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n" + FRAMES
    + b"Caused by: java.lang.IllegalStateException: the last cause\n\tat a.b.C.d(E.java:1)\n"
)  # fmt: skip
"""The beginning and the end of the event lie far from the only line that a gate finds."""


@pytest.fixture(autouse=True)
def small_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few hundred KiB are a large log. Lines of the samples are shorter than 4 KiB."""
    monkeypatch.setattr(places, "MAX_LINE_BYTES", 1 << 12)
    monkeypatch.setattr(places, "AROUND", (1 << 14) + (1 << 12))
    monkeypatch.setattr(places, "CHUNK", 1 << 13)
    monkeypatch.setattr("sestriage.formats.log.physical.BLOCK_BYTES", 1 << 13)
    monkeypatch.setattr("sestriage.formats.log.physical.MAX_LINE_BYTES", 1 << 12)


def sparse(seed: int) -> bytes:
    """Logs of the samples, far from each other and close together."""
    rng = random.Random(seed)
    parts: list[bytes] = []
    for log in rng.sample([*LOGS, FAR, FAR, FAR, FAR], 6):
        parts += [CHATTER * rng.choice((0, 10, 400, 900, 1500)), log]
    return b"".join([*parts, CHATTER * rng.choice((0, 700))])


def stretches(data: bytes, parts: int) -> list[Stretch | None]:
    return [find_places(io.BytesIO(data), start, stop) for start, stop in cut(len(data), parts)]


def events(data: bytes, found: list[Stretch | None]) -> tuple[list[LogEvent], list[tuple[int | None, str]]]:
    reader = LogReader(SOURCE)
    return list(reader.events(Selection(lambda: io.BytesIO(data), found))), reader.problems


def read_whole(data: bytes) -> tuple[list[LogEvent], list[tuple[int | None, str]]]:
    reader = LogReader(SOURCE)
    return list(reader.events([data])), reader.problems


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
@pytest.mark.parametrize("seed", range(12))
def test_events_and_their_lines_are_those_of_the_whole_log(seed: int, parts: int) -> None:
    data = sparse(seed)
    found = stretches(data, parts)
    assert None not in found
    assert events(data, found) == read_whole(data)


@pytest.mark.parametrize("missing", range(5))
@pytest.mark.parametrize("seed", range(4))
def test_from_a_stretch_that_is_missing_on_the_log_is_read_as_a_whole(seed: int, missing: int) -> None:
    data = sparse(seed)
    found = stretches(data, 5)
    assert events(data, [*found[:missing], None]) == read_whole(data)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 10), st.integers(1, 4))
def test_whatever_bytes_lie_between(noise: bytes, seed: int, parts: int) -> None:
    data = sparse(seed)
    at = len(data) * (seed + 1) // 12
    data = data[:at] + noise + data[at:]
    found = stretches(data, parts)
    if None in found:
        found = found[: found.index(None) + 1]
    assert events(data, found)[0] == read_whole(data)[0]


@pytest.mark.parametrize("parts", [1, 2, 3])
@pytest.mark.parametrize("shift", [0, 30, 150, 170, 190, 330])
def test_what_lies_far_around_a_hit_is_read_too(shift: int, parts: int) -> None:
    data = CHATTER * (1000 + shift) + FAR + CHATTER * 900
    (event,), _ = events(data, stretches(data, parts))
    assert (event.level, event.throwables[0].message, event.throwables[-1].message) == ("FATAL", "x", "the last cause")


def test_most_of_the_log_is_left_out() -> None:
    data = CHATTER * 9000 + LOGS[0] + CHATTER * 9000
    found = stretches(data, 3)
    given_out = [line for line in Selection(lambda: io.BytesIO(data), found).lines(Problems()) if line is not None]
    assert given_out == [line for line in select(blocks([data], Problems())) if line is not None]
    assert 0 < len(given_out) < 300


@pytest.mark.parametrize(
    "data",
    [
        CHATTER * 900 + b"\0" + CHATTER * 900,
        CHATTER * 900 + b"long " * (1 << 17) + b"\n" + CHATTER * 900,
        (CHATTER * 900).decode().encode("utf-16"),
        b"\xef\xbb\xbf" + CHATTER * 900,
    ],
    ids=["NUL", "long line", "UTF-16", "mark"],
)
def test_what_must_be_read_as_a_whole(data: bytes) -> None:
    assert None in stretches(data, 2)


def test_a_stretch_that_begins_in_a_line_without_end() -> None:
    assert find_places(io.BytesIO(b"x" * 50_000 + b"\n"), 10_000, 20_000) is None


class Counted(io.BytesIO):
    """Counts the bytes that are read."""

    total = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.total += len(data)
        return data

    def readline(self, size: int | None = -1, /) -> bytes:
        data = super().readline(size)
        self.total += len(data)
        return data


def test_an_endless_line_is_not_read_to_its_end() -> None:
    log = Counted(CHATTER * 200 + b"x" * 4_000_000)
    assert find_places(log, 0, 20_000) is None
    assert log.total < 60_000
    place = Stretch(0, 9200, 200, Place(0, 0, 0), (Place(0, 0, 9190),))
    log = Counted(CHATTER * 199 + b"x javax.mail.MessagingException" + b"x" * 4_000_000)
    lines = list(Selection(lambda: log, [place]).lines(problems := Problems()))
    assert [line.number for line in lines if line is not None and line.hot] == [200]
    assert [line for line, _ in problems.listed()] == [200]
    assert log.total < 60_000


def test_a_dense_log_must_be_read_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "DENSE_FROM", 1 << 17)
    dense = b"".join(LOGS) * 20
    assert find_places(io.BytesIO(dense), 0, len(dense)) is None
    assert find_places(io.BytesIO(CHATTER * 9000 + LOGS[0]), 0, 9000 * len(CHATTER) + len(LOGS[0])) is not None


@pytest.mark.parametrize("parts", [1, 2, 9])
def test_parts_overlap_and_cover_the_log(parts: int) -> None:
    found = cut(1_000_000, parts)
    assert (found[0][0], found[-1][1]) == (0, 1_000_000)
    for (_, stop), (start, _) in pairwise(found):
        assert start == stop - places.AROUND
