"""The page of any report that is made of blocks: what its first headline says is what the page says first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sestriage.report.blocks import Block, Headline
from sestriage.report.html.page import Page, PagePart, draw
from sestriage.report.html.page_words import words_of
from sestriage.report.html.prose import Part, parts

SIGNS = {"good": "\u2713", "bad": "\u2717", "open": "?"}
"""The sign of a headline, by its tone."""
PLAIN = "plain"
"""Tone of a report that lists, and judges nothing."""


def render(blocks: Sequence[Block], language: str, made_by: str, title: str) -> str:
    """The whole page; the blocks are in its language and redacted already. A further headline begins a part of its own,
    as a further case does; the page is headed by the worst of several. `title` stands in for a headline where there is
    none."""
    first, *others = _worst_first(_by_headline(blocks))
    page = _page(first, language, made_by, title)
    further = [
        replace(
            _page(group, language, made_by, title), prefix=f"case-{number}-", name=group[0].text if group[0] else title
        )
        for number, group in enumerate(others, start=2)
    ]
    return draw(page, words_of(language), further)


Group = tuple[Headline | None, list[Part]]


_WORST_FIRST = ("bad", "open", "good")


def _worst_first(groups: list[Group]) -> list[Group]:
    """Else in their own order. Where one has no verdict, all stay where they are."""
    if not all(headline is not None and headline.tone in _WORST_FIRST for headline, _ in groups):
        return groups
    return sorted(groups, key=lambda group: _WORST_FIRST.index(group[0].tone if group[0] else ""))


def _by_headline(blocks: Iterable[Block]) -> list[Group]:
    """What stands before the first headline belongs to it; without any there is one group."""
    groups: list[tuple[Headline | None, list[Block]]] = [(None, [])]
    for block in blocks:
        if not isinstance(block, Headline):
            groups[-1][1].append(block)
        elif not block.closing:
            if groups[-1][0] is None:
                groups[-1] = (block, groups[-1][1])
            else:
                groups.append((block, []))
    return [(headline, parts(found)) for headline, found in groups]


def _page(group: Group, language: str, made_by: str, title: str) -> Page:
    headline, found = group
    above = [part for part in found if not part.title]
    below = [part for part in found if part.title]
    tone = headline.tone if headline else PLAIN
    return Page(
        language,
        headline.text if headline else title,
        tone,
        SIGNS.get(tone, ""),
        tuple(item for part in above for item in part.items),
        (),
        tuple(PagePart(f"part-{number}", part.title, tuple(part.items)) for number, part in enumerate(below, start=1)),
        made_by,
    )
