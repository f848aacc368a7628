"""Odd places for the words that rules look for: in an address, a file name, a link, a name in quotes.

The words are taken from the patterns of all conditions: of a regular expression the shortest texts of each of its
branches, as far as look-arounds are left out. Whoever reads a pattern asks what else has that word in it; here every
word is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from re import _constants as sre  # type: ignore[attr-defined]  # the parser of `re` itself knows what a pattern means
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from sestriage.rules.language.conditions import Compare, Condition, Count, Junction, Not, Path, Quantified
from sestriage.rules.schema import Rule

TEXTS = frozenset({"text", "said", "reply_text", "message", "root_message", "banner"})
MOST = 24
"""Texts of one pattern."""
_FILL = " -xa1._:'"


def words(rules: Mapping[str, Rule]) -> list[str]:
    """The words and phrases of all conditions, negated ones included, in order."""
    found: set[str] = set()
    for rule in rules.values():
        for selection in rule.selections.values():
            for compared in _compared(selection.condition):
                found.update(_texts_of(compared))
    return sorted(word for word in found if 3 <= len(word) <= 70 and "\n" not in word)


def _compared(node: Condition | None) -> Iterator[Compare]:
    if isinstance(node, Junction):
        for part in node.parts:
            yield from _compared(part)
    elif isinstance(node, Not | Quantified):
        yield from _compared(node.condition)
    elif isinstance(node, Compare):
        yield node


def _texts_of(node: Compare) -> list[str]:
    path = node.operand.path if isinstance(node.operand, Count) else node.operand
    if not isinstance(path, Path) or path.parts[-1] not in TEXTS or not isinstance(node.value, str):
        return []
    if node.operator in ("contains", "startswith", "=="):
        return [node.value.strip()]
    return [text.strip() for text in samples(node.value)] if node.operator == "matches" else []


@cache
def samples(pattern: str) -> tuple[str, ...]:
    """The shortest texts of each branch of a pattern, at most so many."""
    return tuple(dict.fromkeys(_of(parser.parse(pattern))))[:MOST]


def _of(items: Sequence[Any]) -> list[str]:
    texts = [""]
    for code, value in items:
        texts = [before + text for before in texts for text in _choices(code, value)][:200]
    return texts


def _choices(code: object, value: Any) -> list[str]:
    if code is sre.LITERAL:
        return [chr(value)]
    if code is sre.NOT_LITERAL:
        return ["y" if value == ord("x") else "x"]
    if code is sre.ANY:
        return ["x"]
    if code is sre.IN:
        return [_one_of(value)]
    if code is sre.BRANCH:
        return [text for branch in value[1] for text in _of(branch)]
    if code in (sre.SUBPATTERN, sre.ATOMIC_GROUP):
        return _of(value[3] if code is sre.SUBPATTERN else value)
    if code in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        least, _, inner = value
        once = _of(inner)
        if least:
            return [text * min(least, 3) for text in once]
        return ["", *(once if len(once) < 4 and inner[0][0] not in (sre.ANY, sre.IN, sre.NOT_LITERAL) else [])]
    return [""]  # an anchor or a look-around


def _one_of(members: Sequence[tuple[object, Any]]) -> str:
    pattern = re.compile("".join(("[", *(_member(code, value) for code, value in members), "]")))
    return next((char for char in _FILL if pattern.match(char)), _first(members))


_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_NOT_WORD: r"\W",
}


def _member(code: object, value: Any) -> str:
    if code is sre.NEGATE:
        return "^"
    if code is sre.LITERAL:
        return re.escape(chr(value))
    if code is sre.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    return _CATEGORIES[value]


def _first(members: Sequence[tuple[object, Any]]) -> str:
    code, value = members[0]
    return chr(value) if code is sre.LITERAL else chr(value[0]) if code is sre.RANGE else "x"
