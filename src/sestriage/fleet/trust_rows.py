"""Trust stores, their anchors and the served chain as rows, with the forecast for each store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sestriage.errors import InputError
from sestriage.fleet.tables import Anchor, Link, Row, Store
from sestriage.model.certs import ServedChain
from sestriage.model.forecast.result import Forecast
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate, TrustStore
from sestriage.model.verdict import Report

if TYPE_CHECKING:
    from sestriage.redact import Redactor

BARE = frozenset({"pem", "der", "p7b", "pem-folder"})
"""Formats of certificate files that are a store or a served chain, by what lies beside them."""
MAX_STORES = 20
MAX_ANCHORS = 1000
"""Rows of one case."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The forecast for the store at this place of the report's `stores`."""

    place: int
    found: Forecast


def utc(moment: datetime | None) -> datetime | None:
    """As the tables hold a time: UTC where the zone is known, else the log's own, without zone in either case."""
    if moment is None or moment.tzinfo is None:
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None)


def foreseen(report: Report, now: datetime) -> tuple[Foreseen, ...]:
    """The forecast for each store of a case, against the newest chain that its evidence shows."""
    if not report.stores:
        return ()
    from sestriage.pki.forecast import forecast

    bare, chains = _chains(report)
    served = next((chain for chain in chains if chain.usable), None)
    certificates, seen = (served.certificates, served.at) if served is not None else (None, None)
    return tuple(
        Foreseen(place, forecast(store, certificates, now, seen=seen))
        for place, store in enumerate(report.stores[:MAX_STORES])
        if store not in bare
    )


def _chains(report: Report) -> tuple[Sequence[TrustStore], Sequence[ServedChain]]:
    """The bare certificate files that are a served chain, and no store, and all served chains, the newest first: as
    `sestriage forecast` takes them."""
    from sestriage.engine.certs.read import CertInputs
    from sestriage.engine.certs.served import served_chains

    bare = [store for store in report.stores if store.format in BARE]
    if bare and len(bare) < len(report.stores) and not report.captures:
        try:
            return bare, served_chains(CertInputs(files=bare), None, files_are_served=True)
        except InputError:  # no one chain; but what holds a server's own certificate is no store either
            return [store for store in bare if any(entry.certificate.is_ca is False for entry in store.entries)], ()
    return (), served_chains(CertInputs(captures=list(report.captures)), None, files_are_served=False)


def trust_rows(
    report: Report, future: Sequence[Foreseen], places: Callable[[SourceRef], str], redactor: Redactor | None
) -> Iterator[Row]:
    """The rows of a report that is cleaned already; `future` is of the report before that."""
    for each in future:
        store = report.stores[each.place]
        yield _store(store, each.found, places, redactor)
        rests = {key.spki_sha256 for key in each.found.rests_on}
        for entry in store.entries[:MAX_ANCHORS]:
            yield _anchor(entry.certificate, entry.alias, entry.trusted, rests, places(store.source))
    yield from _chain(report)


def _store(store: TrustStore, found: Forecast, places: Callable[[SourceRef], str], redactor: Redactor | None) -> Store:
    broken = found.broken
    return Store(
        store=places(store.source),
        format=store.format,
        readable=store.readable,
        problem=store.problem and str(store.problem),
        anchors=store.anchor_count,
        verdict=found.verdict,
        ground=found.ground,
        breaks_by=utc(found.first_break),
        event=broken.event if broken else None,
        certainty=broken.certainty if broken else None,
        subject=_hidden(broken.subject, redactor) if broken else None,
        until=utc(found.until),
        lacks=_hidden(found.lacks, redactor),
    )


def _hidden(text: str | None, redactor: Redactor | None) -> str | None:
    return str(redactor.redact(text)) if text and redactor is not None else text and str(text)


def _anchor(certificate: Certificate, alias: str | None, trusted: bool, rests: set[str], store: str) -> Anchor:
    return Anchor(
        store=store,
        alias=alias,
        trusted=trusted,
        rests_on=bool(certificate.spki_sha256) and certificate.spki_sha256 in rests,
        subject=certificate.subject,
        issuer=certificate.issuer,
        sha256=certificate.sha256,
        spki_sha256=certificate.spki_sha256,
        subject_key_id=certificate.subject_key_id,
        authority_key_id=certificate.authority_key_id,
        published_as=certificate.published_as,
        not_before=utc(certificate.not_before),
        not_after=utc(certificate.not_after),
        key_type=certificate.key_type,
        key_bits=certificate.key_bits,
    )


def _chain(report: Report) -> Iterator[Link]:
    """The chain of the newest conversation of mail that shows one."""
    attempts = [stream for attempt in report.attempts for stream in attempt.streams]
    streams = attempts or [stream for capture in report.captures for stream in capture.streams]
    shown = next((each for each in reversed(streams) if each.tls is not None and each.tls.certificates), None)
    if shown is None or shown.tls is None:
        return
    for position, each in enumerate(shown.tls.certificates[:MAX_ANCHORS]):
        yield Link(
            position=position,
            host=shown.server_name,
            subject=each.subject,
            issuer=each.issuer,
            sha256=each.sha256,
            spki_sha256=each.spki_sha256,
            subject_key_id=each.subject_key_id,
            authority_key_id=each.authority_key_id,
            published_as=each.published_as,
            not_before=utc(each.not_before),
            not_after=utc(each.not_after),
        )
