"""The way to a server that was probed, point by point: name, connection, STARTTLS."""

from __future__ import annotations

from collections.abc import Iterator

from sestriage.engine.probe.ask import ask
from sestriage.model.capture import SmtpDialogue, Stream, WireReply
from sestriage.model.message import Message, together
from sestriage.model.probe import Point, Probe, ProbeTalk
from sestriage.rules import RuleSet

_NAME = Message("name")
_CONNECTION = Message("connection")


def _talk(probe: Probe, offer: str) -> ProbeTalk | None:
    """The last conversation with an offer."""
    return next((talk for talk in reversed(probe.talks) if talk.offer == offer), None)


def problem_of(probe: Probe, offer: str) -> str:
    """What went wrong in it, in words."""
    talk = _talk(probe, offer)
    return (talk.problem if talk else None) or Message("nothing came")


def way(probe: Probe, streams: dict[str, Stream], rules: RuleSet) -> Iterator[Point]:
    """The points up to the answer to STARTTLS, or to the connection where TLS comes first."""
    if probe.unresolved is not None:
        # an address of the other kind is no fault of the name
        fault = None if probe.addresses else False
        text = Message("{host} gives no address: {reason}", host=probe.host, reason=probe.unresolved)
        yield Point(_NAME, fault, text)
        return
    addresses = ", ".join(probe.addresses)
    yield Point(_NAME, True, Message("{host} is {addresses}", host=probe.host, addresses=addresses))
    first = streams.get("default")
    if first is None:
        yield Point(_CONNECTION, None, Message("no time was left to connect"))
        return
    yield _connection(probe, first, rules)
    if first.tcp.established and probe.mode == "starttls":
        yield _starttls(probe, first, rules)


def _connection(probe: Probe, stream: Stream, rules: RuleSet) -> Point:
    *failed, last = [talk for talk in probe.talks if talk.offer == "default"]
    failures = together(*map(_failure, failed), between="; ")
    if not stream.tcp.established:
        problem = last.problem or Message("no connection to port {port}", port=probe.port)
        return Point(_CONNECTION, False, together(failures, problem, between="; "), ask(rules, stream))
    text = Message("{address} port {port} takes connections", address=last.address, port=probe.port)
    if not failed:
        return Point(_CONNECTION, True, text)
    # JavaMail connects to the first address that Java gives it, which is an IPv4 address where the name has one
    passed = "." in last.address and all(":" in talk.address for talk in failed)
    text = Message(
        "{connected}, but {failures}. JavaMail tries one address only, IPv4 before IPv6 unless Java was told otherwise",
        connected=text,
        failures=failures,
    )
    return Point(_CONNECTION, True if passed else None, text)


def _failure(talk: ProbeTalk) -> str:
    return talk.problem or Message("{address}: no connection", address=talk.address)


def _starttls(probe: Probe, stream: Stream, rules: RuleSet) -> Point:
    smtp = stream.smtp
    if smtp is not None and smtp.starttls_reply == 220:
        return Point("STARTTLS", True, Message("offered and accepted; greeting: {banner}", banner=smtp.banner))
    if smtp is None or smtp.greeting_code is None:
        text = _no_greeting(probe)
    elif smtp.greeting_code != 220:
        text = Message("the greeting is {banner}{now}", banner=smtp.banner, now=_for_now(smtp.greeting_code))
    else:
        text = _no_starttls(smtp)
        if smtp.starttls_offered is None and smtp.replies[-1].after == "EHLO":  # it may be the name that we gave
            return Point("STARTTLS", None, text)
    return Point("STARTTLS", False, text, ask(rules, stream))


def _no_greeting(probe: Probe) -> str:
    talk = _talk(probe, "default")
    said = b"".join(chunk.data for chunk in talk.chunks if not chunk.client) if talk else b""
    if said:
        line = said.splitlines()[0][:120].decode("ascii", "backslashreplace")
        return Message("no SMTP greeting; the server said `{line}`", line=line)
    text = Message("no SMTP greeting: {problem}", problem=problem_of(probe, "default"))
    if talk is None or talk.end != "timed-out":
        return text
    waits = Message("a port that speaks TLS from the start waits in this way (ask again with --mode wrapper)")
    return together(text, waits, between="; ")


def _no_starttls(smtp: SmtpDialogue) -> str:
    answer = next((reply for reply in smtp.replies if reply.after == "EHLO"), None)
    if answer is not None and answer.code != 250:
        text = Message("EHLO is refused with `{reply}`{now}", reply=_line(answer), now=_for_now(answer.code))
        own = Message("the server may dislike the name that the probe gives, a Manager gives another")
        return text if smtp.starttls_offered is False else together(text, own, between="; ")
    if smtp.starttls_masked:
        return Message("not offered, and a keyword of the offer is overwritten: a device on the way takes STARTTLS out")
    if smtp.starttls_offered is False:
        return Message("the server does not offer it")
    refused = next((reply for reply in smtp.replies if reply.after == "STARTTLS"), None)
    if refused is not None:
        return Message("refused with `{reply}`{now}", reply=_line(refused), now=_for_now(refused.code))
    return Message("the dialogue broke off before it")


def _line(reply: WireReply) -> str:
    return f"{reply.code} {reply.text.partition(chr(10))[0]}"[:120]


def _for_now(code: int) -> str:
    """RFC 5321 4.2.1: a 4yz reply is about the moment."""
    return Message("; that is for the moment only (4xx), ask again later") if 400 <= code < 500 else ""
