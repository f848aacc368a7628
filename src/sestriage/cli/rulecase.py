"""`sestriage rules facts` and `rules why`: a case as the rules see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sestriage.cli.drawing import ascii_only, drawn
from sestriage.cli.language import say
from sestriage.cli.options import format_for, report_options
from sestriage.cli.output import run_of, standard_input, write
from sestriage.cli.status import ACCEPTED, FAILED, UNDETERMINED
from sestriage.errors import InputError
from sestriage.i18n import LANGUAGES
from sestriage.model.message import Message

if TYPE_CHECKING:
    from sestriage.engine.authoring.attempt import Looked
    from sestriage.rules import RuleSet

F = TypeVar("F", bound=Callable[..., Any])

WHY_EPILOG = """\b
Exit status
  0  the rule holds for the attempt
  1  it does not hold
  2  wrong usage, or a rule or path that cannot be used
  3  it is not known whether it holds
  4  internal error

\b
Examples
  sestriage rules why dh-key-too-small bundle.tgz
  sestriage rules why my-relay-refuses --rules rules.d --attempt 1 sw-response-mgmt.log
"""

FACTS_EPILOG = """\b
Examples
  sestriage rules facts bundle.tgz
  sestriage rules facts --kind tls.handshake --kind trust.path test-action.pcap truststore.p12
"""


def _common(function: F) -> F:
    options = (
        click.option(
            "--attempt", "number", type=int, metavar="N", help="Attempt N, from 1 for the oldest. Default: the newest."
        ),
        click.option(
            "--no-redact",
            is_flag=True,
            help="Show mail addresses, IP addresses and host names. Passwords and keys are never shown.",
        ),
        click.option(
            "--rules",
            "rule_dirs",
            multiple=True,
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            help="Folder of further rules. May be repeated.",
        ),
        report_options(),
    )
    for option in reversed(options):
        function = option(function)
    return function


def _kinds(context: click.Context, parameter: click.Parameter, kinds: tuple[str, ...]) -> tuple[str, ...]:
    from sestriage.model.kinds import FACT_KINDS
    from sestriage.model.known.spelling import nearest

    for kind in kinds:
        if kind not in FACT_KINDS:
            near = nearest(kind, FACT_KINDS)
            told = say("there is no kind of fact `{kind}`", kind=kind)
            if near is not None:
                told = say("there is no kind of fact `{kind}` (did you mean `{near}`?)", kind=kind, near=near)
            raise click.BadParameter(told)
    return kinds


@click.command("facts", epilog=FACTS_EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--kind", "kinds", multiple=True, metavar="KIND", callback=_kinds, help="Only facts of this kind. May be repeated."
)
@_common
def facts_command(
    paths: tuple[str, ...],
    kinds: tuple[str, ...],
    number: int | None,
    form: str,
    output: str | None,
    no_redact: bool,
    rule_dirs: tuple[Path, ...],
    language: str,
) -> int:
    """List the facts that a rule could match in an attempt, with the fields that its conditions may name.

    PATH is what `sestriage triage` takes. docs/facts.md has all kinds and fields.
    """
    form = format_for(form, output)
    from sestriage.engine.authoring.facts import listed
    from sestriage.redact import redact_about

    looked, _ = _look(paths, rule_dirs, number)
    report = redact_about(listed(looked, kinds), _facts(looked), private=not no_redact)
    if form == "json":
        from sestriage.report.json.rules import facts_document

        write(facts_document(report, run_of(paths, ACCEPTED)), output)
        return ACCEPTED
    from sestriage.report.rules.facts import blocks

    shown = blocks(report, ascii_only=ascii_only(form, output, language))
    write(drawn(shown, form, output, language), output)
    return ACCEPTED


@click.command("why", epilog=WHY_EPILOG)
@click.argument("rule", metavar="ID")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@_common
def why_command(
    rule: str,
    paths: tuple[str, ...],
    number: int | None,
    form: str,
    output: str | None,
    no_redact: bool,
    rule_dirs: tuple[Path, ...],
    language: str,
) -> int:
    """Say why a rule holds for an attempt or does not, condition by condition.

    PATH is what `sestriage triage` takes.
    """
    form = format_for(form, output)
    from sestriage.engine.authoring.why import why
    from sestriage.redact import redact_about

    looked, rules = _look(paths, rule_dirs, number)
    for problem in rules.problems:
        click.echo("sestriage: " + say("{problem}; skipped", problem=problem), err=True)
    if rule not in rules.rules:
        raise InputError(no_rule(rule, list(rules.rules)))
    report = redact_about(why(rules.rules[rule], looked, rules), _facts(looked), private=not no_redact)
    status = {True: ACCEPTED, False: FAILED, None: UNDETERMINED}[report.holds]
    if form == "json":
        from sestriage.report.json.rules import why_document

        write(why_document(report, run_of(paths, status)), output)
        return status
    from sestriage.report.rules.why import blocks

    shown = blocks(report, ascii_only=ascii_only(form, output, language), language=language)
    write(drawn(shown, form, output, language), output)
    return status


def no_rule(name: str, names: list[str]) -> Message:
    """That a rule is not there, with the nearest one."""
    from sestriage.model.known.spelling import nearest

    near = nearest(name, names)
    if near is None:
        return Message("there is no rule `{name}`", name=name)
    return Message("there is no rule `{name}` (did you mean `{near}`?)", name=name, near=near)


def _look(paths: tuple[str, ...], rule_dirs: tuple[Path, ...], number: int | None) -> tuple[Looked, RuleSet]:
    from sestriage.engine.authoring.attempt import look
    from sestriage.engine.triage import TriageOptions
    from sestriage.rules import load_rules

    rules = load_rules(rule_dirs, LANGUAGES[0])
    stdin = standard_input(paths, Message("the log lines"))
    return look(paths, TriageOptions(rule_dirs=rule_dirs), rules, stdin, number), rules


def _facts(looked: Looked) -> tuple[object, ...]:
    return tuple(fact for found in looked.facts.facts.values() for fact in found)
