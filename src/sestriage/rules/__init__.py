"""Rules: schema, condition grammar, three-valued evaluation, templates, loader, lint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sestriage.rules.loader import load_rule, load_rules
from sestriage.rules.schema import Rule

if TYPE_CHECKING:
    from sestriage.rules.ruleset import RuleSet, drop_superseded

__all__ = ["Rule", "RuleSet", "drop_superseded", "load_rule", "load_rules"]


def __getattr__(name: str) -> object:
    """Evaluation is loaded when it is first used: showing one rule does not need it."""
    if name in ("RuleSet", "drop_superseded"):
        from sestriage.rules import ruleset

        return getattr(ruleset, name)
    raise AttributeError(name)
