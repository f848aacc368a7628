"""A bare word that several rules share: the name of an exception, a reply code, the name of an alert.

Such a word proves no rule. What it can be is taken from the examples of the rules, which are real texts: a rule can be
meant if the word stands in the log of an example in which it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sestriage.errors import RuleError
from sestriage.rules.ruleset import RuleSet
from sestriage.rules.schema import Rule

REPLY_CODE = re.compile(r"[45]\d\d")
CLASS_NAME = re.compile(r"(?:[A-Za-z_$][\w$]*\.){0,12}[A-Z][\w$]*(?:Exception|Error|Ausnahme)")
ALERT_NAME = re.compile(r"[a-z]{2,20}(?:_[a-z]{2,20}){1,3}")


def is_bare_word(text: str) -> bool:
    """The text is one such word and nothing else."""
    return any(form.fullmatch(text) for form in (REPLY_CODE, CLASS_NAME, ALERT_NAME))


def rules_that_share(word: str, rules: RuleSet) -> list[Rule]:
    """The rules that a bare word can mean, the steps of a submission in their order; empty for any other text."""
    if not is_bare_word(word):
        return []
    found = [rule for rule in rules.rules.values() if rule.path and any(_held(word, rule))]
    return sorted(found, key=lambda rule: (rule.severity == "warning", rule.phase.rank, rule.id))


def names(word: str, log: str) -> bool:
    """The word stands in a log: a reply code where a reply begins, a name as a whole word."""
    name = word.rpartition(".")[2]
    form = rf"(?<!\S){name}[ -]" if REPLY_CODE.fullmatch(word) else rf"(?<![\w$]){re.escape(name)}(?![\w$])"
    return re.search(form, log, re.MULTILINE) is not None


def _held(word: str, rule: Rule) -> Iterator[bool]:
    from sestriage.rules.reader import read_examples  # slow to import, and seldom needed

    try:
        raw = Path(rule.path).read_bytes()
        if word.rpartition(".")[2].encode() not in raw:
            return
        examples = read_examples(raw, rule.path)
    except (OSError, RuleError):
        return
    yield from (names(word, example.log) for example in examples if example.log and example.expect != "none")
