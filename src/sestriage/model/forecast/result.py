"""On what a Manager's mail rests, which known change ends it, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sestriage.model.certs import ExportedFile, ImportAdvice, ServedChain
from sestriage.model.forecast.events import EVENTS, Certainty, EventId, KnownEvent
from sestriage.model.message import Message
from sestriage.model.source import InputNote
from sestriage.model.trust import Certificate, TrustedKey, TrustStore

ForecastVerdict = Literal["safe", "breaks", "unknown"]
"""Over all known events (or, with a what-if, in the changed world). `unknown`: cannot be said."""
Ground = Literal["served", "published", "stored"]
"""Whence the chain is: seen as it was served; made from what is published of the chains of Amazon SES (names, keys
and dates); the same, ending in a certificate of the store."""
Place = Literal["store", "served", "published"]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The world as a user asks for it; the empty one changes nothing."""

    without: tuple[str, ...] = ()
    """Names of CAs that are gone: from the store, from what is served, and as signers of other CAs."""
    without_cross_signed: bool = False
    """The server sends no certificate of a root that another root signed."""
    leaf_renewed: bool = False
    intermediate_rotated: bool = False
    at: datetime | None = None
    """Judged on this day, with everything that ends until then renewed, rotated or dropped."""

    @property
    def asked(self) -> bool:
        """True if it changes anything."""
        return self != NOTHING_ASKED


NOTHING_ASKED = WhatIf()
"""The world as it is."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change after those before it, and Java's answer then.

    `earliest` is the first moment at which it may come (None: any day), `latest` the one by which it has (None: not
    known). `message` is the text that Java would print, None when it trusts; `rests_on` what the trust rests on then.
    """

    event: EventId
    certainty: Certainty
    earliest: datetime | None
    latest: datetime | None
    chain: tuple[Certificate, ...]
    at: datetime
    message: str | None
    subject: str | None = None
    """The certificate that ends or is left out, by its name."""
    known: KnownEvent | None = None
    """Who announced it, and when; None for what is certain by the dates of certificates."""
    rests_on: tuple[TrustedKey, ...] = ()

    @property
    def trusted(self) -> bool:
        """Java trusts the chain then."""
        return self.message is None

    @property
    def text(self) -> Message:
        """The change in words."""
        if self.subject is None:
            return EVENTS[self.event]
        return Message(EVENTS[self.event], subject=self.subject)

    @property
    def when(self) -> Message:
        """When the change comes, in words."""
        if self.event == "today":
            return Message("today")
        if self.latest is None:
            return Message("on any day; by when is not known")
        day = f"{self.latest:%Y-%m-%d}"
        if self.earliest is None:
            return Message("on any day, at the latest on {day}", day=day)
        return Message("on {day}", day=day)


@dataclass(frozen=True, slots=True)
class Ending:
    """A certificate that counts here, and when it ends. `place`: in the store, served, or published by its owner."""

    label: str
    sha256: str
    ends: datetime
    place: Place


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast for one store. `until`: the day on which the last of the keys that the trust rests on ends; nothing
    is said beyond it (None: not known, or past)."""

    store: TrustStore
    ground: Ground
    verdict: ForecastVerdict
    at: datetime
    steps: tuple[Step, ...] = ()
    broken: Step | None = None
    """The first step at which Java refuses; None when none does."""
    rests_on: tuple[TrustedKey, ...] = ()
    chain: ServedChain | None = None
    renewed_since: bool = False
    """The chain that was seen has ended in part, and counts as renewed."""
    until: datetime | None = None
    lacks: str | None = None
    """For `unknown`: what is missing, and how to get it."""
    warning: str | None = None
    """Why the trust will not last, in the words that `triage` and `certs compare` have for it."""
    endings: tuple[Ending, ...] = ()
    advice: ImportAdvice | None = None
    """What to import where the verdict is `breaks`; each was tried: with all of them no known event breaks mail."""
    assumptions: tuple[str, ...] = ()
    missing_roots: tuple[str, ...] = ()
    """Roots that Amazon advises a store to hold and that this one does not (by key)."""

    @property
    def first_break(self) -> datetime | None:
        """The moment by which the mail breaks, to sort by; None where it does not break, or may on any day."""
        return None if self.broken is None else self.broken.latest

    def breaks_within(self, horizon_ends: datetime) -> bool:
        """True if the first breaking event may come before that moment."""
        step = self.broken
        return step is not None and (step.earliest is None or step.earliest <= horizon_ends)


@dataclass(frozen=True, slots=True)
class ForecastReport:
    """The result of `sestriage forecast`: one forecast for each store. `horizon` in days."""

    now: datetime
    horizon: float
    horizon_ends: datetime
    jdk: str
    forecasts: tuple[Forecast, ...]
    what_if: WhatIf = NOTHING_ASKED
    saved: tuple[ExportedFile, ...] = ()
    """The files with what to import, where they were asked for."""
    notes: tuple[str, ...] = ()
    inputs: tuple[InputNote, ...] = ()
    version: str = ""

    @property
    def verdict(self) -> ForecastVerdict:
        """The worst of all stores, within the horizon."""
        counts = {self.counts(each) for each in self.forecasts}
        if "breaks" in counts:
            return "breaks"
        return "safe" if counts == {"safe"} else "unknown"

    def counts(self, forecast: Forecast) -> ForecastVerdict:
        """The verdict within the horizon: what breaks later is safe within it; nothing is said beyond `until`."""
        if self.what_if.asked:
            return forecast.verdict
        if forecast.verdict == "safe" and forecast.until is not None and forecast.until <= self.horizon_ends:
            return "unknown"
        if forecast.verdict != "breaks":
            return forecast.verdict
        return "breaks" if forecast.breaks_within(self.horizon_ends) else "safe"
