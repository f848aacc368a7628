"""The option `--lang`, the same for every command that has it."""

from __future__ import annotations

import click

from sestriage.i18n import LANGUAGES

lang_option = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default="en",
    envvar="SESTRIAGE_LANG",
    show_default=True,
    help="Language of the report (or SESTRIAGE_LANG). Commands, ids and quoted evidence stay as they are.",
)
