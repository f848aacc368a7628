"""From rules and facts to findings: confidence, evidence, conflicts, alternatives, fallback, accidents."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sestriage.errors import RuleError
from sestriage.model.facts import FactBase
from sestriage.model.verdict import Confidence
from sestriage.rules import RuleSet, drop_superseded
from sestriage.rules.authoring.example_facts import fact_base
from sestriage.rules.language.conditions import Condition
from sestriage.rules.language.grammar import parse_condition
from sestriage.rules.parsed import build
from sestriage.rules.reader import parse_source
from sestriage.rules.schema import Rule

from .ruletext import GOOD

REFUSED: dict[str, object] = {
    "log.event": [{"outcome": "failure", "reply": {"code": 535}, "host": "mail.example.com", "quote": "535 no"}]
}
WIRE: dict[str, object] = {"smtp.dialogue": [{"replies": [{"code": 535}]}]}


def rule(*changes: tuple[str, str]) -> Rule:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return build(parse_source(text.encode(), "small.toml"), "small.toml")


def rule_set(*rules: Rule) -> RuleSet:
    return RuleSet({each.id: each for each in rules})


def test_confidence_grows_with_the_evidence() -> None:
    rules = rule_set(rule())
    assert rules.evaluate(fact_base({})) == ()
    weak = rule_set(replace(rule(), likely=None))
    assert [f.confidence for f in weak.evaluate(fact_base(REFUSED))] == [Confidence.SUSPECTED]
    assert [f.confidence for f in rules.evaluate(fact_base(REFUSED))] == [Confidence.LIKELY]
    assert [f.confidence for f in rules.evaluate(fact_base(WIRE))] == [Confidence.LIKELY]
    assert [f.confidence for f in rules.evaluate(fact_base(REFUSED | WIRE))] == [Confidence.CONFIRMED]


def test_evidence_is_cited_and_texts_are_filled() -> None:
    (finding,) = rule_set(rule()).evaluate(fact_base(REFUSED))
    assert [(e.kind, e.quote) for e in finding.evidence] == [("log.event", "535 no")]
    assert finding.explanation == "mail.example.com said no."
    assert str(finding.fixes[0].command) == "echo mail.example.com"
    (finding,) = rule_set(rule()).evaluate(fact_base(WIRE))
    assert finding.explanation == "The server said no."
    assert str(finding.fixes[0].command) == 'echo "${LOGGED_HOST:?set it to the SMTP server}"'


def test_a_step_without_its_fact_is_left_out() -> None:
    narrow = rule(("echo {logged.host|none}", "echo {logged.host}"))
    assert rule_set(narrow).evaluate(fact_base(WIRE))[0].fixes == ()


def test_hostile_values_cannot_leave_their_word() -> None:
    evil = {"log.event": [{"outcome": "failure", "reply": {"code": 535}, "host": "x; rm -rf / #\x1b[2J"}]}
    (finding,) = rule_set(rule()).evaluate(fact_base(evil))
    assert str(finding.fixes[0].command) == 'echo "${LOGGED_HOST:?set it to the SMTP server}"'
    assert "\x1b" not in finding.explanation


def test_conflicts_cite_what_speaks_against_the_rule() -> None:
    doubtful = rule(
        ('confirmed = "logged and wire"', 'conflicts = "logged and not wire"\ncontradiction = "Two logs."'),
    )
    rules = rule_set(doubtful)
    (finding,) = rules.evaluate(fact_base(REFUSED | {"smtp.dialogue": [{"replies": [{"code": 250}]}]}))
    assert finding.contradiction == "Two logs."
    assert {e.kind for e in finding.conflicts} == {"log.event"}
    (finding,) = rules.evaluate(fact_base(REFUSED))
    assert finding.conflicts == ()
    assert finding.contradiction is None


def test_alternatives_that_the_evidence_excludes_are_left_out() -> None:
    other = rule(('id = "small"', 'id = "other"'), ("code == 535)", "code == 999)"))
    other = replace(other, when=parse_when("wire"))
    main = replace(rule(), alternatives=("other", "no-such-rule"))
    rules = rule_set(main, other)
    (finding,) = rules.evaluate(fact_base(REFUSED))
    assert finding.alternatives == ("other",)
    (finding,) = rules.evaluate(fact_base(REFUSED | {"smtp.dialogue": [{"replies": [{"code": 250}]}]}))
    assert finding.alternatives == ()


def test_what_leaves_a_rule_open_is_told_by_kind() -> None:
    rules = rule_set(replace(rule(), when=parse_when("logged and not wire")))
    assert rules.undecided("small", fact_base(REFUSED)) == ("smtp.dialogue",)
    assert rules.undecided("small", fact_base(REFUSED | {"smtp.dialogue": [{"replies": [{"code": 250}]}]})) == ()
    either = rule_set(replace(rule(), when=parse_when("logged or wire")))
    assert either.undecided("small", fact_base(REFUSED)) == ()


def test_a_confirmed_finding_has_no_alternatives() -> None:
    other = replace(rule(('id = "small"', 'id = "other"')), when=parse_when("logged"))
    main = replace(rule(), alternatives=("other",))
    findings = {f.rule: f for f in rule_set(main, other).evaluate(fact_base(REFUSED | WIRE))}
    assert findings["small"].confidence is Confidence.CONFIRMED
    assert findings["small"].alternatives == ()


def test_a_fallback_holds_only_where_nothing_else_does() -> None:
    last = replace(rule(('id = "small"', 'id = "last"')), fallback=True)
    warning = replace(rule(('id = "small"', 'id = "beside"')), severity="warning")
    assert [f.rule for f in rule_set(last, rule()).evaluate(fact_base(REFUSED))] == ["small"]
    assert [f.rule for f in rule_set(last, warning).evaluate(fact_base(REFUSED))] == ["beside", "last"]


def test_superseded_findings_are_dropped() -> None:
    strong = replace(rule(('id = "small"', 'id = "strong"')), supersedes=("small", "strong"))
    findings = rule_set(rule(), strong).evaluate(fact_base(REFUSED))
    assert [f.rule for f in findings] == ["small", "strong"]
    assert [f.rule for f in drop_superseded(findings)] == ["strong"]


def test_a_rule_that_fails_is_a_problem_and_costs_only_itself() -> None:
    class Explodes:
        @property
        def outcome(self) -> str:
            raise RuntimeError("boom")

    facts = FactBase({"log.event": (Explodes(),), **fact_base(WIRE).facts}, frozenset({"log.event", "smtp.dialogue"}))
    plain = (('id = "small"', 'id = "healthy"'), ("{logged.host|The server}", "It"), ("{logged.host|none}", "x"))
    healthy = replace(rule(*plain), when=parse_when("wire"), likely=None, confirmed=None)
    problems: list[RuleError] = []
    findings = rule_set(rule(), healthy).evaluate(facts, problems)
    assert [f.rule for f in findings] == ["healthy"]
    assert [problem.path for problem in problems] == ["small.toml"]
    assert "boom" in problems[0].reason


@pytest.mark.parametrize("fields", ["", 'when = "logged"\n', 'when = "not holds(logged)"\n'])
def test_needs_follow_their_condition(fields: str) -> None:
    need = f'[[need]]\n{fields}evidence = "a capture"\nwhy = "it tells"\ncommand = "tcpdump"\n\n[[fix]]'
    (finding,) = rule_set(rule(("[[fix]]", need))).evaluate(fact_base(WIRE))
    assert [str(n.command) for n in finding.needs] == ([] if fields.startswith('when = "logged') else ["tcpdump"])


def test_an_empty_rule_set_finds_nothing() -> None:
    assert RuleSet().evaluate(fact_base(REFUSED)) == ()
    assert RuleSet().decide("small", fact_base(REFUSED)) is None


def parse_when(text: str) -> Condition:
    return parse_condition(text)
