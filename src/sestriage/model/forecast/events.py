"""The known changes of the CA world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sestriage.model.message import Message

Certainty = Literal["certain", "announced", "guess"]
"""`certain`: it follows from dates of certificates; `announced` by who will do it; `guess`: never printed."""
EventId = Literal["today", "leaf-renewed", "intermediate-rotated", "class-2-cross-dropped", "cross-signed-ends"]
EVENTS: dict[EventId, Message] = {
    "today": Message("none yet"),
    "leaf-renewed": Message("the server's own certificate is renewed"),
    "intermediate-rotated": Message("the server's certificate comes from another issuing CA"),
    "class-2-cross-dropped": Message("the certificate that ties {subject} to Starfield Class 2 is no longer sent"),
    "cross-signed-ends": Message("the cross-signed certificate of {subject} ends"),
}
"""The changes in words."""


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """A change in the world of the CAs, as the data file has it. `since` is the day from which it may come, `until` the
    day by which it has (None: not announced). `what` says the change in English, `source` who says so."""

    id: str
    certainty: Certainty
    since: date
    until: date | None
    scope: Literal["amazon"]
    what: str
    source: str
    url: str | None = None
