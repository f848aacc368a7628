"""`sestriage config`: what is set, and where."""

from __future__ import annotations

import json

import click

from sestriage.cli.language import say, shown
from sestriage.cli.options import group_lang_option, silent_lang_option


@click.group("config")
@group_lang_option
def command() -> None:
    """Show the settings of `sestriage check`."""


@command.command("show")
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Configuration file. Default: /etc/sestriage.toml, if there is one.",
)
@click.option("--format", "form", type=click.Choice(["toml", "json"]), default="toml", show_default=True)
@silent_lang_option
def show(config: str | None, form: str) -> int:
    """Show every setting with its value and where it came from: variable, file or default.

    The output is a valid configuration file; options of `sestriage check` come before all of it.
    """
    from sestriage.watch.settings import TABLE, resolve, state_folder

    settings, values = resolve({}, config)
    if form == "json":
        table = {v.name: {"value": v.value, "from": v.origin} for v in values}
        click.echo(
            json.dumps({**table, "state": {"value": state_folder(settings), "from": _state_origin(values)}}, indent=2)
        )
        return 0
    click.echo(f"[{TABLE}]")
    for value in values:
        text = _toml(value.name, value.value)
        if value.name == "state" and value.value is None:
            click.echo(f"# state = {json.dumps(state_folder(settings))}  # {shown(value.origin)}")
        elif text is None:
            click.echo("# " + say("{name} is not set", name=value.name))
        else:
            click.echo(f"{value.name} = {text}  # {shown(value.origin)}")
    return 0


def _state_origin(values: tuple[object, ...]) -> str:
    return next((str(getattr(v, "origin", "")) for v in values if getattr(v, "name", "") == "state"), "default")


SPANS = ("grace", "remind", "stale", "keep")


def _toml(name: str, value: object) -> str | None:
    """The value as TOML (JSON strings are TOML strings); None when it is not set."""
    from sestriage.times.spans import write_span

    if name in SPANS:
        return json.dumps("off" if value is None else write_span(float(str(value))))
    if value is None or value == ():
        return None
    if isinstance(value, tuple):
        return json.dumps(list(value))
    return json.dumps(value)
