"""A rule under `lint`, with what is needed to say where in its file something is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from sestriage.errors import RuleError
from sestriage.rules.schema import Example, Rule
from sestriage.rules.toml_places import Places


@dataclass(frozen=True, slots=True)
class Linted:
    """A rule that loads, with its examples and the places of its keys."""

    rule: Rule
    text: str
    places: Places
    examples: tuple[Example, ...]

    def problem(self, message: str, section: str = "", key: str = "") -> RuleError:
        """A problem of the rule at a key."""
        return RuleError(self.rule.path, message, *self.places.key(section, 0, key))
