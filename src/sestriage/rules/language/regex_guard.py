"""Regular expressions that cannot run away.

`re` backtracks. Its cost on hostile text is bounded here by refusing patterns: no repetition inside a repetition, no
back-references, and a product of all variable repetitions that stays small. The text that a pattern is searched in is
bounded too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache, reduce
from re import _constants as sre  # type: ignore[attr-defined]  # the parser of `re` itself knows what a pattern means
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from sestriage.model.message import Message

MAX_PATTERN = 400
"""Characters of a pattern."""
MAX_TEXT = 16384
"""Characters of text that a pattern is searched in (the start and the end of a longer text)."""
MAX_COST = 7_000
"""Ways in which a pattern may go on from one start."""
MOST_OF_ONE = 4_000
"""A repetition counts no more, for alone it is even."""
MAX_BRANCHES = 512
"""The same of alternatives and groups, each of which costs many times what one more character of a run does."""
_TAIL = 4096
_CAP = 10**12

_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)


class PatternError(ValueError):
    """A pattern that is not used."""


def check_pattern(pattern: str) -> None:
    """Refuses what is no pattern, or could take too long.

    Raises:
        PatternError: with the reason.
    """
    if len(pattern) > MAX_PATTERN:
        raise PatternError(Message("the regular expression is longer than {most} characters", most=MAX_PATTERN))
    try:
        parsed = parser.parse(pattern)
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError, Warning) as error:
        raise PatternError(Message("not a regular expression: {reason}", reason=error)) from None
    ways = _ways(parsed, inside_repeat=False)
    if ways.all > MAX_COST:
        raise PatternError(
            Message(
                "the regular expression can take too long ({cost} ways to go on): give the repetitions an upper bound,"
                " as in {{0,40}}",
                cost=ways.all,
            )
        )
    if ways.branches > MAX_BRANCHES:
        raise PatternError(
            Message(
                "the regular expression can take too long ({ways} ways through its alternatives and groups): give them"
                " fewer, or repeat them less often",
                ways=ways.branches,
            )
        )


class _Ways(NamedTuple):
    """In how many ways a pattern may go on: all, and those by alternatives and groups alone."""

    all: int
    branches: int

    def then(self, other: _Ways) -> _Ways:
        return _Ways(min(self.all * other.all, _CAP), min(self.branches * other.branches, _CAP))

    def beside(self, other: _Ways) -> _Ways:
        return _Ways(min(self.all + other.all, _CAP), min(self.branches + other.branches, _CAP))

    def times(self, low: int, high: int, *, simple: bool) -> _Ways:
        """So often: `simple` is a run of single characters."""
        most = MAX_TEXT if high is sre.MAXREPEAT else int(high)
        ends, often = min(most - low + 1, MOST_OF_ONE), min(most, 64)
        branches = 1 if simple else min(ends * self.branches**often, _CAP)
        return _Ways(min(ends * self.all**often, _CAP), branches)


_ONE = _Ways(1, 1)
_SINGLE = (sre.LITERAL, sre.NOT_LITERAL, sre.IN, sre.ANY)


def _ways(items: Iterable[tuple[object, Any]], inside_repeat: bool) -> _Ways:
    total = _ONE
    for operator, argument in items:
        total = total.then(_item_ways(operator, argument, inside_repeat))
    return total


def _item_ways(operator: object, argument: Any, inside_repeat: bool) -> _Ways:
    if operator in (sre.GROUPREF, sre.GROUPREF_EXISTS):
        raise PatternError(Message("back-references are not allowed"))
    if operator in _REPEATS:
        low, high, body = argument
        if high == 1:
            return _ONE.beside(_ways(body, inside_repeat))
        if inside_repeat and low != high:
            raise PatternError(Message("a repetition inside a repetition is not allowed"))
        simple = len(body) == 1 and body[0][0] in _SINGLE
        return _ways(body, inside_repeat=True).times(low, high, simple=simple)
    if operator is sre.BRANCH:
        return reduce(_Ways.beside, (_ways(branch, inside_repeat) for branch in argument[1]))
    if operator is sre.SUBPATTERN:
        return _ways(argument[-1], inside_repeat)
    if operator in (sre.ASSERT, sre.ASSERT_NOT):
        return _ways(argument[1], inside_repeat)
    if operator is sre.ATOMIC_GROUP:
        return _ways(argument, inside_repeat)
    return _ONE


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def search(pattern: str, text: str) -> bool:
    """True if the pattern (checked when the rule was read) occurs in the text, letters of either case."""
    if len(text) > MAX_TEXT:
        text = f"{text[: MAX_TEXT - _TAIL]}\n{text[-_TAIL:]}"
    return _compiled(pattern).search(text) is not None
