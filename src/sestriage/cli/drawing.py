"""A report that is made of blocks, in the form that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from sestriage.cli.options import is_quiet
from sestriage.cli.output import text_style

if TYPE_CHECKING:
    from sestriage.report.blocks import Block


def _as_it_is(text: str) -> str:
    return text


def drawn(
    blocks: Iterable[Block],
    form: str,
    output: str | None,
    language: str,
    *,
    clean: Callable[[str], str] = _as_it_is,
) -> str:
    """The blocks as text, Markdown or a page, each string put through `clean` and then into the language.

    With `--quiet` text and Markdown are a few lines. `output` is where it will be written, None for a terminal.
    """
    from sestriage.report.clean import clean_blocks
    from sestriage.report.language import in_language

    shown = in_language(tuple(clean_blocks(blocks, clean)), language)
    if form == "html":
        from sestriage.report.html.report import render

        return render(shown, language, _made_by(), click.get_current_context().command_path)
    if is_quiet():
        from sestriage.report.ticket import render_few

        return render_few(shown)
    if form == "markdown":
        from sestriage.report.markdown import draw

        return draw(shown)
    from sestriage.report.text import draw as draw_text

    return draw_text(shown, **text_style(output, language))


def _made_by() -> str:
    from datetime import UTC, datetime

    from sestriage import __version__
    from sestriage.model.message import clock

    return f"sestriage {__version__}, {clock(datetime.now(UTC))}"


def ascii_only(form: str, output: str | None, language: str) -> bool:
    """True where a report that chooses its own signs has ASCII alone: Markdown and pages are always UTF-8."""
    return form == "text" and text_style(output, language)["ascii_only"]
