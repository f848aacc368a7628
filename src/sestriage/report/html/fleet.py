"""The page of a fleet: the page of all reports, with counts as bars."""

from __future__ import annotations

from sestriage.i18n import LANGUAGES, translated
from sestriage.model.fleet.report import FleetReport, FleetTable
from sestriage.report.common import clock
from sestriage.report.html.page import Page, PagePart, draw
from sestriage.report.html.page_words import words_of
from sestriage.report.html.picture import Box, Label, Picture, Shape, fitting
from sestriage.report.html.prose import parts
from sestriage.report.html.report import SIGNS
from sestriage.report.language import in_language
from sestriage.report.several.fleet import answer, cell, headline, summary, tone

WIDTH, LABEL, ROW = 760, 300, 22
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
    most = max(count for _, count in rows) or 1
    shapes: list[Shape] = []
    for number, (name, count) in enumerate(rows):
        y = 10 + ROW * number
        width = round((WIDTH - LABEL - 70) * count / most, 1)
        shapes.append(Label(LABEL - 10, y + 14, fitting(name, LABEL - 20), "plain", "end"))
        shapes.append(Box(LABEL, y, max(1.0, width), ROW - 6, "strong"))
        shapes.append(Label(LABEL + width + 8, y + 14, str(count)))
    told = tuple(f"{name}: {count}" for name, count in rows)
    return Picture(f"bars-{table.name}", title, told, WIDTH, 20 + ROW * len(rows), tuple(shapes))


def _name(table: FleetTable, row: tuple[object, ...]) -> str:
    """The first column, with the change where there is one."""
    words = [cell(row[0])]  # type: ignore[arg-type]
    if "change" in table.keys:
        words.append(str(row[table.keys.index("change")]))
    return " ".join(words)
