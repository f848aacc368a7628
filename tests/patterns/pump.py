"""Hostile texts for a regular expression, made of its own pieces, and what they cost it.

A backtracking engine takes more than linear time when a piece of the text may be given to more than one repetition, or
when a search begins anew inside what an earlier start has run over. Both show when a piece that a repetition (or the
way to it) takes is written many times, after a text that leads there and before one that makes the whole fail.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from re import _constants as sre  # type: ignore[attr-defined]  # the parser of `re` itself knows what a pattern means
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from patterns.collect import Pattern

REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
LETTERS = [
    " ",
    "\n",
    "a",
    "A",
    "0",
    "_",
    "-",
    ".",
    ":",
    "=",
    ">",
    '"',
    "'",
    ",",
    ";",
    "/",
    "\\",
    "@",
    "<",
    "\t",
    "é",
    "\0",
]
"""One of each sort of character that patterns tell apart; those that a pattern names come first."""
ENDS = ("", "\x01", "\n", "\x01\n", "!")
FEW_TEXTS, MOST_TEXTS = 90, 400
"""Hostile texts for one pattern and mode: in a run of the tests, and of the program."""

SMALL, LARGE = 2048, 8192
FREE = 60e-9
"""Seconds for a character of text: what costs less at the large size is not measured any closer."""
TOO_MUCH = 8.0
"""Four times the text costs about 4 times as much where the work is even, and 16 times where it is quadratic."""
STEPS = (16, 20, 24, 28, 64, 256)
ROUNDS = 5
NEAR = 6.0
"""What is measured as more than that is measured again."""
HOPELESS = 0.02
"""Seconds for a small text that even work never takes."""


@dataclass(frozen=True, slots=True)
class Pump:
    """`lead`, then `piece` as often as it takes to fill the size, then `end`."""

    lead: str
    piece: str
    end: str

    def text(self, size: int) -> str:
        """The hostile text of about that many characters."""
        return self.lead + self.piece * max(1, size // max(1, len(self.piece))) + self.end


@dataclass(frozen=True, slots=True)
class Growth:
    """The worst that was found for a pattern in a mode: how many times more 4 times the text costs."""

    mode: str
    times: float
    seconds: float
    pump: Pump | None

    @property
    def too_much(self) -> bool:
        """Clearly more than even work."""
        return self.times >= TOO_MUCH


# --- texts -------------------------------------------------------------------------------------------------------


class Maker:
    """Makes texts that parts of one pattern match; which of several possible ones depends on the seed."""

    def __init__(self, pattern: Pattern, seed: int) -> None:
        self._random = random.Random(f"{pattern.text}/{seed}")
        self._items = list(parser.parse(pattern.text, pattern.flags & ~re.DEBUG & ~re.UNICODE & ~re.TEMPLATE))
        self.letters = _letters(self._items)
        self._latin = pattern.latin

    def pumps(self) -> Iterator[Pump]:
        """Hostile texts, each once, the likely ones first."""
        ways = list(self._ways(self._items, ""))
        leads = list(dict.fromkeys(["", *(lead for lead, _ in ways)]))
        pieces = list(dict.fromkeys(piece for _, piece in ways if piece))
        singles = list(dict.fromkeys(self.letters))
        makers = [self._bodies(ways), self._alone(pieces, leads), self._filled(leads, singles)]
        yield from (pump for pump in dict.fromkeys(_in_turn(makers)) if pump.piece)

    def _bodies(self, ways: Sequence[tuple[str, str]]) -> Iterator[Pump]:
        for end in ENDS[:3]:
            yield from (Pump(lead, piece, end) for lead, piece in ways)

    def _alone(self, pieces: Sequence[str], leads: Sequence[str]) -> Iterator[Pump]:
        """A search starts at each of them anew."""
        for end in ENDS[:2]:
            yield from (Pump("", lead, end) for lead in leads)
            yield from (Pump("", piece, end) for piece in pieces)

    def _filled(self, leads: Sequence[str], singles: Sequence[str]) -> Iterator[Pump]:
        for end in ENDS[:2]:
            yield from (Pump(lead, single, end) for lead in leads for single in singles)

    def _ways(self, items: Sequence[Any], lead: str) -> Iterator[tuple[str, str]]:
        """For each repetition what leads to it, and what it repeats; for each item what leads behind it."""
        for number, (operator, argument) in enumerate(items):
            if operator in REPEATS:
                _, high, body = argument
                if high > 3:
                    for _ in range(2):
                        yield lead, self._text(list(body))
                yield from self._ways(list(body), lead)
            elif operator is sre.BRANCH:
                for branch in argument[1]:
                    yield from self._ways(list(branch), lead)
            elif operator is sre.SUBPATTERN:
                yield from self._ways(list(argument[-1]), lead)
            elif operator is sre.ATOMIC_GROUP:
                yield from self._ways(list(argument), lead)
            elif operator in (sre.ASSERT, sre.ASSERT_NOT):
                yield from self._ways(list(argument[1]), lead)
            lead += self._text(items[number : number + 1])
            yield lead, ""

    def _text(self, items: Sequence[Any]) -> str:
        return "".join(self._one(operator, argument) for operator, argument in items)

    def _one(self, operator: Any, argument: Any) -> str:
        if operator is sre.LITERAL:
            return chr(argument)
        if operator is sre.NOT_LITERAL:
            return self._choice([letter for letter in self.letters if ord(letter) != argument])
        if operator is sre.ANY:
            return self._choice([letter for letter in self.letters if letter != "\n"])
        if operator is sre.IN:
            return self._choice(_members(argument, self.letters))
        if operator in REPEATS:
            low, high, body = argument
            times = low if low else min(int(high), self._random.randint(0, 2))
            return "".join(self._text(list(body)) for _ in range(min(times, 64)))
        if operator is sre.BRANCH:
            return self._text(list(self._random.choice(argument[1])))
        if operator is sre.SUBPATTERN:
            return self._text(list(argument[-1]))
        if operator is sre.ATOMIC_GROUP:
            return self._text(list(argument))
        return ""  # assertions and places take nothing; a reference back is left to luck

    def _choice(self, letters: Sequence[str]) -> str:
        return self._random.choice(letters) if letters else ""


def _in_turn(makers: Sequence[Iterator[Pump]]) -> Iterator[Pump]:
    """One of each in turn, until all are exhausted: whoever tries a few has tried some of each sort."""
    for turn in zip_longest(*makers):
        yield from (pump for pump in turn if pump is not None)


def _letters(items: Sequence[Any]) -> list[str]:
    """The characters that a pattern tells apart: those it names, and one of each sort."""
    named: dict[str, None] = {}

    def note(operator: Any, argument: Any) -> None:
        if operator in (sre.LITERAL, sre.NOT_LITERAL) and len(named) < 16:
            named[chr(argument)] = None
        elif operator is sre.RANGE and len(named) < 16:
            named[chr(argument[0])] = None
        elif isinstance(argument, tuple | list | parser.SubPattern):
            for part in argument:
                walk(part)

    def walk(part: Any) -> None:
        if isinstance(part, tuple) and len(part) == 2 and isinstance(part[0], type(sre.LITERAL)):
            note(*part)
        elif isinstance(part, tuple | list | parser.SubPattern):
            for inner in part:
                walk(inner)

    for item in items:
        walk(item)
    return list(dict.fromkeys([*LETTERS[:16], *named, *LETTERS[16:]]))


_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    sre.CATEGORY_DIGIT: str.isdigit,
    sre.CATEGORY_NOT_DIGIT: lambda c: not c.isdigit(),
    sre.CATEGORY_SPACE: str.isspace,
    sre.CATEGORY_NOT_SPACE: lambda c: not c.isspace(),
    sre.CATEGORY_WORD: lambda c: c.isalnum() or c == "_",
    sre.CATEGORY_NOT_WORD: lambda c: not (c.isalnum() or c == "_"),
}


def _members(members: Sequence[Any], letters: Sequence[str]) -> list[str]:
    """Those of the letters that are in a set; one of the set's own where none is."""
    negated = bool(members) and members[0][0] is sre.NEGATE
    tests = members[1:] if negated else members
    inside = [letter for letter in letters if any(_is_in(letter, *test) for test in tests) != negated]
    if inside or negated:
        return inside
    return [
        chr(argument if operator is sre.LITERAL else argument[0])
        for operator, argument in tests
        if operator is not sre.CATEGORY
    ]


