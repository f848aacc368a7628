"""Blocks of a report as the template takes them: sentences in pieces, commands whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sestriage.report.blocks import (
    Block,
    Entry,
    Grounds,
    Headline,
    Ladder,
    Lines,
    Link,
    Prose,
    Quote,
    Section,
    Space,
    Step,
    Table,
)
from sestriage.report.safe import is_web_address, one_line, visible
from sestriage.report.wrapping import as_prose, paragraphs

_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence; `code`: it stood in backticks."""

    text: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph in pieces, or one verbatim line (a command, a quote); `label` stands before it."""

    pieces: tuple[Piece, ...]
    verbatim: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One block. `kind` chooses how it is drawn: `prose`, `lines`, `quote`, `step`, `link`, `table`.

    `number` is that of a step or a quote. `anchor` names a quote, or a sentence that rests on one, so that the other
    can point at it; empty for none.
    """

    kind: str
    paragraphs: tuple[Paragraph, ...] = ()
    title: str = ""
    url: str | None = None
    command: str | None = None
    command_label: str = ""
    number: int = 0
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    below: tuple[int, ...] = ()
    """The columns of a table whose cells stand below the rest of their row (`-` for none)."""
    details: tuple[Paragraph, ...] = ()
    """Risk, check and way back of a step."""
    anchor: str = ""
    quoted: str = ""
    """The text of a quote as it came."""
    rests_on: Grounds = ()
    cites: tuple[int, ...] = ()
    """The numbers of the quotes that a sentence rests on."""
    bears: tuple[tuple[str, str], ...] = ()
    """The sentences that rest on a quote: their anchors and names."""


@dataclass(slots=True)
class Part:
    """A section of a report: its heading (empty for what stands before the first one) and its blocks."""

    title: str
    items: list[Item] = field(default_factory=list)


def parts(blocks: Iterable[Block]) -> list[Part]:
    """Blocks by sections, without headlines, ladders (they are drawn as pictures) and gaps."""
    found = [Part("")]
    for block in blocks:
        match block:
            case Section(title):
                found.append(Part(title))
            case Headline() | Space() | Ladder():
                pass
            case _:
                found[-1].items.append(_item(block))
    return [part for part in found if part.items]


def _item(block: Block) -> Item:
    match block:
        case Prose(text, label, _, rests_on):
            return Item("prose", tuple(told(text, label)), rests_on=rests_on)
        case Entry(place, text):
            return Item("prose", tuple(told(f"- {place} {text}")))
        case Lines(lines):
            return Item("lines", (Paragraph((Piece("\n".join(map(visible, lines))),), verbatim=True),))
        case Quote(place, text):
            return Item("quote", (Paragraph((Piece(one_line(text)),), verbatim=True),), title=place, quoted=text)
        case Step():
            return _step(block)
        case Link(title, url):
            return Item("link", title=title, url=url if is_web_address(url) else None)
        case Table(columns, rows, _, below):
            return Item("table", columns=columns, rows=rows, below=below)
    raise TypeError(block)


def _step(step: Step) -> Item:
    return Item(
        "step",
        tuple(told(step.text)),
        command=None if step.command is None else str(step.command),
        command_label=step.command_label,
        number=step.number,
        rests_on=step.rests_on,
        details=tuple(part for label, detail in step.details for part in told(as_prose(detail), label)),
    )


def told(text: str, label: str = "") -> Iterator[Paragraph]:
    """The paragraphs of a text; the first one has the label."""
    for paragraph, verbatim in paragraphs(text):
        yield Paragraph(tuple(_pieces(paragraph, verbatim)), verbatim, label)
        label = ""


def _pieces(text: str, verbatim: bool) -> Iterator[Piece]:
    if verbatim:
        yield Piece(text)
        return
    end = 0
    for span in _CODE.finditer(text):
        if span.start() > end:
            yield Piece(text[end : span.start()])
        yield Piece(span[1], code=True)
        end = span.end()
    if end < len(text):
        yield Piece(text[end:])
