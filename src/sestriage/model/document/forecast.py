"""The document of `sestriage forecast`."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from sestriage.model.document.certs import Chain, ImportAdvice, PlacedInput, StoreSummary
from sestriage.model.document.parts import ReadHead
from sestriage.model.document.words import Digest, Sha256, Time
from sestriage.model.forecast.events import Certainty, EventId
from sestriage.model.forecast.result import ForecastVerdict, Ground, Place
from sestriage.model.trust import AnchorKind


class ChangedWorld(TypedDict):
    """The changed world that was asked for."""

    without: Annotated[list[str], "Certificates that the server no longer sends, as they were named."]
    without_cross_signed: Annotated[bool, "No cross-signed root is sent any more."]
    leaf_renewed: Annotated[bool, "The server's certificate is a new one of the same issuer."]
    intermediate_rotated: Annotated[bool, "The issuing CA is another one under the same root."]
    at: Annotated[Time | None, "The moment for which it was asked; null: now."]


class ForecastKey(TypedDict):
    """A key in the store that alone completes a path."""

    spki_sha256: Annotated[Sha256, "SHA-256 of its SubjectPublicKeyInfo; of the certificate where that is unknown."]
    kind: Annotated[AnchorKind, "What it is above the server's certificate; a `root` lasts."]
    label: Annotated[str, "Its name."]
    sha256: Annotated[list[Digest], "Its certificates in the store."]


class ForecastChange(TypedDict):
    """Java's answer after a change."""

    event: Annotated[EventId, "The change."]
    text: Annotated[str, "The change in words."]
    certainty: Annotated[Certainty, "`announced` by its source, or `certain` by the dates of certificates."]
    source: Annotated[str | None, "Who announced it; null for what is certain."]
    since: Annotated[str | None, "The day from which it may come; null where no day is known."]
    earliest: Annotated[Time | None, "The earliest moment; null: any day."]
    latest: Annotated[Time | None, "The latest moment; null where it is not known."]
    trusted: Annotated[bool, "Java trusts the server then."]
    message: Annotated[str | None, "The text of Java's exception; null when it trusts."]
    rests_on: Annotated[list[Sha256], "The keys on which the trust rests then."]


class ForecastEnding(TypedDict):
    """A certificate and its end."""

    label: Annotated[str, "Its name."]
    sha256: Annotated[Digest, "Its fingerprint."]
    ends: Annotated[Time, "Valid until."]
    where: Annotated[Place, "Where it is from."]


class StoreForecast(TypedDict):
    """What is to come of a trust store."""

    store: Annotated[StoreSummary, "The store."]
    chain: Annotated[Chain | None, "The served chain; null where none was in the evidence."]
    ground: Annotated[Ground, "Where the chain is from that was held against the store."]
    at: Annotated[Time | None, "The moment from which the forecast looks ahead."]
    verdict: Annotated[ForecastVerdict, "Over all known events, whatever the horizon."]
    within_horizon: Annotated[ForecastVerdict, "Within the horizon."]
    breaks: Annotated[ForecastChange | None, "The first change at which Java refuses."]
    until: Annotated[Time | None, "When the last key ends on which the trust rests: nothing is said beyond it."]
    lacks: Annotated[str | None, "What is missing where nothing can be said."]
    warning: Annotated[str | None, "Why the trust will not last."]
    rests_on: Annotated[list[ForecastKey], "Each key in the store that alone completes a path."]
    changes: Annotated[list[ForecastChange], "The changes in their order, as far as Java's answer was computed."]
    endings: Annotated[list[ForecastEnding], "What ends when, the first one first."]
    advice: Annotated[ImportAdvice | None, "What to import before."]
    missing_roots: Annotated[list[str], "Published roots to import that no CA bundle at hand holds."]
    assumptions: Annotated[list[str], "On what the answer rests besides."]


class SavedFile(TypedDict):
    """A certificate that was saved."""

    path: Annotated[str, "Where."]
    written: Annotated[bool, "False: the very same file was there."]


class Forecast(ReadHead):
    """What `sestriage forecast --format json` prints."""

    schema_version: Annotated[Literal[1], "Of this document."]
    horizon_days: Annotated[float, "How far the exit status looks ahead."]
    horizon_ends: Annotated[Time | None, "The moment up to which it looks."]
    jdk: Annotated[str, "Whose decision it is: the JDK."]
    verdict: Annotated[ForecastVerdict, "The worst of all stores within the horizon; it decides the exit status."]
    what_if: Annotated[ChangedWorld | None, "The changed world that was asked for; null where none was."]
    stores: Annotated[list[StoreForecast], "Each store."]
    saved: Annotated[list[SavedFile], "What `--to` saved."]
    notes: Annotated[list[str], "What else is to be known."]
    inputs: Annotated[list[PlacedInput], "Files that could not be used, or only in part."]
