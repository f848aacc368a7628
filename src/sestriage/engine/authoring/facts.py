"""The facts that a rule could match, with the fields that have a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import datetime
from typing import Any

from sestriage.engine.authoring.attempt import Looked
from sestriage.model.facts import FactBase
from sestriage.model.judged.answers import FactsReport, FieldValue, ListedFact, ListedKind
from sestriage.model.kinds import FACT_KINDS
from sestriage.model.source import SourceRef
from sestriage.rules.language.answers import value_text
from sestriage.rules.language.types import fields_of
from sestriage.rules.texts.cite import cite

MAX_FACTS = 20
"""Facts of one kind that are listed, the first ones."""
MAX_DEPTH = 2
"""Parts inside parts whose fields are listed."""


def listed(looked: Looked, kinds: tuple[str, ...] = ()) -> FactsReport:
    """All kinds, or those that are named, in the order of docs/facts.md."""
    wanted = [kind for kind in FACT_KINDS if not kinds or kind in kinds]
    return FactsReport(looked.judged, tuple(_kind(kind, looked.facts) for kind in wanted))


def _kind(kind: str, facts: FactBase) -> ListedKind:
    found = facts.of(kind)
    shown = tuple(ListedFact(cite(kind, fact, facts), tuple(_fields(fact))) for fact in found[:MAX_FACTS])
    return ListedKind(kind, kind in facts.handed_in, shown, len(found) - len(shown))


def _fields(fact: Any, above: str = "", depth: int = 0) -> Iterator[FieldValue]:
    """Those with a value; not where the fact stands, which its evidence tells."""
    owner: type = fact.__class__
    for name, field in fields_of(owner).items():
        value = getattr(fact, name)
        if value is None or issubclass(field.base, SourceRef | datetime):
            continue
        if not is_dataclass(field.base):
            if value != ():
                yield FieldValue(f"{above}{name}", value_text(value))
        elif field.many:
            yield FieldValue(f"count({above}{name})", str(len(value)))
        elif depth < MAX_DEPTH:
            yield from _fields(value, f"{above}{name}.", depth + 1)
