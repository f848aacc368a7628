"""What a Manager would do at a server that was probed, point by point.

Trust and key exchange are put to the same rules as a triage: they are asked what they would say if the Manager refused
at that point. Their findings carry the steps; what they cite is the probe.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from sestriage.engine.probe.ask import as_refused, ask, distrusted
from sestriage.engine.probe.way import problem_of, way
from sestriage.formats.transcript.probe import RESOLUTION
from sestriage.model.capture import Stream, TlsSession
from sestriage.model.known.ses import host_form
from sestriage.model.message import Message, together
from sestriage.model.probe import OFFERS, Point, Probe
from sestriage.model.transcript import Transcript
from sestriage.model.trust import TrustPath, TrustStore
from sestriage.rules import RuleSet

SMALLEST_DH = 2048
"""Bits below which OpenSSL at its usual level, and hardened Java, refuse a DH key."""

OLD_VERSIONS = frozenset({"SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"})

EXPIRED = ("certificate-expired", Message("{label} has expired, by the clock of this machine"))
NOT_YET_VALID = (
    "certificate-not-yet-valid",
    Message("{label} is not valid yet, by the clock of this machine"),
)

NO_TIME = Message("not asked: no time was left (--total)")

_CERTIFICATE = Message("certificate")
_HOST_NAME = Message("host name")
_TRUST = Message("trust")

NO_ANCHORS = frozenset({"empty", "no-trusted-entry"})
"""Kinds of problem with a store with which Java trusts nobody (`TrustStore.problem_kind`)."""

NO_COMMON_SUITE = frozenset({"handshake_failure", "insufficient_security", "protocol_version"})
"""Alerts by which a server says that it has nothing of what was offered (RFC 5246 7.2.2); others have other reasons."""


def outlook(
    probe: Probe,
    transcripts: Sequence[Transcript],
    paths: Sequence[TrustPath],
    stores: Sequence[TrustStore],
    rules: RuleSet,
    given: Sequence[str] = (),
) -> tuple[Point, ...]:
    """The points in the order of the ladder. `given` are the places that were named as trust stores."""
    streams = _by_offer(probe, transcripts)
    of_tls = _tls_points(probe, streams, paths, stores, rules, given)
    return (*way(probe, streams, rules), *of_tls, *_mail_manager(probe, streams))


INGRESS_PORTS = (25, 587)
"""The ports of an ingress endpoint of Mail Manager, with STARTTLS: 587 only of one with a login (AWS: "Ingress
endpoints")."""


def _mail_manager(probe: Probe, streams: dict[str, Stream]) -> Iterator[Point]:
    """What is an ingress endpoint's own, which no probe sees: login and delivery."""
    form = host_form(probe.host)
    if form is None or form.kind != "mail-manager":
        return
    if probe.port not in INGRESS_PORTS:
        text = Message(
            "an ingress endpoint takes mail with STARTTLS, on port {port} with a login, or on 25; port {asked} was"
            " asked",
            port=INGRESS_PORTS[-1],
            asked=probe.port,
        )
        answered = any(stream.tcp.established for stream in streams.values())
        yield Point("Mail Manager", None if answered else False, text)
        return
    text = Message(
        "an ingress endpoint: the user name begins with inp-, the password is the endpoint's own, and what it takes is"
        " sent on only by a rule of its rule set (action Send to internet, or a relay or mailbox of one's own)"
    )
    yield Point("Mail Manager", True, text)


def _by_offer(probe: Probe, transcripts: Sequence[Transcript]) -> dict[str, Stream]:
    streams = [each.stream for each in transcripts if each.label != RESOLUTION]
    # of several addresses the last one tried counts
    return {talk.offer: stream for talk, stream in zip(probe.talks, streams, strict=True)}


# --- key exchange --------------------------------------------------------------------------------------------------


def _tls_points(
    probe: Probe,
    streams: dict[str, Stream],
    paths: Sequence[TrustPath],
    stores: Sequence[TrustStore],
    rules: RuleSet,
    given: Sequence[str],
) -> Iterator[Point]:
    first = streams.get("default")
    if first is None or not first.tcp.established:
        return
    if first.tls is None or not first.tls.client_hello_seen:
        if probe.mode == "wrapper" or (first.smtp is not None and first.smtp.starttls_reply == 220):
            problem = problem_of(probe, "default")
            yield Point("TLS", False, Message("it did not come to a hello: {problem}", problem=problem))
        return
    yield from _negotiation(probe, streams, rules)
    shown = [s for s in streams.values() if s.tls is not None and s.tls.certificates]
    if shown:
        yield from _certificates(probe, shown, rules)
        yield from _trust_points(shown[0], paths, stores, rules, given)
    elif any(s.tls is not None and s.tls.server_hello_seen for s in streams.values()):
        text = Message("the chain could not be seen: dates, host name and trust are not judged")
        yield Point(_CERTIFICATE, None, text)


def _negotiation(probe: Probe, streams: dict[str, Stream], rules: RuleSet) -> Iterator[Point]:
    first = streams["default"].tls
    assert first is not None  # noqa: S101 - the caller looked
    whole = streams.get("tls13")
    got = whole is not None and whole.tls is not None and bool(whole.tls.certificates)  # other groups than ours
    yield _offer_point("default", streams["default"], first, probe, rules, refusal=None if got else False)
    left_out = first.server_hello_seen or bool(first.alerts)  # only of such a server are the other questions asked
    if "tls12" in streams:
        refusal = None if got or first.server_hello_seen else False
        yield from _tls12_point(probe, streams, first, rules, refusal)
    elif left_out:
        yield Point("TLS 1.2", None, NO_TIME)
    if "dhe" in streams:
        yield _dhe_point(probe, streams, rules)
    elif left_out:
        yield Point("Logjam", None, NO_TIME)
    if any(s.tls is not None and s.tls.client_certificate_requested for s in streams.values()):
        text = Message("the server asks for one; whether it lets a Manager through that has none to show was not tried")
        yield Point(Message("client certificate"), None, text)


def _tls12_point(
    probe: Probe, streams: dict[str, Stream], first: TlsSession, rules: RuleSet, refusal: bool | None
) -> Iterator[Point]:
    stream = streams["tls12"]
    tls = stream.tls
    same = first.version == "TLSv1.2"  # the default offer got what this one asks for
    if tls is None or not tls.client_hello_seen:
        if not same:
            yield Point("TLS 1.2", None, _not_asked(probe, "tls12"))
    elif not (same and tls.server_hello_seen and not _small(tls)):
        yield _offer_point("tls12", stream, tls, probe, rules, refusal=refusal)


def _small(tls: TlsSession) -> bool:
    return tls.dh_bits is not None and tls.dh_bits < SMALLEST_DH


def _offer_point(
    offer: str, stream: Stream, tls: TlsSession, probe: Probe, rules: RuleSet, *, refusal: bool | None
) -> Point:
    """`refusal` is what no hello in answer means: nothing certain when the server answered another offer."""
    topic = "TLS" if offer == "default" else "TLS 1.2"
    if tls.server_hello_seen:
        text = together(OFFERS[offer], _chosen(tls), between=": ")
        return _answered(topic, text, stream, tls, rules)
    if tls.alert is not None:
        text = Message("the server refuses with {alert}", alert=tls.alert.description)
    elif tls.plaintext_reply is not None:
        text = Message("the answer is no TLS but `{reply}`", reply=tls.plaintext_reply[:120])
        if probe.mode == "wrapper" and tls.plaintext_reply.startswith("220"):
            other = Message("SMTP is spoken at this port first (ask again with --mode starttls)")
            text = together(text, other, between="; ")
    else:
        text = Message("no TLS came in answer to the hello ({problem})", problem=problem_of(probe, offer))
    return Point(topic, refusal, together(OFFERS[offer], text, between=": "))


def _not_asked(probe: Probe, offer: str) -> str:
    return Message("could not be asked: {problem}", problem=problem_of(probe, offer))


def _answered(topic: str, text: str, stream: Stream, tls: TlsSession, rules: RuleSet) -> Point:
    if tls.version in OLD_VERSIONS:
        refused = as_refused(stream, tls, "protocol_version", 70, "server:ServerHello")
        told = Message("{answer}: older than TLS 1.2, which current Java refuses", answer=text)
        return Point(topic, False, told, ask(rules, refused))
    if _small(tls):
        finding = ask(rules, as_refused(stream, tls, "handshake_failure", 40, "server:ServerKeyExchange"))
        return Point(topic, False, Message("{answer}: too small for a Manager (Logjam)", answer=text), finding)
    return Point(topic, True, text)


def _chosen(tls: TlsSession) -> str:
    key = Message("DH {bits} bits", bits=tls.dh_bits) if tls.dh_bits is not None else tls.group
    parts = (tls.version, tls.cipher, tls.key_exchange, key)
    return together(*(part for part in parts if part), between=", ")


def _dhe_point(probe: Probe, streams: dict[str, Stream], rules: RuleSet) -> Point:
    """The Logjam question: what does the server use when only DHE is left to it?"""
    stream = streams["dhe"]
    tls = stream.tls
    if tls is None or not tls.client_hello_seen:
        return Point("Logjam", None, _not_asked(probe, "dhe"))
    if tls.dh_bits is not None and _small(tls):
        finding = ask(rules, as_refused(stream, tls, "handshake_failure", 40, "server:ServerKeyExchange"))
        usual = streams.get("tls12")
        chosen = usual.tls.key_exchange if usual is not None and usual.tls is not None else None
        text = Message(
            "with DHE the server uses {bits} bits: a Manager that gets DHE gives up (`dh key too small`)",
            bits=tls.dh_bits,
        )
        usually: str = ""
        if chosen is not None and chosen != "DHE":
            usually = Message(
                "for the usual TLS 1.2 offer this server chooses {chosen}, so it depends on the Manager's list",
                chosen=chosen,
            )
        elif chosen == "DHE":
            usually = Message("it chose DHE although ECDHE was offered: without DHE it may have nothing else")
        text = together(text, usually, between="; ")
        return Point("Logjam", False if chosen == "DHE" else None, text, finding)
    if tls.dh_bits is not None:
        return Point("Logjam", True, Message("with DHE the server uses {bits} bits: large enough", bits=tls.dh_bits))
    if tls.alert is None:
        problem = problem_of(probe, "dhe")
        return Point("Logjam", None, Message("the server did not answer a DHE offer ({problem})", problem=problem))
    reason = tls.alert.description
    if reason not in NO_COMMON_SUITE:
        text = Message(
            "the server refuses a DHE offer with {alert}, which does not say that it has no DHE", alert=reason
        )
        return Point("Logjam", None, text)
    if not any(s.tls is not None and s.tls.server_hello_seen for s in streams.values()):
        text = Message("the server refuses every offer ({alert}): nothing can be said of DHE", alert=reason)
        return Point("Logjam", None, text)
    return Point("Logjam", True, Message("the server has no DHE ({alert}): it cannot happen here", alert=reason))


# --- certificates --------------------------------------------------------------------------------------------------


def _certificates(probe: Probe, shown: Sequence[Stream], rules: RuleSet) -> Iterator[Point]:
    stream = shown[0]
    assert stream.tls is not None  # noqa: S101 - the caller's streams have certificates
    leaf = stream.tls.certificates[0]
    if stream.leaf_expired or stream.leaf_not_yet_valid:
        rule, what = EXPIRED if stream.leaf_expired else NOT_YET_VALID
        finding = ask(rules, distrusted(stream), only=rule)
        yield Point(_CERTIFICATE, False, Message(what, label=leaf.label), finding)
    others = {s.tls.certificates[0].sha256 for s in shown if s.tls is not None} - {leaf.sha256}
    if others:
        text = Message(
            "the server has more than one (SHA-256 {digests} for other offers): which one a Manager gets depends on its"
            " cipher list; only the chain below is judged",
            digests=", ".join(sorted(other[:16] for other in others)),
        )
        yield Point(_CERTIFICATE, None, text)
    names = {"label": leaf.label, "host": probe.host}
    if leaf.fits(probe.host):
        yield Point(_HOST_NAME, True, Message("{label} is valid for {host}", **names))
    else:
        finding = ask(rules, distrusted(stream), only="hostname-mismatch")
        text = Message("{label} is NOT valid for {host}; Managers from 7.4 compare the name", **names)
        yield Point(_HOST_NAME, False, text, finding)


def _trust_points(
    stream: Stream, paths: Sequence[TrustPath], stores: Sequence[TrustStore], rules: RuleSet, given: Sequence[str]
) -> Iterator[Point]:
    judged = _first_of_each_store(paths)
    for path in judged:
        store = next((s for s in stores if s.source == path.store), None)
        yield _trust(path, store, stream, rules)
    known = {path.store.file for path in judged}
    for store in stores:
        if store.source.file not in known:
            yield _unjudged(store)
    for place in given:
        if not any(PurePath(store.source.file.partition("!")[0]).is_relative_to(place) for store in stores):
            yield Point(_TRUST, None, Message("{place}: no trust store was found there", place=place))
    if not given:
        yield _without_store(stream, rules)


def _without_store(stream: Stream, rules: RuleSet) -> Point:
    """Who stands in the place of SES is seen without a store; most else is not."""
    finding = ask(rules, distrusted(stream), only="tls-inspection")
    remarks: list[str] = [Message("not judged: give the Manager's trust store with --trust-store")]
    remarks += _chain_remarks(stream)
    if finding is not None:
        remarks.insert(0, Message("no issuer in the chain is Amazon's, although the host is one of SES"))
    return Point(_TRUST, None, together(*remarks, between="; "), finding)


def _chain_remarks(stream: Stream) -> Iterator[str]:
    """What meets the eye in a chain that is held against no store."""
    assert stream.tls is not None  # noqa: S101 - the caller's stream has certificates
    leaf, *others = stream.tls.certificates
    for each in others:
        if each.not_after is not None and stream.started is not None and each.not_after < stream.started:
            yield Message(
                "{label} in the chain has expired, which Java refuses where its path leads over it", label=each.label
            )
    if not others and leaf.subject != leaf.issuer:
        yield Message("the server sends its own certificate only, so the store must hold the issuer")


def _unjudged(store: TrustStore) -> Point:
    text = together(store.source.file, store.problem or Message("could not be judged"), between=": ")
    if store.problem_kind == "wrong-password":
        text = Message("{problem} (name its password with --store-password-file)", problem=text)
    return Point(_TRUST, False if store.problem_kind in NO_ANCHORS else None, text)


def _first_of_each_store(paths: Sequence[TrustPath]) -> list[TrustPath]:
    found: dict[str, TrustPath] = {}
    for path in paths:
        found.setdefault(path.store.file, path)
    return list(found.values())


def _trust(path: TrustPath, store: TrustStore | None, stream: Stream, rules: RuleSet) -> Point:
    name = path.store.file
    if path.status == "trusted":
        anchor = path.anchor.label if path.anchor else Message("an entry")
        text = Message("{store}: trusted, the chain ends at {anchor}", store=name, anchor=anchor)
        return Point(_TRUST, True, text)
    if path.status == "undecided":
        return Point(_TRUST, None, Message("{store}: could not be decided", store=name))
    finding = ask(rules, distrusted(stream), path, store)
    text = Message("{store}: a Manager says: {message}", store=name, message=path.java_message or path.status)
    return Point(_TRUST, False, text, finding)
