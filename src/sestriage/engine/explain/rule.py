"""`sestriage explain` for the name of a rule: reads that one rule, and nothing that it does not need.

Excerpts go to `text.py`, which loads all rules and the log reader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sestriage.errors import RuleError
from sestriage.model.explanation import Explanation, Match, RuleSummary, Wanted
from sestriage.model.known.spelling import nearest
from sestriage.rules.files import listing
from sestriage.rules.texts.rule_summary import read, titles

UNCLASSIFIED = "unclassified-error"
"""The rule for what no other rule knows; what it wants to see is what a support case needs."""

Listing = Mapping[str, Sequence[tuple[str, str]]]


def explain_rule(name: str, extra: Sequence[str] = (), language: str = "en") -> Explanation | None:
    """The rule of this id, from the folders `extra`, the site's, or the packaged ones; None when there is none.

    A broken file is skipped with a note, and the next one of that id is used.

    Raises:
        RuleError: all files of that id are broken.
    """
    rule_id = name.strip().lower()
    files = {} if any(character.isspace() for character in rule_id) else listing(extra)
    if rule_id not in files:
        return _misspelt(rule_id, files, language)
    leaflet, notes = leaflet_of(rule_id, files, language)
    return Explanation((Match(rule_id, leaflet.title, "confirmed"),), leaflet, notes=notes)


def _misspelt(rule_id: str, files: Listing, language: str) -> Explanation | None:
    """The one rule whose id is nearly this word; None when the word has not the form of an id, or none is near."""
    parts = rule_id.split("-")
    if len(parts) < 2 or not all(part.isalnum() and part.isascii() for part in parts):
        return None
    near = nearest(rule_id, files, most=max(2, len(rule_id) // 6))
    found = tuple(titles([near] if near else [], files, language))
    return Explanation(nearest=found, origin="misspelt", word=rule_id) if found else None


def leaflet_of(rule_id: str, files: Listing, language: str = "en") -> tuple[RuleSummary, tuple[str, ...]]:
    """The leaflet of a rule that is in the listing, and a note for each broken file that was skipped, and for a
    translation that is missing or broken.

    Raises:
        RuleError: all files of that id are broken.
    """
    broken: list[RuleError] = []
    for path, folder in files[rule_id]:
        try:
            leaflet = read(path, folder, files, language)
        except RuleError as error:
            broken.append(error)
            continue
        notes = [f"{error}; skipped" for error in broken]
        return leaflet, (*notes, *([leaflet.not_translated] if leaflet.not_translated else []))
    raise broken[0]


def support_needs(files: Listing, language: str = "en") -> tuple[Wanted, ...]:
    """What to attach to a support case, as the rule for unknown errors lists it."""
    if UNCLASSIFIED not in files:
        return ()
    return leaflet_of(UNCLASSIFIED, files, language)[0].needs


def rule_ids(extra: Sequence[str] = ()) -> list[str]:
    """All ids, for shell completion."""
    return sorted(listing(extra))
