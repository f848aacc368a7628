"""Every example of every packaged rule gives what it promises."""

from __future__ import annotations

import pytest

from rules.examples import examples_of
from sestriage.rules import Rule, load_rules
from sestriage.rules.authoring.examples import replay
from sestriage.rules.schema import Example

RULES = load_rules().rules
CASES = [
    pytest.param(rule, example, id=f"{rule.id}:{example.line}")
    for rule in RULES.values()
    for example in examples_of(rule.path)
]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_example(rule: Rule, example: Example) -> None:
    result = replay(rule, example)
    assert result.problem is None
    assert result.got == example.expect
    assert result.passed


def test_a_wrong_promise_is_found() -> None:
    rule = RULES["smtp-credentials-invalid"]
    example = Example("none", log="javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n")
    assert not replay(rule, example).passed


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"log.evnt": []}, "did you mean `log.event`"),
        ({"log.event": {}}, "must be a list"),
        ({"log.event": [{"prt": 1}]}, "did you mean `port`"),
        ({"log.event": [{"port": "1"}]}, "must be int"),
        ({"log.event": [{"port": True}]}, "must be int"),
        ({"log.event": [3]}, "must be a table"),
        ({"log.event": [{"exceptions": "x"}]}, "must be a list"),
        ({"tcp.stream": [{"tls": {"alerts": [{"sender": 3}]}}]}, "tls.alerts.sender"),
    ],
)
def test_facts_that_do_not_fit_are_a_problem(facts: dict[str, object], message: str) -> None:
    result = replay(RULES["smtp-credentials-invalid"], Example("none", facts=facts))
    assert result.problem is not None
    assert message in result.problem
    assert not result.passed
