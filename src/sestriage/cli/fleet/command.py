"""`sestriage fleet`: a hundred thousand bundles, one answer."""

from __future__ import annotations

import click

from sestriage.cli.fleet.report import export_command, query_command, report_command
from sestriage.cli.fleet.run import run_command
from sestriage.cli.groups import NamedGroup
from sestriage.cli.options import group_lang_option

EPILOG = """\b
Examples
  sestriage fleet run /srv/bundles --out fleet
  sestriage fleet report fleet -o fleet.html
  sestriage fleet report fleet --query breaks-when
  sestriage fleet query fleet "SELECT region, count(*) FROM bundles GROUP BY 1"
"""


@click.group("fleet", epilog=EPILOG, cls=NamedGroup)
@group_lang_option
def command() -> None:
    """Triage many bundles, and ask all of them together: which Managers will break, and what for.

    `run` reads what it has not read before and keeps tables in a folder; `report` and `query` ask them. It needs the
    extra: pip install 'sestriage[fleet]'. The network is touched only for URLs that are named, and for a scheduler.
    """


command.add_command(run_command)
command.add_command(report_command)
command.add_command(query_command)
command.add_command(export_command)
