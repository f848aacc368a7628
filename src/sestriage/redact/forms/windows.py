"""The lines of a text in which a word stands: what a pattern would not find elsewhere need not be looked for there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def lower(text: str) -> str:
    """The text in lower case, every character in its own place."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := c.lower()) == 1 else c for c in text)


def line_windows(text: str, lowered: str, words: Iterable[str], following: int = 0) -> Iterator[tuple[int, int]]:
    """Start and end of the lines that hold one of the words, each with so many lines that follow, without overlap.

    Plain searches for some dozen words are many times as fast as one pattern of them.
    """
    found: list[tuple[int, int]] = []
    for word in words:
        at = lowered.find(word)
        while at >= 0:
            end = text.find("\n", at + len(word))
            end = len(text) if end < 0 else end + 1
            found.append((text.rfind("\n", 0, at) + 1, end))
            at = lowered.find(word, end)
    found.sort()
    done = 0
    for start, end in found:
        for _ in range(following):
            below = text.find("\n", end)
            end = len(text) if below < 0 else below + 1
        if end > done:
            yield max(start, done), end
            done = end
