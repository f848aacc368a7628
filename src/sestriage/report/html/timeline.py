"""The attempts along time, with what of each file was used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sestriage.model.verdict import Attempt, Outcome, Report
from sestriage.report.common import clock
from sestriage.report.html.picture import Box, Label, Line, Mark, Picture, Shape, Style, fitting

WIDTH = 760
LEFT, RIGHT = 20, 740
ROW = 26
NEAR = 6
"""Pixels within which attempts of one outcome share a mark: a thousand of them must not make a large page."""
MOST_FILES = 8
SIGNS: Mapping[Outcome, tuple[str, Style]] = {
    Outcome.FAILED: ("\u2717", "bad"),
    Outcome.ACCEPTED: ("\u2713", "good"),
    Outcome.UNDETERMINED: ("?", "open"),
}


def picture(report: Report, words: Mapping[str, str]) -> Picture | None:
    """The timeline; None where fewer than two attempts have a time, or their times cannot be compared."""
    timed = [attempt for attempt in report.attempts if attempt.started is not None]
    spans = _spans(report)
    moments = [moment for attempt in timed for moment in (attempt.started, attempt.ended) if moment is not None]
    if len(timed) < 2 or len({moment.utcoffset() is None for moment in moments}) > 1:
        return None
    zoned = moments[0].utcoffset() is not None  # times with a zone and without one cannot be compared
    spans = {name: span for name, span in spans.items() if (span[0].utcoffset() is not None) == zoned}
    first, last = min(moments), max(moments)
    length = (last - first).total_seconds() or 1.0

    def at(moment: datetime) -> float:
        return LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, (moment - first).total_seconds() / length))

    shapes: list[Shape] = [Line(LEFT, 34, RIGHT, 34, "plain")]
    begins = [(attempt.started, attempt.outcome) for attempt in timed if attempt.started is not None]
    for place, outcome in dict.fromkeys((int(at(begin) / NEAR), outcome) for begin, outcome in begins):
        sign, style = SIGNS[outcome]
        shapes.append(Mark(place * NEAR + NEAR / 2, 34, sign, style))
    shapes += [Label(LEFT, 66, clock(first), "faint"), Label(RIGHT, 66, clock(last), "faint", "end")]
    y = 84.0
    for name, (since, until) in list(spans.items())[:MOST_FILES]:
        width = max(2.0, at(until) - at(since))
        shapes += [Box(at(since), y, width, 6, "plain"), Label(LEFT, y + 20, fitting(name, RIGHT - LEFT), "faint")]
        y += ROW + 4
    told = tuple(_told(attempt, words) for attempt in timed[-50:])
    return Picture("timeline", words["page-timeline"], told, WIDTH, int(y) + 8, tuple(shapes))


def _spans(report: Report) -> dict[str, tuple[datetime, datetime]]:
    """For each file the time from the first to the last thing in it that an attempt rests on, or a capture's own."""
    found: dict[str, list[datetime]] = {}
    for attempt in report.attempts:
        for event in attempt.events:
            if event.time is not None:
                found.setdefault(event.source.file, []).append(event.time)
    for capture in report.captures:
        found.setdefault(capture.source.file, []).extend(_known((capture.started, capture.ended)))
    comparable = {name: times for name, times in found.items() if len({t.utcoffset() is None for t in times}) == 1}
    return {name: (min(times), max(times)) for name, times in comparable.items()}


def _known(moments: Iterable[datetime | None]) -> list[datetime]:
    return [moment for moment in moments if moment is not None]


def _told(attempt: Attempt, words: Mapping[str, str]) -> str:
    result = words[f"outcome-{attempt.outcome.value}"]
    return f"{clock(attempt.started)}: {result}" + (f" ({attempt.finding.rule})" if attempt.finding else "")
