"""Which steps an attempt proves to work, each with its ground, and which ones its session did not use.

A step is claimed when it was observed (a captured conversation, a logged dialogue), or when the protocol implies it in
the mode that is known: a reply to AUTH implies a connection and a greeting, TLS only where something shows TLS. The
position of the failure on the ladder proves nothing by itself.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sestriage.model.known.ports import PROXY_PORTS
from sestriage.model.known.proxy import proxy_port
from sestriage.model.known.ses import PORT_MODES, is_ses_endpoint
from sestriage.model.phase import TLS_STEPS, Phase
from sestriage.model.verdict import Attempt, Ground, Outcome, Proof, ProvenStep

if TYPE_CHECKING:
    from sestriage.model.capture import SmtpDialogue, Stream, TlsSession
    from sestriage.model.log import LogEvent
    from sestriage.model.source import SourceRef

_PROXY = re.compile(r"\b(?:socks|proxy)\b", re.IGNORECASE)
_SOCKS = "java.net.SocksSocketImpl.readSocksReply"
"""The frame in which Java waits for a SOCKS proxy; other frames of that class are there without a proxy, too."""
_WRAPPER_ORDER = (
    *(Phase.CONFIG, Phase.DNS, Phase.TCP, Phase.TLS, Phase.CERTIFICATE, Phase.GREETING, Phase.STARTTLS),
    *(Phase.AUTH, Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.ACCEPTED, Phase.DELIVERY),
)
"""The steps as a session passes them that speaks TLS from its first byte: the greeting comes inside TLS."""
_TRANSACTION = (Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.ACCEPTED)
_POSITIVE = frozenset({220, 235, 250, 251, 252, 354})


@dataclass(frozen=True, slots=True)
class Proven:
    """`steps` in the order of the ladder; `not_used` are steps that the session shows to have gone without."""

    steps: tuple[ProvenStep, ...] = ()
    not_used: tuple[Phase, ...] = ()

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The proven steps without their grounds."""
        return tuple(step.phase for step in self.steps)


def proven_by(attempt: Attempt) -> Proven:
    """What the newest conversation and the decisive event of an attempt prove; nothing is claimed at or behind the
    step that failed."""
    if attempt.finding is not None and attempt.finding.of_server:
        return Proven()  # what a server says of a client of its own
    if attempt.events and not attempt.streams and not any(event.mail for event in attempt.events):
        return Proven()  # nothing shows that it was an attempt to mail
    event = _decisive(attempt)
    stream = attempt.streams[-1] if attempt.streams else None
    claims = [*_by_wire(stream, attempt), *_by_log(event, attempt)]
    first: dict[Phase, ProvenStep] = {}
    for claim in sorted(claims, key=lambda each: each.ground is not Ground.OBSERVED):
        first.setdefault(claim.phase, claim)
    wrapper = _is_wrapper(stream, event, attempt)
    not_used = _not_used(stream, attempt, wrapper)
    kept = {phase for phase in first if phase not in not_used and _before_failure(phase, attempt, wrapper)}
    if event is not None and event.outcome == "failure" and "SSLHandshakeException" in event.exceptions:
        kept.discard(Phase.TLS)  # a captured handshake that came to its end is another one
    if attempt.finding is not None and attempt.finding.listed is Phase.MAIL:
        kept.discard(Phase.MAIL)  # a sender that is refused when the recipient is named did not work
    return Proven(tuple(first[phase] for phase in Phase if phase in kept), not_used)


def proven_by_both(attempt: Attempt) -> Proven:
    """Of an attempt whose log and conversation do not tell of the same failure: the steps that each of the two shows
    without the other, on the log's ground. What the one names (server, port) says nothing about the other."""
    host = next((event.host for event in reversed(attempt.events) if event.host), None)
    logged = proven_by(replace(attempt, streams=(), host=host, port=None))
    seen = proven_by(replace(attempt, events=())).phases
    return Proven(tuple(step for step in logged.steps if step.phase in seen))


def _before_failure(phase: Phase, attempt: Attempt, wrapper: bool) -> bool:
    failed = attempt.phase if attempt.outcome is Outcome.FAILED else None
    if failed is None:
        return True
    if {phase, failed} == TLS_STEPS:
        return phase is Phase.TLS  # a client may check the certificate before the key exchange
    order = _WRAPPER_ORDER if wrapper else tuple(Phase)
    return order.index(phase) < order.index(failed)


def _decisive(attempt: Attempt) -> LogEvent | None:
    """The newest event that tells how the attempt ended, one that tells at which step before one that does not."""
    wanted = {Outcome.FAILED: "failure", Outcome.ACCEPTED: "success"}.get(attempt.outcome)
    telling = [event for event in reversed(attempt.events) if event.outcome == wanted]
    return next((event for event in telling if event.phase is not None), telling[0] if telling else None)


