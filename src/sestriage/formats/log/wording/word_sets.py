"""Lists of words that are looked for in a sentence as whole words, quickly: sets, not alternations."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text as lower-case words. `joined` has them with single blanks between and around; `text` is the original."""

    text: str
    tokens: tuple[str, ...]
    joined: str


def sentence(text: str) -> Sentence:
    """Cut a text into words: runs of letters and digits (`state=SENT` has two), an apostrophe inside kept."""
    tokens = tuple(token.replace("’", "'") for token in _TOKEN.findall(text.lower()))
    return Sentence(text, tokens, f" {' '.join(tokens)} ")


class Words:
    """A vocabulary: single words, beginnings of words (`success*`) and phrases (`could not`)."""

    def __init__(self, *lines: str) -> None:
        parts = [part.strip().lower() for line in lines for part in line.split("|") if part.strip()]
        self._singles: set[str] = set()
        self._starts: list[str] = []
        self._phrases: list[str] = []
        for part in parts:
            cut = " ".join(_TOKEN.findall(part))
            if part.endswith("*") and " " not in cut:
                self._starts.append(cut)
            elif " " in cut:
                self._phrases.append(f" {cut}" if part.endswith("*") else f" {cut} ")
            else:
                self._singles.add(cut)
        self._prefixes = tuple(self._starts)

    def found(self, said: Sentence) -> bool:
        """At least one of the words is in the sentence."""
        return (
            not self._singles.isdisjoint(said.tokens)
            or any(phrase in said.joined for phrase in self._phrases)
            or (bool(self._prefixes) and any(token.startswith(self._prefixes) for token in said.tokens))
        )


class Marks:
    """Literals that prove something wherever they stand, and a pattern for those that need a closer look.

    The pattern is only tried when the text holds one of its `hints` (lower case): an alternation of many branches costs
    a hundred times what a substring search does.
    """

    def __init__(self, literals: str, hints: str = "", pattern: str = r"(?!)") -> None:
        self._literals = tuple(literals.split())
        self._hints = tuple(hints.split())
        self._pattern = re.compile(pattern, re.IGNORECASE)

    def found(self, text: str, lowered: str) -> bool:
        """One of the marks is in the text; `lowered` is the text in lower case."""
        if any(literal in lowered for literal in self._literals):
            return True
        return any(hint in lowered for hint in self._hints) and self._pattern.search(text) is not None
