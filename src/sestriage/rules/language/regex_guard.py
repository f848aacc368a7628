"""Regular expressions that cannot run away.

`re` backtracks. Its cost on hostile text is bounded here by refusing patterns: no repetition inside a repetition, no
back-references, and a product of all variable repetitions that stays small. The text that a pattern is searched in is
bounded too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from re import _constants as sre  # type: ignore[attr-defined]  # the parser of `re` itself knows what a pattern means
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from sestriage.model.message import Message

MAX_PATTERN = 400
"""Characters of a pattern."""
MAX_TEXT = 16384
"""Characters of text that a pattern is searched in (the start and the end of a longer text)."""
MAX_COST = 20_000
"""Ways in which a pattern may continue from one start, an unbounded repetition counting `MAX_TEXT`."""
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
    if (cost := _cost(parsed, inside_repeat=False)) > MAX_COST:
        raise PatternError(
            Message(
                "the regular expression can take too long ({cost} ways to go on): give the repetitions an upper bound,"
                " as in {{0,40}}",
                cost=cost,
            )
        )


def _cost(items: Iterable[tuple[object, Any]], inside_repeat: bool) -> int:
    total = 1
    for operator, argument in items:
        total = min(total * _item_cost(operator, argument, inside_repeat), _CAP)
    return total


def _item_cost(operator: object, argument: Any, inside_repeat: bool) -> int:
    if operator in (sre.GROUPREF, sre.GROUPREF_EXISTS):
        raise PatternError(Message("back-references are not allowed"))
    if operator in _REPEATS:
        low, high, body = argument
        if high == 1:
            return 1 + _cost(body, inside_repeat)
        if inside_repeat and low != high:
            raise PatternError(Message("a repetition inside a repetition is not allowed"))
        ways = (MAX_TEXT if high is sre.MAXREPEAT else high) - low + 1
        inner = _cost(body, inside_repeat=True)
        return int(ways) if inner == 1 else min(int(ways) * inner ** min(high, 64), _CAP)
    if operator is sre.BRANCH:
        return sum(_cost(branch, inside_repeat) for branch in argument[1])
    if operator is sre.SUBPATTERN:
        return _cost(argument[-1], inside_repeat)
    if operator in (sre.ASSERT, sre.ASSERT_NOT):
        return _cost(argument[1], inside_repeat)
    if operator is sre.ATOMIC_GROUP:
        return _cost(argument, inside_repeat)
    return 1


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def search(pattern: str, text: str) -> bool:
    """True if the pattern (checked when the rule was read) occurs in the text, letters of either case."""
    if len(text) > MAX_TEXT:
        text = f"{text[: MAX_TEXT - _TAIL]}\n{text[-_TAIL:]}"
    return _compiled(pattern).search(text) is not None
