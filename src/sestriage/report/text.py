"""The report on a terminal: verdict first, short lines, commands that can be copied whole."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from sestriage.report.blocks import (
    Block,
    Entry,
    Headline,
    Ladder,
    Lines,
    Link,
    Prose,
    Quote,
    Rung,
    Section,
    Space,
    Step,
    Table,
)
from sestriage.report.safe import hyperlink, one_line, visible
from sestriage.report.wrapping import LEFT_OUT, as_prose, fill, fitting, limited, paragraphs, shortened, to_reason

if TYPE_CHECKING:
    from rich.console import Console

    from sestriage.model.verdict import Report

MIN_WIDTH = 40
MAX_WIDTH = 200
MAX_PROSE = 120
"""Longer lines of prose are hard to read, however wide the terminal is."""

_INDENT = "  "
_TONE_STYLES = {"bad": "bold red", "good": "bold green", "open": "bold yellow"}
_BROKEN = "   <== !"
"""Marks where a conversation broke; colour alone would not do."""
_ARROWS = {"->": "\u2192", "<-": "\u2190"}


def render(
    report: Report,
    *,
    color: bool = False,
    width: int = 80,
    ascii_only: bool = True,
    links: bool = False,
    verbose: bool = False,
    all_fixes: bool = False,
    words: Mapping[str, str] | None = None,
) -> str:
    """The report as text with a newline at its end: what a reader needs first, unless it is `verbose`.

    `all_fixes` shows every step of the fixes whole.
    `width` is that of the terminal; commands and single long words may exceed it. `ascii_only` writes every other
    character as an escape, except inside commands, which stay exact. `links` makes references links of the terminal
    (OSC 8). Without it and without `color` there is no escape sequence at all in the result; control characters of the
    evidence are always written as visible escapes.
    """
    from sestriage.report.verdict import Detail, outline

    detail = Detail.ALL if verbose else Detail.FIXES if all_fixes else Detail.BRIEF
    blocks = outline(report, detail, conversations=verbose, words=words)
    return draw(blocks, color=color, width=width, ascii_only=ascii_only, links=links)


def draw(
    blocks: Iterable[Block], *, color: bool = False, width: int = 80, ascii_only: bool = True, links: bool = False
) -> str:
    """Blocks of any report as text, under the same promises as `render`."""
    width = max(MIN_WIDTH, min(width, MAX_WIDTH))
    writer = _Writer(color=color, width=width, ascii_only=ascii_only, links=links)
    for block in blocks:
        writer.block(block)
    return writer.result()


def in_columns(table: Table) -> Iterator[str]:
    """A line for the titles and for each row, with two blanks between the columns."""
    rows = [tuple(map(one_line, row)) for row in (table.columns, *table.rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.columns) - 1)]
    for row in rows:
        yield "  ".join([*map(str.ljust, row, widths), row[-1]])


class _Writer:
    """Draws blocks; colours and tables on a rich console of its own, made when the first of them comes."""

    def __init__(self, *, color: bool, width: int, ascii_only: bool, links: bool) -> None:
        self._buffer = io.StringIO()
        self._width = width
        self._prose_width = min(width, MAX_PROSE)
        self._ascii = ascii_only
        self._color = color
        self._links = links
        self._at_blank = True

    @functools.cached_property
    def _console(self) -> Console:
        from rich.console import Console

        return Console(
            file=self._buffer,
            width=self._width,
            force_terminal=self._color,
            color_system="standard" if self._color else None,
            no_color=not self._color,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
            _environ={},  # the caller decides about colour and width, not the environment
        )

    def result(self) -> str:
        """All that was drawn, without blanks at line ends."""
        return "\n".join(line.rstrip() for line in self._buffer.getvalue().split("\n"))

    def block(self, block: Block) -> None:
        """Draw one block."""
        match block:
            case Headline(text, tone, closing):
                if not closing:  # the line before it says where there is more
                    self._blank()
                self._lines(fill(self._safe(text), self._prose_width), _TONE_STYLES[tone])
            case Section(title):
                self._blank()
                self._line(self._safe(title), "bold underline")
            case Space():
                self._blank()
            case Prose(text, label, limit):
                self._prose(text, label, limit=limit)
            case Entry(place, text, limit, inside):
                room = self._prose_width - 2 * len(_INDENT)
                indent = _INDENT if inside else ""
                self._prose(f"- {shortened(place, room)} {text}", "", indent, limit)
            case Lines(lines):
                # four blanks in, as commands: what stands there is one line, however long it is
                self._lines([2 * _INDENT + self._safe(line, command=True) for line in lines], "cyan")
            case Quote(place, text, limit):
                self._quote(place, text, limit)
            case Link(title, url):
                self._link(title, url)
            case Step():
                self._step(block)
            case Table() if block.unwrapped:
                self._lines([_INDENT + self._safe(line) for line in in_columns(block)], "cyan")
            case Table() if block.below:
                self._records(block)
            case Table():
                self._table(block)
            case Ladder(title, rungs):
                self._ladder(title, rungs)

    # --- blocks --------------------------------------------------------------------------------------------------

    def _prose(self, text: str, label: str, indent: str = "", limit: int = 0) -> None:
        first = True
        for paragraph, verbatim in paragraphs(text):
            start = f"{label}: " if label and first else ""
            if verbatim:
                if start:
                    self._line(indent + self._safe(start.rstrip()), "bold")
                self._line(indent + _INDENT + self._safe(paragraph, command=True), "cyan")
            else:
                hanging = _INDENT if paragraph.startswith("- ") or label else ""
                width = self._prose_width - len(indent)
                filled = fill(fitting(self._safe(start + paragraph), width - len(hanging)), width, hanging)
                lines = limited(filled, limit, width)
                self._lines([indent + line for line in lines], bold=len(self._safe(start)) + len(indent))
            first = False

    def _link(self, title: str, url: str | None) -> None:
        """Title and address; the address is shown in full, so that it can be copied, too."""
        for line in fill(self._safe(f"- {title}: {url}" if url else f"- {title}"), self._prose_width, _INDENT):
            start, text = line[:2], line[2:]  # the list mark, or the indent of a further line
            self._buffer.write(f"{start}{hyperlink(text, url) if self._links else text}\n")
        self._at_blank = False

    def _quote(self, place: str, text: str, limit: int) -> None:
        width = self._width - 2 * len(_INDENT)
        if limit:
            start = shortened(self._safe(place), width // 2) + ": "
            room = limit * (width - len(LEFT_OUT)) - len(start)
            lines = limited(self._folded(start + self._safe(to_reason(one_line(text), room)), width), limit, width)
            self._lines([(2 if number else 1) * _INDENT + line for number, line in enumerate(lines)])
            return
        self._line(_INDENT + shortened(self._safe(place), self._width - len(_INDENT)), "cyan")
        for line in self._folded(self._safe(one_line(text)), width):
            self._line(2 * _INDENT + line, "dim")

    def _step(self, step: Step) -> None:
        number = f"{step.number}. "
        indent = " " * len(number)
        first = True
        for paragraph, verbatim in paragraphs(step.text):
            width = self._prose_width - len(number)
            lines = [paragraph] if verbatim else fill(fitting(paragraph, width), width)
            for line in lines:
                self._line((number if first else indent) + self._safe(line, command=verbatim))
                first = False
        if step.command:
            if step.command_label:
                above = fill(self._safe(step.command_label), self._prose_width - len(indent))
                self._lines([indent + line for line in above], "bold")
            self._command(str(step.command), close=bool(step.command_label))
        for label, text in step.details:
            self._prose(as_prose(text), label, indent)

    def _command(self, command: str, *, close: bool = False) -> None:
        """A command on lines of its own; of several lines it stands at the left edge, as here-documents need it.

        `close`: a label stands above it, so that one line needs no empty ones around it.
        """
        lines = command.strip("\n").split("\n")
        close = close and len(lines) == 1
        indent = 2 * _INDENT if len(lines) == 1 else ""
        if not close:
            self._blank()
        for line in lines:
            self._line(indent + self._safe(line, command=True), "cyan")
        if not close:
            self._blank()

    def _table(self, block: Table) -> None:
        from rich import box
        from rich.table import Table as RichTable
        from rich.text import Text

        lines = None if self._ascii else box.SIMPLE_HEAD
        table = RichTable(box=lines, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False)
        for number, column in enumerate(block.columns):
            title = Text(self._safe(column), style="bold")
            table.add_column(title, overflow="fold", no_wrap=number != block.flexible)
        for row in block.rows:
            table.add_row(*(Text(self._safe(one_line(cell))) for cell in row))
        self._console.print(table)
        self._at_blank = False

    def _records(self, block: Table) -> None:
        """Short cells in columns, and below each row its sentences (`-` for none)."""
        short = [number for number in range(len(block.columns)) if number not in block.below]
        rows = [[self._safe(one_line(cell)) for cell in row] for row in (block.columns, *block.rows)]
        widths = {number: max(len(row[number]) for row in rows) for number in short}
        gaps = 2 * (len(short) - 1)
        others = sum(widths[number] for number in short if number != block.flexible) + gaps
        widths[block.flexible] = min(widths[block.flexible], max(MIN_WIDTH // 2, self._width - others))
        for at, row in enumerate(rows):
            row[block.flexible] = shortened(row[block.flexible], widths[block.flexible])
            line = "  ".join(f"{row[number]:<{widths[number]}}" for number in short)
            self._line(line.rstrip(), "" if at else "bold")
            told = (number for number in block.below if at and block.rows[at - 1][number] != "-")
            for number in told:
                self._prose(block.rows[at - 1][number], block.columns[number], _INDENT)

    def _ladder(self, title: str, rungs: tuple[Rung, ...]) -> None:
        self._blank()
        self._lines(fill(fitting(self._safe(title), self._width - 2), self._width, _INDENT), "bold")
        times = max((len(rung.time) for rung in rungs), default=0)
        frames = max((len(rung.frame) for rung in rungs), default=0)
        for rung in rungs:
            arrow = rung.direction if self._ascii else _ARROWS.get(rung.direction, rung.direction)
            start = f"{_INDENT}{rung.time:<{times}}  {rung.frame:>{frames}}  {arrow:<2}  "
            what = self._safe(rung.what) + (_BROKEN if rung.broken else "")
            text = self._folded(what, max(20, self._width - len(start)))
            for number, line in enumerate(text):
                self._line((start if number == 0 else " " * len(start)) + line, "red" if rung.broken else "")

    # --- lines ---------------------------------------------------------------------------------------------------

    def _safe(self, text: str, *, command: bool = False) -> str:
        return visible(text, ascii_only=self._ascii and not command)

    def _folded(self, text: str, width: int) -> list[str]:
        """Evidence in pieces of at most `width` characters, broken at blanks where possible."""
        lines: list[str] = []
        for line in fill(text.replace("`", "\0"), width):
            whole = line.replace("\0", "`")
            lines += [whole[i : i + width] for i in range(0, len(whole), width)]
        return lines

    def _lines(self, lines: Iterable[str], style: str = "", bold: int = 0) -> None:
        for number, line in enumerate(lines):
            self._line(line, style, bold if number == 0 else 0)

    def _line(self, line: str, style: str = "", bold: int = 0) -> None:
        if self._color:
            from rich.text import Text

            text = Text(line, style=style)
            if bold:
                text.stylize("bold", 0, bold)
            self._console.print(text, soft_wrap=True)
        else:
            self._buffer.write(f"{line}\n")
        self._at_blank = False

    def _blank(self) -> None:
        """One empty line, never two."""
        if not self._at_blank:
            self._buffer.write("\n")
        self._at_blank = True
