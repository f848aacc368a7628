"""The documents that a finding rests on, for JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypedDict

from sestriage.model.reference import Reference

if TYPE_CHECKING:
    from sestriage.model.document.parts import Reference as ReferenceJson


class References(TypedDict):
    """The keys that a finding and an explained rule have."""

    references: list[str]
    reference_links: list[ReferenceJson]


def references(found: Iterable[Reference]) -> References:
    """`references`, the titles alone as they always were, and `reference_links`, those that have a link with it."""
    known = tuple(found)
    return {
        "references": [reference.title for reference in known],
        "reference_links": [
            {"title": reference.title, "url": reference.url} for reference in known if reference.url is not None
        ],
    }
