"""`sestriage history`: the incidents that `sestriage check` has seen."""

from __future__ import annotations

import os

import click

from sestriage.cli.language import say, told
from sestriage.cli.options import color_option, format_for, format_option, lang_option, output_option
from sestriage.cli.output import write
from sestriage.cli.status import INTERNAL_ERROR, USAGE


@click.command("history")
@click.option(
    "--log",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="The log whose incidents are shown. Default: as for `sestriage check`.",
)
@click.option("--state", metavar="DIR", help="Folder of the state. Default: as for `sestriage check`.")
@click.option("-n", "--limit", type=click.IntRange(1), default=50, show_default=True, help="How many, newest first.")
@format_option("text", "json", help="Text for people, JSON for programs.")
@output_option
@color_option
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Configuration file. Default: /etc/sestriage.toml, if there is one.",
)
@lang_option
def command(
    log: str | None,
    state: str | None,
    limit: int,
    form: str,
    output: str | None,
    config: str | None,
    language: str,
) -> int:
    """Show incidents: when alarm mail failed, how often, why, and what ended it.

    \b
    Exit status: 0; 2 wrong usage, or there is no state yet;
    4 the state cannot be read.
    """
    form = format_for(form, output)
    from sestriage.redact import strip_secrets, strip_secrets_of
    from sestriage.watch.output import document, history
    from sestriage.watch.settings import resolve, state_folder
    from sestriage.watch.state import NAME, State, StateError

    settings, _ = resolve({"log": log, "state": state}, config)
    folder = state_folder(settings)
    if not os.path.exists(os.path.join(folder, NAME)):  # noqa: PTH110, PTH118
        missing = say("there is no history in {folder} yet: `sestriage check` writes it", folder=folder)
        click.echo(f"sestriage: {missing}", err=True)
        return USAGE
    try:
        kept = State(folder, os.path.abspath(settings.log), reading=True)  # noqa: PTH100
    except StateError as error:
        click.echo(f"sestriage: {told(error)}", err=True)
        return INTERNAL_ERROR
    try:
        incidents = list(strip_secrets_of(tuple(kept.history(limit))))
        never_read = kept.cursor() is None
    except StateError as error:
        click.echo(f"sestriage: {told(error)}", err=True)
        return INTERNAL_ERROR
    finally:
        kept.close()
    watched = strip_secrets(settings.log)
    if never_read:
        told_so = say(
            "the log {file} was never read: no run of `sestriage check` found it readable",
            file=watched,
        )
        click.echo(f"sestriage: {told_so}", err=True)
    if never_read and not incidents and form == "text":
        return 0
    text = document.render_history(incidents, watched) if form == "json" else history.render(incidents, language)
    write(text, output)
    return 0
