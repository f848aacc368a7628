"""References of rules: their two forms, and what lint says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.ruletext import GOOD
from sestriage.model.reference import Reference
from sestriage.rules.authoring.lint import lint
from sestriage.rules.loader import load_rules

ALIASES = 'aliases = ["smallest"]'
SOUND = '{title = "RFC 5321", url = "https://www.rfc-editor.org/rfc/rfc5321"}'


def reasons(tmp_path: Path, *references: str) -> list[str]:
    """What lint says of one rule a text, each with these references."""
    for number, listed in enumerate(references):
        text = GOOD.replace('"small"', f'"small-{number}"').replace(ALIASES, f"references = [{listed}]")
        (tmp_path / f"small-{number}.toml").write_text(text, encoding="utf-8")
    return [problem.reason for problem in lint(tmp_path, {})]


def test_a_title_alone_and_a_title_with_its_link_are_both_taken(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(GOOD.replace(ALIASES, f'references = ["Site wiki", {SOUND}]'), "utf-8")
    rule = load_rules([tmp_path]).rules["small"]
    assert rule.references == (Reference("Site wiki"), Reference("RFC 5321", "https://www.rfc-editor.org/rfc/rfc5321"))


@pytest.mark.parametrize(
    "listed",
    ["5321", '{title = "x"}', '{url = "https://a.example/"}', '{title = "x", url = 1}', '{title = " ", url = "x"}',
     '""',
     '{title = "x", url = "https://a.example/", page = 3}'],
)  # fmt: skip
def test_another_form_is_one_problem_at_its_place(tmp_path: Path, listed: str) -> None:
    (tmp_path / "small.toml").write_text(GOOD.replace(ALIASES, f"references = [{listed}]"), "utf-8")
    (problem,) = lint(tmp_path, {})
    assert problem.line == 7
    assert problem.reason.startswith("`references` must be")


@pytest.mark.parametrize(
    "url",
    ["http://a.example/", "https://a.example", "https://user@a.example/", "https://a.example:8443/", "a.example/x",
     "javascript:alert(1)", "https://a.example/x y", "https://a.example/)", "https://localhost/", "https://a.example/`id`"],
)  # fmt: skip
def test_a_link_of_another_form_is_found(tmp_path: Path, url: str) -> None:
    (reason,) = reasons(tmp_path, f'{{title = "x", url = "{url}"}}')
    assert reason.startswith("no link that begins with https://")


def test_one_document_has_one_name_and_one_name_one_document(tmp_path: Path) -> None:
    other_name = SOUND.replace("RFC 5321", "The SMTP standard")
    other_link = SOUND.replace("rfc/rfc5321", "info/rfc5321")
    assert reasons(tmp_path, SOUND, SOUND) == []
    assert reasons(tmp_path, SOUND, other_name) == [
        "another rule calls https://www.rfc-editor.org/rfc/rfc5321 `RFC 5321`"
    ]
    assert reasons(tmp_path, SOUND, other_link) == [
        "another rule links `RFC 5321` to https://www.rfc-editor.org/rfc/rfc5321"
    ]
    assert reasons(tmp_path, SOUND, '"RFC 5321"') == [
        "another rule links `RFC 5321` to https://www.rfc-editor.org/rfc/rfc5321"
    ]


def test_a_document_that_is_named_twice_is_found(tmp_path: Path) -> None:
    assert reasons(tmp_path, f"{SOUND}, {SOUND}") == ["named twice: 'RFC 5321'"]


def test_every_reference_of_the_packaged_rules_is_a_link() -> None:
    assert [rule.id for rule in load_rules().rules.values() if any(not item.url for item in rule.references)] == []
