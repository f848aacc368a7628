"""The parts of a text in which a word stands: what a pattern would not find elsewhere need not be looked for there."""

from __future__ import annotations

import re
from collections.abc import Iterator


def lower(text: str) -> str:
    """The text in lower case, every character in its own place."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := c.lower()) == 1 else c for c in text)


def line_windows(text: str, lowered: str, hint: re.Pattern[str], following: int = 0) -> Iterator[tuple[int, int]]:
    """Start and end of the lines in which the hint is found, each with so many lines that follow, without overlap."""
    at = 0
    while match := hint.search(lowered, at):
        start = max(at, text.rfind("\n", at, match.start()) + 1)
        end = match.end()
        for _ in range(following + 1):
            found = text.find("\n", end)
            end = len(text) if found < 0 else found + 1
        yield start, end
        at = end
