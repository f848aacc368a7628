"""Logs with the newest line first (`tac`, exports of Loki and Kibana that have a record for each line)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from sestriage.formats.log.chain import is_trace_line
from sestriage.formats.log.header import has_certain_stamp
from sestriage.formats.log.problems import Problems
from sestriage.formats.log.wording.classnames import HEAD

_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")
_FRAME = re.compile(r"(?:\b|\\t)at [\w.$/@<>]{3,300}\(")
_MAX_LINES = 2000
_MAX_STAMPS = 400


def may_be_upside_down(text: str) -> bool:
    """A frame of a stack trace stands above the first time stamps, which fall, none of them rising."""
    if _FRAME.search(text) is None:
        return False
    stamps = []
    for match in _STAMP.finditer(text):
        stamps.append(match[0].replace("T", " "))
        if len(stamps) > _MAX_STAMPS:
            break
    falling = all(before >= after for before, after in pairwise(stamps))
    return falling and len(stamps) > 1 and stamps[0] > stamps[-1]


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
    for number, raw in enumerate(lines, start=1):
        for line in unwrapper.feed(number, raw.rstrip("\r"), True):
            if line.record is not None:
                return False
            text = line.text
            if not text.strip():
                continue
            if has_certain_stamp(text):
                stamp = text[:19].replace("T", " ")
                if oldest and stamp > oldest:
                    return False
                newest, oldest = newest or stamp, stamp
                above += HEAD.match(before) is not None
            elif has_certain_stamp(before):
                below += HEAD.match(text) is not None
            elif before and HEAD.match(before) is not None and not before.startswith("Caused"):
                below += is_trace_line(text) and not text.lstrip().startswith("Caused")
            before = text
    return above > below and newest > oldest
