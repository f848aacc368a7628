"""The lines of a text in which a word stands: what a pattern would not find elsewhere need not be looked for there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

_EQUAL = str.maketrans("ſıİ", "sii")
"""Letters that a pattern takes as one of ASCII in another case, and lower case does not."""
_LABEL = re.compile(r"<(?:secret|access-key|private-key)>(?![^<\r\n]{0,400}</)")
"""What stands for a secret; not the beginning of an element of this name."""


@lru_cache(maxsize=4)  # many detectors ask for the same text
def lower(text: str) -> str:
    """The text in lower case, every character in its own place. What a pattern matches in any case is in it,
    but for what stands for a secret that was taken out: it is no word that says something of its line.
    """
    text = text if text.isascii() else text.translate(_EQUAL)
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := c.lower()) == 1 else c for c in text)
    return _LABEL.sub(_unsaid, lowered) if ">" in lowered else lowered


def _unsaid(label: re.Match[str]) -> str:
    return "<" + "~" * (len(label[0]) - 2) + ">"


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


def in_lines(
    pattern: re.Pattern[str], text: str, lowered: str, words: Iterable[str], following: int = 0
) -> Iterator[re.Match[str]]:
    """What a pattern finds in the lines with one of the words (lower case), each with so many lines that follow."""
    for start, end in line_windows(text, lowered, words, following):
        yield from pattern.finditer(text, start, end)


def from_words(pattern: re.Pattern[str], text: str, searched: str, words: Iterable[str]) -> Iterator[re.Match[str]]:
    """What a pattern finds that begins with one of the words; what stands before them may be asked. `searched` is the
    text, or the text in lower case.

    A plain search for the word is many times as fast as a pattern that looks back first.
    """
    for word in words:
        at = searched.find(word)
        while at >= 0:
            match = pattern.match(text, at)
            if match is not None:
                yield match
            at = searched.find(word, max(at + 1, match.end() if match else 0))
