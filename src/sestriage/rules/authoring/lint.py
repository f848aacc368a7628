"""Find all faults of a rule file or of a folder of rules, each with its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from sestriage.errors import RuleError
from sestriage.model.message import Message
from sestriage.rules.authoring.lint_aliases import check_aliases
from sestriage.rules.authoring.lint_needs import check_needs
from sestriage.rules.authoring.lint_readings import check_readings
from sestriage.rules.authoring.lint_references import check_references
from sestriage.rules.authoring.lint_scope import check_scope
from sestriage.rules.authoring.lint_template import check_template
from sestriage.rules.authoring.linted import Linted
from sestriage.rules.files import MAX_DEPTH
from sestriage.rules.language.conditions import Condition, paths
from sestriage.rules.language.types import nearest
from sestriage.rules.loader import packaged_folder, read_bytes, rule_files, shared_for
from sestriage.rules.parsed import build
from sestriage.rules.reader import faults, parse_source, read_examples
from sestriage.rules.schema import Rule
from sestriage.rules.shared import FILE_NAME as SHARED_NAME
from sestriage.rules.toml_places import find_places

_PLACEHOLDER_NAME = re.compile(r"\{([a-z_][a-z0-9_]*)\.")


def lint_file(path: Path) -> tuple[RuleError, ...]:
    """All problems of one rule file, among the rules of the folder that it lies in."""
    return tuple(problem for problem in lint(home_of(path)) if Path(problem.path) == path)


def home_of(path: Path) -> Path:
    """The folder of rules that a file belongs to: the one above it with shared selections, else that it lies in."""
    above = list(path.parents)[: MAX_DEPTH + 1]
    return next((folder for folder in above if (folder / SHARED_NAME).is_file()), path.parent)


def lint(folder: Path, known: Mapping[str, Rule] | None = None) -> tuple[RuleError, ...]:
    """All problems of the rules below a folder, in the order of files.

    `known` are rules of other folders that the rules may name; by default the packaged ones.
    """
    problems: list[RuleError] = []
    sources: list[Linted] = []
    try:
        files = list(rule_files(folder))
    except RuleError as error:
        return (error,)
    for path in files:
        try:
            sources.append(_read(path, folder))
        except RuleError as error:
            problems += _of_broken(path, folder) or [error]
    rules = {**(_packaged(folder) if known is None else known), **{source.rule.id: source.rule for source in sources}}
    for source in sources:
        problems += _check(source, folder, rules)
    problems += check_aliases(sources, rules)
    problems += check_references(sources, rules)
    return tuple(sorted(problems, key=lambda problem: (problem.path, problem.line or 0, problem.column or 0)))


def _packaged(folder: Path) -> Mapping[str, Rule]:
    if folder.resolve() == packaged_folder():
        return {}
    from sestriage.rules.loader import load_rules

    return load_rules().rules


def _of_broken(path: Path, folder: Path) -> list[RuleError]:
    """All that is wrong with a file that is no usable rule, as far as that can be told without one."""
    try:
        raw = read_bytes(path)
    except RuleError:
        return []
    found = list(faults(raw, str(path), shared_for(folder)))
    try:
        text = raw.decode("utf-8")
        data = tomllib.loads(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError):
        return found
    places = find_places(text)
    if "id" in data and data["id"] != path.stem:
        told = Message("the id `{id}` is not the name of the file", id=data["id"])
        found.append(RuleError(str(path), told, *places.key("", 0, "id")))
    if "fix" not in data:
        found.append(RuleError(str(path), Message("the rule has no [[fix]]"), 1, 1))
    found += check_template(data, str(path), places)
    return found


def _read(path: Path, folder: Path) -> Linted:
    raw = read_bytes(path)
    rule = build(parse_source(raw, str(path), shared_for(folder)), str(path))
    text = raw.decode("utf-8")
    return Linted(rule, text, find_places(text), read_examples(raw, str(path)))


def _check(source: Linted, folder: Path, rules: Mapping[str, Rule]) -> Iterator[RuleError]:
    rule, path = source.rule, Path(source.rule.path)
    if rule.id != path.stem:
        yield source.problem(Message("the id `{id}` is not the name of the file", id=rule.id), key="id")
    if folder.resolve() == packaged_folder() and path.parent.name != rule.phase.value:
        yield source.problem(
            Message("a rule of the phase `{phase}` belongs into the folder `{phase}`", phase=rule.phase), key="phase"
        )
    yield from _check_examples(source)
    yield from _check_names(source, rules)
    for name in rule.selections:
        if name not in _used(rule, source.text):
            yield source.problem(Message("nothing uses the selection `{name}`", name=name), "select", name)
    yield from check_scope(source)
    yield from check_readings(source)
    if not rule.fixes:
        yield source.problem(Message("the rule has no [[fix]]"))
    yield from check_template(tomllib.loads(source.text.replace("\r\n", "\n")), rule.path, source.places)


def _check_examples(source: Linted) -> Iterator[RuleError]:
    expectations = {example.expect for example in source.examples}
    if not expectations - {"none"}:
        yield source.problem(Message("no [[example]] in which the rule holds"))
    if "none" not in expectations:
        yield source.problem(Message('no look-alike: an [[example]] with expect = "none"'))
    for example in source.examples:
        if example.log is None and not example.facts:
            yield RuleError(source.rule.path, Message("the [[example]] holds neither log nor facts"), example.line, 1)
    yield from check_needs(source)


def _check_names(source: Linted, rules: Mapping[str, Rule]) -> Iterator[RuleError]:
    rule = source.rule
    for key, names in (("supersedes", rule.supersedes), ("alternatives", rule.alternatives)):
        for name in names:
            if name not in rules:
                yield source.problem(
                    Message("there is no rule `{name}`{suggestion}", name=name, suggestion=nearest(name, rules)),
                    key=key,
                )
            elif name == rule.id:
                yield source.problem(Message("a rule cannot name itself"), key=key)
    for name in rule.supersedes:
        if name in rules and rule.id in rules[name].supersedes and name != rule.id:
            yield source.problem(Message("`{name}` and this rule replace each other", name=name), key="supersedes")


def _used(rule: Rule, text: str) -> set[str]:
    conditions: list[Condition | None] = [rule.when, rule.likely, rule.confirmed, rule.conflicts]
    conditions += [fix.when for fix in rule.fixes] + [need.when for need in rule.needs]
    names = {str(path) for condition in conditions if condition is not None for path, _ in paths(condition)}
    return names | set(_PLACEHOLDER_NAME.findall(text))
