"""Which phases an attempt proves to work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sestriage.model.phase import TLS_STEPS, Phase
from sestriage.model.verdict import Attempt, Outcome

if TYPE_CHECKING:
    from sestriage.model.capture import Stream


def cleared_by(attempt: Attempt) -> tuple[Phase, ...]:
    """The phases that this attempt proves to work, in the order of the ladder.

    A connection that speaks TLS from the first byte has no STARTTLS step, and its greeting comes after the
    certificate; a client that finished the handshake accepted the key exchange whatever it did later.
    """
    if attempt.events and not attempt.streams and not any(event.mail for event in attempt.events):
        return ()  # nothing shows that it was an attempt to mail
    passed = set(_by_wire(attempt))
    if attempt.outcome is Outcome.ACCEPTED:
        passed.update((*Phase.ACCEPTED.cleared(), Phase.ACCEPTED))
    elif attempt.phase is not None:
        passed = {p for p in passed if p.rank < attempt.phase.rank or (p is Phase.TLS and attempt.phase in TLS_STEPS)}
        passed.update(attempt.phase.cleared())
        passed.discard(attempt.phase)
    if _may_be_wrapper(attempt):
        passed.discard(Phase.STARTTLS)
        if attempt.phase in TLS_STEPS:
            passed.discard(Phase.GREETING)
    return tuple(phase for phase in Phase if phase in passed)


def _by_wire(attempt: Attempt) -> list[Phase]:
    """What the captured conversation shows to have worked, for attempts whose end is not known or came later."""
    return [phase for stream in attempt.streams for phase in _reached(stream)]


def _reached(stream: Stream) -> list[Phase]:
    if not stream.tcp.established:
        return [Phase.DNS] if stream.server_name is not None else []
    phases = [Phase.DNS, Phase.TCP]
    smtp, tls = stream.smtp, stream.tls
    if smtp is not None and smtp.greeting_code == 220:
        phases.append(Phase.GREETING)
    if smtp is not None and smtp.starttls_reply == 220:
        phases.append(Phase.STARTTLS)
    if tls is not None and tls.client_finished:
        phases.append(Phase.TLS)
        if tls.client_application_bytes:
            phases.append(Phase.CERTIFICATE)
    return phases


def _may_be_wrapper(attempt: Attempt) -> bool:
    """TLS from the first byte, or what was pasted does not say: neither shows a greeting or STARTTLS."""
    return any(event.connection_mode == "wrapper" for event in attempt.events) or any(
        stream.tls is not None and stream.tls.started_by in ("connect", "unknown") for stream in attempt.streams
    )