def _is_in(letter: str, operator: Any, argument: Any) -> bool:
    if operator is sre.LITERAL:
        return bool(ord(letter) == argument)
    if operator is sre.RANGE:
        return bool(argument[0] <= ord(letter) <= argument[1])
    return bool(operator is sre.CATEGORY and _CATEGORIES[argument](letter))


# --- cost --------------------------------------------------------------------------------------------------------


def growths(pattern: Pattern, seed: int = 0, most: int = MOST_TEXTS) -> list[Growth]:
    """The worst growth of a pattern in each of its modes, over its own hostile texts."""
    compiled = pattern.compiled()
    found = []
    for mode in pattern.modes:
        if pattern.most is not None and pattern.most <= SMALL:
            found.append(Growth(mode, 0.0, 0.0, None))
            continue
        run = _run(compiled, mode, pattern.latin)
        worst = Growth(mode, 0.0, 0.0, None)
        for number, pump in enumerate(Maker(pattern, seed).pumps()):
            if number >= most:
                break
            worst = max(worst, _grown(run, mode, pump), key=lambda growth: (growth.times, growth.seconds))
            if worst.too_much:
                break
        found.append(worst)
    return found


def _run(compiled: re.Pattern[Any], mode: str, latin: bool) -> Callable[[str], None]:
    method = getattr(compiled, mode)

    def run(text: str) -> None:
        result = method(text.encode("latin-1", "replace") if latin else text)
        if mode == "finditer":
            for _ in result:
                pass

    return run


def _grown(run: Callable[[str], None], mode: str, pump: Pump) -> Growth:
    """Measured again only where it may matter; other load only adds, so the smallest of several rounds counts."""
    for size in STEPS:  # where the cost is exponential, the next one might take hours
        first = _cost(run, pump, size)
        if first > HOPELESS and min(_cost(run, pump, size) for _ in range(2)) > HOPELESS:
            return Growth(mode, 64.0, first, pump)
    small = _cost(run, pump, SMALL)
    if small > HOPELESS and (small := min(_cost(run, pump, SMALL) for _ in range(3))) > HOPELESS:
        quarter = min(_cost(run, pump, SMALL // 4) for _ in range(3))
        return Growth(mode, small / quarter, small, pump)
    large = _cost(run, pump, LARGE)
    if large < FREE * LARGE:
        return Growth(mode, 0.0, large, pump)
    if large < NEAR * small:
        return Growth(mode, large / small, large, pump)
    for factor in (1, 2) if large < HOPELESS else (1,):  # small costs are a matter of chance
        small = min(_cost(run, pump, factor * SMALL) for _ in range(ROUNDS))
        large = min(_cost(run, pump, factor * LARGE) for _ in range(ROUNDS - 2))
        if large < TOO_MUCH * small:
            break
    return Growth(mode, large / small, large, pump)


def _cost(run: Callable[[str], None], pump: Pump, size: int) -> float:
    text = pump.text(size)
    began = time.thread_time_ns()
    run(text)
    return (time.thread_time_ns() - began) / 1e9
