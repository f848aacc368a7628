"""`sestriage triage`: evidence in, verdict out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import click

from sestriage.cli.drawing import drawn
from sestriage.cli.evidence import EXIT_STATUS, evidence_options, options_from
from sestriage.cli.language import say
from sestriage.cli.options import (
    REPORT_FORMATS,
    color_option,
    format_for,
    format_option,
    lang_option,
    output_option,
)
from sestriage.cli.output import standard_input, text_style, write
from sestriage.cli.progress import progress
from sestriage.cli.saving.casefile import refuse_case_file, write_case_file
from sestriage.cli.saving.pseudonyms import PseudonymsOf, pseudonym_options
from sestriage.cli.saving.saved import read_report, render_comparison
from sestriage.cli.status import USAGE
from sestriage.cli.times import TIMES_HELP
from sestriage.engine.triage import RULE_NOTE, triage_inputs
from sestriage.i18n import LANGUAGES
from sestriage.model.message import Message
from sestriage.model.source import Run
from sestriage.model.verdict import Report

if TYPE_CHECKING:
    from sestriage.model.compared.snapshot import Snapshot

Shown = Literal["quiet", "brief", "fixes", "all"]
"""How much of a text report is wanted."""

EPILOG = f"""{TIMES_HELP}
\b
Exit status
  0  the newest attempt was accepted by the mail server
  1  the newest attempt failed
  2  wrong usage, or a rule file that cannot be used (the report is
     made without it)
  3  undetermined: the evidence does not say; the report lists what to collect
  4  internal error

