"""Lines that another process picked: the same as those picked here, also when that process ends too early."""

from __future__ import annotations

import io

import pytest

from sestriage.formats.log import LogReader
from sestriage.formats.log.physical import blocks
from sestriage.formats.log.problems import Problems
from sestriage.formats.log.scan import RawLine, select
from sestriage.formats.log.selection import PORTION_LINES, Selection, send_selection
from sestriage.model.source import SourceRef
from support import SAMPLES

FAILURE = (SAMPLES / "leaf-only-chain" / "sw-response-mgmt.log").read_bytes()
CHATTER = b"2026-11-24 03:31:33.000 INFO [y] c.h.P - poll\n" * 2000
LOG = CHATTER + FAILURE + b"lo\0st\n" + CHATTER + b"caf\xe9\n" + FAILURE * 300 + CHATTER


def chunks() -> list[bytes]:
    return [LOG[at : at + 50_000] for at in range(0, len(LOG), 50_000)]


def sent() -> bytes:
    out = io.BytesIO()
    send_selection(chunks(), out)
    return out.getvalue()


def taken(data: bytes) -> tuple[list[RawLine | None], list[tuple[int | None, str]]]:
    problems = Problems()
    return list(Selection(io.BytesIO(data), chunks).lines(problems)), problems.listed()


def picked_here() -> tuple[list[RawLine | None], list[tuple[int | None, str]]]:
    problems = Problems()
    return list(select(blocks(chunks(), problems))), problems.listed()


def test_lines_and_problems_come_over() -> None:
    lines, problems = taken(sent())
    assert (lines, problems) == picked_here()
    assert len(lines) > 2 * PORTION_LINES
    assert None in lines
    assert [text[:9] for _, text in problems] == ["NUL bytes"]


def test_the_events_are_those_of_the_log() -> None:
    here, there = LogReader(SourceRef("x.log")), LogReader(SourceRef("x.log"))
    events = list(there.events(Selection(io.BytesIO(sent()), chunks)))
    assert events == list(here.events(chunks()))
    assert events
    assert sorted(map(str, there.problems)) == sorted(map(str, here.problems))


@pytest.mark.parametrize("part", [0.0, 0.0001, 0.3, 0.6, 0.9999])
def test_the_rest_is_read_here_when_the_other_process_ends_too_early(part: float) -> None:
    data = sent()
    assert taken(data[: int(len(data) * part)]) == picked_here()