# --- the mode --------------------------------------------------------------------------------------------------------


def _is_wrapper(stream: Stream | None, event: LogEvent | None, attempt: Attempt) -> bool:
    """TLS from the first byte, as far as that is known."""
    if stream is not None and stream.tls is not None:
        return stream.tls.started_by == "connect"
    if event is not None and event.connection_mode is not None:
        return event.connection_mode == "wrapper"
    return is_ses_endpoint(attempt.host) and PORT_MODES.get(attempt.port or 0) == "wrapper"


def _modes(event: LogEvent, attempt: Attempt) -> str | None:
    """`starttls` or `wrapper` where the event or another of its attempt says so; None when no event does."""
    own = event.connection_mode
    return own or next((each.connection_mode for each in attempt.events if each.connection_mode), None)


# --- what the log proves ---------------------------------------------------------------------------------------------


def _by_log(event: LogEvent | None, attempt: Attempt) -> Iterator[ProvenStep]:
    if event is None:
        return
    yield from _by_dialogue(attempt)
    reached = _reached(event, attempt)
    if reached is None:
        return
    source = event.quote_source
    if _named(attempt) and not _proxied(attempt):
        yield _implied(Phase.DNS, "name-reached", source)
    if reached.rank <= Phase.TCP.rank:
        return
    yield _implied(Phase.TCP, "connection-spoke", source)
    if reached in TLS_STEPS:
        if _modes(event, attempt) == "starttls":
            yield _implied(Phase.GREETING, "starttls-agreed", source)
            yield _implied(Phase.STARTTLS, "starttls-agreed", source)
        return
    if reached.rank > Phase.GREETING.rank:
        yield _implied(Phase.GREETING, "reply-to-command", source)
    if reached.rank >= Phase.AUTH.rank:
        yield from _session(event, attempt, reached)
    for step in _TRANSACTION:
        if step.rank < reached.rank or reached is Phase.ACCEPTED:
            proof: Proof = "accepted" if reached is Phase.ACCEPTED else "later-command"
            yield _implied(step, proof, source)


def _by_dialogue(attempt: Attempt) -> Iterator[ProvenStep]:
    """What the replies in a logged dialogue show, up to the failure."""
    for event in attempt.events:
        for phase in event.answered:
            yield _implied(Phase.TCP, "connection-spoke", event.quote_source)
            proof: Proof = "used-after-handshake" if phase in TLS_STEPS else "reply-seen"
            yield _observed(phase, proof, event.quote_source)


def _reached(event: LogEvent, attempt: Attempt) -> Phase | None:
    """The step up to which the event shows that the client came; None when it shows none. The step of what no rule
    knows, and of what happened in the client before any connection, is not one."""
    if attempt.outcome is Outcome.ACCEPTED:
        return Phase.ACCEPTED
    if event.phase is not None:
        return event.phase if event.phase.rank >= Phase.TCP.rank else None
    if event.phases and min(phase.rank for phase in event.phases) > Phase.TCP.rank:
        return min(event.phases, key=lambda phase: phase.rank)  # it came to one of these, so to the first at least
    return Phase.GREETING if event.reply is not None else None  # whatever it answered


def _session(event: LogEvent, attempt: Attempt, reached: Phase) -> Iterator[ProvenStep]:
    """TLS and login before a reply to AUTH or to a later command: only where the mode is known."""
    source, mode = event.quote_source, _modes(event, attempt)
    by: Proof = "mode-in-log"
    ses = is_ses_endpoint(attempt.host) and event.reply_code != 530 and _answered(event)
    if mode is None and ses:
        by = "ses-needs-tls"
        mode = PORT_MODES.get(attempt.port or 0, "unknown")
    if mode == "starttls":
        yield _implied(Phase.STARTTLS, by, source)
    if mode is not None:
        yield _implied(Phase.TLS, by, source)
        if not _unchecked(event):
            yield _implied(Phase.CERTIFICATE, by, source)
    if ses and reached.rank > Phase.AUTH.rank:
        yield _implied(Phase.AUTH, "ses-needs-login", source)


def _unchecked(event: LogEvent) -> bool:
    """A mail relay wrote the line, which may take any certificate."""
    from sestriage.formats.log.wording.vocabulary import UNCHECKED  # loaded where a log was read

    return UNCHECKED.search(event.text) is not None


def _answered(event: LogEvent) -> bool:
    """The server answered a command, or took the mail: not a client that found itself cut off."""
    return event.reply is not None or event.outcome == "success"


