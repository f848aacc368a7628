"""An explanation as JSON, for programs."""

from __future__ import annotations

import json

from sestriage.model.explanation import Explanation, Match
from sestriage.report.references import references


def render(explanation: Explanation) -> str:
    """`{matches: [{rule, confidence, quote, …}], cleared: [...], …}`, best match first, with a newline at its end.

    `quote` is null for a rule that was asked for by its name; `explanation` holds the texts of the best match.
    """
    document = {
        "matches": [_match(match) for match in explanation.matches],
        "cleared": [phase.value for phase in explanation.cleared],
        "phase": explanation.phase.value if explanation.phase else None,
        "accepted": explanation.accepted,
        "word": explanation.word or None,
        "wrapper": explanation.wrapper or None,
        "nearest": [title.rule for title in explanation.nearest],
        "explanation": _leaflet(explanation),
        "attach": [need._asdict() for need in explanation.attach],
        "tests": [test._asdict() for test in explanation.tests],
        "notes": list(explanation.notes),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _match(match: Match) -> dict[str, object]:
    first = ("rule", "confidence", "quote")
    fields = match._asdict()
    return {**{name: fields[name] for name in first}, **fields}


def _leaflet(explanation: Explanation) -> dict[str, object] | None:
    leaflet = explanation.leaflet
    if leaflet is None:
        return None
    fields = {name: value for name, value in leaflet._asdict().items() if name != "path"}
    tables = ("steps", "needs", "proofs", "alternatives")
    fields["applies"] = leaflet.applies._asdict()
    fields |= references(leaflet.references)
    return {**fields, **{name: [row._asdict() for row in fields[name]] for name in tables}}
