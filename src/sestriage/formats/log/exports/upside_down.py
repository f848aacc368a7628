"""Logs with the newest line first (`tac`, exports of Loki and Kibana that have a record for each line)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from sestriage.formats.log.chain import is_trace_line
from sestriage.formats.log.header import parse_header
from sestriage.formats.log.problems import Problems
from sestriage.formats.log.timestamp import Stamp, stamp_at
from sestriage.formats.log.wording.classnames import HEAD

_CLOCK = re.compile(r"\d\d:\d\d:\d\d")
_DATED = re.compile(r"\d{4}[-/.]\d\d[-/.]\d\d[T ]\d\d:|\d{1,2}[-/. ]\w{1,9}[-/. ]\d{4} ")
_FRAME = re.compile(r"(?:\b|\\t)at [\w.$/@<>]{3,300}\(")
_MAX_LINES = 2000
_MAX_STAMPS = 400


def may_be_upside_down(text: str) -> bool:
    """There is a frame of a stack trace, and the times of the lines fall, none of them rising."""
    if _FRAME.search(text) is None:
        return False
    times = []
    for line in text.split("\n", _MAX_STAMPS)[:_MAX_STAMPS]:
        if line[:1] in ("\t", " ", "") or _CLOCK.search(line, 0, 60) is None:
            continue
        begin = _DATED.search(line, 0, 60) or _CLOCK.search(line, 0, 60)
        if begin is not None and (time := _time_at(line, begin.start())) is not None:
            times.append(time)
    return len(times) > 1 and times[0] > times[-1] and all(before >= after for before, after in pairwise(times))


def _time_at(text: str, at: int = 0) -> str | None:
    stamp = stamp_at(text, at)
    return None if stamp is None else _sorted_time(stamp)


def _sorted_time(stamp: Stamp) -> str:
    """A time in a form that sorts: two of one log are of one kind."""
    return stamp.when.replace(tzinfo=None).isoformat() if stamp.when is not None else f"{stamp.clock}"


def turn(lines: Sequence[str], numbers: Sequence[int] | None = None) -> list[tuple[int, str]] | None:
    """The lines with the last one first; None when they already stand as they were written."""
    if not _stands_on_its_head(lines[:_MAX_LINES]):
        return None
    places = list(numbers) if numbers is not None else list(range(1, len(lines) + 1))
    return list(zip(reversed(places), reversed(lines), strict=False))


def _stands_on_its_head(lines: Sequence[str]) -> bool:
    """Times fall, and exceptions stand above the lines that tell of them, not below."""
    from sestriage.formats.log.unwrap import LineUnwrapper

    unwrapper = LineUnwrapper(Problems())
    above = below = 0
    before = newest = oldest = ""
    begins = False
    for number, raw in enumerate(lines, start=1):
        for line in unwrapper.feed(number, raw.rstrip("\r"), True):
            if line.record is not None:
                return False
            text = line.text
            if not text.strip():
                continue
            header = None if text[:1] in ("\t", " ") else parse_header(text)
            stamp = "" if header is None or header.stamp is None else _sorted_time(header.stamp)
            if stamp:
                if oldest and stamp > oldest:
                    return False
                newest, oldest = newest or stamp, stamp
                above += HEAD.match(before) is not None
            elif begins:
                below += HEAD.match(text) is not None
            elif before and HEAD.match(before) is not None and not before.startswith("Caused"):
                below += is_trace_line(text) and not text.lstrip().startswith("Caused")
            before, begins = text, bool(stamp)
    return above > below and newest > oldest
