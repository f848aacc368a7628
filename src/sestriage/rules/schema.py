"""A rule, once read: frozen dataclasses, and the table of the keys that a rule file may have.

A rule file is TOML (see `docs/rules.md`). All texts are templates (`texts/templates.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sestriage.model.phase import Phase
from sestriage.model.reference import Reference
from sestriage.model.scope import ANY, Scope
from sestriage.model.vocabulary import Severity
from sestriage.rules.language.conditions import Condition, Selection

SCHEMA = 1
"""Version of the rule format; a file with another number is refused."""

MAX_RULE_FILE = 256 * 1024
"""Bytes of one rule file."""

SEVERITIES = ("critical", "error", "warning")
"""A warning never becomes the primary cause."""

EXPECTATIONS = ("confirmed", "likely", "suspected", "none")


@dataclass(frozen=True, slots=True)
class Fix:
    """A `[[fix]]`: one step, or a `builtin:` that computes steps. None in `when` means always."""

    text: str
    when: Condition | None = None
    command: str | None = None
    risk: str | None = None
    verify: str | None = None
    undo: str | None = None


@dataclass(frozen=True, slots=True)
class NeededEvidence:
    """A `[[need]]`: evidence that would settle the matter, and the command that collects it."""

    evidence: str
    why: str
    command: str
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. `path` is the file that it was read from, as shown to users."""

    id: str
    title: str
    phase: Phase
    severity: Severity
    why: str
    selections: Mapping[str, Selection]
    when: Condition
    likely: Condition | None = None
    confirmed: Condition | None = None
    conflicts: Condition | None = None
    contradiction: str | None = None
    """The usual meaning if `conflicts` holds."""
    aliases: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    applies: Scope = ANY
    caution: str | None = None
    supersedes: tuple[str, ...] = ()
    """Rules whose findings this one replaces."""
    alternatives: tuple[str, ...] = ()
    """Rules that the same evidence may also fit; those that the evidence excludes are not listed in a finding."""
    fallback: bool = False
    """Holds only where no other rule (warnings aside) does."""
    any_step: bool = False
    """Its signs may come at several steps: the one that failed is the one that the evidence shows, if it shows one.
    `phase` then says no more than where the rule is listed."""
    of_server: bool = False
    """What it holds for was written by a server about a client that came to it: it tells of no attempt of this side to
    send mail."""
    fixes: tuple[Fix, ...] = ()
    needs: tuple[NeededEvidence, ...] = ()
    path: str = ""
    folder: str | None = None
    """The folder of rules with the file and its translations; None for a rule that was read by itself."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a rule file: its TOML type, and whether it must be there."""

    type: type
    required: bool = False
    condition: bool = False
    """The text is a condition over the selections."""
    template: str | None = None
    """`text`, `command` or `lines`: a template for reading, for a shell, or of lines of either."""


_TEXT = Key(str, template="text")
_LINES = Key(str, template="lines")
_WHEN = Key(str, condition=True)

RULE_KEYS: Mapping[str, Key] = {
    "schema": Key(int, required=True),
    "id": Key(str, required=True),
    "title": Key(str, required=True),
    "phase": Key(str, required=True),
    "severity": Key(str, required=True),
    "aliases": Key(list),
    "why": Key(str, required=True, template="text"),
    "references": Key(list),
    "applies": Key(dict),
    "caution": _TEXT,
    "supersedes": Key(list),
    "alternatives": Key(list),
    "fallback": Key(bool),
    "any_step": Key(bool),
    "of_server": Key(bool),
    "select": Key(dict, required=True),
    "verdict": Key(dict, required=True),
    "fix": Key(list),
    "need": Key(list),
    "example": Key(list),
}
VERDICT_KEYS: Mapping[str, Key] = {
    "when": Key(str, required=True, condition=True),
    "likely": _WHEN,
    "confirmed": _WHEN,
    "conflicts": _WHEN,
    "contradiction": _TEXT,
}
FIX_KEYS: Mapping[str, Key] = {
    "when": _WHEN,
    "text": Key(str, required=True, template="text"),
    "command": Key(str, template="command"),
    "risk": _TEXT,
    "verify": _LINES,
    "undo": _LINES,
}
NEED_KEYS: Mapping[str, Key] = {
    "when": _WHEN,
    "evidence": Key(str, required=True, template="text"),
    "why": Key(str, required=True, template="text"),
    "command": Key(str, required=True, template="command"),
}
EXAMPLE_KEYS: Mapping[str, Key] = {
    "note": Key(str),
    "log": Key(str),
    "facts": Key(dict),
    "expect": Key(str, required=True),
    "need": Key(int),
    "before": Key(str),
    "answer": Key(str),
    "then": Key(str),
}

KEYS_BY_SECTION: Mapping[str, Mapping[str, Key]] = {
    "": RULE_KEYS,
    "verdict": VERDICT_KEYS,
    "fix": FIX_KEYS,
    "need": NEED_KEYS,
    "example": EXAMPLE_KEYS,
}


@dataclass(frozen=True, slots=True)
class Example:
    """An `[[example]]` as written: `facts` maps kinds to tables of fields.

    With `need` (1 is the rule's first) it shows what becomes of the verdict when that need is answered: `log` is what
    was at hand, `before` the confidence by it, and the answer is `answer` (the output of the need's command, as it is
    copied from a terminal) or `facts` (what a capture or a store shows). `expect` is the confidence afterwards, of the
    rule `then` where the answer shows another cause; None: of this one.
    """

    expect: str
    log: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    note: str | None = None
    line: int = 1
    need: int | None = None
    before: str | None = None
    answer: str | None = None
    then: str | None = None
