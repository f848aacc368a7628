"""Rules: from files to findings.

Loading: `files` (where they lie), `toml_places` (where a value stands), `schema` (what a rule is), `shared`
(selections said once), `packs` (what a folder of site rules needs), `reader` (text to a checked rule), `parsed`,
`compiled` (the quick form), `loader` (all of them). Holding: `ruleset` (rules against the facts of an attempt),
`matched` (a rule that holds). Rooms: `language` (conditions), `texts` (what is said), `fixes` (steps and commands),
`authoring` (what a rule's author runs).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sestriage.rules.loader import load_rule, load_rules
    from sestriage.rules.ruleset import RuleSet, drop_superseded
    from sestriage.rules.schema import Rule

__all__ = ["Rule", "RuleSet", "drop_superseded", "load_rule", "load_rules"]

_HOMES = {
    "Rule": "schema",
    "RuleSet": "ruleset",
    "drop_superseded": "ruleset",
    "load_rule": "loader",
    "load_rules": "loader",
}


def __getattr__(name: str) -> object:
    """Everything is loaded when it is first used: explaining one rule needs neither conditions nor evaluation."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
