"""Sentences that are built in code, in the language of the reader.

The English text stands where it is said, `say("the log has port {port}", port=587)`, and is the key of its translation.
Tests hold every such text against the tables of the other languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

LANGUAGES = ("en", "de")
"""What `--lang` takes; the first one is what everything is written in."""


class Say(Protocol):
    """Gives a text in one language, with `{name}` filled from `values`; without values a text is taken as it is."""

    def __call__(self, text: str, /, **values: object) -> str:
        """The text, in English where there is no translation of it."""


def english(text: str, /, **values: object) -> str:
    """The text itself."""
    return text.format(**values) if values else text


def speaker(table: Mapping[str, str]) -> Say:
    """Says the texts of a table; what is not in it, in English."""

    def say(text: str, /, **values: object) -> str:
        return english(table.get(text, text), **values)

    return say
