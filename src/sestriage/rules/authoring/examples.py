"""Replays the examples of rules: each says with what confidence its rule must hold, or that it must not."""

from __future__ import annotations

from dataclasses import dataclass

from sestriage.errors import RuleError
from sestriage.model.facts import FactBase
from sestriage.rules.authoring.example_facts import EXAMPLE_SOURCE, fact_base
from sestriage.rules.ruleset import RuleSet
from sestriage.rules.schema import Example, Rule


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """The result of an example. `got` is a confidence or `none`; `problem` says why there is no answer."""

    rule: str
    example: Example
    got: str
    problem: str | None = None

    @property
    def passed(self) -> bool:
        """True if the example gave what it promised."""
        return self.problem is None and self.got == self.example.expect


def example_facts(example: Example) -> FactBase:
    """The facts of an example: its log through the log reader, its tables as they are.

    Raises:
        ValueError: a table does not fit the fact it stands for.
    """
    if example.log is None:
        return fact_base(example.facts)
    from sestriage.formats.log import parse_text

    return fact_base(example.facts, {"log.event": tuple(parse_text(example.log, EXAMPLE_SOURCE))})


def replay(rule: Rule, example: Example) -> ExampleResult:
    """Holds the rule alone against its example."""
    try:
        facts = example_facts(example)
    except ValueError as error:
        return ExampleResult(rule.id, example, "none", str(error))
    problems: list[RuleError] = []
    findings = RuleSet({rule.id: rule}).evaluate(facts, problems)
    got = findings[0].confidence.value if findings else "none"
    return ExampleResult(rule.id, example, got, str(problems[0]) if problems else None)
