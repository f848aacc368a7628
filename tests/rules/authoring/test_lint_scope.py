"""`applies`: for which servers and clients a rule speaks; its forms, its lint, and how it is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rules.ruletext import GOOD
from sestriage.engine.explain.rule import explain_rule
from sestriage.model.scope import Scope
from sestriage.report.explain import outline
from sestriage.report.explain_text import draw
from sestriage.report.json.explain import render
from sestriage.rules.authoring.lint import lint
from sestriage.rules.loader import load_rules

ALIASES = 'aliases = ["smallest"]'
WHY = 'why = "{logged.host|The server} said no."'


def reasons(tmp_path: Path, applies: str, why: str = "JavaMail 1.6 prints it, of SES.") -> list[str]:
    text = GOOD.replace(ALIASES, f"applies = {applies}").replace(WHY, f'why = "{why}"')
    (tmp_path / "small.toml").write_text(text, encoding="utf-8")
    return [problem.reason for problem in lint(tmp_path, {})]


@pytest.mark.parametrize(
    ("applies", "scope"),
    [
        ('{servers = ["ses"]}', Scope(("ses",))),
        ('{clients = ["JavaMail 1.6", "JavaMail"]}', Scope((), ("JavaMail 1.6", "JavaMail"))),
        ('{servers = ["ses"], clients = ["JavaMail 1.6+"]}', Scope(("ses",), ("JavaMail 1.6+",))),
    ],
)
def test_a_scope_is_read(tmp_path: Path, applies: str, scope: Scope) -> None:
    assert reasons(tmp_path, applies) == []
    assert load_rules([tmp_path]).rules["small"].applies == scope


@pytest.mark.parametrize(
    "applies",
    ['{servers = ["gmail"]}', '{servers = "ses"}', "{servers = []}", '{clients = ["Thunderbird 1"]}',
     '{clients = ["JDK nine"]}', '{client = ["JDK 9"]}'],
)  # fmt: skip
def test_another_form_is_one_problem(tmp_path: Path, applies: str) -> None:
    (reason,) = reasons(tmp_path, applies)
    assert reason.startswith("`applies` must have")


def test_what_the_texts_do_not_say_is_found(tmp_path: Path) -> None:
    applies = '{servers = ["ses"], clients = ["OpenSSL 3+"]}'
    assert reasons(tmp_path, applies, "SES says no.") == ["`applies` names OpenSSL 3+, but title and texts do not"]
    assert reasons(tmp_path, applies, "SES says no to OpenSSL.") == []


def test_explain_says_for_whom_a_rule_speaks() -> None:
    for language, line in (
        ("en", "It speaks for: OpenSSL 3 and later, JDK."),
        ("de", "Sie gilt für: OpenSSL 3 und neuer, JDK."),
    ):
        explanation = explain_rule("weak-server-signature", language=language)
        assert explanation is not None
        assert line in draw(outline(explanation, language))
        assert json.loads(render(explanation))["explanation"]["applies"]["clients"] == ["OpenSSL 3+", "JDK"]


def test_a_rule_for_all_says_nothing_of_it() -> None:
    explanation = explain_rule("connection-refused")
    assert explanation is not None
    assert "speaks for" not in draw(outline(explanation))
