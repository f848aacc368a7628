"""The attempts along time, with what of each file was used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sestriage.model.verdict import Attempt, Outcome, Report
from sestriage.report.common import clock
from sestriage.report.html.picture import (
    LINE,
    Box,
    Drawing,
    Label,
    Line,
    Mark,
    Picture,
    Shape,
    Style,
    drawn_twice,
    folded,
    labels,
)

MARGIN = 20
TRACK = 24
"""Pixels between the lines of two outcomes."""
NEAR = 20
"""Pixels within which attempts of one outcome share a mark: a thousand of them must not make a large page, and marks
must not hide each other."""
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
    begins = [(attempt.started, attempt.outcome) for attempt in timed if attempt.started is not None]
    known = _Known(first, last, tuple(begins), tuple(list(spans.items())[:MOST_FILES]))
    told = [_told(attempt, words) for attempt in timed[-50:]]
    return drawn_twice("timeline", words["page-timeline"], told, lambda width: [_drawn(known, width)])


class _Known(NamedTuple):
    """When the first attempt began and the last one ended; how each ended, by its begin; what the files span."""

    first: datetime
    last: datetime
    begins: tuple[tuple[datetime, Outcome], ...]
    spans: tuple[tuple[str, tuple[datetime, datetime]], ...]


def _drawn(known: _Known, width: int) -> Drawing:
    """A line for each outcome, and one below them for each file."""
    left, right = MARGIN, width - MARGIN
    length = (known.last - known.first).total_seconds() or 1.0

    def at(moment: datetime) -> float:
        share = (moment - known.first).total_seconds() / length
        return round(left + (right - left) * min(1.0, max(0.0, share)), 1)

    tracks = {outcome: 16 + TRACK * number for number, outcome in enumerate(_outcomes(known))}
    shapes: list[Shape] = [Line(left, y, right, y, "plain") for y in tracks.values()]
    for place, outcome in dict.fromkeys((round((at(begin) - left) / NEAR), outcome) for begin, outcome in known.begins):
        sign, style = SIGNS[outcome]
        shapes.append(Mark(left + place * NEAR, tracks[outcome], sign, style))
    y = 16 + TRACK * len(tracks)
    shapes += [Label(left, y, clock(known.first), "faint"), Label(right, y, clock(known.last), "faint", "end")]
    y += 14
    for name, (since, until) in known.spans:
        shapes.append(Box(at(since), y, min(max(4.0, at(until) - at(since)), right + 4 - at(since)), 6, "plain"))
        lines = folded(name, right - left)
        shapes += labels(left, y + 20, lines, "faint")
        y += LINE * len(lines) + 16
    return Drawing(width, y + 8, tuple(shapes))


def _outcomes(known: _Known) -> list[Outcome]:
    """The outcomes that there are, always in the same order."""
    return [outcome for outcome in SIGNS if any(outcome is each for _, each in known.begins)]


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
