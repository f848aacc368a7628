"""The page of a fleet: the page of all reports, with counts as bars."""

from __future__ import annotations

from collections.abc import Sequence

from sestriage.i18n import LANGUAGES, translated
from sestriage.model.fleet.report import FleetReport, FleetTable
from sestriage.report.common import clock
from sestriage.report.html.page import Page, PagePart, draw
from sestriage.report.html.page_words import words_of
from sestriage.report.html.picture import WIDE, Box, Drawing, Label, Picture, Shape, drawn_twice, fitting
from sestriage.report.html.prose import parts
from sestriage.report.html.report import SIGNS
from sestriage.report.language import in_language
from sestriage.report.several.fleet import answer, cell, headline, summary, tone

LABEL, COUNT, ROW = 300, 70, 22
"""Pixels of a name beside its bar, of the count behind it, and of a line."""
MOST_BARS = 30
DRAWN = {"breaks-by-month": "managers", "top-causes": "bundles", "undetermined": "bundles", "anchors": "managers"}
"""Questions whose answers are drawn, and the column of the counts."""


def render(report: FleetReport, *, language: str = LANGUAGES[0]) -> str:
    """The whole page."""
    look = tone(report)
    context = parts(in_language(tuple(summary(report)), language))
    items = tuple(context[0].items) if context else ()
    title = translated(headline(report), language)
    made = tuple(_part(table, language) for table in report.tables)
    footer = f"sestriage {report.version}, {clock(report.made)}"
    return draw(Page(language, title, look, SIGNS[look], items, (), made, footer), words_of(language))


def _part(table: FleetTable, language: str) -> PagePart:
    found = parts(in_language(tuple(answer(table)), language))
    items = tuple(found[0].items) if found else ()
    title = translated(table.title, language)
    picture = bars(table, title)
    return PagePart(table.name, title, items, (picture,) if picture is not None else ())


def bars(table: FleetTable, title: str) -> Picture | None:
    """The counts of a table as bars; None for one that is not drawn, or has no rows."""
    counted = DRAWN.get(table.name)
    if counted is None or not table.rows:
        return None
    at = table.keys.index(counted)
    rows = [(_name(table, row), int(row[at] or 0)) for row in table.rows[:MOST_BARS]]
    told = [f"{name}: {count}" for name, count in rows]
    return drawn_twice(f"bars-{table.name}", title, told, lambda width: [_drawn(rows, width)])


def _drawn(rows: Sequence[tuple[str, int]], width: int) -> Drawing:
    """Names stand beside their bars, or above them where there is no room."""
    most = max(count for _, count in rows) or 1
    beside = width == WIDE
    left = LABEL if beside else 0
    shapes: list[Shape] = []
    y = 10
    for name, count in rows:
        if beside:
            shapes.append(Label(LABEL - 10, y + 14, fitting(name, LABEL - 20), "plain", "end"))
        else:
            shapes.append(Label(0, y + 12, fitting(name, width)))
            y += ROW - 4
        length = round((width - left - COUNT) * count / most, 1)
        shapes.append(Box(left, y, max(1.0, length), ROW - 6, "strong"))
        shapes.append(Label(left + length + 8, y + 14, str(count)))
        y += ROW
    return Drawing(width, y + 10, tuple(shapes))


def _name(table: FleetTable, row: tuple[object, ...]) -> str:
    """The first column, with the change where there is one."""
    words = [cell(row[0])]  # type: ignore[arg-type]
    if "change" in table.keys:
        words.append(str(row[table.keys.index("change")]))
    return " ".join(words)
