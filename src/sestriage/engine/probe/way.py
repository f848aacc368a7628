"""The way to a server that was probed, point by point: name, connection, STARTTLS."""

from __future__ import annotations

from collections.abc import Iterator

from sestriage.engine.probe.ask import ask
from sestriage.model.capture import SmtpDialogue, Stream, WireReply
from sestriage.model.probe import Point, Probe, ProbeTalk
from sestriage.rules import RuleSet


def _talk(probe: Probe, offer: str) -> ProbeTalk | None:
    """The last conversation with an offer."""
    return next((talk for talk in reversed(probe.talks) if talk.offer == offer), None)


def problem_of(probe: Probe, offer: str) -> str:
    """What went wrong in it, in words."""
    talk = _talk(probe, offer)
    return (talk.problem if talk else None) or "nothing came"


def way(probe: Probe, streams: dict[str, Stream], rules: RuleSet) -> Iterator[Point]:
    """The points up to the answer to STARTTLS, or to the connection where TLS comes first."""
    if probe.unresolved is not None:
        # an address of the other kind is no fault of the name
        fault = None if probe.addresses else False
        yield Point("name", fault, f"{probe.host} gives no address: {probe.unresolved}")
        return
    yield Point("name", True, f"{probe.host} is {', '.join(probe.addresses)}")
    first = streams.get("default")
    if first is None:
        yield Point("connection", None, "no time was left to connect")
        return
    yield _connection(probe, first, rules)
    if first.tcp.established and probe.mode == "starttls":
        yield _starttls(probe, first, rules)


def _connection(probe: Probe, stream: Stream, rules: RuleSet) -> Point:
    *failed, last = [talk for talk in probe.talks if talk.offer == "default"]
    failures = "; ".join(talk.problem or f"{talk.address}: no connection" for talk in failed)
    if not stream.tcp.established:
        problem = last.problem or f"no connection to port {probe.port}"
        text = "; ".join(part for part in (failures, problem) if part)
        return Point("connection", False, text, ask(rules, stream))
    text = f"{last.address} port {probe.port} takes connections"
    if not failed:
        return Point("connection", True, text)
    # JavaMail connects to the first address that Java gives it, which is an IPv4 address where the name has one
    passed = "." in last.address and all(":" in talk.address for talk in failed)
    text += f", but {failures}. JavaMail tries one address only, IPv4 before IPv6 unless Java was told otherwise"
    return Point("connection", True if passed else None, text)


def _starttls(probe: Probe, stream: Stream, rules: RuleSet) -> Point:
    smtp = stream.smtp
    if smtp is not None and smtp.starttls_reply == 220:
        return Point("STARTTLS", True, f"offered and accepted; greeting: {smtp.banner}")
    if smtp is None or smtp.greeting_code is None:
        text = _no_greeting(probe)
    elif smtp.greeting_code != 220:
        text = f"the greeting is {smtp.banner}{_for_now(smtp.greeting_code)}"
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
        return f"no SMTP greeting; the server said `{line}`"
    text = f"no SMTP greeting: {problem_of(probe, 'default')}"
    if talk is not None and talk.end == "timed-out":
        text += "; a port that speaks TLS from the start waits in this way (ask again with --mode wrapper)"
    return text


def _no_starttls(smtp: SmtpDialogue) -> str:
    answer = next((reply for reply in smtp.replies if reply.after == "EHLO"), None)
    if answer is not None and answer.code != 250:
        text = f"EHLO is refused with `{_line(answer)}`{_for_now(answer.code)}"
        own = "; the server may dislike the name that the probe gives, a Manager gives another"
        return text if smtp.starttls_offered is False else text + own
    if smtp.starttls_masked:
        return "not offered, and a keyword of the offer is overwritten: a device on the way takes STARTTLS out"
    if smtp.starttls_offered is False:
        return "the server does not offer it"
    refused = next((reply for reply in smtp.replies if reply.after == "STARTTLS"), None)
    if refused is not None:
        return f"refused with `{_line(refused)}`{_for_now(refused.code)}"
    return "the dialogue broke off before it"


def _line(reply: WireReply) -> str:
    return f"{reply.code} {reply.text.partition(chr(10))[0]}"[:120]


def _for_now(code: int) -> str:
    """RFC 5321 4.2.1: a 4yz reply is about the moment."""
    return "; that is for the moment only (4xx), ask again later" if 400 <= code < 500 else ""
