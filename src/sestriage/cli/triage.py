"""`sestriage triage`: evidence in, verdict out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import click

from sestriage.cli.status import ACCEPTED, FAILED, UNDETERMINED
from sestriage.engine.collect import Options
from sestriage.engine.triage import TriageOptions, triage
from sestriage.model.verdict import Outcome, Report

EXIT_STATUS = {Outcome.ACCEPTED: ACCEPTED, Outcome.FAILED: FAILED, Outcome.UNDETERMINED: UNDETERMINED}

EPILOG = """\b
Exit status
  0  the newest attempt was accepted by the mail server
  1  the newest attempt failed
  2  wrong usage, or a rule file that cannot be used
  3  undetermined: the evidence does not say; the report lists what to collect
  4  internal error

\b
Examples
  sestriage triage bundle.tgz
  sestriage triage sw-response-mgmt.log test-action.pcap truststore.p12
  cat pasted.log | sestriage triage -
"""


@click.command("triage", epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="Text for people, Markdown for a ticket, JSON for programs.",
)
@click.option("-o", "--output", metavar="FILE", help="Write the report to FILE instead of standard output.")
@click.option("-v", "--verbose", is_flag=True, help="Show each captured conversation step by step.")
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
    "--utc-offset",
    metavar="[+-]HH:MM",
    help="What the times of a log without time zone are ahead of UTC. By default it is found from the captures.",
)
@click.option(
    "--rules",
    "rule_dirs",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of further rules; a rule there replaces the packaged one of the same id. May be repeated.",
)
def command(
    paths: tuple[str, ...],
    form: str,
    output: str | None,
    verbose: bool,
    no_redact: bool,
    keylogs: tuple[str, ...],
    store_password_file: str | None,
    utc_offset: str | None,
    rule_dirs: tuple[Path, ...],
) -> int:
    """Say what made a Test Action fail, how sure that is and on which evidence, and what to do.

    PATH is any mix of the Manager's log, packet captures, trust stores (PEM, JKS, PKCS#12), the tls-ciphers file,
    folders and archives of them (tar, zip, compressed or not), or "-" for standard input. Files are recognised by
    their content, not by their names. Nothing is changed, and nothing is unpacked to disk.
    """
    options = TriageOptions(
        reading=Options(keylogs=keylogs, store_password_file=store_password_file),
        rule_dirs=rule_dirs,
        utc_offset=_offset(utc_offset),
    )
    report = triage(paths, options, sys.stdin.buffer)
    if not no_redact:
        from sestriage.redact import redact_report

        report = redact_report(report)
    _write(_renderer(form, verbose, output)(report), output)
    return EXIT_STATUS[report.verdict.outcome]


def _offset(text: str | None) -> timedelta | None:
    if text is None:
        return None
    import re

    match = re.fullmatch(r"([+-]?)(\d{1,2}):?(\d{2})?", text)
    if match is None or int(match[2]) > 14 or int(match[3] or 0) > 59:
        raise click.BadParameter(f"{text!r} is not an offset such as +02:00 or -05:30", param_hint="--utc-offset")
    size = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return -size if match[1] == "-" else size


def _renderer(form: str, verbose: bool, output: str | None) -> Callable[[Report], str]:
    if form == "json":
        from sestriage.report import json

        return json.render
    if form == "markdown":
        from sestriage.report import markdown

        return lambda report: markdown.render(report, verbose=verbose)
    from sestriage.report import text

    terminal = output is None and sys.stdout.isatty()
    color = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = _terminal_width() if terminal else 100
    return lambda report: text.render(report, color=color, width=width, ascii_only=not color, verbose=verbose)


def _terminal_width() -> int:
    import shutil

    return max(40, min(shutil.get_terminal_size((100, 24)).columns, 160))


def _write(text: str, output: str | None) -> None:
    if output is None or output == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.FileError(output, error.strerror or str(error)) from error
