"""The time ahead: what ends when, which change may come when, and the horizon."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sestriage.i18n import translated
from sestriage.model.forecast.result import Forecast, ForecastReport
from sestriage.model.message import Message, together
from sestriage.report.html.picture import (
    LINE,
    WIDE,
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

MARGIN, TOP, ROW = 20, 34, 30
MOST_ROWS = 30
"""Rows that are drawn; the tables of the page have all."""

Row = tuple[datetime | None, datetime | None, str, str, Style]
"""From when, until when, sign, words, look."""


def picture(found: Forecast, report: ForecastReport, number: int, shown: Callable[[str], str]) -> Picture | None:
    """The time ahead of one store; None where nothing that has a date is known. `shown` makes a sentence what the
    reader sees."""
    rows = _rows(found)[:MOST_ROWS]
    moments = [moment for row in rows for moment in row[:2] if moment is not None]
    if not moments:
        return None
    first = min(found.at, *moments)
    last = max(report.horizon_ends, *moments) + timedelta(days=1)
    said = [shown(row[3]) for row in rows]

    def drawn(width: int) -> list[Drawing]:
        def at(moment: datetime | None) -> float:
            share = ((moment or found.at) - first) / (last - first)
            return round(MARGIN + (width - 2 * MARGIN) * min(1.0, max(0.0, share)), 1)

        shapes: list[Shape] = []
        y = TOP
        for (begin, end, sign, _, style), words in zip(rows, said, strict=True):
            drawn_row, height = _row(at(begin), at(end or begin), y, sign, words, style, width)
            shapes += drawn_row
            y += height
        here, horizon = at(found.at), at(report.horizon_ends)
        behind: list[Shape] = [
            Box(here, 22, max(2.0, horizon - here), y - 18, "plain"),
            Line(here, 22, here, y + 4, "strong"),
            Label(here + 4, 16, _day(found.at), "strong"),
            Label(width - MARGIN, 16, _day(last), "faint", "end"),
        ]
        return [Drawing(width, y + 12, (*behind, *shapes))]

    title = shown(Message("The time ahead: {store}", store=found.store.source))
    return drawn_twice(f"until-{number}", title, said, drawn)


def _row(begin: float, end: float, y: int, sign: str, words: str, style: Style, width: int) -> tuple[list[Shape], int]:
    """A mark at the end of a span, its words on the side with more room (on a narrow screen below), and its height."""
    spans = end - begin > 12
    shapes: list[Shape] = [Line(begin, y + 15, end, y + 15, style, broken=True)] if spans else []
    shapes.append(Mark(end, y + 15, sign, style))
    if width != WIDE:
        lines = folded(words, width - 2 * MARGIN - 6)
        return [*shapes, *labels(MARGIN + 6, y + 39, lines, style)], ROW + LINE * len(lines) + 4
    if end < width / 2:
        lines = folded(words, width - MARGIN - end - 16)
        return [*shapes, *labels(end + 16, y + 19, lines, style)], ROW + LINE * (len(lines) - 1)
    lines = folded(words, end - 16 - MARGIN)
    baseline = y + (34 if spans else 19)  # not on the line
    height = ROW + LINE * (len(lines) - (not spans))
    return [*shapes, *labels(end - 16, baseline, lines, style, "end")], height


def _rows(found: Forecast) -> list[Row]:
    rows: list[Row] = []
    for step in found.steps[1:]:
        sign, style = ("\u2713", "good") if step.trusted else ("\u2717", "bad")
        words = together(step.when, step.text, between=": ")
        rows.append((step.earliest, step.latest, sign, words, style))  # type: ignore[arg-type]
    for each in found.endings:
        words = Message("{day}: {label} ends", day=_day(each.ends), label=each.label)
        rows.append((each.ends, each.ends, "\u2013", words, "faint"))
    return rows


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def shower(clean: Callable[[str], str], language: str) -> Callable[[str], str]:
    """Makes a sentence what the reader sees: cleaned, and in a language."""
    return lambda text: translated(clean(text), language)
