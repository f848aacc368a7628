"""Options that are the same for every command that has them: those of a report, and `--lang`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

import click

from sestriage.cli.language import VARIABLE, chosen, say
from sestriage.i18n import LANGUAGES

_Command = TypeVar("_Command", bound="Callable[..., Any] | click.Command")

# --- language ----------------------------------------------------------------------------------------------------


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

# --- what a command prints ---------------------------------------------------------------------------------------

Format = Literal["text", "markdown", "html", "json", "case", "sarif", "junit"]
REPORT_FORMATS: tuple[Format, ...] = ("text", "markdown", "html", "json")
"""Of every command whose report is made of blocks."""

COLOR_KEY = "sestriage.color"
QUIET_KEY = "sestriage.quiet"
"""Where the choices are kept in the context of the command (`click.Context.meta`)."""


def _keep(key: str) -> Callable[[click.Context, click.Parameter, object], None]:
    def keep(context: click.Context, _: click.Parameter, value: object) -> None:
        context.meta[key] = value

    return keep


def _kept(key: str, without: object) -> object:
    context = click.get_current_context(silent=True)
    return without if context is None else context.meta.get(key, without)


color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    expose_value=False,
    callback=_keep(COLOR_KEY),
    help="Colours: auto for those on a terminal only (NO_COLOR and FORCE_COLOR count).",
)
quiet_option = click.option(
    "-q",
    "--quiet",
    is_flag=True,
    expose_value=False,
    callback=_keep(QUIET_KEY),
    help="At most five lines of text: the answer, and what to do first.",
)
output_option = click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Write to FILE instead of standard output; its suffix (.md, .html, .json, ...) chooses the format.",
)


file_option = click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Write to FILE instead of standard output.",
)
"""The same for a command that knows one format only."""


def format_option(*forms: Format, help: str | None = None) -> Callable[[_Command], _Command]:
    """`--format`; the first one is the usual one."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        default=forms[0],
        show_default=True,
        help=help or "Text for people, Markdown for a ticket, HTML: a page to attach to it, JSON for programs.",
    )


def report_options(*forms: Format) -> Callable[[_Command], _Command]:
    """What every command takes that prints a report: `--format`, `-o`, `--quiet`, `--color` and `--lang`."""
    options = (format_option(*(forms or REPORT_FORMATS)), output_option, quiet_option, color_option, lang_option)

    def with_options(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return with_options


def color_choice() -> str:
    """What `--color` of the command that runs says; `auto` for one without that option."""
    return str(_kept(COLOR_KEY, "auto"))


def is_quiet() -> bool:
    """True where `--quiet` was given to the command that runs."""
    return bool(_kept(QUIET_KEY, False))


_SUFFIXES = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".json": "json",
    ".html": "html",
    ".htm": "html",
    ".sarif": "sarif",
    ".xml": "junit",
}


def format_for(form: str, output: str | None) -> str:
    """The format of a report: the one that was asked for, else that of the suffix of its file (`-o report.md`).

    Raises `click.UsageError` for a suffix of a format that the command does not have.
    """
    context = click.get_current_context(silent=True)
    if output is None or context is None:
        return form
    if context.get_parameter_source("form") is not click.core.ParameterSource.DEFAULT:
        return form
    suffix = output[output.rfind(".") :].lower() if "." in output else ""
    wanted = _SUFFIXES.get(suffix, form)
    if wanted in (known := _formats(context)):
        return wanted
    raise click.UsageError(
        say(
            "{command} has no format for {suffix}; it has: {formats}",
            command=context.command_path,
            suffix=suffix,
            formats=", ".join(known),
        ),
        context,
    )


def _formats(context: click.Context) -> tuple[str, ...]:
    """The values of the command's own `--format`."""
    types = (option.type for option in context.command.params if option.name == "form")
    return next((tuple(map(str, kind.choices)) for kind in types if isinstance(kind, click.Choice)), ())
