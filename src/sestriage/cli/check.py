"""`sestriage check`: for cron and monitoring; says when alarm mail stops working, and when it works again."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from sestriage import system
from sestriage.cli.language import say, shown, told
from sestriage.cli.options import lang_option
from sestriage.cli.status import INTERNAL_ERROR, UNDETERMINED, USAGE
from sestriage.errors import InputError, SestriageError
from sestriage.i18n import LANGUAGES
from sestriage.model.message import Message

if TYPE_CHECKING:
    from sestriage.model.log import LogEvent
    from sestriage.watch.forecasts import Foreseen
    from sestriage.watch.judge import Judge, Judged
    from sestriage.watch.run import Result
    from sestriage.watch.settings import WatchSettings

PLUGIN_UNKNOWN = UNDETERMINED
"""Status 3 is UNKNOWN for a monitoring plugin."""
HUNG = 3600.0
"""Seconds. A run that holds the lock longer than this is reported."""

EPILOG = """\b
Exit status
  0  nothing new, or a problem ended
  1  something is reported as new, changed, or as a reminder
  2  wrong usage or configuration
  3  the log cannot be read
  4  internal error, or the state cannot be kept
  With --format plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.

\b
Every option can also be set as SESTRIAGE_<NAME> (SESTRIAGE_REMIND=24h) or in
the [check] table of /etc/sestriage.toml (remind = "24h"); an option wins over
a variable, and that over the file. See `sestriage config show`.

\b
Examples
  sestriage check                                      what cron runs; silent while nothing is new
  sestriage check --since 7d --remind 24h              look back a week at the first run
  sestriage check --format plugin --stale 1h -w 0 -c 3
  sestriage check --format prometheus -o /var/lib/node_exporter/sestriage.prom
  sestriage check --store /lancope/var/truststore.p12 --cert-days 30
  sestriage check --print-unit                         files for systemd
