"""What a Manager would do at a server that was probed, point by point.

Trust and key exchange are put to the same rules as a triage: they are asked what they would say if the Manager refused
at that point. Their findings carry the steps; what they cite is the probe.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sestriage.formats.transcript.probe import RESOLUTION
from sestriage.model.capture import Stream, TlsAlert, TlsSession
from sestriage.model.facts import FactBase
from sestriage.model.probe import OFFERS, Point, Probe
from sestriage.model.transcript import Transcript
from sestriage.model.trust import TrustPath, TrustStore
from sestriage.model.verdict import Finding
from sestriage.rules import RuleSet

SMALLEST_DH = 2048
"""Bits below which OpenSSL at its usual level, and hardened Java, refuse a DH key."""


def outlook(
    probe: Probe,
    transcripts: Sequence[Transcript],
    paths: Sequence[TrustPath],
    stores: Sequence[TrustStore],
    rules: RuleSet,
) -> tuple[Point, ...]:
    """The points in the order of the ladder."""
    return tuple(_points(probe, _by_offer(probe, transcripts), paths, stores, rules))


def _by_offer(probe: Probe, transcripts: Sequence[Transcript]) -> dict[str, Stream]:
    streams = [each.stream for each in transcripts if each.label != RESOLUTION]
    # of several addresses the last one tried counts
    return {talk.offer: stream for talk, stream in zip(probe.talks, streams, strict=True)}


def _points(
    probe: Probe,
    streams: dict[str, Stream],
    paths: Sequence[TrustPath],
    stores: Sequence[TrustStore],
    rules: RuleSet,
) -> Iterator[Point]:
    if probe.unresolved is not None:
        yield Point("name", False, f"{probe.host} gives no address: {probe.unresolved}")
        return
    yield Point("name", True, f"{probe.host} is {', '.join(probe.addresses)}")
    first = streams.get("default")
    if first is None:
        yield Point("connection", None, "no time was left to connect")
        return
    yield _connection(probe, first)
    if not first.tcp.established:
        return
    if probe.mode == "starttls":
        yield _starttls(probe, first)
    yield from _negotiation(probe, streams, rules)
    yield from _certificates(probe, streams, paths, stores, rules)


def _connection(probe: Probe, stream: Stream) -> Point:
    talk = next(talk for talk in reversed(probe.talks) if talk.offer == "default")
    if stream.tcp.established:
        return Point("connection", True, f"{talk.address} port {probe.port} takes connections")
    return Point("connection", False, talk.problem or f"no connection to port {probe.port}")


def _starttls(probe: Probe, stream: Stream) -> Point:
    smtp = stream.smtp
    if smtp is None or smtp.greeting_code is None:
        talk = next(talk for talk in reversed(probe.talks) if talk.offer == "default")
        return Point("STARTTLS", False, f"no SMTP greeting: {talk.problem or 'nothing was sent'}")
    if smtp.greeting_code != 220:
        return Point("STARTTLS", False, f"the greeting is {smtp.banner}")
    if smtp.starttls_reply == 220:
        return Point("STARTTLS", True, f"offered and accepted; greeting: {smtp.banner}")
    if smtp.starttls_offered is False:
        return Point("STARTTLS", False, "the server does not offer it")
    if smtp.starttls_reply is not None:
        return Point("STARTTLS", False, f"refused with {smtp.starttls_reply}")
    return Point("STARTTLS", False, "the dialogue broke off before it")


# --- key exchange --------------------------------------------------------------------------------------------------


def _negotiation(probe: Probe, streams: dict[str, Stream], rules: RuleSet) -> Iterator[Point]:
    for offer in ("default", "tls12"):
        stream = streams.get(offer)
        tls = stream.tls if stream else None
        if stream is None or tls is None or not tls.client_hello_seen:
            continue
        if offer == "tls12" and _tls(streams, "default") == "TLSv1.2" and tls.server_hello_seen and not _small(tls):
            continue  # the default offer got the same
        known13 = offer == "tls12" and _tls(streams, "default") == "TLSv1.3"
        yield _offer_point(offer, stream, tls, probe, rules, refusal=None if known13 else False)
    yield from _dhe_point(streams, rules)


def _tls(streams: dict[str, Stream], offer: str) -> str | None:
    stream = streams.get(offer)
    return stream.tls.version if stream is not None and stream.tls is not None else None


def _small(tls: TlsSession) -> bool:
    return tls.dh_bits is not None and tls.dh_bits < SMALLEST_DH


def _offer_point(
    offer: str, stream: Stream, tls: TlsSession, probe: Probe, rules: RuleSet, *, refusal: bool | None
) -> Point:
    """`refusal` is what an alert means: nothing certain when the server is known to speak TLS 1.3."""
    topic = "TLS" if offer == "default" else "TLS 1.2"
    if tls.server_hello_seen:
        text = f"{OFFERS[offer]}: {_chosen(tls)}"
        if not _small(tls):
            return Point(topic, True, text)
        finding = _ask(rules, _refusal(stream, tls, "handshake_failure", 40, "server:ServerKeyExchange"))
        return Point(topic, False, f"{text}: too small for a Manager (Logjam)", finding)
    if tls.alert is not None:
        return Point(topic, refusal, f"{OFFERS[offer]}: the server refuses with {tls.alert.description}")
    if tls.plaintext_reply is not None:
        return Point(topic, False, f"{OFFERS[offer]}: the answer is no TLS but `{tls.plaintext_reply[:120]}`")
    talk = next((talk for talk in reversed(probe.talks) if talk.offer == offer), None)
    return Point(topic, False, f"{OFFERS[offer]}: no answer to the hello ({talk.problem if talk else 'nothing came'})")


def _chosen(tls: TlsSession) -> str:
    key = f"DH {tls.dh_bits} bits" if tls.dh_bits is not None else tls.group
    return ", ".join(part for part in (tls.version, tls.cipher, tls.key_exchange, key) if part)


def _dhe_point(streams: dict[str, Stream], rules: RuleSet) -> Iterator[Point]:
    """The Logjam question: what does the server use when only DHE is left to it?"""
    stream = streams.get("dhe")
    tls = stream.tls if stream else None
    if stream is None or tls is None:
        return
    if tls.dh_bits is not None and _small(tls):
        finding = _ask(rules, _refusal(stream, tls, "handshake_failure", 40, "server:ServerKeyExchange"))
        usual = streams.get("tls12")
        chosen = usual.tls.key_exchange if usual is not None and usual.tls is not None else None
        text = f"with DHE the server uses {tls.dh_bits} bits: a Manager that gets DHE gives up (`dh key too small`)"
        if chosen is not None and chosen != "DHE":
            text += f"; for the usual TLS 1.2 offer this server chooses {chosen}, so it depends on the Manager's list"
        yield Point("Logjam", False if chosen == "DHE" else None, text, finding)
    elif tls.dh_bits is not None:
        yield Point("Logjam", True, f"with DHE the server uses {tls.dh_bits} bits: large enough")
    elif tls.alert is not None:
        yield Point("Logjam", True, f"the server has no DHE ({tls.alert.description}): it cannot happen here")
    else:
        yield Point("Logjam", None, "the server did not answer a DHE offer")


# --- certificates --------------------------------------------------------------------------------------------------


def _certificates(
    probe: Probe,
    streams: dict[str, Stream],
    paths: Sequence[TrustPath],
    stores: Sequence[TrustStore],
    rules: RuleSet,
) -> Iterator[Point]:
    stream = next((s for s in streams.values() if s.tls is not None and s.tls.certificates), None)
    if stream is None or stream.tls is None or stream.tls.leaf is None:
        return
    leaf = stream.tls.leaf
    if stream.leaf_expired or stream.leaf_not_yet_valid:
        what = "has expired" if stream.leaf_expired else "is not valid yet"
        yield Point("certificate", False, f"{leaf.label} {what}, by the clock of this machine")
    fits = leaf.fits(probe.host)
    text = f"{leaf.label} is {'' if fits else 'NOT '}valid for {probe.host}"
    yield Point("host name", fits, text if fits else f"{text}; Managers from 7.4 compare the name")
    for path in _first_of_each_store(paths):
        store = next((s for s in stores if s.source == path.store), None)
        yield _trust(path, store, stream, rules)
    if not paths:
        yield Point("trust", None, "not judged: give the Manager's trust store with --trust-store")


def _first_of_each_store(paths: Sequence[TrustPath]) -> list[TrustPath]:
    found: dict[str, TrustPath] = {}
    for path in paths:
        found.setdefault(path.store.file, path)
    return list(found.values())


def _trust(path: TrustPath, store: TrustStore | None, stream: Stream, rules: RuleSet) -> Point:
    name = path.store.file
    if path.status == "trusted":
        anchor = path.anchor.label if path.anchor else "an entry"
        return Point("trust", True, f"{name}: trusted, the chain ends at {anchor}")
    if path.status == "undecided":
        return Point("trust", None, f"{name}: could not be decided")
    tls = stream.tls
    assert tls is not None  # noqa: S101 - the caller's stream has certificates
    refused = _refusal(stream, replace(tls, dh_bits=None), "certificate_unknown", 46, "server:Certificate")
    finding = _ask(rules, refused, path, store)
    return Point("trust", False, f"{name}: a Manager says: {path.java_message or path.status}", finding)


# --- asking the rules ----------------------------------------------------------------------------------------------


def _refusal(stream: Stream, tls: TlsSession, alert: str, code: int, after: str) -> Stream:
    """The conversation as it would be if the client refused there."""
    refused = replace(
        tls, alerts=(TlsAlert("client", "fatal", code, alert, 0),), client_finished=False, completed=False
    )
    tcp = replace(stream.tcp, closed_by="client", closed_after=after)
    return replace(stream, tls=refused, tcp=tcp)


def _ask(
    rules: RuleSet, stream: Stream, path: TrustPath | None = None, store: TrustStore | None = None
) -> Finding | None:
    """The weightiest finding for such a refusal, without its evidence; None when no rule applies."""
    facts: dict[str, tuple[object, ...]] = {
        "tcp.stream": (stream,),
        "tcp.connection": (stream.tcp,),
        "smtp.dialogue": (stream.smtp,) if stream.smtp else (),
        "tls.handshake": (stream.tls,),
        "tls.certificate": stream.tls.certificates if stream.tls else (),
        "trust.path": (path,) if path else (),
        "trust.store": (store,) if store else (),
    }
    handed_in = {kind for kind, found in facts.items() if found}
    findings = rules.evaluate(FactBase(facts, frozenset(handed_in)))
    gone = {rule for finding in findings for rule in finding.supersedes}
    left = [f for f in findings if f.rule not in gone and f.severity != "warning"]
    best = max(left, key=lambda f: f.confidence.rank, default=None)
    return None if best is None else replace(best, evidence=(), conflicts=(), needs=())
