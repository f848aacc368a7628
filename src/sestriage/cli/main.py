"""The entry point: finds the command, turns every error into one sentence and an exit status."""

from __future__ import annotations

import importlib
import io
import os
import sys
from typing import TextIO

import click

from sestriage import system
from sestriage.cli import language
from sestriage.cli.groups import NamedGroup, unknown_option
from sestriage.cli.options import group_lang_option
from sestriage.cli.status import INTERNAL_ERROR, READER_GONE, USAGE
from sestriage.errors import SestriageError

COMMANDS = {
    "triage": ("sestriage.cli.triage", "Find out why a Test Action failed, from logs, captures and trust stores."),
    "compare": ("sestriage.cli.compare", "Tell what changed between two reports, and whether the fix worked."),
    "inspect": ("sestriage.cli.inspect", "List the input, and whether triage can use it."),
    "explain": ("sestriage.cli.explain", "Explain an error message, a log excerpt or a rule, and what to do about it."),
    "rules": ("sestriage.cli.rules", "List, show, check, test and write rules."),
    "redact": ("sestriage.cli.redact", "Remove secrets and private data from logs and texts before sharing them."),
    "settings": ("sestriage.cli.settings", "Check the SMTP form and the e-mail action before the first Test Action."),
    "credentials": (
        "sestriage.cli.credentials",
        "Derive an SMTP password, or tell the region of one (offline).",
    ),
    "guide": ("sestriage.cli.guide", "Print the whole set-up as a checklist, with the values filled in."),
    "mail": ("sestriage.cli.mail", "Tell whether a delivered message went through Amazon SES, from its headers."),
    "certs": ("sestriage.cli.certs", "Compare a served chain with a trust store; save the certificates to import."),
    "forecast": ("sestriage.cli.forecast", "Tell which known change of the CAs ends mail that works today, and when."),
    "fleet": (
        "sestriage.cli.fleet.command",
        "Triage many bundles, and ask all of them together: which Managers will break, and what for.",
    ),
    "probe": ("sestriage.cli.probe", "Check what a Manager would get from a mail server (uses the network)."),
    "check": (
        "sestriage.cli.check",
        "For cron and monitoring: report when alarm mail stops working, and when it works again.",
    ),
    "history": ("sestriage.cli.history", "Show the incidents that `sestriage check` has seen."),
    "schema": ("sestriage.cli.schema", "Print the JSON schema of what a command prints with --format json."),
    "self-test": ("sestriage.cli.self_test", "Judge samples whose verdicts are known: does this copy work here?"),
    "config": ("sestriage.cli.config", "Show every setting, and where each value came from."),
}
"""Command name to module and one-line help. A command's module is imported only when it runs."""


class LazyGroup(NamedGroup):
    """A group that knows its commands by name and imports only the one that runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All command names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return language.speak(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, so that `--help` imports none of them."""
        with formatter.section(language.say("Commands")):
            formatter.write_dl([(name, language.say(text)) for name, (_, text) in COMMANDS.items()])


def _show_version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from sestriage.cli.version import show

        show(context, parameter, wanted)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "-V",
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="Show the version and exit.",
)
@group_lang_option
def cli() -> None:
    """Find out why a Secure Network Analytics Manager cannot mail its alarms through Amazon SES.

    sestriage reads the Manager's response-management log, a packet capture of the attempt and the trust store, alone
    or in a support bundle. It reads only: it never applies a fix. The network is touched by `sestriage probe`, and by
    `sestriage fleet` for a URL or a scheduler that is named.
    """


def main() -> None:
    """Run the command line and exit. Exit status 4 means that sestriage itself failed."""
    _prepare_streams()
    language.choose(sys.argv[1:], os.environ)
    try:
        sys.exit(_run())
    except BrokenPipeError:
        # the reader of our output went away (`| head`): nothing more to say, and no noise at interpreter exit
        system.leave_nothing_to_write(sys.stdout.fileno())
        sys.exit(READER_GONE)


def _prepare_streams() -> None:
    """A caller may have closed them (`<&-`, some job runners), or the terminal may not know every letter."""
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BytesIO())
    if sys.stdout is None:
        sys.stdout = _nowhere()
    if sys.stderr is None:
        sys.stderr = _nowhere()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _nowhere() -> TextIO:
    return os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def _harmless(message: str) -> str:
    """A message may name a file; its name must not reach the terminal as it is."""
    from sestriage.report.safe import visible

    return visible(message, keep="\n")


def _usage_of(error: click.ClickException) -> str:
    """How the command is used, and where its help stands, for an error of the command line; empty for any other."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return ""
    known = context.help_option_names[-1:] if context.command.get_help_option(context) else []
    hint = [language.say("Try '{command} {option}' for help.", command=context.command_path, option=o) for o in known]
    return "\n".join([context.get_usage(), *hint, "", ""])


def _run() -> int:
    try:
        result = language.speak(cli).main(prog_name="sestriage", standalone_mode=False)
    except click.exceptions.Abort:
        told = language.say("interrupted")
        click.echo(f"sestriage: {told}", err=True)
        return 130
    except click.ClickException as error:
        said = unknown_option(error) if isinstance(error, click.NoSuchOption) else error.format_message()
        click.echo(_harmless(f"{_usage_of(error)}sestriage: {said}"), err=True)
        return USAGE  # click's own 1 (a file cannot be written) means "the attempt failed" here
    except SestriageError as error:
        click.echo(f"sestriage: {_harmless(language.told(error))}", err=True)
        return USAGE
    except (KeyboardInterrupt, SystemExit, GeneratorExit, BrokenPipeError):
        raise
    except BaseException as error:  # also what libraries written in Rust raise, which is no Exception
        if os.environ.get("SESTRIAGE_DEBUG"):
            raise
        from sestriage.formats.guard import fault_of, missing_package

        missing = missing_package(error)
        if missing is not None:
            click.echo(f"sestriage: {_harmless(language.told(missing))}", err=True)
            return USAGE
        fault = fault_of(error)
        told = language.say(
            "internal error ({kind}, code {code})\n"
            "This is a bug. Run again with SESTRIAGE_DEBUG=1 for the details to report.",
            kind=fault.kind,
            code=fault.code,
        )
        click.echo(f"sestriage: {told}", err=True)
        return INTERNAL_ERROR
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    main()
