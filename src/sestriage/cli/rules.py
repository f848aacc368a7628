"""`sestriage rules`: list, show, lint, test and write rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sestriage import __version__
from sestriage.cli.groups import NamedGroup
from sestriage.cli.language import chosen, say, told
from sestriage.cli.options import (
    color_option,
    file_option,
    format_for,
    format_option,
    group_lang_option,
    output_option,
    silent_lang_option,
)
from sestriage.cli.output import write
from sestriage.cli.rulecase import facts_command, no_rule, why_command
from sestriage.cli.status import FAILED, USAGE
from sestriage.errors import InputError, reason_of
from sestriage.i18n import LANGUAGES
from sestriage.model.message import Message

if TYPE_CHECKING:
    from sestriage.errors import RuleError
    from sestriage.model.explanation import RuleSummary
    from sestriage.report.rules.junit import TestCase
    from sestriage.rules.authoring.replay import Replayed

EPILOG = """\b
Exit status
  0  no problem
  1  lint found problems, or an example failed
  2  wrong usage, a rule that cannot be read, or a folder without rules

\b
Examples
  sestriage rules list --phase tls
  sestriage rules new my-relay-refuses > /etc/sestriage/rules.d/my-relay-refuses.toml
  sestriage rules lint /etc/sestriage/rules.d && sestriage rules test /etc/sestriage/rules.d
"""

PHASES = (
    *("config", "dns", "tcp", "greeting", "starttls", "tls", "certificate", "auth", "mail", "rcpt", "data"),
    *("accepted", "delivery"),
)
"""The values of `Phase`; a test holds them against it."""

_rules_option = click.option(
    "--rules",
    "rule_dirs",
    multiple=True,
    type=click.Path(exists=True, file_okay=False),
    help="Folder of further rules; a rule there replaces the packaged one of the same id. May be repeated.",
)


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from sestriage.engine.explain.rule import rule_ids

    return [rule for rule in rule_ids(tuple(ctx.params.get("rule_dirs") or ())) if rule.startswith(incomplete)]


@click.group("rules", epilog=EPILOG, cls=NamedGroup)
@group_lang_option
def command() -> None:
    """List, show, check, test and write rules: the packaged ones, or those of a site."""


command.add_command(facts_command)
command.add_command(why_command)


# --- list and show -----------------------------------------------------------------------------------------------


@command.command("list")
@click.option(
    "--phase", type=click.Choice(PHASES), metavar="STEP", help="Only the rules of one step of the submission."
)
@format_option("text", "json", help="A table for people, JSON for programs.")
@output_option
@color_option
@click.option("--search", "words", metavar="WORDS", help="Only rules that hold these words; the best first.")
@_rules_option
@silent_lang_option
def list_rules(phase: str | None, form: str, output: str | None, words: str | None, rule_dirs: tuple[str, ...]) -> int:
    """List all rules with their step and severity."""
    form = format_for(form, output)
    language = LANGUAGES[0] if form == "json" else chosen()
    leaflets = [leaflet for leaflet in _leaflets(rule_dirs, language) if phase in (None, leaflet.phase.value)]
    leaflets.sort(key=lambda leaflet: (leaflet.phase.rank, leaflet.rule))
    if words is not None:
        leaflets = _found(words, leaflets, rule_dirs, language)
    write(_as_json(leaflets) if form == "json" else _as_table(leaflets), output)
    return 0


def _found(words: str, leaflets: list[RuleSummary], rule_dirs: tuple[str, ...], language: str) -> list[RuleSummary]:
    from sestriage.engine.explain.search import search
    from sestriage.rules import load_rules

    by_id = {leaflet.rule: leaflet for leaflet in leaflets}
    best = search(words, load_rules([Path(folder) for folder in rule_dirs], language), len(by_id))
    return [by_id[rule_id] for rule_id in best if rule_id in by_id]


def _leaflets(rule_dirs: tuple[str, ...], language: str) -> list[RuleSummary]:
    """All rules in search order; broken files are named on standard error and skipped."""
    from sestriage.errors import RuleError
    from sestriage.rules.files import listing
    from sestriage.rules.texts.rule_summary import read

    files = listing(rule_dirs)
    found: list[RuleSummary] = []
    for candidates in files.values():
        for path, folder in candidates:
            try:
                found.append(read(path, folder, files, language))
                break
            except RuleError as error:
                click.echo("sestriage: " + say("{problem}; skipped", problem=told(error)), err=True)
    return found


def _as_json(leaflets: list[RuleSummary]) -> str:
    from sestriage.report.json.rules import list_document

    return list_document(leaflets, __version__)


def _as_table(leaflets: list[RuleSummary]) -> str:
    from sestriage.report.safe import one_line, visible

    rows = [(say("ID"), say("STEP"), say("SEVERITY"), say("TITLE"))]
    rows += [(item.rule, item.phase.value, item.severity, visible(one_line(item.title))) for item in leaflets]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]).rstrip() + "\n"
        for row in rows
    )


@command.command("show")
@click.argument("rule", metavar="ID", shell_complete=_complete)
@_rules_option
@silent_lang_option
def show(rule: str, rule_dirs: tuple[str, ...]) -> int:
    """Show the source of a rule, its examples included, and the file that it stands in."""
    from sestriage.rules.files import listing
    from sestriage.rules.loader import read_bytes

    files = listing(rule_dirs)
    if rule not in files:
        raise InputError(no_rule(rule, list(files)))
    path, _ = files[rule][0]
    click.echo(f"# {path}")
    for other, _ in files[rule][1:]:
        click.echo("# " + say("replaces {file}", file=other))
    click.echo(_printable(read_bytes(Path(path)).decode("utf-8", "replace")), nl=False)
    return 0


def _printable(text: str) -> str:
    """A site's rule file may hold anything; on a terminal nothing of it takes effect."""
    from sestriage.report.safe import visible

    return "".join(visible(line, keep="\t") + "\n" for line in text.splitlines())


