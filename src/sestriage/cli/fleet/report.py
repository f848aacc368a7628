"""`sestriage fleet report`, `fleet query` and `fleet export`: ask the tables of a fleet."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Literal

import click

from sestriage.cli.fleet.extra import need
from sestriage.cli.language import say, told
from sestriage.cli.options import color_option, format_for, lang_option, silent_lang_option
from sestriage.cli.output import text_style, write
from sestriage.i18n import LANGUAGES

if TYPE_CHECKING:
    from sestriage.model.fleet.report import FleetReport

NAMES = (
    *("breaks-when", "breaks-by-month", "top-causes", "growing-causes", "causes-by-month", "causes-by-region"),
    *("causes-by-release", "undetermined", "new-signatures", "anchors", "not-read"),
)
"""The names of `fleet.queries`; a test holds them against it."""
_folder_argument = click.argument("path", metavar="DIR", type=click.Path(exists=True, file_okay=False))
_output_option = click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")


@click.command("report")
@_folder_argument
@click.option(
    "--query",
    "name",
    metavar="NAME",
    type=click.Choice(NAMES),
    help="One question alone, with all rows of its answer; a name that is none is answered with all names.",
)
@click.option("--since", metavar="DAY", help="The day from which on a signature counts as new.  [default: 30 days ago]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "html", "json"]),
    default="text",
    show_default=True,
    help="Format of the report.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Write the report to FILE instead of standard output; .md, .html and .json choose the format.",
)
@color_option
@lang_option
def report_command(path: str, name: str | None, since: str | None, form: str, output: str | None, language: str) -> int:
    """Report on the bundles in DIR: which Managers will break and when, causes, missing evidence, unknown exceptions.

    Nothing but the tables in DIR is read.
    """
    need("duckdb")
    from sestriage.fleet.folder import read_folder
    from sestriage.fleet.report import answer, fleet_report

    form = format_for(form, output)
    language = LANGUAGES[0] if form == "json" else language
    folder, day = read_folder(path), _day(since)
    report = answer(folder, name, day, language) if name else fleet_report(folder, day, language)
    write(_rendered(report, form, output, language), output)
    return 0


def _day(text: str | None) -> date | None:
    from sestriage.times.named import parse_moment

    try:
        return None if text is None else parse_moment(text, datetime.now(UTC), UTC).first.date()
    except ValueError as error:
        raise click.BadParameter(told(error), param_hint="--since") from None


def _rendered(report: FleetReport, form: str, output: str | None, language: str) -> str:
    if form == "json":
        from sestriage.report.json.fleet import document

        return document(report)
    if form == "html":
        from sestriage.report.html.fleet import render

        return render(report, language=language)
    from sestriage.report.language import in_language
    from sestriage.report.several.fleet import blocks

    drawn = in_language(tuple(blocks(report)), language)
    if form == "markdown":
        from sestriage.report.markdown import draw

        return draw(drawn)
    from sestriage.report.text import draw as draw_text

    return draw_text(drawn, **text_style(output, language))


@click.command("query")
@_folder_argument
@click.argument("sql", metavar="SELECT")
@click.option(
    "--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True, help="Format."
)
@_output_option
@silent_lang_option
def query_command(path: str, sql: str, form: str, output: str | None) -> int:
    """Ask the tables in DIR by one SELECT (DuckDB's SQL); docs/fleet-tables.md has their columns.

    A query can read the tables and nothing else. In CSV, cells that a spreadsheet would run as formulas have an
    apostrophe before them.
    """
    need("duckdb")
    from sestriage.fleet.export import csv_text, json_text, plain_text
    from sestriage.fleet.folder import read_folder
    from sestriage.fleet.views import reading

    with reading(read_folder(path)) as tables:
        answer = tables.ask(sql)
    write({"csv": csv_text, "json": json_text, "text": plain_text}[form](answer), output)
    return 0


@click.command("export")
@_folder_argument
@click.option("--to", "to", metavar="DIR", required=True, help="Folder for the files, one for each table.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True, help="Format."
)
@silent_lang_option
def export_command(path: str, to: str, form: Literal["csv", "parquet"]) -> int:
    """Write the tables in DIR as files, each bundle once, as the newest run has it."""
    need("duckdb")
    from sestriage.fleet.export import export
    from sestriage.fleet.folder import read_folder

    for file in export(read_folder(path), to, form):
        click.echo(say("written: {file}", file=str(file)))
    return 0
