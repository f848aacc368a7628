"""`sestriage explain`: what a message means, why it happens, how to be sure, and what to do."""

from __future__ import annotations

import sys

import click

from sestriage.cli.explaining import FORMATS, Request, run
from sestriage.cli.language import lang_option

EPILOG = """\b
Exit status
  0  a rule matches
  2  wrong usage, an excerpt that cannot be read, or a broken rule
  3  no rule matches; the closest ones are named

\b
Examples
  sestriage explain dh-key-too-small
  sestriage explain "535 Authentication Credentials Invalid"
  sestriage explain 0A00018A
  sestriage explain excerpt.txt
  xclip -o | sestriage explain - --format markdown
  sestriage explain --last
"""


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The ids of rules that begin with what is typed, those of `--rules` included."""
    from sestriage.engine.explain import rule_ids

    return [rule for rule in rule_ids(tuple(ctx.params.get("rule_dirs") or ())) if rule.startswith(incomplete)]


@click.command("explain", epilog=EPILOG)
@click.argument("words", nargs=-1, metavar="WHAT", shell_complete=_complete)
@click.option("--last", is_flag=True, help="Explain the result of the last `sestriage triage`.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Plain text or Markdown for a ticket, JSON for programs.",
)
@click.option(
    "--no-redact",
    is_flag=True,
    help="Show mail addresses, IP addresses and host names in quotes. Passwords and keys are never shown.",
)
@click.option(
    "--rules",
    "rule_dirs",
    multiple=True,
    type=click.Path(exists=True, file_okay=False),
    help="Folder of further rules; a rule there replaces the packaged one of the same id. May be repeated.",
)
@lang_option
def command(
    words: tuple[str, ...], last: bool, form: str, no_redact: bool, rule_dirs: tuple[str, ...], language: str
) -> int:
    """Say what WHAT means: why it happens, how to be sure, what to do, how to verify and undo that.

    WHAT is the id or an alias of a rule, an SMTP reply, the name of an exception, an OpenSSL error code, or an excerpt
    of a log (quoted, as a file, or "-" for standard input). Of an excerpt the line that decides is quoted, with what it
    proves and what it clears. For whole logs, captures and trust stores use `sestriage triage`.
    """
    if last == bool(words):
        raise click.UsageError("say what to explain: either WHAT or --last")
    return run(Request(words, rule_dirs, form, no_redact, last, language), sys.stdin.buffer)
