"""Find faults of the aliases of rules: an alias must mean its rule and no other.

`sestriage explain ALIAS` answers with the rule of the alias, whatever else the text could be. So an alias is a full
text or a code that belongs to it alone; a bare word that several rules share is answered with the list of what it can
be.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from sestriage.errors import RuleError
from sestriage.model.message import Message
from sestriage.rules.authoring.linted import Linted
from sestriage.rules.schema import Rule

_BARE = re.compile(r"[2-5]\d\d|(?:[A-Za-z_$][\w$]*\.){0,12}[A-Z][\w$]*(?:Exception|Error|Ausnahme)|[a-z]+(?:_[a-z]+)+")
"""A reply code, the name of a class, of an alert or of a function."""


def check_aliases(sources: Sequence[Linted], rules: Mapping[str, Rule]) -> Iterator[RuleError]:
    """Aliases that two rules claim, and those that stand in the example of a rule that does not know this one."""
    yield from _claimed_twice(sources, rules)
    logs = {source.rule.id: _logs(source) for source in sources}
    for source in sources:
        for alias in source.rule.aliases:
            others = [other for other, texts in logs.items() if other != source.rule.id and _in_any(alias, texts)]
            strangers = [other for other in others if not _know_each_other(source.rule, rules[other])]
            if _BARE.fullmatch(alias) and len(others) > len(_special_cases(source.rule, others, rules)):
                yield source.problem(
                    Message("the alias `{alias}` alone is shared with {others}", alias=alias, others=_listed(others)),
                    key="aliases",
                )
            elif strangers:
                yield source.problem(
                    Message(
                        "the alias `{alias}` stands in an example of {strangers}",
                        alias=alias,
                        strangers=_listed(strangers),
                    ),
                    key="aliases",
                )


def _claimed_twice(sources: Sequence[Linted], rules: Mapping[str, Rule]) -> Iterator[RuleError]:
    own = {source.rule.id for source in sources}
    seen: dict[str, str] = {rule_id: rule_id for rule_id in rules}
    for rule in rules.values():
        if rule.id not in own:
            seen.update((alias.casefold(), rule.id) for alias in rule.aliases)
    for source in sources:
        for alias in source.rule.aliases:
            owner = seen.setdefault(alias.casefold(), source.rule.id)
            if owner != source.rule.id:
                yield source.problem(
                    Message("the alias `{alias}` belongs to `{owner}` already", alias=alias, owner=owner), key="aliases"
                )


def _logs(source: Linted) -> tuple[str, ...]:
    """The logs in which the rule holds."""
    return tuple(_plain(example.log) for example in source.examples if example.log and example.expect != "none")


def _in_any(alias: str, texts: Sequence[str]) -> bool:
    words = re.compile(rf"(?<!\w){re.escape(_plain(alias))}(?!\w)")
    return any(words.search(text) for text in texts)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _know_each_other(rule: Rule, other: Rule) -> bool:
    """True if one replaces the other, or names it as another reading: the general text leads to the general rule."""
    named = {*rule.supersedes, *rule.alternatives}, {*other.supersedes, *other.alternatives}
    return other.id in named[0] or rule.id in named[1]


def _special_cases(rule: Rule, others: Sequence[str], rules: Mapping[str, Rule]) -> list[str]:
    return [other for other in others if rule.id in rules[other].supersedes]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
