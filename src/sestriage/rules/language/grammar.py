"""The grammar of conditions: text to tree, nothing else.

    selection  = KIND [ "where" condition ]
    condition  = term { "or" term };  term = factor { "and" factor };  factor = "not" factor | atom
    atom       = "(" condition ")" | ("any" | "all") "(" field "," condition ")" | ( "unknown" | "holds" ) "(" field ")"
               | ( field | "count" "(" field [ "," condition ] ")" ) operator value | field
    operator   = "==" "!=" "<" "<=" ">" ">=" "in" "contains" "startswith" "matches"
    value      = "text" | number | true | false | "[" value { "," value } "]"

Text stands in double quotes; `\\"` is a quote, every other backslash is kept, so that regular expressions need no
second escaping. Loaded only when a rule has no compiled form: pyparsing costs more than all rules together.
"""

from __future__ import annotations

from functools import cache

import pyparsing as pp

from sestriage.model.message import Message
from sestriage.rules.language.conditions import (
    Compare,
    Condition,
    Count,
    Holds,
    IsTrue,
    Junction,
    Not,
    Path,
    Quantified,
    Selection,
    Unknown,
)

MAX_LENGTH = 4000
"""Characters of one condition."""
MAX_NESTING = 25
"""Parentheses and `not` inside each other."""

KEYWORDS = frozenset(
    """where and or not any all count unknown holds true false in contains startswith matches""".split()  # noqa: SIM905
)


class ConditionError(ValueError):
    """A condition that cannot be used; `at` is the offset in its text."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


def parse_condition(text: str) -> Condition:
    """The tree of a condition.

    Raises:
        ConditionError: not a condition, or over the limits.
    """
    _check_limits(text)
    result: Condition = _parse(_grammar()[0], text)
    return result


def parse_selection(text: str) -> Selection:
    """The tree of `KIND where CONDITION`.

    Raises:
        ConditionError: not a selection, or over the limits.
    """
    _check_limits(text)
    result: Selection = _parse(_grammar()[1], text)
    return result


def _check_limits(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise ConditionError(Message("the condition is longer than {most} characters", most=MAX_LENGTH), MAX_LENGTH)
    depth = deepest = 0
    for at, char in enumerate(text):
        depth += {"(": 1, ")": -1}.get(char, 0)
        deepest = max(deepest, depth)
        if deepest > MAX_NESTING:
            raise ConditionError(Message("more than {most} parentheses inside each other", most=MAX_NESTING), at)
    if text.count("not not not"):
        raise ConditionError(Message("a row of `not`s says nothing"), text.index("not not not"))


def _parse(grammar: pp.ParserElement, text: str):  # type: ignore[no-untyped-def]  # the caller names the type
    try:
        return grammar.parse_string(text, parse_all=True)[0]
    except pp.ParseBaseException as error:
        found = text[error.loc : error.loc + 20].strip() or "the end"
        raise ConditionError(
            Message("expected {reason}, found {found}", reason=_expectation(error), found=repr(found)), error.loc
        ) from None
    except RecursionError:
        raise ConditionError(Message("too many conditions inside each other"), 0) from None


_EXPECTED = {
    "end of text": Message("`and`, `or` or the end"),
    "a field": Message("a field"),
    "a value": Message("a value"),
    "a condition": Message("a condition"),
}
"""What pyparsing names in its messages."""


def _expectation(error: pp.ParseBaseException) -> str:
    message = str(error.msg or "").removeprefix("Expected ").strip()
    return _EXPECTED.get(message, message or _EXPECTED["a condition"])


@cache
def _grammar() -> tuple[pp.ParserElement, pp.ParserElement]:
    word = pp.Regex(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
    path = word.copy().add_condition(lambda tokens: tokens[0] not in KEYWORDS, message="a field").set_name("a field")
    path.add_parse_action(lambda text, at, tokens: Path(tuple(tokens[0].split(".")), at))

    string = pp.Regex(r'"(?:[^"\\\n]|\\.)*"').set_parse_action(lambda t: t[0][1:-1].replace('\\"', '"'))
    number = pp.Regex(r"-?\d+(?:\.\d+)?\b").set_parse_action(lambda t: float(t[0]) if "." in t[0] else int(t[0]))
    truth = (pp.Keyword("true") | pp.Keyword("false")).set_parse_action(lambda t: t[0] == "true")
    scalar = (string | number | truth).set_name("a value")
    listing = pp.Suppress("[") + pp.DelimitedList(scalar) + pp.Suppress("]")
    listing.set_parse_action(lambda t: [tuple(t)])
    value = (listing | scalar).set_name("a value")
    value.add_parse_action(lambda text, at, tokens: [(_past_blanks(text, at), tokens[0])])

    condition = pp.Forward()
    condition.set_name("a condition")
    opened, closed, comma = (pp.Suppress(char) for char in "(),")
    count = pp.Suppress(pp.Keyword("count")) - opened - path - pp.Optional(comma - condition) - closed
    count.set_parse_action(lambda t: Count(t[0], t[1] if len(t) > 1 else None))
    words = [pp.Keyword(name) for name in ("in", "contains", "startswith", "matches")]
    operator = (pp.one_of("== != <= >= < >") | pp.MatchFirst(words)).set_name("an operator")
    field_atom = path + pp.Optional(operator - value)
    field_atom.set_parse_action(_compare_or_truth)
    count_atom = (count - operator - value).set_parse_action(_compare_or_truth)
    quantified = (pp.Keyword("any") | pp.Keyword("all")) - opened - path - comma - condition - closed
    quantified.set_parse_action(lambda t: Quantified(t[0], t[1], t[2]))
    unknown = (pp.Keyword("unknown") | pp.Keyword("holds")) - opened - path - closed
    unknown.set_parse_action(lambda t: Unknown(t[1]) if t[0] == "unknown" else Holds(t[1]))

    factor = pp.Forward()
    negated = (pp.Suppress(pp.Keyword("not")) - factor).set_parse_action(lambda t: Not(t[0]))
    group = opened + condition - closed
    factor << pp.MatchFirst([negated, group, quantified, unknown, count_atom, field_atom])
    term = _joined(factor, "and")
    condition << _joined(term, "or")

    kind = word.copy().set_name("a kind of fact")
    selection = kind + pp.Optional(pp.Suppress(pp.Keyword("where")) - condition)
    selection.set_parse_action(lambda t: Selection(t[0], t[1] if len(t) > 1 else None))
    return condition, selection


def _past_blanks(text: str, at: int) -> int:
    return at + len(text[at:]) - len(text[at:].lstrip())


def _joined(part: pp.ParserElement, operator: str) -> pp.ParserElement:
    joined = part + pp.ZeroOrMore(pp.Suppress(pp.Keyword(operator)) - part)
    joined.set_parse_action(lambda t: Junction(operator, tuple(t)) if len(t) > 1 else t[0])
    return joined


def _compare_or_truth(tokens: pp.ParseResults) -> Compare | IsTrue:
    if len(tokens) == 1:
        return IsTrue(tokens[0])
    operand, operator, (at, value) = tokens
    return Compare(operand, operator, value, at)
