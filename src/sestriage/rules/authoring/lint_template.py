"""Whether a rule still says what the template of `rules new` says for its author to replace."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sestriage.errors import RuleError
from sestriage.model.message import Message
from sestriage.rules.authoring.new_rule import skeleton
from sestriage.rules.toml_places import Places

_TEXTS = (("", "title"), ("", "why"), ("", "aliases"), ("fix", "text"), ("fix", "risk"))
"""Section and key of the texts that an author must write; `verify` of the template may stay."""


_ID = "a-new-rule"


@cache
def _template() -> Mapping[str, Any]:
    return tomllib.loads(skeleton(_ID))


def check_template(data: Mapping[str, Any], path: str, places: Places) -> Iterator[RuleError]:
    """The texts of a rule (its TOML is `data`) that are the template's."""
    words = str(data.get("id")).replace("-", " ")
    for section, key in _TEXTS:
        for number, table in enumerate(_tables(data, section)):
            if key in table and table[key] == _about(words, _tables(_template(), section)[0][key]):
                yield RuleError(
                    path, Message("`{key}` is the text of the template", key=key), *places.key(section, number, key)
                )
    select = data.get("select")
    left = [_about(words, text) for text in _template()["select"].values()]
    for name, text in select.items() if isinstance(select, dict) else ():
        if text in left:
            yield RuleError(
                path, Message("`{name}` selects the text of the template", name=name), *places.key("select", 0, name)
            )


def _about(words: str, text: Any) -> Any:
    """A text of the template, as it is in the one for a rule with these words in its id."""
    if isinstance(text, list):
        return [_about(words, each) for each in text]
    return text.replace(_ID.replace("-", " "), words)


def _tables(data: Mapping[str, Any], section: str) -> list[Mapping[str, Any]]:
    tables = data.get(section, []) if section else [data]
    return [table for table in tables if isinstance(table, dict)] if isinstance(tables, list) else []
