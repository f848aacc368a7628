"""The documents that a finding rests on, for JSON."""

from __future__ import annotations

from collections.abc import Iterable

from sestriage.model.reference import Reference


def references(found: Iterable[Reference]) -> dict[str, object]:
    """`references`, the titles alone as they always were, and `reference_links`, those that have a link with it."""
    known = tuple(found)
    return {
        "references": [reference.title for reference in known],
        "reference_links": [reference._asdict() for reference in known if reference.url],
    }
