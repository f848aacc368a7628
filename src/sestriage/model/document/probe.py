"""The document of `sestriage probe`."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from sestriage.model.document.parts import Certificate, Fix, Head
from sestriage.model.document.words import Digest, OneOf, Time
from sestriage.model.probe import ENDS, OFFERS
from sestriage.model.vocabulary import ConnectionMode, Side, Visibility


class Point(TypedDict):
    """One answer."""

    topic: Annotated[str, "What it is about."]
    good: Annotated[bool | None, "False: a Manager would fail here; null: that cannot be said."]
    text: Annotated[str, "The answer."]
    rule: Annotated[str | None, "The rule that holds for a Manager that is stopped here."]
    title: Annotated[str | None, "What it says."]
    explanation: Annotated[str | None, "What happens, and why."]
    caution: Annotated[str | None, "What to know before acting."]
    fixes: Annotated[list[Fix], "What to do, in this order."]


class ProbeAlert(TypedDict):
    """A TLS alert that can be read."""

    sender: Annotated[Side, "Who sent it."]
    level: Annotated[str, "`warning` or `fatal`."]
    description: Annotated[str, "Its name in the TLS registry."]


class ProbeTls(TypedDict):
    """The TLS session of a conversation; null: not seen."""

    version: Annotated[str | None, "`TLSv1.2`, ..."]
    cipher: Annotated[str | None, "IANA name of the suite."]
    key_exchange: Annotated[str | None, "`DHE`, `ECDHE`, `RSA`, ..."]
    dh_bits: Annotated[int | None, "Bits of the server's DH prime."]
    group: Annotated[str | None, "The named group."]
    certificates: Annotated[list[Digest], "The served chain, by SHA-256."]
    certificates_visibility: Annotated[Visibility, "Whether the served certificates can be read."]
    client_certificate_requested: Annotated[bool, "The server asked for a certificate of the client."]
    alerts: Annotated[list[ProbeAlert], "The alerts that can be read."]
    plaintext_reply: Annotated[str | None, "What the server sent in place of TLS."]


class Conversation(TypedDict):
    """A conversation with the server."""

    offer: Annotated[str, OneOf(tuple(OFFERS)), "What was offered."]
    offer_text: Annotated[str, "The same in words."]
    address: Annotated[str, "The address that was asked."]
    end: Annotated[str, OneOf(ENDS), "How it ended."]
    problem: Annotated[str | None, "What went wrong."]
    seconds: Annotated[float, "How long it took."]
    greeting: Annotated[str | None, "The server's greeting."]
    starttls_offered: Annotated[bool | None, "The reply to EHLO offers STARTTLS; null when none came."]
    tls: Annotated[ProbeTls | None, "The TLS session; null when there was none."]


class Probe(Head):
    """What `sestriage probe --format json` prints."""

    schema_version: Annotated[Literal[1], "The version of this layout."]
    host: Annotated[str, "The server that was asked."]
    port: Annotated[int, "Its port."]
    mode: Annotated[ConnectionMode, "How TLS begins there."]
    started: Annotated[Time | None, "When the probe began."]
    ended: Annotated[Time | None, "When it ended."]
    addresses: Annotated[list[str], "What the name resolved to."]
    unresolved: Annotated[str | None, "Why no server was asked."]
    good: Annotated[bool | None, "False: a Manager would fail; null: not everything could be judged."]
    points: Annotated[list[Point], "What a Manager would meet."]
    chain: Annotated[list[Certificate], "The served chain."]
    conversations: Annotated[list[Conversation], "The conversations."]
    saved: Annotated[list[str], "The files that were written."]
