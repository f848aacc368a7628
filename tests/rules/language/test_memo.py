"""Attempts that look alike to the rules are decided once; the findings are those of deciding each."""

from __future__ import annotations

import random

import pytest

from rules.examples import examples_of
from rules.test_ruleset import rule
from sestriage.errors import RuleError
from sestriage.formats.log import parse_text
from sestriage.model.facts import FactBase
from sestriage.model.source import SourceRef
from sestriage.rules import RuleSet, load_rules, ruleset
from sestriage.rules.authoring.example_facts import fact_base
from sestriage.rules.authoring.examples import example_facts
from sestriage.rules.language.memo import Questions

FAILED = "2026-03-02 04:00:00 ERROR [exec-1] mail failed: 535 Authentication Credentials Invalid"


def examples() -> list[FactBase]:
    """The facts of all examples of all rules, look-alikes included."""
    return [example_facts(example) for each in load_rules().rules.values() for example in examples_of(each.path)]


def mixed(found: list[FactBase], count: int, seed: int) -> list[FactBase]:
    """Attempts with the events of some examples, and other facts of another."""
    dice = random.Random(seed)
    events = [event for each in found for event in each.of("log.event")]
    made: list[FactBase] = []
    for _ in range(count):
        chosen = tuple(dice.choice(events) for _ in range(dice.randrange(1, 4)))
        other = dice.choice(found)
        made.append(FactBase({**other.facts, "log.event": chosen}, other.handed_in | {"log.event"}))
    return made


@pytest.mark.parametrize("seed", range(3))
def test_findings_are_those_of_deciding_each_attempt(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    facts = mixed(random.Random(seed).sample(examples(), 12), 50, seed)
    alone, together = load_rules(), load_rules()
    with monkeypatch.context() as patch:
        patch.setattr(ruleset, "MANY", 1 << 30)
        each_alone = [alone.evaluate(each) for each in facts]
    monkeypatch.setattr(ruleset, "MANY", 0)
    for _ in range(2):
        assert [together.evaluate(each) for each in facts] == each_alone
    assert any(each_alone)


def test_events_that_a_rule_can_tell_apart_differ() -> None:
    shipped = load_rules()
    questions = Questions(shipped.rules.values())
    held: dict[object, frozenset[str]] = {}
    for event in {event for facts in examples() for event in facts.of("log.event")}:
        base = FactBase({"log.event": (event,)}, frozenset({"log.event"}))
        rules = frozenset(each for each in shipped.rules if shipped.decide(each, base))
        assert held.setdefault(questions.answers(event), rules) == rules
    assert len(set(held.values())) > 30


def test_time_place_and_thread_make_no_difference() -> None:
    questions = Questions(load_rules().rules.values())
    one, *_ = parse_text(
        "2026-03-02 04:00:00 ERROR [exec-1] mail failed: 535 Authentication Credentials Invalid", SourceRef("a")
    )
    two, *_ = parse_text(
        "\n2026-03-02 05:00:00 ERROR [exec-2] mail failed: 535 Authentication Credentials Invalid", SourceRef("b")
    )
    assert questions.answers(one) == questions.answers(two)


def test_other_facts_count_too() -> None:
    """The same log with a dialogue, and without it."""
    rules = RuleSet({"small": rule()})
    logged: dict[str, object] = {"log.event": [{"outcome": "failure", "reply": {"code": 535}, "quote": "535 no"}]}
    wire: dict[str, object] = {"smtp.dialogue": [{"replies": [{"code": 535}]}]}
    for _ in range(ruleset.MANY + 3):
        assert [str(f.confidence) for f in rules.evaluate(fact_base(logged))] == ["likely"]
        assert [str(f.confidence) for f in rules.evaluate(fact_base(logged | wire))] == ["confirmed"]
        assert rules.evaluate(fact_base({})) == ()


def test_a_kind_that_was_not_handed_in_is_unknown_still() -> None:
    """Nothing was seen on the wire: false with a capture, unknown without one."""
    rules = RuleSet({"small": rule(('when = "logged or wire"', 'when = "logged and not wire"'))})
    (event,) = parse_text(FAILED, SourceRef("a"))
    facts = {"log.event": (event,)}
    for _ in range(ruleset.MANY + 3):
        assert rules.evaluate(FactBase(facts, frozenset({"log.event"}))) == ()
        assert len(rules.evaluate(FactBase(facts, frozenset({"log.event", "smtp.dialogue"})))) == 1


def test_a_rule_that_fails_says_so_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = load_rules()
    (event,) = parse_text(FAILED, SourceRef("a"))
    facts = FactBase({"log.event": (event,)}, frozenset({"log.event"}))

    def fail(*_: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(ruleset, "_fixes", fail)
    for _ in range(ruleset.MANY + 3):
        problems: list[RuleError] = []
        rules.evaluate(facts, problems)
        assert "broken" in str(problems[0])
