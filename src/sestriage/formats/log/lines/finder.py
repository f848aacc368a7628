"""Finds gates in bytes: with Hyperscan where it is installed, else with Python alone; both find the same lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from sestriage.formats.log.lines.gates import CODES, DIGITS, GATES, PATTERNS, WEAK, Pattern

Hits = tuple[list[int], list[int], list[int], list[int]]
"""Offsets of strong gates, of weak ones, of digits that may count, and of codes: any byte of each match, ascending; at
least one for every line with a match."""
Finder = Callable[[bytes, int, int], Hits]
"""(data, start, end) to hits; offsets count from the beginning of `data`."""


@cache
def python_finder() -> Finder:
    """The finder without any package: exact, and many times slower than the other."""
    strong, *others = map(_compiled, (PATTERNS, WEAK, DIGITS, CODES))

    def find(data: bytes, start: int, end: int) -> Hits:
        lowered = data[start:end].lower()
        found: set[int] = set()
        for gate in GATES:
            at = lowered.find(gate)
            while at >= 0:
                found.add(start + at)
                next_line = lowered.find(b"\n", at) + 1
                at = lowered.find(gate, next_line) if next_line > 0 else -1
        found.update(_matches(strong, lowered, start))
        weak, digits, codes = (sorted(_matches(patterns, lowered, start)) for patterns in others)
        return sorted(found), weak, digits, codes

    return find


_Compiled = list[tuple[tuple[bytes, ...], re.Pattern[bytes]]]


def _compiled(patterns: tuple[Pattern, ...]) -> _Compiled:
    return [(pattern.hints, re.compile(pattern.bounded or pattern.text, re.MULTILINE)) for pattern in patterns]


def _matches(patterns: _Compiled, lowered: bytes, start: int) -> set[int]:
    return {
        start + match.end() - 1
        for hints, pattern in patterns
        if any(hint in lowered for hint in hints)
        for match in pattern.finditer(lowered)
    }


@cache
def hyperscan_finder() -> Finder | None:
    """The finder that is compiled once a process; None where the package is not installed, or cannot be used.

    To compile it takes longer than reading a small log does, and a bundle holds hundreds of them. The ids of the
    patterns are indices into `Hits`.
    """
    try:
        import hyperscan
    except ImportError:
        return None
    groups = (
        [re.escape(gate) for gate in GATES],
        *([p.text for p in group] for group in (PATTERNS, WEAK, DIGITS, CODES)),
    )
    expressions = [text for group in groups for text in group]
    kinds = [kind for kind, group in zip((0, 0, 1, 2, 3), groups, strict=True) for _ in group]
    try:
        base: Any = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        base.compile(
            expressions=expressions,
            ids=kinds,
            elements=len(expressions),
            flags=hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_MULTILINE,
        )
        scratch = hyperscan.Scratch(base)  # what a scan needs
    except Exception:  # a build for another processor, or another version of the library
        return None

    def find(data: bytes, start: int, end: int) -> Hits:
        hits: Hits = ([], [], [], [])

        def take(kind: int, _from: int, to: int, _flags: int, _context: object) -> None:
            hits[kind].append(start + to - 1)

        base.scan(memoryview(data)[start:end], match_event_handler=take, scratch=scratch)
        return hits

    return find


SOON = 1 << 18
"""Bytes of all logs of a process that Python looks at in the time in which the patterns are compiled."""
_LEFT = [SOON]


def fastest_finder() -> Finder:
    """The fastest finder that can be used: for the first bytes of a process that of Python alone."""

    def find(data: bytes, start: int, end: int) -> Hits:
        _LEFT[0] -= end - start
        if _LEFT[0] < 0:
            found = hyperscan_finder()
            if found is not None:
                return found(data, start, end)
        return python_finder()(data, start, end)

    return find
