"""The report as Markdown (CommonMark with GitHub's tables), to be pasted into a ticket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from sestriage.model.verdict import Report
from sestriage.report.blocks import (
    Block,
    Entry,
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
from sestriage.report.verdict import Detail, outline
from sestriage.report.wrapping import as_prose, paragraphs

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~&$@!]")
"""Everything that could start a construct inside a line; `<` and `&` would also start HTML."""
_LINE_START = re.compile(r"^(\d{1,9})([.)])(?=\s|$)|^([-+=])")
_CODE_SPAN = re.compile(r"`([^`]+)`")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "&#64;"}


def render(report: Report, *, verbose: bool = False, words: Mapping[str, str] | None = None) -> str:
    """The report as Markdown with a newline at its end; the conversations are drawn as ladders.

    Nothing that stands in the evidence can end a code block, start HTML, a link or a table cell.
    """
    return draw(outline(report, Detail.ALL if verbose else Detail.WHOLE, conversations=True, words=words))


def draw(blocks: Iterable[Block]) -> str:
    """Blocks of any report as Markdown, under the same promises as `render`."""
    lines = [line for block in blocks for line in (*_block(block), "")]
    return "\n".join(_without_double_blanks(lines)).rstrip("\n") + "\n"


def escape(text: str) -> str:
    """The text as literal Markdown on one line; control characters are made visible."""
    line = _SPECIAL.sub(lambda m: _ENTITIES.get(m[0], "\\" + m[0]), visible(one_line(text)))
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", line)


def code(text: str) -> str:
    """The text as a code span on one line."""
    inner = visible(one_line(text))
    ticks = "`" * (_longest_run(inner) + 1)
    pad = " " if inner.startswith("`") or inner.endswith("`") or not inner else ""
    return f"{ticks}{pad}{inner}{pad}{ticks}"


def fence(text: str, indent: str = "", language: str = "text") -> list[str]:
    """The text as a fenced block that nothing in it can end."""
    ticks = "`" * max(3, _longest_run(text) + 1)
    body = [indent + visible(line) for line in text.strip("\n").split("\n")]
    return [f"{indent}{ticks}{language}", *body, f"{indent}{ticks}"]


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _block(block: Block) -> Iterable[str]:
    match block:
        case Headline(text, _, closing):
            return [f"**{escape(text)}**" if closing else f"# {escape(text)}"]
        case Section(title):
            return [f"## {escape(title)}"]
        case Space():
            return []
        case Prose(text, label):
            return _prose(text, label)
        case Entry(place, text, _, inside):
            return _prose(f"- {place} {text}", indent="  " if inside else "")
        case Lines(lines):
            return fence("\n".join(lines))
        case Quote(place, text):
            return [code(place), "", *fence(one_line(text))]
        case Step():
            return _step(block)
        case Link(title, url):
            return [f"- {_link(title, url)}"]
        case Table(columns, rows):
            return _table(columns, rows)
        case Ladder():
            return _ladder(block)


def _prose(text: str, label: str = "", indent: str = "") -> Iterator[str]:
    start = f"**{escape(label)}:** " if label else ""
    for paragraph, verbatim in paragraphs(text):
        if verbatim:
            if start:
                yield indent + start.rstrip()
                yield ""
            yield from fence(paragraph, indent)
        else:
            yield indent + start + _inline(paragraph)
        yield ""
        start = ""


def _inline(text: str) -> str:
    """A sentence: escaped, but what we put in backticks stays code, and a list mark stays a list mark."""
    mark, text = ("- ", text[2:]) if text.startswith("- ") else ("", text)
    parts: list[str] = []
    end = 0
    for span in _CODE_SPAN.finditer(text):
        parts += [_escaped_piece(text[end : span.start()], not parts), code(span[1])]
        end = span.end()
    parts.append(_escaped_piece(text[end:], not parts))
    return mark + "".join(parts)


def _escaped_piece(piece: str, at_start: bool) -> str:
    """`escape` for a part of a line: blanks at its ends are kept, and marks count only at the start of the line."""
    left = " " if piece[:1].isspace() else ""
    right = " " if piece[-1:].isspace() and piece.strip() else ""
    inner = escape(piece) if at_start else escape(f"x {piece}")[2:]
    return left + inner + right


def _step(step: Step) -> Iterator[str]:
    indent = " " * len(f"{step.number}. ")
    text = list(_prose(step.text, indent=indent)) or [indent]
    yield f"{step.number}. {text[0].strip()}"
    yield from text[1:]
    if step.command:
        yield ""
        if step.command_label:
            yield indent + escape(step.command_label)
            yield ""
        yield from fence(str(step.command), indent, "sh")
    for label, detail in step.details:
        yield ""
        yield from _prose(as_prose(detail), label, indent)


def _link(title: str, url: str | None) -> str:
    """A link, if its address is of the plain kind; else the address as code, so that it cannot be anything else."""
    if url is None:
        return escape(title)
    return f"[{escape(title)}]({url})" if is_web_address(url) else f"{escape(title)}: {code(url)}"


def _table(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    yield "| " + " | ".join(map(escape, columns)) + " |"
    yield "|" + " --- |" * len(columns)
    for row in rows:
        yield "| " + " | ".join(map(escape, row)) + " |"


def _ladder(ladder: Ladder) -> Iterator[str]:
    times = max((len(rung.time) for rung in ladder.rungs), default=0)
    frames = max((len(rung.frame) for rung in ladder.rungs), default=0)
    yield escape(ladder.title)
    yield ""
    yield from fence(
        "\n".join(
            f"{rung.time:<{times}}  {rung.frame:>{frames}}  {rung.direction:<2}  "
            f"{visible(one_line(rung.what))}{'   <== !' if rung.broken else ''}".rstrip()
            for rung in ladder.rungs
        )
    )


def _without_double_blanks(lines: Iterable[str]) -> Iterator[str]:
    """Blank lines collapse outside code blocks only; inside one they belong to the command."""
    fence_mark = ""
    blank = True
    for line in lines:
        mark = re.match(r" *(`{3,})", line)
        if fence_mark:
            if mark and line.strip() == fence_mark:
                fence_mark = ""
        elif mark:
            fence_mark = mark[1]
        elif not line.strip():
            if not blank:
                yield ""
            blank = True
            continue
        yield line
        blank = False
