"""Blocks as plain text for a ticket, without rich: `sestriage explain` must start fast."""

from __future__ import annotations

from collections.abc import Iterable

from sestriage.report.blocks import Block, Headline, Link, Prose, Quote, Section, Step
from sestriage.report.safe import hyperlink, one_line, visible
from sestriage.report.wrapping import as_prose, fill, paragraphs

WIDTH = 76
"""Where neither a terminal nor `COLUMNS` says it."""
MIN_WIDTH, MAX_WIDTH = 40, 120
"""Longer lines are hard to read, however wide the terminal is."""
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def draw(
    blocks: Iterable[Block],
    *,
    width: int = WIDTH,
    color: bool = False,
    ascii_only: bool = False,
    links: bool = False,
) -> str:
    """The blocks as text with a newline at its end; only commands and single long words exceed `width`.

    `links` makes references hyperlinks of the terminal (OSC 8). Without it and without `color` there is no escape
    sequence in the result; control characters of the evidence are always written as visible escapes. With `ascii_only`
    other characters outside ASCII are too, except inside commands.
    """
    writer = _Writer(max(MIN_WIDTH, min(width, MAX_WIDTH)), color, ascii_only, links)
    for block in blocks:
        writer.block(block)
    return "\n".join(line.rstrip() for line in writer.lines) + "\n"


class _Writer:
    def __init__(self, width: int, color: bool, ascii_only: bool, links: bool) -> None:
        self.lines: list[str] = []
        self._width = width
        self._color = color
        self._ascii = ascii_only
        self._links = links

    def block(self, block: Block) -> None:
        match block:
            case Headline(text):
                self._heading(text)
            case Section(title):
                self._blank()
                self._heading(title.upper())
            case Prose(text, label):
                self._prose(text, label)
            case Quote(place, text):
                self._quote(place, text)
            case Link(title, url):
                self._link(title, url)
            case Step():
                self._step(block)
            case _:
                raise TypeError(f"an explanation has no {type(block).__name__}")

    def _heading(self, text: str) -> None:
        for line in fill(self._safe(text), self._width):
            self.lines.append(f"{_BOLD}{line}{_PLAIN}" if self._color else line)

    def _prose(self, text: str, label: str = "", indent: str = "") -> None:
        start = f"{label}: " if label else ""
        for paragraph, verbatim in paragraphs(text):
            if verbatim:
                if start:
                    self.lines.append(indent + self._safe(start.rstrip()))
                self.lines.append(f"{indent}    {self._safe(paragraph, command=True)}")
            else:
                hanging = "  " if paragraph.startswith("- ") or label else ""
                lines = fill(self._safe(start + paragraph), self._width - len(indent), hanging)
                self.lines += [indent + line for line in lines]
            start = ""

    def _link(self, title: str, url: str | None) -> None:
        for line in fill(self._safe(f"- {title}: {url}" if url else f"- {title}"), self._width, "  "):
            start, text = line[:2], line[2:]  # the list mark, or the indent of a further line
            self.lines.append(start + (hyperlink(text, url) if self._links else text))

    def _quote(self, place: str, text: str) -> None:
        if place:
            self.lines.append(f"  {self._safe(place)}")
        width = self._width - 2
        for line in fill(self._safe(one_line(text)).replace("`", "\0"), width - 2):
            whole = line.replace("\0", "`")
            self.lines += [f"  > {whole[at : at + width - 2]}" for at in range(0, len(whole), width - 2)]

    def _step(self, step: Step) -> None:
        mark = f"{step.number}. "
        indent = " " * len(mark)
        at = len(self.lines)
        self._prose(step.text, indent=indent)
        if len(self.lines) > at:
            self.lines[at] = mark + self.lines[at].removeprefix(indent)
        else:
            self.lines.append(mark.rstrip())
        if step.command:
            self._command(str(step.command))
        for label, detail in step.details:
            self._prose(as_prose(detail), label, indent)

    def _command(self, command: str) -> None:
        """A command on lines of its own, never wrapped; of several lines it stands at the left edge."""
        lines = command.strip("\n").split("\n")
        indent = "    " if len(lines) == 1 else ""
        self._blank()
        self.lines += [indent + self._safe(line, command=True) for line in lines]
        self._blank()

    def _safe(self, text: str, *, command: bool = False) -> str:
        return visible(text, ascii_only=self._ascii and not command)

    def _blank(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")