"""


class CheckCommand(click.Command):
    """With `--format plugin` wrong usage is UNKNOWN (3): 2 would read as CRITICAL."""

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> click.Context:
        """Parse the options."""
        plugin = "--format=plugin" in args or ("--format", "plugin") in pairwise(args)
        try:
            return super().make_context(info_name, args, *rest, **extra)
        except click.UsageError as error:
            if not plugin and not _plugin_asked_for(None, None):
                raise
            raise _unknown(error.format_message()) from error


def _plugin_asked_for(form: str | None, config: str | None) -> bool:
    from sestriage.watch.settings import form_asked_for

    return form_asked_for(form, config) == "plugin"


def _unknown(sentence: str) -> click.exceptions.Exit:
    from sestriage.watch.output.plugin import unknown

    click.echo(unknown(sentence), nl=False)
    return click.exceptions.Exit(PLUGIN_UNKNOWN)


@click.command("check", epilog=EPILOG, cls=CheckCommand)
@click.option(
    "--log",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="The log. Default: the Manager's sw-response-mgmt.log.",
)
@click.option(
    "--state",
    metavar="DIR",
    help="Folder for the state between runs. Default: $STATE_DIRECTORY, /var/lib/sestriage, or below $XDG_STATE_HOME.",
)
@click.option("--since", metavar="WHEN", help="How far the first run looks back: 24h, 7d, or a time. Default: 24h.")
@click.option(
    "--grace",
    metavar="SPAN",
    help="How long the last event of the log may still be written to; 60 times as long in the middle of a line. "
    "Default: 10s.",
)
@click.option("--remind", metavar="SPAN", help="Report a lasting problem again after this time. Default: off.")
@click.option("--stale", metavar="SPAN", help="Warn when the log has not grown for this time. Default: off.")
@click.option(
    "--tz",
    metavar="ZONE",
    help="Zone of a log whose times name none: Europe/Berlin, +02:00, UTC, local. "
    "Default: auto, by comparing with the time of the file.",
)
@click.option(
    "--store",
    multiple=True,
    metavar="PATH",
    help="Trust store whose certificates are watched for their end. May be repeated.",
)
@click.option(
    "--chain",
    multiple=True,
    metavar="PATH",
    help="Capture or PEM file with the chain that the mail server sent; watched too. May be repeated.",
)
@click.option(
    "--forecast",
    is_flag=True,
    default=None,
    help="Warn of a known change of the CAs that will end the mail that rests on a --store (see `sestriage forecast`).",
)
@click.option("--cert-days", metavar="DAYS", help="Warn so many days before a certificate ends. Default: 30.")
@click.option("--format", metavar="FORM", help="text, plugin (Nagios, Icinga), prometheus, or json. Default: text.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Replace FILE in one step, instead of printing (prometheus, plugin, json).",
)
@click.option("--syslog", is_flag=True, default=None, help="Also send one line for each news item to syslog.")
@click.option(
    "-w",
    "--warning",
    metavar="RANGE",
    help="plugin: failed messages since the last accepted one that are a WARNING when outside of RANGE. Default: 0.",
)
@click.option("-c", "--critical", metavar="RANGE", help="plugin: same for CRITICAL. Default: 0.")
@click.option(
    "--no-redact",
    "redact",
    flag_value="no",
    default=None,
    help="Show mail addresses, host names and account ids in the report. Passwords and keys are never shown.",
)
@click.option("--rules", multiple=True, metavar="DIR", help="Folder of further rules. May be repeated.")
@click.option("--keep", metavar="SPAN", help="How long ended incidents stay in the history. Default: 400d.")
@click.option("--keep-incidents", metavar="N", help="How many incidents stay in the history. Default: 10000.")
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Configuration file. Default: /etc/sestriage.toml, if there is one.",
)
@click.option("--print-unit", is_flag=True, help="Print a systemd service and timer, and do nothing else.")
@click.option("--print-cron", is_flag=True, help="Print a crontab line and a logrotate file, and do nothing else.")
@lang_option
def command(config: str | None, print_unit: bool, print_cron: bool, language: str, **given: Any) -> int:
    """Check whether the Manager's alarm mail works, and report only when that changes.

    Reads what was written to the response-management log since the last run, across any kind of rotation. Says
    nothing while nothing is new; a few lines when mail begins to fail, fails for another reason, or works again.
    Nothing is changed, and the network is not touched.
    """
    from sestriage.watch.settings import CONFIG_VARIABLE, Value, resolve

    plugin = given.get("format") == "plugin"
    try:
        if not system.is_linux():
            raise click.UsageError(say("check is for Linux: for the Manager itself, or a jump host that reads its log"))
        settings, values = resolve(_texts(given), config)
        plugin = settings.format == "plugin"
        if print_unit or print_cron:
            from sestriage.watch import install

            if language != LANGUAGES[0]:
                values = (*values, Value("lang", language, "option --lang"))
            named = config or os.environ.get(CONFIG_VARIABLE)
            click.echo((install.units if print_unit else install.cron)(values, settings.log, named), nl=False)
            return 0
        if settings.output is not None and settings.format == "text":
            raise click.UsageError(
                say(
                    "-o/--output goes with --format prometheus, plugin or json: text is appended "
                    "by the shell (>> FILE), so that nothing is lost"
                )
            )
        from sestriage.watch.shortcuts.nothing_new import nothing_to_do

        if not sys.stderr.isatty() and nothing_to_do(settings):
            return 0
        return _run(settings, language)
    except (click.UsageError, SestriageError) as error:
        if plugin or _plugin_asked_for(given.get("format"), config):
            raise _unknown(told(error)) from error
        return _failed(error)
    except (click.exceptions.Exit, BrokenPipeError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        if not plugin or os.environ.get("SESTRIAGE_DEBUG"):
            raise
        from sestriage.formats.guard import fault_of

        fault = fault_of(error)
        raise _unknown(say("internal error ({kind}, code {code})", kind=fault.kind, code=fault.code)) from error


def _texts(given: dict[str, Any]) -> dict[str, str | Sequence[str] | None]:
    return {name: ("yes" if value is True else value) for name, value in given.items()}


def _failed(error: click.UsageError | SestriageError) -> int:
    from sestriage.watch.run import Busy
    from sestriage.watch.state import StateError

    if isinstance(error, Busy):
        if error.seconds < HUNG and not sys.stderr.isatty():
            return 0  # cron's next run while a long first one is at work: that one will tell
        click.echo(f"sestriage: {told(error)}", err=True)
        return 0 if error.seconds < HUNG else INTERNAL_ERROR
    if isinstance(error, click.UsageError):
        raise error
    click.echo(f"sestriage: {told(error)}", err=True)
    return INTERNAL_ERROR if isinstance(error, StateError) else USAGE


def _run(settings: WatchSettings, language: str) -> int:
    from sestriage.watch.run import Surroundings, check

    if sys.__stdout__ is None and settings.output is None and not settings.syslog:
        # what would be told here would count as told; the next run with somewhere to write to shall tell it
        raise InputError(Message("standard output is closed, and there is neither --output nor --syslog"))
    sys.stdout.flush()
    around = Surroundings(
        judge=lambda: _judge(settings, language),
        passwords=_passwords(settings),
        out=sys.stdout.fileno(),
        syslog=_syslog if settings.syslog else None,
        forecaster=_forecast if settings.forecast else None,
        language=language,
    )
    result = check(settings, around)
    _tell_terminal(settings, result)
    return result.status


def _tell_terminal(settings: WatchSettings, result: Result) -> None:
    """Print a line on a terminal, so that a person who tries the command sees that it worked. Cron gets silence."""
    if not sys.stderr.isatty() or settings.format != "text" or result.summary.news:
        return
    unreadable = result.summary.unreadable
    lasting = len(result.summary.open)
    if unreadable is not None:
        text = f"sestriage: {shown(unreadable.text)}"
    elif lasting == 0:
        text = say("Nothing new in {log}; no open incidents.", log=settings.log)
    elif lasting == 1:
        text = say("Nothing new in {log}; 1 open incident.", log=settings.log)
    else:
        text = say("Nothing new in {log}; {count} open incidents.", log=settings.log, count=lasting)
    click.echo(text, err=True)


def _passwords(settings: WatchSettings) -> tuple[str, ...]:
    if not settings.store:
        return ()
    from sestriage.engine.reading.collect import Options, store_passwords

    return store_passwords(Options())


def _forecast(stores: Sequence[str], chains: Sequence[str], now: float) -> Sequence[Foreseen]:
    """What the engine foresees for each store, within a year."""
    from datetime import UTC, datetime

    from sestriage.engine.certs.forecast import breaking
    from sestriage.watch.forecasts import Foreseen

    moment = datetime.fromtimestamp(now, UTC)
    return [Foreseen(*row) for store in stores for row in breaking(store, chains, moment)]


def _syslog(lines: Sequence[str]) -> None:
    system.to_syslog("sestriage", lines)


def _judge(settings: WatchSettings, language: str = LANGUAGES[0]) -> Judge:
    """The engine as the watch uses it."""
    from pathlib import Path

    from sestriage.engine.reading.collect import Inputs, LogFile
    from sestriage.engine.triage import TriageOptions, conclude
    from sestriage.model.source import SourceRef
    from sestriage.redact import redact_report, strip_report
    from sestriage.report.language import in_language
    from sestriage.rules import load_rules
    from sestriage.watch.judge import Judged
    from sestriage.watch.run import FOR_PEOPLE

    language = language if settings.format in FOR_PEOPLE else LANGUAGES[0]
    rules = load_rules(tuple(Path(folder) for folder in settings.rules), language)

    def judge(events: Sequence[LogEvent]) -> Sequence[Judged]:
        collected = Inputs(logs=[LogFile(SourceRef(settings.log), tuple(events))])
        report = conclude(collected, rules, TriageOptions())
        shown = redact_report(report) if settings.redact else strip_report(report)
        shown = in_language(shown, language)
        return [Judged(one, other) for one, other in zip(report.attempts, shown.attempts, strict=True)]

    return judge
