"""Whether a rule still says what the template of `rules new` says for its author to replace."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from sestriage.errors import RuleError
from sestriage.rules.authoring.new_rule import RULE_ID, skeleton
from sestriage.rules.toml_places import Places

_TEXTS = (("", "title"), ("", "why"), ("", "aliases"), ("fix", "text"), ("fix", "risk"))
"""Section and key of the texts that an author must write; `verify` of the template may stay."""


def check_template(data: Mapping[str, Any], path: str, places: Places) -> Iterator[RuleError]:
    """The texts of a rule (its TOML is `data`) that are the template's."""
    rule_id = data.get("id")
    if not isinstance(rule_id, str) or not RULE_ID.fullmatch(rule_id):
        return
    template = tomllib.loads(skeleton(rule_id))
    for section, key in _TEXTS:
        for number, table in enumerate(_tables(data, section)):
            if key in table and table[key] == _tables(template, section)[0][key]:
                yield RuleError(path, f"`{key}` is the text of the template", *places.key(section, number, key))
    select = data.get("select")
    for name, text in select.items() if isinstance(select, dict) else ():
        if text in template["select"].values():
            yield RuleError(path, f"`{name}` selects the text of the template", *places.key("select", 0, name))


def _tables(data: Mapping[str, Any], section: str) -> list[Mapping[str, Any]]:
    tables = data.get(section, []) if section else [data]
    return [table for table in tables if isinstance(table, dict)] if isinstance(tables, list) else []
