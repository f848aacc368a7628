"""The page of a report: what stands on it and in which order; the template draws it.

The page is made to be opened anywhere: it asks for nothing, runs nothing, and what stands in the evidence is text.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sestriage.model.verdict import Report
from sestriage.report.blocks import Block, Headline
from sestriage.report.heading import headline
from sestriage.report.html import chain, sequence, steps, timeline
from sestriage.report.html.grounds import linked
from sestriage.report.html.page_words import words_of
from sestriage.report.html.picture import Picture
from sestriage.report.html.prose import Item, Part, parts
from sestriage.report.language import in_language
from sestriage.report.safe import one_line, visible
from sestriage.report.several.cases import case_name, summary, table
from sestriage.report.ticket import PROGRAM, case_lines, made_by
from sestriage.report.verdict import Detail, outline

TEMPLATES = Path(__file__).parent / "templates"
POLICY = "default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
ORDER = (
    *("steps", "page-pictures", "background", "evidence", "against", "certificates", "attempts", "tests", "needs"),
    *("alternatives", "contributing", "steps-other", "all-inputs", "references", "read"),
)
"""The sections behind the summary, by the key of their heading; what is not named here stands before the inputs."""


@dataclass(frozen=True, slots=True)
class PagePart:
    """A section of the page: `name` is its anchor, `lines` one text to be copied whole."""

    name: str
    title: str
    items: tuple[Item, ...] = ()
    pictures: tuple[Picture, ...] = ()
    lines: tuple[str, ...] = ()
    landmark: bool = True
    """False for one of several of the same title."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the template sees beside its words. `cited`: the anchors of the evidence that the verdict rests on, with
    their places."""

    language: str
    headline: str
    tone: str
    sign: str
    context: tuple[Item, ...]
    cited: tuple[tuple[str, str], ...]
    parts: tuple[PagePart, ...]
    made_by: str
    prefix: str = ""
    """Of every anchor: on a page of several cases each has its own."""
    name: str = ""
    """The case, where there are several."""


def render(report: Report) -> str:
    """The whole page, in the language of the report."""
    words = words_of(report.language)
    return draw(_page(in_language(report, report.language), words), words)


def render_all(reports: Sequence[Report]) -> str:
    """One page for several cases, their table first; that of a single one is `render`'s."""
    if len(reports) == 1:
        return render(reports[0])
    words = words_of(reports[0].language)
    shown = [in_language(report, report.language) for report in reports]
    pages = [
        replace(_page(report, words, f"case-{number}-"), name=case_name(report))
        for number, report in enumerate(shown, start=1)
    ]
    return draw(_overview(table(reports), reports[0], words), words, pages)


def render_summary(reports: Sequence[Report]) -> str:
    """A page with the summary of several cases alone."""
    words = words_of(reports[0].language)
    return draw(_overview(summary(reports), reports[0], words), words)


def _overview(blocks: Sequence[Block], first: Report, words: Mapping[str, str]) -> Page:
    """The table of all cases, as a page of its own."""
    head = next(block for block in blocks if isinstance(block, Headline))
    context, *rest = parts(blocks)
    made_of = tuple(PagePart(f"part-{number}", part.title, tuple(part.items)) for number, part in enumerate(rest))
    sign = next(sign for sign, tone in timeline.SIGNS.values() if tone == head.tone)
    made = f"{PROGRAM} {made_by(first, words)}"
    return Page(first.language, head.text, head.tone, sign, tuple(context.items), (), made_of, made)


def draw(page: Page, words: Mapping[str, str], cases: Sequence[Page] = ()) -> str:
    """A page of any report, with those of several cases behind it; everything on it is in one language and redacted
    already."""
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = _environment().get_template("page.html")
    policy = POLICY.format(digest=digest)
    return template.render(page=page, cases=cases, words=words, style=style, policy=policy)


@cache
def _environment() -> Environment:
    """Every value is escaped, and made visible where it is no letter of any script. One for all pages of a process:
    what costs most of a page is the compilation of its templates."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: object) -> object:
    """What the template itself made (it is escaped already) passes as it is."""
    return visible(value, keep="\n") if type(value) is str else value


def _page(report: Report, words: Mapping[str, str], prefix: str = "") -> Page:
    found = _by_key(parts(outline(report, Detail.ALL, words=words)), words)
    found = linked(found, ("", *_in_order(found, with_pictures=False)), prefix, words["page-verdict"])
    context = found.pop("", None)
    sign, tone = timeline.SIGNS[report.verdict.outcome]
    summary = PagePart("case", words["case-block"], lines=tuple(case_lines(report, words)))
    pictures = _pictures(report, words)
    shown = [summary, *(_part(key, found, pictures, words) for key in _in_order(found, bool(pictures)))]
    evidence = found["evidence"].items if "evidence" in found else ()
    cited = tuple((item.anchor, _short(item.title)) for item in evidence if item.anchor)
    return Page(
        report.language,
        headline(report, words),
        tone,
        sign,
        tuple(context.items) if context else (),
        cited,
        tuple(shown),
        f"{PROGRAM} {made_by(report, words)}",
        prefix,
    )


def _short(place: str) -> str:
    """A place without the folders of its file."""
    line = one_line(place)
    return line.rpartition("/")[2] or line


def _by_key(found: list[Part], words: Mapping[str, str]) -> dict[str, Part]:
    """The sections by the keys of their headings; what the summary has already is left out."""
    keys = {words[key]: key for key in reversed((*ORDER, "inputs")) if key in words}
    result = {(keys.get(part.title, part.title) if part.title else ""): part for part in found}
    result.pop(words["case-block"], None)
    return result


def _in_order(found: Mapping[str, Part], with_pictures: bool) -> list[str]:
    known = [key for key in ORDER if key in found or (key == "page-pictures" and with_pictures)]
    others = [key for key in found if key not in ORDER]
    before = next((at for at, key in enumerate(known) if key in ("all-inputs", "references", "read")), len(known))
    return [*known[:before], *others, *known[before:]]


def _part(key: str, found: Mapping[str, Part], pictures: tuple[Picture, ...], words: Mapping[str, str]) -> PagePart:
    if key == "page-pictures":
        return PagePart(key, words[key], pictures=pictures)
    return PagePart(key, found[key].title, tuple(found[key].items))


def _pictures(report: Report, words: Mapping[str, str]) -> tuple[Picture, ...]:
    makers = (steps.picture, sequence.picture, chain.picture, timeline.picture)
    return tuple(picture for make in makers if (picture := make(report, words)) is not None)
