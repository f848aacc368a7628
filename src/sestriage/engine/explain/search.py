"""Full-text search over the rules: ids, titles, aliases and texts, in the language of the rule set."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from sestriage.rules.ruleset import RuleSet
from sestriage.rules.schema import Rule

_WORD = re.compile(r"\w{2,}")
_NO_TERMS = frozenset(
    (
        *("and", "are", "at", "by", "can", "does", "for", "from", "has", "in", "is", "it"),
        *("no", "not", "of", "on", "or", "that", "the", "to", "was", "with", "an"),
    )
)
_WEIGHTS = {"name": 8, "alias": 4, "text": 1}
_SAME_STEM = 4
"""Characters from which the beginning of a word stands for it (`expire` finds `expired`)."""


def search(words: str, rules: RuleSet, most: int = 10) -> list[str]:
    """Ids of the rules that hold every word (or, if none does, most of them), best first; empty when none is near.

    A word counts where a word of the rule begins with it. What stands in id or title weighs more than an alias, and
    that more than the other texts.
    """
    wanted = [word for word in _words(words) if word not in _NO_TERMS]
    if not wanted:
        return []
    scored = [(*_score(wanted, _texts(rules.in_language(rule), rule)), rule.id) for rule in rules.rules.values()]
    enough = max((count for count, _, _ in scored), default=0)
    if enough == 0 or 2 * enough < len(wanted):
        return []
    best = sorted((-weight, rule_id) for count, weight, rule_id in scored if count == enough)
    return [rule_id for _, rule_id in best][:most]


def _texts(spoken: Rule, rule: Rule) -> Mapping[str, set[str]]:
    advice = " ".join(fix.text or "" for fix in spoken.fixes)
    return {
        "name": set(_words(f"{rule.id} {spoken.title} {rule.title}")),
        "alias": set(_words(" ".join(rule.aliases))),
        "text": set(_words(f"{spoken.why} {spoken.caution or ''} {advice}")),
    }


def _score(wanted: list[str], texts: Mapping[str, set[str]]) -> tuple[int, int]:
    """How many of the words the rule holds, and their weight."""
    held = weight = 0
    for word in wanted:
        places = [name for name, words in texts.items() if _in(word, words)]
        held += bool(places)
        weight += max((_WEIGHTS[name] for name in places), default=0)
    return held, weight


def _in(word: str, words: set[str]) -> bool:
    return word in words or (len(word) >= _SAME_STEM and any(other.startswith(word) for other in words))


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