def _named(attempt: Attempt) -> bool:
    """The server was reached by a name that had to be looked up."""
    host = (attempt.host or "").strip("[]").rstrip(".").lower()
    if not host or host == "localhost" or host.endswith(".localhost"):
        return False
    return not _is_address(host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _proxied(attempt: Attempt) -> bool:
    """A proxy stands between, by the words or frames of the log, or by the conversation or its port."""
    return any(stream.proxy is not None or stream.server.port in PROXY_PORTS for stream in attempt.streams) or any(
        _PROXY.search(event.text) or proxy_port(event) is not None or any(_SOCKS in t.frames for t in event.throwables)
        for event in attempt.events
    )


# --- what the wire proves --------------------------------------------------------------------------------------------


def _by_wire(stream: Stream | None, attempt: Attempt) -> Iterator[ProvenStep]:
    if stream is None:
        return
    tcp = stream.tcp
    tried = tcp.established or tcp.refused or tcp.unanswered or tcp.icmp is not None
    if tried and stream.server_name is not None and not _proxied(attempt):
        yield _implied(Phase.DNS, "name-reached", stream.source)
    if not tcp.established:
        return
    yield _observed(Phase.TCP, "handshake-seen", stream.source)
    if stream.tls is not None:
        yield from _tls_steps(stream.tls, stream.source)
    if stream.smtp is not None:
        yield from _smtp_steps(stream.smtp, stream.source)


def _tls_steps(tls: TlsSession, source: SourceRef) -> Iterator[ProvenStep]:
    if tls.client_finished:
        yield _observed(Phase.TLS, "client-finished", _sent(tls, "Finished", source))
        if tls.client_application_bytes:
            yield _observed(Phase.CERTIFICATE, "used-after-handshake", _sent(tls, "ApplicationData", source))


def _sent(tls: TlsSession, name: str, source: SourceRef) -> SourceRef:
    """Where the client sent its last such message; the conversation itself where no frame is known to have it."""
    frame = next((each.frame for each in reversed(tls.messages) if each.sender == "client" and each.name == name), None)
    return source if frame is None else source.at_frame(frame)


def _smtp_steps(smtp: SmtpDialogue, source: SourceRef) -> Iterator[ProvenStep]:
    if smtp.greeting_code == 220:
        yield _observed(Phase.GREETING, "reply-seen", _replied(smtp, "", (220,), source))
    if smtp.starttls_reply == 220:
        yield _observed(Phase.STARTTLS, "reply-seen", _replied(smtp, "STARTTLS", (220,), source))
    for verb, phase in (("AUTH", Phase.AUTH), ("MAIL", Phase.MAIL), ("RCPT", Phase.RCPT)):
        reply = next((r for r in reversed(smtp.replies) if r.after == verb and r.code in _POSITIVE), None)
        if reply is not None and (verb != "AUTH" or reply.code == 235):
            yield _observed(phase, "reply-seen", source.at_frame(reply.frame))
    if smtp.accepted:
        taken = _replied(smtp, ".", _POSITIVE, source)
        yield _observed(Phase.DATA, "reply-seen", taken)
        yield _observed(Phase.ACCEPTED, "reply-seen", taken)


def _replied(smtp: SmtpDialogue, after: str, codes: Container[int], source: SourceRef) -> SourceRef:
    """Where such a reply stands; the conversation itself where no single frame is known to have it."""
    frame = next((reply.frame for reply in smtp.replies if reply.after == after and reply.code in codes), None)
    return source if frame is None else source.at_frame(frame)


# --- what was not used -----------------------------------------------------------------------------------------------


def _not_used(stream: Stream | None, attempt: Attempt, wrapper: bool) -> tuple[Phase, ...]:
    """Steps that the session is seen to have gone without."""
    unused: set[Phase] = set()
    host = (attempt.host or "").strip("[]")
    if host and _is_address(host):
        unused.add(Phase.DNS)
    if wrapper:
        unused.add(Phase.STARTTLS)
    if stream is not None and stream.smtp is not None and stream.tls is None:
        clear = {command.verb for command in stream.smtp.commands if not command.decrypted}
        if clear & {"AUTH", "MAIL"} and not stream.smtp.starttls_command:
            unused |= {Phase.STARTTLS, *TLS_STEPS}
        if "MAIL" in clear and "AUTH" not in clear and _whole_dialogue(stream):
            unused.add(Phase.AUTH)
    return tuple(phase for phase in Phase if phase in unused and phase is not attempt.phase)


def _whole_dialogue(stream: Stream) -> bool:
    """The capture has the conversation from its greeting on, without a gap in which a command could be lost."""
    return stream.smtp is not None and stream.smtp.greeting_code is not None and not stream.tcp.missing_bytes


def _observed(phase: Phase, proof: Proof, source: SourceRef) -> ProvenStep:
    return ProvenStep(phase, Ground.OBSERVED, proof, source)


def _implied(phase: Phase, proof: Proof, source: SourceRef) -> ProvenStep:
    return ProvenStep(phase, Ground.IMPLIED, proof, source)
