"""Replays the examples of rules: each says with what confidence its rule must hold, or that it must not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sestriage.errors import RuleError
from sestriage.model.facts import FactBase
from sestriage.model.message import Message
from sestriage.model.verdict import Finding
from sestriage.rules.authoring.example_facts import EXAMPLE_SOURCE, fact_base
from sestriage.rules.ruleset import RuleSet, drop_superseded
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
    """Holds the rule against its example: alone, or, where the answer to a need shows another cause, beside that
    cause's own rule. Of an answer that is the output of a command only the state before is told here: reading it takes
    the whole engine."""
    problems: list[RuleError] = []
    try:
        if example.need is not None:
            return _answered(rule, example, problems)
        found = _findings({rule.id: rule}, example_facts(example), problems)
    except ValueError as error:
        return ExampleResult(rule.id, example, "none", str(error))
    return ExampleResult(rule.id, example, _confidence(found, rule.id), str(problems[0]) if problems else None)


def _findings(rules: Mapping[str, Rule], facts: FactBase, problems: list[RuleError]) -> tuple[Finding, ...]:
    return tuple(drop_superseded(RuleSet(rules).evaluate(facts, problems)))


def _confidence(findings: Sequence[Finding], rule: str) -> str:
    return next((finding.confidence.value for finding in findings if finding.rule == rule), "none")


def _answered(rule: Rule, example: Example, problems: list[RuleError]) -> ExampleResult:
    before = _findings({rule.id: rule}, example_facts(replace(example, facts={})), problems)
    had = _confidence(before, rule.id)
    if had != example.before:
        return ExampleResult(
            rule.id,
            example,
            had,
            Message("expected {before} before the answer, got {had}", before=example.before, had=had),
        )
    wanted = rule.needs[(example.need or 1) - 1].why
    if not any(_says(wanted, need.why) for finding in before for need in finding.needs):
        return ExampleResult(rule.id, example, had, "the need is not printed before the answer")
    if example.answer is not None:
        return ExampleResult(rule.id, example, example.expect)
    after = _findings(_with_other(rule, example), example_facts(example), problems)
    problem = str(problems[0]) if problems else None
    if any(_says(wanted, need.why) for finding in after if finding.rule == rule.id for need in finding.needs):
        problem = "the need is still printed after the answer"
    return ExampleResult(rule.id, example, _confidence(after, example.then or rule.id), problem)


def _says(template: str, text: str) -> bool:
    """The text is made of the template, as far as that is plain text."""
    return " ".join(text.split()).startswith(" ".join(template.partition("{")[0].split()))


def _with_other(rule: Rule, example: Example) -> dict[str, Rule]:
    if example.then is None:
        return {rule.id: rule}
    from sestriage.rules.loader import load_rules

    other = load_rules().rules.get(example.then)
    if other is None:
        raise ValueError(Message("there is no rule `{then}`", then=example.then))
    return {rule.id: rule, other.id: other}