# --- lint and test -----------------------------------------------------------------------------------------------


def _folders(folder: str | None) -> list[Path]:
    """The folder that is named, else the site's and the packaged rules. Raises InputError for one without rules."""
    from sestriage.rules.files import folders
    from sestriage.rules.loader import rule_files

    if folder is None:
        return [Path(name) for name in folders()]
    if next(rule_files(Path(folder)), None) is None:
        raise InputError(Message("there is no rule file (.toml) in {folder}", folder=folder))
    return [Path(folder)]


@command.command("lint")
@click.argument("path", metavar="[PATH]", required=False, type=click.Path(exists=True))
@format_option("text", "sarif", help="Lines for people, SARIF for editors and code scanning.")
@output_option
@silent_lang_option
def lint_rules(path: str | None, form: str, output: str | None) -> int:
    """Check rules and print everything that is wrong as path:line:column.

    PATH is a rule file or a folder of them; without it: the packaged rules and the site's. SARIF 2.1.0 is what editors
    and code scanning read.
    """
    form = format_for(form, output)
    problems = sorted(_problems(path), key=lambda item: (item.path, item.line or 0, item.column or 0))
    if form == "sarif":
        from sestriage.report.json.sarif import lint_document

        write(lint_document(problems, __version__), output)
    else:
        write("".join(_printable(told(problem)) for problem in problems), output)
    if problems:
        count = len(problems)
        click.echo(say("1 problem") if count == 1 else say("{count} problems", count=count), err=True)
    return FAILED if problems else 0


def _problems(path: str | None) -> Iterator[RuleError]:
    from sestriage.rules.authoring.lint import home_of, lint, lint_file
    from sestriage.rules.authoring.lint_overlays import untranslated

    if path is not None and Path(path).is_file():
        file = Path(path)
        yield from lint_file(file)
        yield from (problem for problem in untranslated(home_of(file)) if Path(problem.path).name == file.name)
        return
    for folder in _folders(path):
        yield from lint(folder)
        yield from untranslated(folder)


@command.command("test")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(exists=True, file_okay=False))
@format_option("text", "junit", help="Lines for people, JUnit XML for build servers.")
@output_option
@silent_lang_option
def test_rules(folder: str | None, form: str, output: str | None) -> int:
    """Replay every example and say which rule did not keep its promise.

    JUnit XML is what build servers read.
    """
    from sestriage.rules.authoring.replay import replay_folder

    form = format_for(form, output)
    results = [result for path in _folders(folder) for result in replay_folder(path)]
    failures = [failure for result in results if (failure := result.failure) is not None]
    if form == "junit":
        from sestriage.report.rules.junit import render

        write(render([_as_case(result) for result in results], __version__), output)
        return FAILED if failures else 0
    rules = len({result.path for result in results})
    said = say(
        "{count} examples of {rules} rules, {failed} failed", count=len(results), rules=rules, failed=len(failures)
    )
    write("".join(map(_printable, failures)) + f"{said}\n", output)
    return FAILED if failures else 0


def _as_case(replayed: Replayed) -> TestCase:
    from sestriage.report.rules.junit import TestCase

    stem = Path(replayed.path).stem
    if replayed.error is not None:
        return TestCase(stem, "rule", replayed.path, replayed.error.line, error=str(replayed.error))
    result = replayed.result
    if result is None:
        return TestCase(stem, "rule", replayed.path)
    example = result.example
    name = f"line {example.line}: {example.note}" if example.note else f"line {example.line}"
    return TestCase(result.rule, name, replayed.path, example.line, replayed.failure)


# --- new and catalogue -------------------------------------------------------------------------------------------


@command.command("new")
@click.argument("rule", metavar="ID")
@click.option(
    "--phase",
    type=click.Choice(PHASES),
    metavar="STEP",
    default="config",
    show_default=True,
    help="The step that fails.",
)
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(allow_dash=True), help="Write to FILE, which must not exist yet."
)
@silent_lang_option
def new(rule: str, phase: str, output: str | None) -> int:
    """Print a commented rule to start from; its examples pass, and lint names the texts that are yours to write."""
    from sestriage.rules.authoring.new_rule import skeleton

    try:
        text = skeleton(rule, phase)
    except ValueError as error:
        raise click.BadParameter(told(error), param_hint="ID") from None
    if output is None:
        click.echo(text, nl=False)
        return 0
    try:
        with Path(output).open("x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise InputError(Message("cannot write {file}: {reason}", file=output, reason=reason_of(error))) from None
    return 0


@command.command("catalogue")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(exists=True, file_okay=False))
@file_option
@click.option("--check", metavar="FILE", type=click.Path(allow_dash=True), help="Only say whether FILE is current.")
@silent_lang_option
def write_catalogue(folder: str | None, output: str | None, check: str | None) -> int:
    """Print the catalogue of rules as Markdown: one section a rule, with its examples."""
    from sestriage.rules.authoring.catalogue import catalogue

    text = catalogue(folder)
    if check is None:
        write(text, output)
        return 0
    try:
        current = Path(check).read_text(encoding="utf-8") == text
    except (OSError, ValueError) as error:
        click.echo("sestriage: " + say("cannot read {file}: {reason}", file=check, reason=reason_of(error)), err=True)
        return USAGE
    if not current:
        click.echo("sestriage: " + say("{file} is not current", file=check), err=True)
    return 0 if current else FAILED
