"""Options that are the same for every command that has them: `--lang`, `--color`, and the format by a file's suffix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from sestriage.cli.language import VARIABLE, chosen
from sestriage.i18n import LANGUAGES

_Command = TypeVar("_Command", bound="Callable[..., Any] | click.Command")


def _of_this_run(context: click.Context, _: click.Parameter, value: str) -> str:
    """What was asked for here, or else anywhere on the command line."""
    here = context.get_parameter_source("language") is click.core.ParameterSource.COMMANDLINE
    return value if here else chosen()


def _lang_option(*, for_group: bool = False, exposed: bool = True) -> Callable[[_Command], _Command]:
    """`--lang`. The value is the language of the run, wherever on the command line it was chosen.

    A group leaves the check of the variable to the command: that knows how to tell of wrong usage.
    """
    return click.option(
        "--lang",
        "language",
        type=click.Choice(LANGUAGES),
        default=LANGUAGES[0],
        envvar=None if for_group else VARIABLE,
        show_default=True,
        expose_value=exposed,
        callback=_of_this_run,
        help="Language of the report, of help and errors (or SESTRIAGE_LANG). Commands, ids, quoted evidence and JSON"
        " stay as they are.",
    )


lang_option = _lang_option()
silent_lang_option = _lang_option(exposed=False)
"""For a command that prints no sentences of its own: its help and errors follow the option."""
group_lang_option = _lang_option(for_group=True, exposed=False)
"""For a command that has commands below it."""

COLOR_KEY = "sestriage.color"
"""Where the choice is kept in the context of the command (`click.Context.meta`)."""


def _keep_color(context: click.Context, _: click.Parameter, value: str) -> None:
    context.meta[COLOR_KEY] = value


color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    expose_value=False,
    callback=_keep_color,
    help="Colours: auto for those on a terminal only (NO_COLOR and FORCE_COLOR count).",
)


def color_choice() -> str:
    """What `--color` of the command that runs says; `auto` for one without that option."""
    context = click.get_current_context(silent=True)
    choice = "auto" if context is None else context.meta.get(COLOR_KEY, "auto")
    return str(choice)


_SUFFIXES = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".json": "json",
    ".html": "html",
    ".htm": "html",
    ".sarif": "sarif",
}


def format_for(form: str, output: str | None, known: tuple[str, ...] = ("markdown", "json")) -> str:
    """The format of a report: the one that was asked for, else that of the suffix of its file (`-o report.md`)."""
    context = click.get_current_context(silent=True)
    if output is None or context is None:
        return form
    if context.get_parameter_source("form") is not click.core.ParameterSource.DEFAULT:
        return form
    suffix = output[output.rfind(".") :].lower() if "." in output else ""
    chosen = _SUFFIXES.get(suffix, form)
    return chosen if chosen in known else form
