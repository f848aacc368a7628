"""A rule that holds, with the facts that it holds for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sestriage.model.command import Command, Instructions
from sestriage.model.facts import FactBase
from sestriage.rules.fixes.case import CaseFacts
from sestriage.rules.language.evaluate import Selections
from sestriage.rules.schema import Rule
from sestriage.rules.texts.command_text import fill, fill_lines
from sestriage.rules.texts.templates import render


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule that holds, with what its selections gave: what builtins and templates work on."""

    rule: Rule
    facts: FactBase
    case: CaseFacts
    selections: Selections

    def lookup(self, name: str, parts: tuple[str, ...]) -> object:
        """The value of a field of the first bound fact that has it; None when none has."""
        facts: Sequence[object] = (self.case,) if name == "case" else self.selections[name].bound
        for fact in facts:
            value: object = fact
            for part in parts:
                value = getattr(value, part, None)
                if value is None:
                    break
            if value not in (None, "", ()):
                return value
        return None

    def text(self, template: str | None) -> str | None:
        """A template for reading, filled."""
        return None if template is None else render(template, self.lookup)

    def command(self, template: str | None) -> Command | None:
        """A template for a shell, with its values."""
        return None if template is None else fill(template, self.lookup)

    def instructions(self, template: str | None) -> Instructions | None:
        """A template of sentences and commands, line by line."""
        return None if template is None else fill_lines(template, self.lookup, self.text)
