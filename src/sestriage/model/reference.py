"""A document that a rule rests on: what it is called, and where it stands."""

from __future__ import annotations

from typing import NamedTuple


class Reference(NamedTuple):
    """A title, and the link that leads there; `url` is None for a document that is known by its name only.

    A named tuple, as all that `explanation.py` needs: explaining one rule must not load dataclasses.
    """

    title: str
    url: str | None = None

    def as_text(self) -> str:
        """`RFC 5321 section 3.1: https://…`, or the title alone."""
        return f"{self.title}: {self.url}" if self.url else self.title
