"""A failure held against the conversation and the stores that were handed in with it, as a success is.

A reply to a login or to a later command, in a session that is known to use TLS, shows that the running process accepted
the served chain at that time: a store that does not is not what it used.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from sestriage.engine.clock import ports_agree
from sestriage.engine.decide import Decision
from sestriage.engine.proven import proven_by
from sestriage.engine.same_session import ZONES_APART
from sestriage.engine.stream_phase import accepted, failing_phase
from sestriage.model.known.proxy import server_port
from sestriage.model.message import Message
from sestriage.model.phase import TLS_STEPS, Phase
from sestriage.model.verdict import Attempt, Contradiction, Evidence, Outcome
from sestriage.rules.texts.cite_facts import store_answer

if TYPE_CHECKING:
    from sestriage.model.capture import Stream
    from sestriage.model.log import LogEvent
    from sestriage.model.trust import TrustPath

_REFUSED = ("no-path", "invalid", "empty-store")
_BEFORE_TLS = (Phase.TCP,)
_BEFORE_LOGIN = (Phase.TCP, Phase.GREETING, Phase.STARTTLS, Phase.TLS, Phase.CERTIFICATE)
_HELLO_REFUSED = frozenset({"protocol_version", "handshake_failure", "inappropriate_fallback", "unrecognized_name"})
"""Alerts by which a server answers a ClientHello: no certificate was shown."""


def failure_against_wire(decision: Decision) -> list[Contradiction]:
    """The log names a step at which none of the captured conversations of the attempt can have failed."""
    attempt = decision.attempt
    event = _failure(attempt)
    if event is None or decision.dropped_log or not attempt.streams:
        return []
    if not all(_cannot_be(event, stream) for stream in attempt.streams):
        return []
    text = Message(
        "the log and the captured conversation of the same time do not tell of the same failure: the capture is of"
        " another connection or another Manager, or one of the two clocks is wrong"
    )
    said = Evidence(event.quote_source, event.quote, "log.event")
    shown = (Evidence(s.source, Message("the conversation that goes with it"), "tcp.stream") for s in attempt.streams)
    return [Contradiction(text, (said, *shown))]


def failure_against_stores(attempt: Attempt, paths: Sequence[TrustPath]) -> list[Contradiction]:
    """The session got past the certificate, however it ended, and no store that was handed in accepts the served chain
    (an accepted mail is held against stores with its own words)."""
    past = Phase.CERTIFICATE in proven_by(attempt).phases and attempt.outcome is not Outcome.ACCEPTED
    refused = [path for path in paths if path.status in _REFUSED]
    if not past or not refused or len(refused) < len(paths):
        return []
    text = Message(
        "the session got past the server's certificate, but no trust store that was handed in accepts the served chain."
        " Possible: the store belongs to another service or Manager; it was changed after the process started; or the"
        " process does not check (`mail.smtp.ssl.trust`, a trust manager that accepts all). The start time of the"
        " process beside the date of the store, and the store that its command line names, tell them apart"
    )
    stores = (Evidence(path.store, store_answer(path), "trust.path") for path in refused)
    return [Contradiction(text, (*attempt.outcome_evidence, *stores))]


def _failure(attempt: Attempt) -> LogEvent | None:
    if attempt.outcome is not Outcome.FAILED:
        return None
    return next((event for event in reversed(attempt.events) if event.outcome == "failure"), None)


def _cannot_be(event: LogEvent, stream: Stream) -> bool:
    """The conversation broke before the step that the log names, or went on behind it."""
    step = event.phase
    if step is None or stream.tcp.missing_bytes or stream.tcp.one_sided:
        return False
    broke = failing_phase(stream)
    if step.rank >= Phase.AUTH.rank:
        return broke in _BEFORE_LOGIN or _ended_before(step, stream)
    if step in TLS_STEPS:
        return (
            broke in _BEFORE_TLS
            or _went_on(stream)
            or _accepted_path(event, stream)
            or (step is Phase.CERTIFICATE and _hello_refused(stream))
        )
    return step in (Phase.DNS, Phase.TCP) and _spoke(stream)


_COMMANDS = {Phase.AUTH: "AUTH", Phase.MAIL: "MAIL", Phase.RCPT: "RCPT", Phase.DATA: "DATA"}


def _ended_before(step: Phase, stream: Stream) -> bool:
    """A whole dialogue in clear text that ended before the client came to the command of that step."""
    smtp, tcp, verb = stream.smtp, stream.tcp, _COMMANDS.get(step)
    if smtp is None or verb is None or stream.tls is not None or smtp.looks_like_tls or smtp.starttls_command:
        return False
    ended = tcp.syn_seen and (tcp.closed_by is not None or tcp.reset_by is not None)
    return ended and all(command.verb != verb for command in smtp.commands)


def _went_on(stream: Stream) -> bool:
    """TLS was finished and used."""
    tls = stream.tls
    return accepted(stream) or (tls is not None and tls.client_finished and tls.client_application_bytes > 0)


_OF_THE_PATH = ("PKIX path", "certification path")


def _accepted_path(event: LogEvent, stream: Stream) -> bool:
    """The log tells of the certificate's path, which is checked before the client finishes the handshake; JavaMail
    itself looks at the name after it."""
    tls = stream.tls
    return tls is not None and tls.client_finished and any(words in event.text for words in _OF_THE_PATH)


def _hello_refused(stream: Stream) -> bool:
    tls = stream.tls
    alert = tls.alert if tls is not None else None
    return alert is not None and alert.sender == "server" and alert.description in _HELLO_REFUSED


def _spoke(stream: Stream) -> bool:
    """The server greeted, or answered the ClientHello."""
    greeted = stream.smtp is not None and stream.smtp.greeting_code is not None
    return greeted or (stream.tls is not None and stream.tls.server_hello_seen)


# --- clocks that are days off ------------------------------------------------------------------------------------


def far_clocks(decisions: Sequence[Decision]) -> tuple[str, ...]:
    """One logged failure and one captured conversation that is not that of any logged attempt: where the two tell of
    the same failure, days apart, one of the clocks may be off. Nothing where there are several of either."""
    attempts = [decision.attempt for decision in decisions]
    logged = [attempt for attempt in attempts if attempt.events and not attempt.streams]
    captured = [attempt for attempt in attempts if attempt.streams and not attempt.events]
    if len(logged) != 1 or len(captured) != 1 or len(attempts) != 2:
        return ()
    event, stream = _failure(logged[0]), captured[0].streams[-1]
    apart = _apart(logged[0], captured[0])
    if event is None or apart is None or apart < ZONES_APART or not _same_failure(event, stream):
        return ()
    return (
        Message(
            "The logged failure ({logged}) and the captured conversation ({captured}) do not contradict each other,"
            " but their times lie {days} days apart. If the clock of the Manager is off (compare `date -u` with another"
            " clock), they are one attempt; else the capture is of another one.",
            logged=str(event.quote_source),
            captured=str(stream.source),
            days=round(apart / timedelta(days=1)),
        ),
    )


def _apart(one: Attempt, other: Attempt) -> timedelta | None:
    if one.ended is None or other.ended is None:
        return None
    times = [each if each.tzinfo is not None else each.replace(tzinfo=UTC) for each in (one.ended, other.ended)]
    return abs(times[0] - times[1])


def _same_failure(event: LogEvent, stream: Stream) -> bool:
    """The step agrees, and so do server and port as far as the log names them."""
    name = stream.host.rstrip(".").lower() if stream.host else None
    broke = failing_phase(stream)
    steps = {event.phase, broke}
    same_step = event.phase is not None and (len(steps) == 1 or steps <= TLS_STEPS)
    return same_step and event.host in (None, name) and ports_agree(server_port(event), stream.port)
