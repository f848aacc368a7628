"""A few lines for a chat, of any report that is made of blocks: the answer, and what to do first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sestriage.report.blocks import Block, Headline, Prose, Step
from sestriage.report.safe import one_line, visible
from sestriage.report.wrapping import lead

MOST_LINES = 5
MAX_LINE = 300
"""Characters of a line; a longer one is cut, and says so."""


def render_brief(blocks: Iterable[Block]) -> str:
    """At most five lines, with a newline at the end."""
    return "\n".join(brief_lines(blocks)) + "\n"


def brief_lines(blocks: Iterable[Block]) -> list[str]:
    """Headlines first, then the first sentences of what stands below the first one; the last line is the first step."""
    known = tuple(blocks)
    step = next((_step(block) for block in known if isinstance(block, Step)), None)
    room = MOST_LINES - (step is not None)
    heads = [block.text for block in known if isinstance(block, Headline) and not block.closing]
    lines = [*heads, *(_sentences(known) if len(heads) < 2 else ())][:room]
    return [visible(cut(line)) for line in (*lines, *([step] if step is not None else []))]


def _sentences(blocks: Iterable[Block]) -> Iterator[str]:
    """The first sentence of each paragraph before the first step."""
    for block in blocks:
        if isinstance(block, Step):
            return
        if isinstance(block, Prose) and (said := lead(block.text, 0)):
            yield f"{block.label}: {said}" if block.label else said


def _step(step: Step) -> str:
    """The first sentence of a step, with its command where that fits into the line unchanged."""
    text = f"{step.number}. {lead(step.text, 0)}"
    command = "" if step.command is None else str(step.command)
    whole = f"{text} {command}"
    return whole if command and one_line(command) == command and len(whole) <= MAX_LINE else text


def cut(text: str) -> str:
    """One line of at most `MAX_LINE` characters."""
    line = one_line(text)
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 4].rsplit(" ", 1)[0] + " ..."
