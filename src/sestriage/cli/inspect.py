"""`sestriage inspect`: what is in the input, and what triage would make of it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from sestriage.cli.limits import limit_options, limits_from
from sestriage.cli.options import format_for, is_quiet, report_options
from sestriage.cli.output import cleaner, run_of, standard_input, text_style, write
from sestriage.cli.progress import progress, progress_option
from sestriage.cli.status import ACCEPTED, UNDETERMINED
from sestriage.model.inspection import Inspection
from sestriage.model.message import Message
from sestriage.model.source import Run

EPILOG = """\b
Exit status
  0  triage can use something in the input
  2  wrong usage, or a path that cannot be read
  3  triage can use nothing in the input
  4  internal error

\b
Examples
  sestriage inspect bundle.tgz
  sestriage inspect --format json bundle.tgz | jq '.inputs[] | select(.use != "used")'
"""


@click.command("inspect", epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(allow_dash=True))
@report_options()
@click.option(
    "--no-redact",
    is_flag=True,
    help="Show mail addresses, IP addresses and host names in messages. Secrets are never shown; paths always are.",
)
@click.option(
    "--store-password-file",
    type=click.Path(exists=True, dir_okay=False),
    help="File whose first line is the trust store's password. Else SESTRIAGE_STORE_PASSWORD, else the usual defaults.",
)
@progress_option
@limit_options
def command(
    paths: tuple[str, ...],
    form: str,
    output: str | None,
    no_redact: bool,
    store_password_file: str | None,
    no_progress: bool,
    language: str,
    **limits: int | None,
) -> int:
    """Show what is in the input: every file and archive member, what it is, and whether triage can use it.

    PATH is what `sestriage triage` takes: files, folders, archives, or "-" for standard input. For each file the list
    gives kind, size, format, how its lines are wrapped, time span, time zone, the attempts to send mail found in it,
    and for what was not read, why. Nothing is judged.
    """
    form = format_for(form, output)
    from sestriage.engine.inspect import inspect
    from sestriage.engine.reading.collect import Options

    bounds = limits_from(limits)
    stdin = standard_input(paths, Message("the log lines"))
    with progress(paths, bounds, off=no_progress) as reading:
        options = Options(store_password_file=store_password_file, limits=bounds, reading=reading)
        found = inspect(paths, options, stdin)
    status = ACCEPTED if found.count("used") else UNDETERMINED
    if form == "json":
        write(_as_json(found, run_of(paths, status), no_redact), output)
    else:
        write(_for_people(found, form, output, no_redact, language), output)
    return status


def _as_json(found: Inspection, run: Run, no_redact: bool) -> str:
    from sestriage.redact import strip_secrets
    from sestriage.report import inspect as renderer

    clean = cleaner(no_redact, public=_names(found))
    return renderer.render_json(found, run, clean=clean, clean_path=strip_secrets)


def _for_people(found: Inspection, form: str, output: str | None, no_redact: bool, language: str) -> str:
    from sestriage.redact import strip_secrets
    from sestriage.report import inspect as renderer

    clean = cleaner(no_redact, public=_names(found))
    if form == "text" and not is_quiet():
        style = text_style(output, language)
        return renderer.render_text(found, clean=clean, clean_path=strip_secrets, language=language, **style)
    from sestriage.cli.drawing import drawn

    blocks = renderer.outline(found, clean=clean, clean_path=strip_secrets, language=language)
    return drawn(blocks, form, output, language)


def _names(found: Inspection) -> Iterator[str]:
    """File names stay: they are what the user asks about."""
    return (item.source.name.rpartition("/")[2] for item in found.items)
