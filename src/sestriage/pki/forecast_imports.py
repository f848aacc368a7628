"""What to import so that no known change ends the mail: found by the means of `certs export`, and tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sestriage.model.certs import ImportAdvice, ImportChoice
from sestriage.model.forecast.result import NOTHING_ASKED, Forecast, Step, WhatIf
from sestriage.model.message import Message, together
from sestriage.model.trust import Certificate, StoreEntry, TrustPath, TrustStore
from sestriage.pki.algorithms import DEFAULT_JDK
from sestriage.pki.changed_world import ended, is_root, real
from sestriage.pki.export import RootFinder, file_names, recommend, served_choice
from sestriage.pki.forecast import forecast
from sestriage.pki.java import Anchors, SearchLimitError, decide_as_java
from sestriage.pki.lasting import day_of
from sestriage.pki.published import private_ca

MAX_ROUNDS = 3
COPY_ENDS = Message(
    "It ends itself, on {day}. Java does not look at that, OpenSSL does; the root of the same name lasts longer."
)
ENOUGH = Message("With these in the store, no known change ends the mail.")


def imports(
    found: Forecast,
    chain: Sequence[Certificate] | None,
    find_root: RootFinder,
    jdk: str = DEFAULT_JDK,
    what_if: WhatIf = NOTHING_ASKED,
) -> ImportAdvice | None:
    """The certificates to import for a forecast that breaks; None for the other verdicts, and in a world without a CA.

    `chain` is the one for which the forecast was made. What is recommended for the first change that breaks is added
    to the store, the forecast made anew, and so on, until nothing breaks any more or nothing more can be added.
    """
    if what_if.without:
        return None
    advice: ImportAdvice | None = None
    store = found.store if found.store.readable else replace(found.store, entries=(), readable=True)
    for _ in range(MAX_ROUNDS):
        if found.broken is None:
            break
        more = recommend(_path(found, store), store, found.broken.at, find_root, jdk)
        if not more.choices:
            more = replace(more, choices=_served_copies(found.broken, chain or (), store, jdk))
        advice = more if advice is None else ImportAdvice(advice.text, _together(advice.choices, more.choices))
        if not more.choices:
            break
        added = tuple(StoreEntry(choice.certificate) for choice in more.choices)
        store = replace(store, entries=(*store.entries, *added))
        found = forecast(store, chain, found.at, jdk, what_if)
    if advice is not None and advice.choices and found.broken is None:
        return replace(advice, text=ENOUGH)
    return advice


def _served_copies(step: Step, chain: Sequence[Certificate], store: TrustStore, jdk: str) -> tuple[ImportChoice, ...]:
    """The lowest served certificate of a root that the server will no longer send, where it makes a path."""
    for each in chain:
        if not (real(each) and is_root(each, chain)):
            continue
        try:
            answer = decide_as_java(step.chain, Anchors([*store.anchors, each]), step.at, jdk)
        except SearchLimitError:
            return ()
        if answer.message is None:
            return (_copy(each, step),)
    return ()


def _copy(certificate: Certificate, step: Step) -> ImportChoice:
    name = file_names([certificate])[certificate.sha256]
    choice = served_choice(certificate)
    ends = Message(COPY_ENDS, day=day_of(certificate.not_after)) if ended(certificate, step.at) else ""
    return replace(
        choice,
        file_name=name,
        friendly_name=name.removesuffix(".pem"),
        warning=together(choice.warning or "", ends) or None,
        answer=Message("trusted"),
    )


def _path(found: Forecast, store: TrustStore) -> TrustPath:
    step = found.broken
    assert step is not None  # noqa: S101 - asked for by the caller
    return TrustPath(
        store.source,
        step.chain,
        "no-path",
        at=step.at,
        private_ca=private_ca(step.chain),
        only_leaf_served=len(step.chain) == 1 and not step.chain[0].self_issued,
        leaf_self_signed=step.chain[0].self_issued,
    )


def _together(some: tuple[ImportChoice, ...], more: tuple[ImportChoice, ...]) -> tuple[ImportChoice, ...]:
    unique = {choice.certificate.sha256: choice for choice in (*some, *more)}
    return tuple(unique.values())
