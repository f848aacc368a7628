"""`sestriage forecast`: on what a Manager's mail rests, which known change ends it, and what to import before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from sestriage.cli.certs import (
    JDKS,
    certificate_cleaner,
    certificate_hider,
    certificate_input,
    json_text,
    moment,
    options_from,
    reading_options,
)
from sestriage.cli.language import say, told
from sestriage.cli.options import format_for, report_options
from sestriage.cli.output import run_of, write
from sestriage.cli.progress import progress
from sestriage.cli.status import ACCEPTED, FAILED, UNDETERMINED

if TYPE_CHECKING:
    from sestriage.model.forecast.result import ForecastReport
    from sestriage.model.source import Run
    from sestriage.model.trust import Certificate

EXIT_STATUS = {"safe": ACCEPTED, "breaks": FAILED, "unknown": UNDETERMINED}

EPILOG = """\b
Exit status
  0  no known change ends the mail within the horizon (with a what-if:
     Java would trust the server)
  1  a known change ends it within the horizon (with a what-if: Java
     would not)
  2  wrong usage, or no trust store
  3  cannot be said: what is missing is named
  4  internal error

\b
Examples
  sestriage forecast truststore.p12
  sestriage forecast bundle.tgz --horizon 180d
  sestriage forecast test-action.pcap --store truststore.p12 --without "Starfield Class 2"
  sestriage forecast truststore.p12 --at 2030-09-01 --without-cross-signed
"""


@click.command("forecast", epilog=EPILOG)
@click.argument("paths", nargs=-1, metavar="EVIDENCE...")
@click.option(
    "--store",
    "stores",
    multiple=True,
    type=click.Path(exists=True),
    help="Trust store: JKS, PKCS#12, PEM or DER file, or a folder of them. May be repeated. "
    "Default: the stores among the evidence.",
)
@click.option(
    "--chain",
    "chains",
    multiple=True,
    type=click.Path(exists=True),
    help="What if the server sends this chain: a capture, a transcript, PEM files or a folder. May be repeated.",
)
@click.option(
    "--without",
    multiple=True,
    metavar="NAME",
    help="What if a CA with NAME in its name is gone: from the store, from what is served, and as a signer of other "
    "CAs. May be repeated.",
)
@click.option("--without-cross-signed", is_flag=True, help="What if the server sends no cross-signed certificates.")
@click.option("--leaf-renewed", is_flag=True, help="What if the server's own certificate is renewed.")
@click.option(
    "--intermediate-rotated", is_flag=True, help="What if it is renewed below another issuing CA of the same root."
)
@click.option("--at", metavar="TIME", help="What if it is that day (ISO 8601), with what has ended by then renewed.")
@click.option("--horizon", default="365d", metavar="SPAN", show_default=True, help="How far ahead: 365d, 26w.")
@click.option("--to", "folder", metavar="DIR", help="Save the certificates to import in DIR, as `certs export` does.")
@click.option("--host", metavar="NAME", help="The server whose chain is judged, where several are in the evidence.")
@click.option("--jdk", type=click.Choice(JDKS), default="17", show_default=True, help="Generation of Java.")
@click.option(
    "--bundle",
    "bundles",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help="CA bundle (PEM) in which to look for a public root, before those of this machine. May be repeated.",
)
@report_options()
@reading_options
@click.option("--no-redact", is_flag=True, help="Show the names of hosts that are not public.")
def command(
    paths: tuple[str, ...],
    stores: tuple[str, ...],
    chains: tuple[str, ...],
    without: tuple[str, ...],
    without_cross_signed: bool,
    leaf_renewed: bool,
    intermediate_rotated: bool,
    at: str | None,
    horizon: str,
    folder: str | None,
    host: str | None,
    jdk: str,
    bundles: tuple[str, ...],
    form: str,
    output: str | None,
    store_password_file: str | None,
    keylogs: tuple[str, ...],
    max_kdf_iterations: int | None,
    no_progress: bool,
    language: str,
    no_redact: bool,
) -> int:
    """Tell on what mail rests that works today, and which known change of the CAs ends it, and when.

    EVIDENCE is a trust store alone, or a bundle, folder or capture with the served chain in it. Without a served chain
    the one that is published for Amazon SES is assumed, and the report says so. The what-if options ask for Java's
    answer in a changed world; they may be combined. Nothing is changed, and the network is not touched.
    """
    from sestriage.engine.certs.forecast import ForecastOptions, forecast_files, save_imports
    from sestriage.model.forecast.result import WhatIf

    if not paths and not stores:
        raise click.UsageError(say("name a trust store, or evidence that holds one"))
    form = format_for(form, output)
    what_if = WhatIf(without, without_cross_signed, leaf_renewed, intermediate_rotated, moment(at))
    asked = ForecastOptions(what_if, chains, _span(horizon))
    options = replace(
        options_from(stores, host, None, jdk, keylogs, store_password_file, max_kdf_iterations), bundles=bundles
    )
    stdin = certificate_input(paths)
    with progress(paths, off=no_progress) as reading:
        report = forecast_files(paths, replace(options, reading=reading), asked, stdin)
    if folder is not None:
        report = save_imports(report, folder)
    status = EXIT_STATUS[report.verdict]
    run = run_of((*paths, *stores, *chains), status)
    write(_rendered(report, run, form, output, no_redact, language), output)
    return status


def _span(text: str) -> float:
    from sestriage.times.spans import parse_span

    try:
        return parse_span(text)
    except ValueError as error:
        raise click.BadParameter(told(error), param_hint="--horizon") from error


def _certificates(report: ForecastReport) -> Iterable[Certificate]:
    for found in report.forecasts:
        yield from (entry.certificate for entry in found.store.entries)
        if found.chain is not None:
            yield from found.chain.certificates


def _rendered(report: ForecastReport, run: Run, form: str, output: str | None, no_redact: bool, language: str) -> str:
    certificates = list(_certificates(report))
    clean = certificate_cleaner(no_redact, certificates)
    if form == "json":
        from sestriage.report.json.forecast import document

        return json_text(document(report, run), clean)
    if form == "html":
        from sestriage.report.html.forecast import render

        return render(report, clean=clean, language=language)
    from sestriage.cli.drawing import drawn
    from sestriage.report.forecast.blocks import blocks

    shown = blocks(report, certificate_hider(no_redact, certificates))
    return drawn(shown, form, output, language, clean=clean)
