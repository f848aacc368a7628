"""Rules: schema, condition grammar, three-valued evaluation, templates, loader, lint."""

from __future__ import annotations

from sestriage.rules.loader import load_rule, load_rules
from sestriage.rules.ruleset import RuleSet, drop_superseded
from sestriage.rules.schema import Rule

__all__ = ["Rule", "RuleSet", "drop_superseded", "load_rule", "load_rules"]
