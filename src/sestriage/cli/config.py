"""`sestriage config`: what is set, and where."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import click

from sestriage import __version__
from sestriage.cli.groups import NamedGroup
from sestriage.cli.language import say, shown
from sestriage.cli.options import group_lang_option, silent_lang_option

if TYPE_CHECKING:
    from sestriage.model.document.watch import ConfigShow, Plain, Setting
    from sestriage.watch.settings import Value


@click.group("config", cls=NamedGroup)
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
        click.echo(_document(values, state_folder(settings)))
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


def _document(values: tuple[Value, ...], state: str) -> str:
    table: dict[str, Setting] = {value.name: _setting(value) for value in values}
    origin = table["state"]["from"] if "state" in table else "default"
    document: ConfigShow = {
        "schema_version": 2,
        "version": __version__,
        "settings": {**table, "state": {"value": state, "from": origin}},
    }
    return json.dumps(document, indent=2)


def _setting(value: Value) -> Setting:
    plain = list(value.value) if isinstance(value.value, tuple) else value.value
    return {"value": cast("Plain", plain), "from": value.origin}


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
