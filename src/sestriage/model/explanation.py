"""The results of `sestriage explain`: the meaning of a rule without a case, and the rules that a text leads to.

These classes stand apart from `verdict.py`, and are named tuples, because explaining one rule must not load all that a
verdict is made of: dataclasses alone cost it a quarter of its time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sestriage.model.phase import Phase
from sestriage.model.reference import Reference
from sestriage.model.scope import ANY, Scope

Argv = Sequence[Sequence[str]] | None
"""The words of each program of a command that is a plain pipeline (`command.Command.argv`), else None."""


class Advice(NamedTuple):
    """One thing to do, as in `verdict.FixStep`: None where there is nothing to say. `argv` is that of the command."""

    text: str
    command: str | None = None
    risk: str | None = None
    verify: str | None = None
    undo: str | None = None
    argv: Argv = None


class Wanted(NamedTuple):
    """Evidence that would settle the matter, as in `verdict.Need`."""

    evidence: str
    why: str
    command: str
    argv: Argv = None


class Title(NamedTuple):
    """A rule by its name: what lists of rules show."""

    rule: str
    title: str


class Proof(NamedTuple):
    """How sure a rule is with which evidence: `confidence` is `confirmed`, `likely` or `suspected`, and each set of
    `evidence` (kinds of facts, `log.event`) is enough by itself."""

    confidence: str
    evidence: tuple[tuple[str, ...], ...]


class RuleSummary(NamedTuple):
    """A rule in words. Without a case the placeholders of its texts hold general values; steps that depend on the case
    are all listed. `against` says what a conflict with other evidence usually means, None when the rule names none."""

    rule: str
    title: str
    phase: Phase
    severity: str
    why: str
    caution: str | None = None
    steps: tuple[Advice, ...] = ()
    needs: tuple[Wanted, ...] = ()
    proofs: tuple[Proof, ...] = ()
    against: str | None = None
    alternatives: tuple[Title, ...] = ()
    references: tuple[Reference, ...] = ()
    path: str = ""
    """The file that the rule was read from."""
    applies: Scope = ANY
    """For which servers and clients the rule speaks."""
    not_translated: str | None = None
    """Why the texts are English although another language was asked for."""
    any_step: bool = False
    """Which step failed is not the rule's to say: the evidence shows it, if anything does."""


class Match(NamedTuple):
    """A rule that a text leads to. `confidence` as in a verdict; `quote` is the line that decided, redacted, and
    `place` where it stands (`paste:3`); both None when the rule was asked for by its name. `earlier`: an attempt before
    the newest one of the text."""

    rule: str
    title: str
    confidence: str
    quote: str | None = None
    place: str | None = None
    earlier: bool = False


class HandMade(NamedTuple):
    """A run of another client (openssl) in the text: a test by hand. `server` is what it was told to connect to, empty
    where the run does not say; `notes` say what it shows of the server, what was wrong with the test itself, and what
    is about the machine of the tester."""

    program: str
    server: str
    place: str
    notes: tuple[str, ...] = ()


class Explanation(NamedTuple):
    """The answer to `sestriage explain WHAT`.

    `matches` come best first; `leaflet` explains the first of them, None when there is none. `cleared` are the phases
    that the text proves to work; `phase` the one that failed by the text, None when it says none. `nearest` are rules
    whose names come closest when nothing matches. `notes` are sentences on the input; `attach` is what a support case
    needs when nothing matches.
    """

    matches: tuple[Match, ...] = ()
    leaflet: RuleSummary | None = None
    cleared: tuple[Phase, ...] = ()
    phase: Phase | None = None
    origin: str = "name"
    """The thing explained: the `name` of a rule, an `excerpt`, or the last `triage`; a `search` lists rules in
    `nearest`, and `misspelt` says that `word` is nearly the id of the one rule there."""
    accepted: bool = False
    """The newest attempt of the excerpt was accepted by the mail server."""
    nearest: tuple[Title, ...] = ()
    attach: tuple[Wanted, ...] = ()
    notes: tuple[str, ...] = ()
    tests: tuple[HandMade, ...] = ()
    """Tests by hand in the text. Where it holds nothing else, `matches` are the rules that they would lead to."""
    word: str = ""
    """The bare word that was explained, where it proves no rule: `nearest` then lists all that it can mean."""
    wrapper: str = ""
    """The key of the sentence that says what `word` stands around, when it is the outside of a cause."""
