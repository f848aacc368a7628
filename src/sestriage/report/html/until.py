"""The time ahead: what ends when, which change may come when, and the horizon."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sestriage.i18n import translated
from sestriage.model.forecast.result import Forecast, ForecastReport
from sestriage.model.message import Message, together
from sestriage.report.html.picture import Box, Label, Line, Mark, Picture, Shape, Style, fitting

WIDTH = 760
LEFT, RIGHT = 20, 740
TOP, ROW = 50, 30
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

    def at(moment: datetime | None) -> float:
        share = ((moment or found.at) - first) / (last - first)
        return round(LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, share)), 1)

    bottom = TOP + ROW * len(rows)
    shapes: list[Shape] = [
        Box(at(found.at), 22, max(2.0, at(report.horizon_ends) - at(found.at)), bottom - 18, "plain"),
        Line(at(found.at), 22, at(found.at), bottom + 4, "strong"),
        Label(at(found.at) + 4, 16, _day(found.at), "strong"),
        Label(RIGHT, 16, _day(last), "faint", "end"),
    ]
    for place, (begin, end, sign, words, style) in enumerate(rows):
        shapes += _row(at(begin), at(end or begin), TOP + ROW * place, sign, shown(words), style)
    title = shown(Message("The time ahead: {store}", store=found.store.source))
    return Picture(f"until-{number}", title, tuple(shown(row[3]) for row in rows), WIDTH, bottom + 12, tuple(shapes))


def _row(begin: float, end: float, y: int, sign: str, words: str, style: Style) -> list[Shape]:
    """A mark at the end of a span, and its words on the side with more room."""
    shapes: list[Shape] = [Line(begin, y, end, y, style, broken=True)] if end - begin > 12 else []
    shapes.append(Mark(end, y, sign, style))
    if end < (LEFT + RIGHT) / 2:
        return [*shapes, Label(end + 16, y + 4, fitting(words, RIGHT - end - 16), style)]
    baseline = y - 6 if len(shapes) > 1 else y + 4  # not on the line
    return [*shapes, Label(end - 16, baseline, fitting(words, end - 16 - LEFT), style, "end")]


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
