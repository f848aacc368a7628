"""The page of a forecast: the page of all reports, with the time ahead as a picture."""

from __future__ import annotations

from sestriage.i18n import LANGUAGES
from sestriage.model.forecast.result import ForecastReport
from sestriage.report.blocks import Block, Headline
from sestriage.report.clean import Clean, clean_blocks, keep
from sestriage.report.common import clock
from sestriage.report.forecast.blocks import answer, blocks, overall
from sestriage.report.html import until
from sestriage.report.html.page import Page, PagePart, draw
from sestriage.report.html.page_words import words_of
from sestriage.report.html.prose import Part, parts
from sestriage.report.html.report import SIGNS
from sestriage.report.language import in_language


def render(report: ForecastReport, *, clean: Clean = keep, language: str = LANGUAGES[0]) -> str:
    """The whole page; `clean` redacts a string."""
    shown = until.shower(clean, language)
    title, tone = overall(report)
    made: list[PagePart] = []
    drawn = in_language(tuple(clean_blocks(blocks(report), clean)), language)
    for number, (found, part) in enumerate(zip(report.forecasts, _by_store(drawn), strict=False), 1):
        picture = until.picture(found, report, number, shown)
        pictures = (picture,) if picture is not None else ()
        first, *others = part or [Part("")]
        name = shown(answer(found, report).text) if len(report.forecasts) > 1 else clean(str(found.store.source))
        made.append(PagePart(f"store-{number}", name, tuple(first.items), pictures))
        made += [
            PagePart(f"store-{number}-{at}", each.title, tuple(each.items), landmark=len(report.forecasts) == 1)
            for at, each in enumerate(others, 1)
        ]
    footer = f"sestriage {report.version}, {clock(report.now)}"
    return draw(Page(language, shown(title), tone, SIGNS[tone], (), (), tuple(made), footer), words_of(language))


def _by_store(drawn: tuple[Block, ...]) -> list[list[Part]]:
    """The sections of each store, the part before the first heading among them."""
    groups: list[list[Block]] = []
    for block in drawn:
        if isinstance(block, Headline):
            groups.append([])
        elif groups:
            groups[-1].append(block)
    return [parts(group) for group in groups]
