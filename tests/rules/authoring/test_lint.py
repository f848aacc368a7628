"""The packaged rules are clean; each fault is found where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.ruletext import GOOD, changed
from sestriage.rules.authoring.lint import lint
from sestriage.rules.loader import packaged_folder


def found(tmp_path: Path, raw: bytes, name: str = "small.toml") -> list[str]:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(raw)
    return [f"{problem.line}:{problem.reason}" for problem in lint(tmp_path)]


def test_the_packaged_rules_are_clean() -> None:
    assert [str(problem) for problem in lint(packaged_folder())] == []


def test_a_good_rule_is_clean(tmp_path: Path) -> None:
    assert found(tmp_path, GOOD.encode()) == []


BOTH = 'when = "logged or wire"\nlikely = "logged or wire"\nconfirmed = "logged and wire"'
LAST = '[[example.facts."log.event"]]\noutcome = "other"\nreply = { code = 535 }\n'
ALIASES = 'aliases = ["smallest"]'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"logged and wire"', '"logged and wier"', "16:there is no selection `wier`"),
        (BOTH, 'when = "logged"', "11:nothing uses the selection `wire`"),
        ('expect = "none"', 'expect = "likely"', "no look-alike"),
        ('expect = "likely"', 'expect = "none"', "no [[example]] in which the rule holds"),
        (ALIASES, 'aliases = ["dh-key-too-small"]', "7:the alias `dh-key-too-small` belongs to"),
        (ALIASES, 'supersedes = ["dh-key-to-small"]', "7:there is no rule `dh-key-to-small` (did you mean"),
        (ALIASES, 'alternatives = ["small"]', "7:a rule cannot name itself"),
        ('id = "small"', 'id = "smaller"', "2:the id `smaller` is not the name of the file"),
        (LAST, "", "28:the [[example]] holds neither log nor facts"),
        ("[select]", "[select", "9:not TOML"),
    ],
)
def test_each_fault_is_found(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert any(message in problem for problem in found(tmp_path, changed(old, new)))


def test_a_rule_without_fix_is_found(tmp_path: Path) -> None:
    start, end = GOOD.index("[[fix]]"), GOOD.index("[[example]]")
    assert any("no [[fix]]" in problem for problem in found(tmp_path, (GOOD[:start] + GOOD[end:]).encode()))


def test_two_rules_that_replace_each_other_are_found(tmp_path: Path) -> None:
    for mine, other in (("one", "two"), ("two", "one")):
        text = GOOD.replace('"small"', f'"{mine}"').replace('aliases = ["smallest"]', f'supersedes = ["{other}"]')
        (tmp_path / f"{mine}.toml").write_text(text, encoding="utf-8")
    assert sum("replace each other" in problem.reason for problem in lint(tmp_path)) == 2


TEXT = 'log = """\njavax.mail.AuthenticationFailedException: 535 5.7.8 Error: authentication failed\n"""\n'
FACTS = 'expect = "likely"\n[[example.facts."log.event"]]\noutcome = "failure"\nreply = { code = 535 }\n'


def pair(tmp_path: Path, alias: str, relation: str = "") -> list[str]:
    """Two rules: `mine` with an alias, and `other`, which holds for a log that may contain it."""
    for name, lines in (("mine", f'aliases = ["{alias}"]'), ("other", relation)):
        text = GOOD.replace('"small"', f'"{name}"').replace(ALIASES, lines)
        if name == "other":
            text = text.replace(FACTS, TEXT + 'expect = "likely"\n')
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    return [problem.reason for problem in lint(tmp_path, {})]


def test_an_alias_in_the_example_of_another_rule_is_found(tmp_path: Path) -> None:
    assert pair(tmp_path, "Error: authentication failed") == [
        "the alias `Error: authentication failed` stands in an example of `other`"
    ]
    assert pair(tmp_path, "authentication failed for good") == []


@pytest.mark.parametrize("relation", ['supersedes = ["mine"]', 'alternatives = ["mine"]'])
def test_the_text_of_a_general_rule_may_stand_in_a_special_one(tmp_path: Path, relation: str) -> None:
    assert pair(tmp_path, "Error: authentication failed", relation) == []


@pytest.mark.parametrize("alias", ["535", "AuthenticationFailedException", "javax.mail.AuthenticationFailedException"])
def test_a_bare_word_that_another_rule_shares_is_found(tmp_path: Path, alias: str) -> None:
    shared = [f"the alias `{alias}` alone is shared with `other`"]
    assert pair(tmp_path, alias, 'alternatives = ["mine"]') == shared
    assert pair(tmp_path, alias, 'supersedes = ["mine"]') == []


def test_a_missing_folder_is_one_problem(tmp_path: Path) -> None:
    assert len(lint(tmp_path / "none")) == 1
