"""On what a store's trust in a server rests, and which known change ends it: the decision of Java, change after change.

The changes come one upon the other, in this order: the server's own certificate is renewed, its issuing CA is another
one, Starfield Class 2 is no longer tied to the chain (both only above Amazon's certificates, `known_events.toml`), and
each cross-signed certificate ends on its day. What nobody announced is no change: that the server goes on to send
chains that end at the same roots is assumed, and said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sestriage.model.forecast.events import EventId
from sestriage.model.forecast.result import NOTHING_ASKED, Forecast, Ground, Step, WhatIf
from sestriage.model.known.published import BY_KEY, PUBLISHED_ROOTS
from sestriage.model.message import Message, said_by
from sestriage.model.source import SourceRef
from sestriage.model.trust import LISTING, Certificate, TrustedKey, TrustStore
from sestriage.pki.algorithms import DEFAULT_JDK
from sestriage.pki.changed_world import (
    Chain,
    below_class_2,
    changed,
    cross_signed,
    ended,
    on_the_day,
    renewed,
    rotated,
    without,
)
from sestriage.pki.graph import MAX_SERVED
from sestriage.pki.java import EMPTY_STORE, Anchors, SearchLimitError, decide_as_java
from sestriage.pki.keytool_listing import known_part
from sestriage.pki.known_events import known_events
from sestriage.pki.lasting import weak_anchor, weak_note
from sestriage.pki.published import private_ca
from sestriage.pki.published_chain import published_chain
from sestriage.pki.reliance import trusted_keys

NO_CHAIN = Message(
    "what the server sends: the chain that is published for Amazon SES reaches no anchor of this store, and a chain of"
    " another server, relay or TLS inspection is not in the evidence"
)
UNREADABLE = Message("a trust store that can be read ({problem})")
LISTED = Message(
    "the certificates of the store: a listing names entries without their keys. Hand in the store itself, or the"
    " listing with -rfc"
)
UNNAMED = Message("a served chain whose certificates can be read")
AFTERWARDS = Message("what follows the last anchor on which the trust rests; it ends on {day}")


def forecast(
    store: TrustStore,
    chain: Sequence[Certificate] | None,
    at: datetime,
    jdk: str = DEFAULT_JDK,
    what_if: WhatIf = NOTHING_ASKED,
    seen: datetime | None = None,
) -> Forecast:
    """The forecast for a store and a served chain (wire order, leaf first; None: the published one). Never raises.

    With a what-if there is one step: Java's answer in the changed world. `seen`: when the chain was served; what has
    ended between then and `at` counts as renewed (with None, what has ended at all).
    """
    source: Chain = tuple(chain or ())
    ground: Ground = "served"
    if not source:
        source, ground = published_chain(store.anchors if store.format != LISTING else ())
    base = Forecast(store, ground, "unknown", what_if.at or at)
    if not store.readable:
        return replace(base, lacks=Message(UNREADABLE, problem=store.problem or Message("unreadable")))
    if len(source) > MAX_SERVED or not all(each.subject_name_id for each in source):
        return replace(base, lacks=UNNAMED)
    known, in_part = known_part(source, store) if store.format == LISTING else (store, store.problem_kind == "partial")
    if ground == "served" and not ended(source[0], seen) and (now := on_the_day(source, known.anchors, at)) != source:
        base = replace(base, renewed_since=True)
    else:
        now = source
    world = _World(now, known.anchors, at, jdk, store.source)
    try:
        found = _asked(world, base, what_if) if what_if.asked else _foreseen(world, base)
        if found.broken is not None and found.broken.event == "today" and base.renewed_since and not what_if.asked:
            found = _broken_since(replace(world, chain=source), found, seen or source[0].not_after or at)
    except SearchLimitError as error:
        return replace(base, lacks=said_by(error))
    if not in_part or found.broken is None:
        return found
    lacks = LISTED if store.format == LISTING else Message(UNREADABLE, problem=store.problem)
    return replace(found, verdict="unknown", broken=None, lacks=lacks)


@dataclass(frozen=True, slots=True)
class _World:
    """What is served and what is trusted, at a moment."""

    chain: Chain
    anchors: tuple[Certificate, ...]
    at: datetime
    jdk: str
    store_name: SourceRef

    @property
    def amazon(self) -> bool:
        """What Amazon announced holds for this chain."""
        return not private_ca(self.chain)

    def step(self, event: EventId, chain: Chain, at: datetime, by: datetime | None, *, dated: bool = False) -> Step:
        """The step with Java's answer. `by`: the latest moment of the change; with `dated` it is the earliest too.
        Raises SearchLimitError."""
        message = decide_as_java(chain, Anchors(self.anchors), at, self.jdk).message
        announced = known_events().get(event)
        certainty = announced.certainty if announced is not None else "certain"
        keys = trusted_keys(chain, self.anchors, at, self.jdk) if message is None else ()
        return Step(event, certainty, by if dated else None, by, chain, at, message, known=announced, rests_on=keys)


def _asked(world: _World, base: Forecast, what_if: WhatIf) -> Forecast:
    """Java's answer in the world that was asked for."""
    anchors = without(what_if.without, world.anchors)
    chain = changed(world.chain, world.anchors, what_if)
    step = replace(world, anchors=anchors).step("today", chain, base.at, None)
    found = _judged(base, (step,), anchors)
    if found.broken is None or base.ground == "served" or world.step("today", world.chain, world.at, None).trusted:
        return found
    return replace(found, verdict="unknown", broken=None, lacks=NO_CHAIN)


