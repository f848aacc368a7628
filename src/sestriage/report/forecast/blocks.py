"""What `sestriage forecast` found, as blocks for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from sestriage.model.certs import ServedChain
from sestriage.model.command import Command
from sestriage.model.forecast.events import EVENTS, Certainty
from sestriage.model.forecast.result import Forecast, ForecastReport, Ground, Place, WhatIf
from sestriage.model.message import Message, together
from sestriage.model.source import SourceRef
from sestriage.model.trust import AnchorKind, TrustedKey
from sestriage.report.blocks import Block, Headline, Prose, Section, Table
from sestriage.report.certs import ORIGINS, advice_blocks, how_to_see, input_blocks, store_line
from sestriage.report.common import clock

SHORT = 16

CERTAINTIES: dict[Certainty, Message] = {
    "certain": Message("certain"),
    "announced": Message("announced"),
    "guess": Message("a guess"),
}
KINDS: dict[AnchorKind, Message] = {
    "server": Message("the server's own certificate"),
    "issuing-ca": Message("an issuing CA"),
    "starfield-class-2": Message("Starfield Class 2"),
    "root": Message("a root"),
}
PLACES: dict[Place, Message] = {
    "store": Message("in the store"),
    "served": Message("served"),
    "published": Message("published root"),
}
GROUNDS: dict[Ground, Message] = {
    "served": Message("as it was served"),
    "published": Message("assumed: as published for Amazon SES"),
    "stored": Message("assumed: a certificate of the store, and above it as published for Amazon SES"),
}


class Answer(NamedTuple):
    """A forecast in one line, with its tone (`good`, `bad`, `open`)."""

    text: Message
    tone: str


def answer(found: Forecast, report: ForecastReport) -> Answer:
    """The verdict of one store, within the horizon."""
    store = found.store.source
    counts = report.counts(found)
    if counts == "unknown":
        return Answer(Message("CANNOT BE SAID: {store}", store=store), "open")
    if report.what_if.asked:
        return _asked(store, found)
    step = found.broken
    if step is None:
        text = Message("SAFE: no known change ends the mail that rests on {store}", store=store)
        if found.until is not None:
            text = Message(
                "SAFE: no known change ends the mail that rests on {store} before {day}",
                store=store,
                day=day(found.until),
            )
        return Answer(text, "good")
    event = step.text
    if step.event == "today":
        return Answer(Message("BROKEN TODAY: Java does not trust the server by {store}", store=store), "bad")
    if counts == "safe":
        text = Message(
            "SAFE until {horizon}; BREAKS {when}: {event} ({store})",
            horizon=day(report.horizon_ends),
            when=step.when,
            event=event,
            store=store,
        )
        return Answer(text, "good")
    return Answer(Message("BREAKS {when}: {event} ({store})", when=step.when, event=event, store=store), "bad")


def overall(report: ForecastReport) -> Answer:
    """The verdict of all stores in one line: that of the worst of them, and how many share it; that of one store as
    `answer` gives it."""
    if len(report.forecasts) == 1:
        return answer(report.forecasts[0], report)
    total = len(report.forecasts)
    asked = report.what_if.asked
    broken = [found for found in report.forecasts if report.counts(found) == "breaks"]
    today = [found for found in broken if found.broken is not None and found.broken.event == "today"]
    unknown = [found for found in report.forecasts if report.counts(found) == "unknown"]
    if asked and broken:
        return Answer(
            Message(
                "WOULD BREAK: Java does not trust the server by {count} of {total} stores",
                count=len(broken),
                total=total,
            ),
            "bad",
        )
    if today:
        return Answer(
            Message(
                "BROKEN TODAY: Java does not trust the server by {count} of {total} stores",
                count=len(today),
                total=total,
            ),
            "bad",
        )
    if broken:
        return Answer(
            Message(
                "BREAKS: a known change ends the mail that rests on {count} of {total} stores",
                count=len(broken),
                total=total,
            ),
            "bad",
        )
    if unknown:
        return Answer(Message("CANNOT BE SAID: {count} of {total} stores", count=len(unknown), total=total), "open")
    if asked:
        return Answer(Message("WOULD WORK: Java trusts the server by each of {total} stores", total=total), "good")
    horizon = day(report.horizon_ends)
    text = Message(
        "SAFE: no known change before {day} ends the mail that rests on {total} stores", day=horizon, total=total
    )
    return Answer(text, "good")


def _asked(store: SourceRef, found: Forecast) -> Answer:
    if found.broken is None:
        return Answer(Message("WOULD WORK: Java trusts the server by {store}", store=store), "good")
    return Answer(Message("WOULD BREAK: Java does not trust the server by {store}", store=store), "bad")


def day(moment: datetime) -> str:
    """The day, in UTC."""
    return f"{moment:%Y-%m-%d}"


def _shown(command: Command) -> Command:
    return command


def blocks(report: ForecastReport, hide: Callable[[Command], Command] = _shown) -> Iterator[Block]:
    """Each store: the answer, on what it rests, what changes, what ends when, what to import. `hide` takes private
    values out of commands."""
    for found in report.forecasts:
        yield Headline(*answer(found, report))
        yield from _about(found, report)
        yield from _rests_on(found)
        if not report.what_if.asked:
            yield from _changes(found)
        yield from _endings(found)
        if found.advice is not None:
            yield Section(Message("What to import"))
            yield from advice_blocks(found.advice)
        if found.lacks is not None:
            yield Section(Message("What is missing"))
            yield Prose(Message("{what}.", what=found.lacks))
            if found.ground != "served":
                yield from how_to_see(ServedChain((), found.store.source, "files"), hide)
        if found.assumptions:
            yield Section(Message("What this rests on"))
            for sentence in found.assumptions:
                yield Prose(Message("- {text}", text=sentence))
    if report.saved:
        yield Section(Message("Saved"))
        for each in report.saved:
            yield Prose(Message("- {path}", path=each.path))
    for note in report.notes:
        yield Prose(note, Message("Note"))
    yield from input_blocks(report.inputs)


def _about(found: Forecast, report: ForecastReport) -> Iterator[Block]:
    yield Prose(store_line(found.store), Message("Store"))
    chain = found.chain
    line: str = GROUNDS[found.ground]
    if chain is not None:
        line = Message("{source} ({origin})", source=chain.source, origin=ORIGINS[chain.origin])
    yield Prose(line, Message("Chain"))
    horizon = Message("{time}, looking ahead to {day}", time=clock(found.at), day=day(report.horizon_ends))
    yield Prose(clock(found.at) if report.what_if.asked else horizon, Message("Judged for"))
    if report.what_if.asked:
        yield Prose(what_if_text(report.what_if), Message("What if"))
    if found.warning is not None:
        yield Prose(found.warning, Message("Will not last"))
    if found.broken is not None and found.broken.message is not None:
        yield Prose(found.broken.message, Message("Java then says"))


def what_if_text(what_if: WhatIf) -> Message:
    """The changed world in words."""
    parts: list[str] = [Message("`{name}` is gone", name=name) for name in what_if.without]
    if what_if.without_cross_signed:
        parts.append(Message("the server sends no cross-signed certificate"))
    if what_if.intermediate_rotated:
        parts.append(EVENTS["intermediate-rotated"])
    elif what_if.leaf_renewed:
        parts.append(EVENTS["leaf-renewed"])
    if what_if.at is not None:
        parts.append(Message("it is {day}, and what has ended by then is renewed", day=day(what_if.at)))
    return together(*parts, between="; ")


def _rests_on(found: Forecast) -> Iterator[Block]:
    if not found.steps or found.verdict == "unknown":
        return
    yield Section(Message("On what the mail rests"))
    if not found.rests_on:
        yield Prose(Message("On nothing: no anchor of the store alone completes a path."))
        return
    yield Prose(Message("Each of these keys alone completes a path; mail stops when the last of them is gone."))
    rows = tuple(_key_row(key, found) for key in found.rests_on)
    yield Table((Message("Anchor"), Message("What it is"), Message("In the store as"), "SHA-256"), rows)


def _key_row(key: TrustedKey, found: Forecast) -> tuple[str, ...]:
    digests = {each.sha256 for each in key.certificates}
    aliases = [e.alias for e in found.store.entries if e.alias and e.certificate.sha256 in digests]
    first = key.certificates[0]
    return first.published_as or first.label, KINDS[key.kind], ", ".join(aliases) or "-", first.sha256[:SHORT]


def _changes(found: Forecast) -> Iterator[Block]:
    if not found.steps or found.verdict == "unknown":
        return
    yield Section(Message("Known changes, one upon the other"))
    trusted, refused = Message("trusted"), Message("REFUSED")
    rows = tuple(
        (step.when, step.text, CERTAINTIES[step.certainty], trusted if step.trusted else refused)
        for step in found.steps
    )
    yield Table((Message("When"), Message("Change"), Message("How sure"), Message("Java then")), rows, flexible=1)
    for known in (step.known for step in found.steps if step.known is not None):
        yield Prose(together(f"{known.since:%Y-%m-%d}", known.source, between=": "), Message("Announced"))


def _endings(found: Forecast) -> Iterator[Block]:
    if not found.endings:
        return
    yield Section(Message("What ends when"))
    rows = tuple((day(row.ends), row.label, PLACES[row.place], row.sha256[:SHORT]) for row in found.endings)
    yield Table((Message("Ends"), Message("Certificate"), Message("Where"), "SHA-256"), rows, flexible=1)
