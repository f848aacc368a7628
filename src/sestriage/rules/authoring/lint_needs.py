"""Whether each need of a rule has an example that shows what its answer changes."""

from __future__ import annotations

from collections.abc import Iterator

from sestriage.errors import RuleError
from sestriage.model.message import Message
from sestriage.rules.authoring.linted import Linted
from sestriage.rules.schema import EXPECTATIONS, Example


def check_needs(source: Linted) -> Iterator[RuleError]:
    """The problems of one rule."""
    rule = source.rule
    answered = {example.need for example in source.examples}
    for number in range(1, len(rule.needs) + 1):
        if number not in answered:
            yield RuleError(
                rule.path,
                Message(
                    "no [[example]] answers this need: `need = {number}`, `log`, `before`, and `answer` or `facts`",
                    number=number,
                ),
                *source.places.key("need", number - 1, "evidence"),
            )
    for example in source.examples:
        problem = _problem(example, len(rule.needs))
        if problem is not None:
            yield RuleError(rule.path, problem, example.line, 1)


def _problem(example: Example, needs: int) -> str | None:
    if example.need is None:
        asks = example.before is not None or example.answer is not None or example.then is not None
        return "`before`, `answer` and `then` belong to an [[example]] with `need`" if asks else None
    if not 1 <= example.need <= needs:
        return Message("the rule has no need {need}", need=example.need)
    if example.log is None or example.before not in EXPECTATIONS or (example.answer is None) == (not example.facts):
        return "an answered need has a `log`, the confidence `before`, and either `answer` or `facts`"
    better = EXPECTATIONS.index(example.expect) < EXPECTATIONS.index(example.before)
    if example.answer is None and example.then is None and not better:
        return "the answer changes nothing: the need would not be worth its line"
    return None
