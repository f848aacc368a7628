"""A rule's leaflet with the texts that a finding filled from evidence."""

from __future__ import annotations

from collections.abc import Callable

from sestriage.engine.explain import Listing
from sestriage.model.explanation import Advice, Leaflet, Wanted
from sestriage.model.verdict import Finding
from sestriage.rules.leaflet import titles

Clean = Callable[[str], str]
"""Takes secrets and private data out of a text."""


def bound(leaflet: Leaflet, finding: Finding, files: Listing, clean: Clean, language: str = "en") -> Leaflet:
    """The leaflet with the finding's texts, steps and needs; where the finding has none, those without a case stay."""

    def maybe(text: str | None) -> str | None:
        return None if text is None else clean(text)

    steps = tuple(
        Advice(clean(step.text), maybe(step.command), maybe(step.risk), maybe(step.verify), maybe(step.undo))
        for step in finding.fixes
    )
    needs = tuple(Wanted(clean(need.evidence), clean(need.why), clean(need.command)) for need in finding.needs)
    return leaflet._replace(
        title=clean(finding.title),
        why=clean(finding.explanation),
        caution=maybe(finding.caution),
        steps=steps or leaflet.steps,
        needs=needs or leaflet.needs,
        alternatives=tuple(titles(finding.alternatives, files, language)),
    )
