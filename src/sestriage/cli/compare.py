"""`sestriage compare`: what changed between two reports, and whether the printed fix was done and worked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from sestriage.cli.evidence import EXIT_STATUS, evidence_options, options_from
from sestriage.cli.language import say
from sestriage.cli.options import format_for, report_options
from sestriage.cli.output import run_of, standard_input, write
from sestriage.cli.progress import progress
from sestriage.cli.saving.pseudonyms import PseudonymsOf, pseudonym_options
from sestriage.cli.saving.saved import is_report, read_report, render_comparison, snapshots
from sestriage.cli.times import TIMES_HELP
from sestriage.i18n import LANGUAGES
from sestriage.model.message import Message
from sestriage.model.verdict import Outcome

if TYPE_CHECKING:
    from sestriage.engine.triage import TriageOptions
    from sestriage.model.compared.snapshot import Snapshot
    from sestriage.model.verdict import Report

EPILOG = f"""{TIMES_HELP}
\b
Exit status: that of `sestriage triage AFTER`
  0  the newest attempt in AFTER was accepted by the mail server
  1  the newest attempt in AFTER failed
  2  wrong usage, or a file that cannot be used
  3  undetermined
  4  internal error

\b
Examples
  sestriage compare monday.tgz tuesday.tgz
  sestriage compare monday.json bundle.tgz
  sestriage compare --key-file case.key monday.json tuesday/
"""


@click.command("compare", epilog=EPILOG)
@click.argument("before", metavar="BEFORE", type=click.Path(allow_dash=True))
@click.argument("after", metavar="AFTER", type=click.Path(allow_dash=True))
@report_options()
@click.option(
    "--new", "only_new", is_flag=True, help="Tell only what AFTER has and BEFORE had not, not what went away."
)
@click.option(
    "--no-redact",
    is_flag=True,
    help="Show mail addresses, IP addresses, host names and account ids. Passwords and keys are never shown.",
)
@pseudonym_options
@evidence_options
def command(
    before: str,
    after: str,
    form: str,
    output: str | None,
    only_new: bool,
    no_redact: bool,
    map_file: str | None,
    key_file: str | None,
    no_progress: bool,
    language: str,
    **evidence: Any,
) -> int:
    """Tell what changed from BEFORE to AFTER, and whether the fix that BEFORE printed was done and worked.

    BEFORE and AFTER are a bundle, a folder, a log or a capture, as `sestriage triage` takes them, or a JSON report that
    it saved. Compared are the verdict, the attempts, the certificates that the server sends, the trust store, the
    cipher list and the settings. That a fix worked is said only with an accepted attempt that is later than BEFORE.
    """
    form = format_for(form, output)
    if before == after == "-":
        raise click.UsageError(say("standard input can be BEFORE or AFTER, not both"))
    pseudonyms = PseudonymsOf(no_redact, map_file, key_file)
    options = options_from(language=LANGUAGES[0] if form == "json" else language, **evidence)
    raw = [None if is_report(path) else _triaged(path, options, off=no_progress) for path in (before, after)]
    cleaned = pseudonyms.cleaned([report for reports in raw if reports for report in reports])
    sides: list[list[Snapshot]] = []
    for path, reports in zip((before, after), raw, strict=True):
        count = len(reports or ())
        sides.append(snapshots(cleaned[:count], path) if reports else read_report(path))
        cleaned = cleaned[count:]

    from sestriage.engine.compare.pair import compare_all

    pairs, alone = compare_all(sides[0], sides[1], shared=None not in raw)
    status = EXIT_STATUS[Outcome(sides[1][0].outcome)]
    run = run_of((before, after), status)
    write(render_comparison(pairs, alone, form, output, language, run, only_new=only_new), output)
    return status


def _triaged(path: str, options: TriageOptions, *, off: bool) -> Sequence[Report]:
    from sestriage.engine.triage import triage_cases

    stdin = standard_input((path,), Message("the log lines"))
    with progress((path,), options.reading.limits, off=off) as reading:
        options = replace(options, reading=replace(options.reading, reading=reading))
        return triage_cases((path,), options, stdin)
