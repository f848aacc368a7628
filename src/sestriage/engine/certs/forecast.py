"""`sestriage forecast`: on what each store's trust in the mail server rests, and which known change ends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import BinaryIO

from sestriage import __version__
from sestriage.engine.certs.compare import CertOptions
from sestriage.engine.certs.export import save
from sestriage.engine.certs.public_roots import PublicRoots
from sestriage.engine.certs.read import CertInputs, read_inputs
from sestriage.engine.certs.served import served_chains
from sestriage.engine.reading.collect import Options, group_stores, store_passwords
from sestriage.engine.reading.lost import lost_note
from sestriage.errors import InputError
from sestriage.formats.certs.derivation import DerivationBudget
from sestriage.formats.guard import Guard
from sestriage.model.certs import ServedChain
from sestriage.model.fault import Fault
from sestriage.model.forecast.result import NOTHING_ASKED, Ending, Forecast, ForecastReport, Place, WhatIf
from sestriage.model.known.published import BY_KEY
from sestriage.model.message import Message, together
from sestriage.model.trust import Certificate, TrustStore
from sestriage.pki.algorithms import DEFAULT_JDK
from sestriage.pki.changed_world import bears, ended, known_name
from sestriage.pki.export import RootFinder, file_names
from sestriage.pki.forecast import AFTERWARDS, breaks_by, forecast
from sestriage.pki.forecast_imports import imports
from sestriage.pki.lasting import day_of

DAY = 86400.0
YEAR = 365 * DAY


@dataclass(frozen=True, slots=True)
class ForecastOptions:
    """What a user can set beside `CertOptions`. `chains` are files with another served chain; `horizon` in seconds."""

    what_if: WhatIf = NOTHING_ASKED
    chains: tuple[str, ...] = ()
    horizon: float = YEAR


def forecast_files(
    paths: Sequence[str], options: CertOptions, asked: ForecastOptions, stdin: BinaryIO | None = None
) -> ForecastReport:
    """A forecast for each store in the evidence. Raises `InputError` where there is none, or a name is none."""
    passwords = store_passwords(Options(store_password_file=options.store_password_file))
    budget = DerivationBudget(options.max_kdf_iterations)
    named = read_inputs(options.stores, passwords, as_store=True, budget=budget) if options.stores else None
    inputs = read_inputs(paths, passwords, options.keylogs, stdin, reading=options.reading, budget=budget)
    stores, files_are_served = _stores(inputs, named)
    if not stores:
        raise InputError(Message("there is no trust store in the evidence: name it with --store"))
    if asked.chains:
        other = read_inputs(asked.chains, passwords, options.keylogs, budget=budget)
        chains = served_chains(other, options.host, files_are_served=True)
        if not any(chain.usable for chain in chains):
            raise InputError(Message("there is no served chain in {files}", files=", ".join(asked.chains)))
    else:
        chains = served_chains(inputs, options.host, files_are_served=files_are_served)
    _check_names(asked.what_if, stores, chains)
    now = options.now or datetime.now(UTC)
    served = next((chain for chain in chains if chain.usable), None)
    roots = options.public_roots or PublicRoots(options.bundles)
    found: list[Forecast] = []
    for store in stores:
        with Guard(partial(_lost, inputs, store)):
            found.append(forecast_store(store, served, now, roots, options.jdk, asked.what_if))
    horizon_ends = now + timedelta(seconds=asked.horizon)
    notes = (*inputs.notes, *(named.notes if named is not None else ()))
    return ForecastReport(
        now,
        asked.horizon / DAY,
        horizon_ends,
        options.jdk,
        tuple(each if asked.what_if.asked else _within(each, horizon_ends) for each in found),
        asked.what_if,
        notes=tuple(_notes(chains, served)),
        inputs=tuple(note for note in notes if note.problem),
        version=__version__,
    )


def breaking(store: str, chains: Sequence[str], now: datetime) -> Iterator[tuple[str, str, str]]:
    """For `sestriage check`: the path of a store, the change that will end the mail within a year, and the sentence on
    it; nothing where none is known, or it cannot be said."""
    try:
        report = forecast_files(chains, CertOptions(stores=(store,), now=now), ForecastOptions())
    except InputError:
        return  # a file that cannot be used is told of by the watch over its certificates
    for found in report.forecasts:
        sentence = breaks_by(found)
        if found.broken is None or sentence is None or report.counts(found) != "breaks":
            continue
        files = ", ".join(c.file_name for c in found.advice.choices) if found.advice is not None else ""
        hint = Message("`sestriage forecast` saves what to import: {files}.", files=files) if files else ""
        yield store, found.broken.event, together(sentence, hint)


def forecast_store(
    store: TrustStore,
    served: ServedChain | None,
    now: datetime,
    find_root: RootFinder,
    jdk: str = DEFAULT_JDK,
    what_if: WhatIf = NOTHING_ASKED,
) -> Forecast:
    """The forecast for one store, with what ends when and what to import. Never raises.

    `served` None: the published chain of Amazon SES is assumed, and said so.
    """
    chain = served.certificates if served is not None else None
    seen = served.at if served is not None else None
    found = forecast(store, chain, now, jdk, what_if, seen)
    advice = imports(found, chain, find_root, jdk, what_if) if found.verdict == "breaks" else None
    found = replace(found, chain=served, endings=tuple(_endings(found, chain or ())), advice=advice)
    return replace(found, assumptions=tuple(_assumptions(found)))


def save_imports(report: ForecastReport, folder: str) -> ForecastReport:
    """Save what the forecasts advise to import, as `certs export` does; a certificate with a published root's name over
    another key is left out. Raises `InputError` as that does."""
    advised = (each.advice for each in report.forecasts if each.advice is not None)
    choices = {choice.certificate.sha256: choice for advice in advised for choice in advice.choices}
    kept = [choice for choice in choices.values() if not choice.unpublished]
    names = file_names(choice.certificate for choice in kept)
    named = [replace(choice, file_name=names[choice.certificate.sha256]) for choice in kept]
    return replace(report, saved=save(folder, named)) if named else report


def _stores(inputs: CertInputs, named: CertInputs | None) -> tuple[list[TrustStore], bool]:
    """The stores, and whether bare certificate files of the evidence are the served chain."""
    if named is not None:
        return group_stores([*named.stores, *named.files]), True
    seen = bool(inputs.captures or inputs.transcripts)
    if inputs.stores and not seen:
        return group_stores(inputs.stores), True
    return group_stores([*inputs.stores, *inputs.files]), False


def _lost(inputs: CertInputs, store: TrustStore, fault: Fault) -> None:
    inputs.notes.append(lost_note(store.source, "trust-store", None, fault))


def _check_names(what_if: WhatIf, stores: Sequence[TrustStore], chains: Sequence[ServedChain]) -> None:
    """Raises for a name that nothing bears: a slip would pass for good news."""
    certificates = [each for store in stores for each in store.anchors]
    certificates += [each for chain in chains for each in chain.certificates]
    for name in what_if.without:
        if not name.strip() or not (known_name(name) or any(bears(each, name) for each in certificates)):
            raise InputError(
                Message("no CA of the evidence, and no published root, has {name} in its name", name=repr(name))
            )


def _within(found: Forecast, horizon_ends: datetime) -> Forecast:
    """What follows the last anchor cannot be said: where that is within the horizon, it is lacking."""
    if found.verdict != "safe" or found.until is None or found.until > horizon_ends:
        return found
    return replace(found, lacks=Message(AFTERWARDS, day=day_of(found.until)))


def _endings(found: Forecast, chain: Sequence[Certificate]) -> Iterator[Ending]:
    """What ends when, the earliest first: the served certificates, those of the store on which the trust rests, and
    the published roots that these, or the served ones, are."""
    stored = [each for key in found.rests_on for each in key.certificates]
    places: tuple[tuple[Place, Sequence[Certificate]], ...] = (("served", chain), ("store", stored))
    rows = [
        Ending(each.published_as or each.label, each.sha256, each.not_after, place)
        for place, certificates in places
        for each in certificates
        if each.not_after is not None
    ]
    keys = dict.fromkeys(each.spki_sha256 for each in (*stored, *chain))
    for root in (BY_KEY[key] for key in keys if key in BY_KEY):
        if all(row.sha256 != root.sha256 for row in rows):
            rows.append(Ending(root.name, root.sha256, root.ends, "published"))
    yield from sorted(dict.fromkeys(rows), key=lambda row: row.ends)


def _assumptions(found: Forecast) -> Iterator[str]:
    """On what the answer rests beside the evidence."""
    if not found.steps:
        return
    if found.ground == "published":
        yield Message(
            "No served chain is in the evidence. The one that is published for Amazon SES is assumed: the server's own"
            " certificate, an issuing CA, Amazon Root CA 1 signed by Starfield Services G2, and that by Starfield"
            " Class 2."
        )
    elif found.ground == "stored":
        yield Message(
            "No served chain is in the evidence. It is assumed that the server sends the certificate of the store"
            " (`{label}`) today, and above it the chain that is published for Amazon SES.",
            label=_stored_label(found),
        )
    if found.renewed_since and found.chain is not None:
        yield Message("The served certificates have ended in part since they were seen; they count as renewed.")
    if found.ground != "served" or len(found.steps) > 1 or found.renewed_since:
        yield Message(
            "Nobody here has the keys of the CAs: what Java says of certificates that do not exist yet, or are not at"
            " hand, rests on names, keys and dates."
        )
    if len(found.steps) > 1:
        yield Message("That the server renews what ends, and stays below the same roots, is assumed.")
    for certificate in (each for key in found.rests_on for each in key.certificates if ended(each, found.at)):
        yield Message(
            "`{label}` in the store has ended on {day}. Java does not look at the end of the anchor here, and trusts it"
            " all the same; OpenSSL does not.",
            label=certificate.label,
            day=day_of(certificate.not_after),
        )
    if found.verdict == "safe" and found.missing_roots and found.ground != "served":
        yield Message(
            "Amazon advises that a store hold all five of its roots; here are missing: {roots}.",
            roots=", ".join(found.missing_roots),
        )


def _stored_label(found: Forecast) -> str:
    chain = found.steps[0].chain
    return next((each.label for each in chain if each.der), chain[0].label)


def _notes(chains: Sequence[ServedChain], served: ServedChain | None) -> Iterator[str]:
    usable = [chain for chain in chains if chain.usable]
    if len(usable) > 1 and served is not None:
        yield Message(
            "{count} different served chains are in the evidence; the newest is judged ({source}). --host picks"
            " another.",
            count=len(usable),
            source=served.source,
        )
    for chain in chains:
        if chain.problem:
            yield together(str(chain.source), chain.problem, between=": ")