def _foreseen(world: _World, base: Forecast) -> Forecast:
    """The steps up to the first that breaks."""
    steps: list[Step] = []
    for step in _steps(world):
        steps.append(step)
        if not step.trusted:
            break
    found = _judged(base, tuple(steps), world.anchors)
    first = steps[0]
    if not first.trusted and base.ground != "served" and first.message != EMPTY_STORE:
        return replace(found, verdict="unknown", broken=None, lacks=NO_CHAIN)
    weak = weak_anchor(first.rests_on, world.chain[0])
    warning = weak_note(world.store_name, weak, private_ca=not world.amazon) if weak is not None else None
    return replace(found, warning=warning)


def _broken_since(world: _World, found: Forecast, seen: datetime) -> Forecast:
    """The mail worked with the chain as it was seen, and what has ended since is renewed: that is what breaks it."""
    then = world.step("today", world.chain, seen, None)
    broken = found.broken
    if broken is None or not then.trusted:
        return found
    leaf_only = world.step("leaf-renewed", renewed(world.chain, world.anchors), seen, world.chain[0].not_after)
    event: EventId = "intermediate-rotated" if leaf_only.trusted else "leaf-renewed"
    broken = replace(broken, event=event, latest=world.chain[0].not_after)
    weak = weak_anchor(then.rests_on, world.chain[0])
    warning = weak_note(world.store_name, weak, private_ca=not world.amazon) if weak is not None else None
    return replace(found, steps=(then, broken), broken=broken, rests_on=then.rests_on, warning=warning)


def _judged(base: Forecast, steps: tuple[Step, ...], anchors: Sequence[Certificate]) -> Forecast:
    broken = next((step for step in steps if not step.trusted), None)
    return replace(
        base,
        verdict="safe" if broken is None else "breaks",
        steps=steps,
        broken=broken,
        rests_on=steps[0].rests_on,
        until=_last_end(steps[-1].rests_on, base.at) if broken is None else None,
        missing_roots=_missing(anchors),
    )


def _steps(world: _World) -> Iterator[Step]:
    """Each change upon those before it."""
    anchors, at = world.anchors, world.at
    ends = world.chain[0].not_after
    yield world.step("today", world.chain, at, None)
    # who else renews, and how long before the end, nobody has said
    last = world.step("leaf-renewed", renewed(world.chain, anchors), at, ends, dated=not world.amazon)
    yield last
    if world.amazon:
        last = world.step("intermediate-rotated", rotated(world.chain, anchors), at, ends)
        yield last
        if dropped := below_class_2(last.chain):
            chain = tuple(each for each in last.chain if each not in dropped)
            last = replace(
                world.step("class-2-cross-dropped", chain, at, _first_end(dropped)), subject=dropped[0].label
            )
            yield last
    yield from _ends_of_cross_signed(world, last)


def _ends_of_cross_signed(world: _World, last: Step) -> Iterator[Step]:
    """The days on which cross-signed certificates end, as long as a key lasts on which the trust rests."""
    known = (*last.chain, *world.anchors)
    ending = [(each.not_after, each) for each in last.chain[1:] if each.not_after and cross_signed(each, known)]
    for ends, certificate in sorted(ending, key=lambda pair: pair[0]):
        until = _last_end(last.rests_on, world.at)
        if ends < world.at or (until is not None and ends > until):
            continue
        moment = ends + timedelta(seconds=1)
        last = world.step("cross-signed-ends", on_the_day(last.chain, world.anchors, moment), moment, ends, dated=True)
        last = replace(last, subject=certificate.label)
        yield last


def _first_end(certificates: Sequence[Certificate]) -> datetime | None:
    return min((each.not_after for each in certificates if each.not_after is not None), default=None)


def _last_end(keys: Sequence[TrustedKey], at: datetime) -> datetime | None:
    """When the last certificate that is known of one of the keys ends; None where that is past, or not known."""
    ends = [each.not_after for key in keys for each in key.certificates if each.not_after is not None]
    ends += [BY_KEY[key.spki_sha256].ends for key in keys if key.spki_sha256 in BY_KEY]
    last = max(ends, default=None)
    return last if last is not None and last > at else None


def _missing(anchors: Sequence[Certificate]) -> tuple[str, ...]:
    """Roots that Amazon advises a store to hold and that are not there, by key."""
    keys = {each.spki_sha256 for each in anchors}
    return tuple(root.name for root in PUBLISHED_ROOTS if root.recommended and root.spki_sha256 not in keys)


def breaks_by(found: Forecast) -> str | None:
    """What ends the mail and when, as one sentence; None where nothing that is known does."""
    step = found.broken
    if step is None:
        return None
    if found.warning is not None and step.event != "cross-signed-ends":
        return found.warning
    if step.event == "today":
        return Message("{store} does not make Java trust the server: {why}", store=found.store.source, why=step.message)
    return Message(
        "mail that rests on {store} breaks {when}: {event}", store=found.store.source, when=step.when, event=step.text
    )
