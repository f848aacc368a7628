"""`sestriage triage`: evidence in, verdict out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal

import click

from sestriage.cli.language import say
from sestriage.cli.limits import limit_options, limits_from
from sestriage.cli.options import color_option, format_for, lang_option
from sestriage.cli.output import text_style, write
from sestriage.cli.progress import progress, progress_option
from sestriage.cli.status import ACCEPTED, FAILED, UNDETERMINED, USAGE
from sestriage.cli.times import TIMES_HELP, time_options, window_from, zone_from
from sestriage.engine.reading.collect import Options
from sestriage.engine.reading.pasted import Roles
from sestriage.engine.triage import RULE_NOTE, TriageOptions, triage_cases
from sestriage.i18n import LANGUAGES
from sestriage.model.verdict import Outcome, Report

Shown = Literal["quiet", "brief", "fixes", "all"]
"""How much of a text report is wanted."""

EXIT_STATUS = {Outcome.ACCEPTED: ACCEPTED, Outcome.FAILED: FAILED, Outcome.UNDETERMINED: UNDETERMINED}

EPILOG = f"""{TIMES_HELP}
\b
Exit status
  0  the newest attempt was accepted by the mail server
  1  the newest attempt failed
  2  wrong usage, or a rule file that cannot be used (the report is made without it)
  3  undetermined: the evidence does not say; the report lists what to collect
  4  internal error

\b
Examples
  sestriage triage bundle.tgz
  sestriage triage sw-response-mgmt.log test-action.pcap truststore.p12
  sestriage triage --since 'yesterday 09:30' --until 'yesterday 09:45' bundle.tgz
  cat pasted.log | sestriage triage -