\b
Examples
  sestriage triage bundle.tgz
  sestriage triage sw-response-mgmt.log test-action.pcap truststore.p12
  sestriage triage --since 'yesterday 09:30' --until 'yesterday 09:45' bundle.tgz
  cat pasted.log | sestriage triage -
  sestriage triage --summary managers/*.tgz
  sestriage triage --baseline monday.json bundle.tgz
  sestriage triage --case-file for-the-specialist.zip bundle.tgz
"""


@click.command("triage", epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(allow_dash=True))
@format_option(
    *REPORT_FORMATS,
    "case",
    help="Text for people, Markdown for a ticket, HTML: a page to attach to it, JSON for programs, case: a few lines of"
    " plain text for a ticket.",
)
@output_option
@click.option("-q", "--quiet", is_flag=True, help="Five lines of text: verdict, attempt, cause, next step, version.")
@click.option("--all-fixes", is_flag=True, help="Show every step of the fixes whole, not the first one only.")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Show everything: all steps, evidence, certificates, references, and each captured conversation.",
)
@click.option("--summary", is_flag=True, help="Only the table of the cases, sorted and counted by cause.")
@click.option(
    "--baseline",
    metavar="REPORT",
    type=click.Path(exists=True, dir_okay=False),
    help="Tell only what is new since REPORT, a saved JSON report.",
)
@click.option(
    "--case-file",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Pack what a specialist needs into FILE (a zip), redacted: the report, what was read around each attempt, the "
    "certificates, the settings. `sestriage triage FILE` judges it again.",
)
@click.option(
    "--with-captures",
    is_flag=True,
    help="Put the captures themselves into the --case-file: they hold addresses and names as they are.",
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
@pseudonym_options
@evidence_options
@click.option("--no-save", is_flag=True, help="Leave nothing behind for `sestriage explain --last`.")
@lang_option
def command(
    paths: tuple[str, ...],
    form: str,
    output: str | None,
    quiet: bool,
    all_fixes: bool,
    verbose: bool,
    summary: bool,
    baseline: str | None,
    case_file: str | None,
    with_captures: bool,
    whole_hash: bool,
    no_redact: bool,
    map_file: str | None,
    key_file: str | None,
    no_progress: bool,
    no_save: bool,
    language: str,
    **evidence: Any,
) -> int:
    """Find out why a Test Action failed, how sure that is and on which evidence, and what to do.

    PATH is any mix of the Manager's log, packet captures, trust stores (PEM, JKS, PKCS#12), the tls-ciphers file,
    folders and archives of them (tar, zip, compressed or not), or "-" for standard input. Files are recognised by
    their content, not by their names. Nothing is changed, and nothing is unpacked to disk. Archives are read within
    limits; the --max options raise them when a finding says that one was reached.
    """
    form = format_for(form, output)
    shown: Shown = "quiet" if quiet else "all" if verbose else "fixes" if all_fixes else "brief"
    _refuse_clashes(form, quiet, verbose, summary, baseline)
    pseudonyms = PseudonymsOf(no_redact, map_file, key_file)
    refuse_case_file(case_file, with_captures, output)
    before = read_report(baseline) if baseline else None
    stdin = standard_input(paths, Message("the log lines"))
    options = options_from(language=LANGUAGES[0] if form == "json" else language, whole_hash=whole_hash, **evidence)
    with progress(paths, options.reading.limits, off=no_progress) as reading:
        options = replace(options, reading=replace(options.reading, reading=reading))
        triaged = triage_inputs(paths, options, stdin)
        reports = triaged.reports
        cleaned = pseudonyms.cleaned(reports)
    if case_file:
        write_case_file(case_file, triaged, language=language, with_captures=with_captures)
    if before is not None:
        write(_render_new(before, cleaned, form, output, language), output)
    else:
        write(_render_summary(cleaned, form, output) if summary else _render(cleaned, form, shown, output), output)
    if not no_save:
        _save(*(PseudonymsOf().cleaned(reports[:1]) if no_redact else cleaned[:1]))
    _tell_broken_rules(reports)
    return _statuses(reports)[0]


def _refuse_clashes(form: str, quiet: bool, verbose: bool, summary: bool, baseline: str | None) -> None:
    """Raises `click.UsageError` for options that ask for different reports."""
    if quiet and verbose:
        raise click.UsageError(say("--quiet and --verbose cannot be used together"))
    if baseline and summary:
        raise click.UsageError(say("--baseline and --summary cannot be used together"))
    if form == "case" and (baseline or summary):
        asked = "--baseline" if baseline else "--summary"
        raise click.UsageError(say("{option} has no --format {form}", option=asked, form=form))


def _statuses(reports: Sequence[Report]) -> tuple[int, ...]:
    """That of the command, and what each further case alone would give."""
    first, *others = (EXIT_STATUS[report.verdict.outcome] for report in reports)
    broken = any(note.kind == RULE_NOTE for note in reports[0].inputs)
    return (USAGE if broken else first, *others)


def _tell_broken_rules(reports: Sequence[Report]) -> None:
    broken = [note for note in reports[0].inputs if note.kind == RULE_NOTE]
    for note in broken:
        told = say("rule not used: {source}: {problem}", source=note.source, problem=note.problem)
        click.echo(f"sestriage: {told}", err=True)


def _save(redacted: Report) -> None:
    """Keeps the result for `explain --last`; a folder that cannot be written is no reason to fail."""
    from sestriage.engine.explain.last import remember
    from sestriage.report.language import in_language

    with suppress(OSError):
        remember(in_language(redacted, redacted.language))


def _render_new(
    before: Sequence[Snapshot], reports: Sequence[Report], form: str, output: str | None, language: str
) -> str:
    from sestriage.cli.saving.saved import snapshots
    from sestriage.engine.compare.pair import compare_all

    pairs, alone = compare_all(before, snapshots(reports, say("this input")))
    first = reports[0]
    run = Run(first.version, _statuses(reports)[0], first.analysed, first.read, first.read_left_out)
    return render_comparison(pairs, alone, form, output, language, run, only_new=True)


def _render_summary(reports: Sequence[Report], form: str, output: str | None) -> str:
    from sestriage.report.several import cases

    if form == "json":
        return cases.summary_json(reports, _statuses(reports)[0])
    if form == "html":
        from sestriage.report.html import page

        return page.render_summary(reports)
    return drawn(cases.summary(reports), form, output, reports[0].language)


def _render(reports: Sequence[Report], form: str, shown: Shown, output: str | None) -> str:
    """All reports in one form; where they are several, people see the table of the cases first."""
    if form == "json":
        from sestriage.report.json import verdict

        return verdict.render_all(reports, _statuses(reports))
    if form == "html":
        from sestriage.report.html import page

        return page.render_all(reports)
    if form == "case" or shown == "quiet":
        from sestriage.report import ticket

        render = ticket.render if form == "case" else ticket.render_brief
        return "\n".join(render(report) for report in reports)
    return "\n".join([*_table(reports, form, output), *_each(reports, form, shown, output)])


def _table(reports: Sequence[Report], form: str, output: str | None) -> Iterator[str]:
    if len(reports) > 1:
        from sestriage.report.several.cases import table

        yield drawn(table(reports), form, output, reports[0].language)


def _each(reports: Sequence[Report], form: str, shown: Shown, output: str | None) -> Iterator[str]:
    verbose = shown == "all"
    if form == "markdown":
        from sestriage.report import markdown

        yield from (markdown.render(report, verbose=verbose) for report in reports)
        return
    from sestriage.report import text

    style = text_style(output, reports[0].language)
    yield from (text.render(report, verbose=verbose, all_fixes=shown == "fixes", **style) for report in reports)
