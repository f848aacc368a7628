"""A failure held against the conversation and the stores that were handed in with it, as a success is.

A reply to a login or to a later command, in a session that is known to use TLS, shows that the running process accepted
the served chain at that time: a store that does not is not what it used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sestriage.engine.decide import Decision
from sestriage.engine.proven import proven_by
from sestriage.engine.stream_phase import accepted, failing_phase
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
_BEFORE_LOGIN = (Phase.TCP, Phase.TLS, Phase.CERTIFICATE)
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
    """The session got past the certificate, and no store that was handed in accepts the served chain."""
    past = Phase.CERTIFICATE in proven_by(attempt).phases and attempt.outcome is Outcome.FAILED
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
        return broke in _BEFORE_LOGIN
    if step in TLS_STEPS:
        return broke in _BEFORE_TLS or _went_on(stream) or (step is Phase.CERTIFICATE and _hello_refused(stream))
    return step in (Phase.DNS, Phase.TCP) and _spoke(stream)


def _went_on(stream: Stream) -> bool:
    """TLS was finished and used."""
    tls = stream.tls
    return accepted(stream) or (tls is not None and tls.client_finished and tls.client_application_bytes > 0)


def _hello_refused(stream: Stream) -> bool:
    tls = stream.tls
    alert = tls.alert if tls is not None else None
    return alert is not None and alert.sender == "server" and alert.description in _HELLO_REFUSED


def _spoke(stream: Stream) -> bool:
    """The server greeted, or answered the ClientHello."""
    greeted = stream.smtp is not None and stream.smtp.greeting_code is not None
    return greeted or (stream.tls is not None and stream.tls.server_hello_seen)
