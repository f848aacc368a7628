"""`applies`: for which servers and clients a rule speaks; its forms, its lint, and how it is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rules.ruletext import GOOD
from sestriage.engine.explain.rule import explain_rule
from sestriage.model.known.servers import MailServer
from sestriage.model.scope import Scope
from sestriage.model.source import Run
from sestriage.report.explain import outline
from sestriage.report.explain_text import draw
from sestriage.report.json.explain import render
from sestriage.report.json.parts import head_json
from sestriage.rules.authoring.examples import example_facts
from sestriage.rules.authoring.lint import lint
from sestriage.rules.loader import load_rules, read_bytes
from sestriage.rules.reader import read_examples

ALIASES = 'aliases = ["smallest"]'
WHY = 'why = "{logged.host|The server} said no."'


CONDITION = "logged = 'log.event where outcome == \"failure\" and reply_code == 535'"
WIRE = 'wire = "smtp.dialogue where any(replies, code == 535)"'
WORDS = 'text contains "no such account"'


def reasons(tmp_path: Path, applies: str, why: str = "JavaMail 1.6 prints it, of SES.") -> list[str]:
    text = GOOD.replace(ALIASES, f"applies = {applies}").replace(WHY, f'why = "{why}"')
    text = text.replace(CONDITION, f"logged = 'log.event where {WORDS}'")
    text = text.replace(WIRE, f"wire = 'smtp.dialogue where any(replies, {WORDS})'")
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


def scoped(tmp_path: Path, logged: str, wire: str, applies: str = "") -> list[str]:
    """What lint says of a rule that holds where either of these holds."""
    text = GOOD.replace(ALIASES, applies).replace(WHY, 'why = "SES said no."')
    assert CONDITION in text
    assert WIRE in text
    text = text.replace(CONDITION, f"logged = '{logged}'").replace(WIRE, f"wire = '{wire}'")
    (tmp_path / "small.toml").write_text(text, encoding="utf-8")
    return [problem.reason for problem in lint(tmp_path, {})]


SES = 'applies = {servers = ["ses"]}'
UNSAID = ["the rule holds for ses alone, and `applies` does not say so"]
UNHELD = ["`applies` names a server, but the rule holds for a code or a form alone, which any server may give"]


@pytest.mark.parametrize(
    ("logged", "wire", "applies", "found"),
    [
        ("log.event where host_form.is_endpoint", "config.smtp where for_ses", "", UNSAID),
        ("log.event where host_form.is_endpoint", "config.smtp where for_ses", SES, []),
        ("log.event where host_form.is_endpoint", 'config.smtp where server_kind in ["smtp", "smtp-vpce"]', "", UNSAID),
        ("log.event where host_form.is_endpoint", 'config.smtp where server_kind in ["smtp", "other"]', "", []),
        ("log.event where reply_code == 535", "config.smtp where for_ses", "", []),
        ("log.event where reply_code == 535", "config.smtp where for_ses", SES, UNHELD),
        ("log.event where not host_form.is_endpoint", "config.smtp where for_ses", SES, UNHELD),
        ('log.event where text contains "SigV2"', "config.smtp where for_ses", SES, []),
        ('log.event where text contains "SigV2" or reply_code == 454', "config.smtp where for_ses", SES, UNHELD),
        ('log.event where text contains "SigV2"', 'smtp.dialogue where any(replies, text contains "SigV2")', SES, []),
    ],
)
def test_condition_and_scope_say_the_same(
    tmp_path: Path, logged: str, wire: str, applies: str, found: list[str]
) -> None:
    assert scoped(tmp_path, logged, wire, applies) == found


def test_no_rule_for_a_server_holds_for_the_words_of_another() -> None:
    for rule in load_rules().rules.values():
        if rule.applies.servers == ("ses",):
            held = [each for each in read_examples(read_bytes(Path(rule.path)), rule.path) if each.expect != "none"]
            servers = [fact for example in held for fact in example_facts(example).of("smtp.server")]
            assert all(isinstance(fact, MailServer) and fact.may_be_ses for fact in servers), rule.id


def test_explain_says_for_whom_a_rule_speaks() -> None:
    for language, line in (
        ("en", "It speaks for: OpenSSL 3 and later, JDK."),
        ("de", "Sie gilt für: OpenSSL 3 und neuer, JDK."),
    ):
        explanation = explain_rule("weak-server-signature", language=language)
        assert explanation is not None
        assert line in draw(outline(explanation, language))
        document = json.loads(render(explanation, head_json(Run("", 0))))
        assert document["explanation"]["applies"]["clients"] == ["OpenSSL 3+", "JDK"]


def test_a_rule_for_all_says_nothing_of_it() -> None:
    explanation = explain_rule("connection-refused")
    assert explanation is not None
    assert "speaks for" not in draw(outline(explanation))