"""


@click.command("triage", epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "html", "json", "case"]),
    default="text",
    show_default=True,
    help="Text for people, Markdown for a ticket, HTML: a page to attach to it, JSON for programs, case: a few lines of"
    " plain text for a ticket.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Write the report to FILE instead of standard output; .md, .html and .json choose the format.",
)
@click.option("-q", "--quiet", is_flag=True, help="Five lines of text: verdict, attempt, cause, next step, version.")
@click.option("--all-fixes", is_flag=True, help="Show every step of the fixes whole, not the first one only.")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Show everything: all steps, evidence, certificates, references, and each captured conversation.",
)
@click.option(
    "--hash", "whole_hash", is_flag=True, help="SHA-256 of whole files; else of both ends for files above 64 MiB."
)
@color_option
@click.option(
    "--no-redact",
    is_flag=True,
    help="Show mail addresses, IP addresses, host names and account ids. Passwords and keys are never shown.",
)
@click.option(
    "--keylog",
    "keylogs",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help="TLS key log (SSLKEYLOGFILE format) for the captures. May be repeated.",
)
@click.option(
    "--store-password-file",
    type=click.Path(exists=True, dir_okay=False),
    help="File whose first line is the trust store's password. Else SESTRIAGE_STORE_PASSWORD, else the usual defaults.",
)
@click.option(
    "--store",
    "stores",
    multiple=True,
    type=click.Path(exists=True),
    help="File or folder that is a trust store, even if it looks like a served chain. May be repeated.",
)
@click.option(
    "--chain",
    "chains",
    multiple=True,
    type=click.Path(exists=True),
    help="File or folder that holds the chain which the mail server sent, not a trust store. May be repeated.",
)
@time_options
@click.option(
    "--rules",
    "rule_dirs",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of further rules; a rule there replaces the packaged one of the same id. May be repeated.",
)
@progress_option
@click.option("--no-save", is_flag=True, help="Leave nothing behind for `sestriage explain --last`.")
@lang_option
@limit_options
def command(
    paths: tuple[str, ...],
    form: str,
    output: str | None,
    quiet: bool,
    all_fixes: bool,
    verbose: bool,
    whole_hash: bool,
    no_redact: bool,
    keylogs: tuple[str, ...],
    store_password_file: str | None,
    stores: tuple[str, ...],
    chains: tuple[str, ...],
    since: str | None,
    until: str | None,
    tz: str | None,
    utc_offset: str | None,
    rule_dirs: tuple[Path, ...],
    no_progress: bool,
    no_save: bool,
    language: str,
    **limits: int | None,
) -> int:
    """Find out why a Test Action failed, how sure that is and on which evidence, and what to do.

    PATH is any mix of the Manager's log, packet captures, trust stores (PEM, JKS, PKCS#12), the tls-ciphers file,
    folders and archives of them (tar, zip, compressed or not), or "-" for standard input. Files are recognised by
    their content, not by their names. Nothing is changed, and nothing is unpacked to disk. Archives are read within
    limits; the --max options raise them when a finding says that one was reached.
    """
    if quiet and verbose:
        raise click.UsageError(say("--quiet and --verbose cannot be used together"))
    form = format_for(form, output, ("markdown", "html", "json"))
    zone = zone_from(tz, utc_offset)
    bounds = limits_from(limits)
    options = TriageOptions(
        reading=Options(
            keylogs=keylogs,
            store_password_file=store_password_file,
            limits=bounds,
            roles=Roles(stores, chains),
            window=window_from(since, until, zone),
            zone=zone,
        ),
        rule_dirs=rule_dirs,
        language=LANGUAGES[0] if form == "json" else language,
        whole_hash=whole_hash,
    )
    with progress(paths, bounds, off=no_progress) as reading:
        options = replace(options, reading=replace(options.reading, reading=reading))
        reports = triage_cases(paths, options, sys.stdin.buffer)
    cleaned = _cleaned(reports, redact=not no_redact)
    shown: Shown = "quiet" if quiet else "all" if verbose else "fixes" if all_fixes else "brief"
    broken = [note for note in reports[0].inputs if note.kind == RULE_NOTE]
    first, *others = (EXIT_STATUS[report.verdict.outcome] for report in reports)
    status = USAGE if broken else first
    write(_render(cleaned, form, shown, output, (status, *others)), output)
    if not no_save:
        _save(*(_cleaned(reports[:1], redact=True) if no_redact else cleaned[:1]))
    for note in broken:
        told = say("rule not used: {source}: {problem}", source=note.source, problem=note.problem)
        click.echo(f"sestriage: {told}", err=True)
    return status


def _cleaned(reports: Sequence[Report], *, redact: bool) -> list[Report]:
    """Secrets go in any case; private data gets pseudonyms, the same ones in all reports."""
    from sestriage.redact import Redactor, redact_report, strip_report

    if not redact:
        return [strip_report(report) for report in reports]
    redactor = Redactor()
    return [redact_report(report, redactor) for report in reports]


def _save(redacted: Report) -> None:
    """Keeps the result for `explain --last`; a folder that cannot be written is no reason to fail."""
    from sestriage.engine.explain.last import remember
    from sestriage.report.language import in_language

    with suppress(OSError):
        remember(in_language(redacted, redacted.language))


def _render(reports: Sequence[Report], form: str, shown: Shown, output: str | None, statuses: Sequence[int]) -> str:
    verbose = shown == "all"
    if form == "json":
        from sestriage.report.json import verdict

        return verdict.render_all(reports, statuses)
    if form == "markdown":
        from sestriage.report import markdown

        return "\n".join(markdown.render(report, verbose=verbose) for report in reports)
    if form == "html":
        from sestriage.report.html import page

        return "\n".join(page.render(report) for report in reports)
    if form == "case" or shown == "quiet":
        from sestriage.report import ticket

        render = ticket.render if form == "case" else ticket.render_brief
        return "\n".join(render(report) for report in reports)
    from sestriage.report import text

    style = text_style(output, reports[0].language)
    return "\n".join(text.render(report, verbose=verbose, all_fixes=shown == "fixes", **style) for report in reports)
