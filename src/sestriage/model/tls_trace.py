"""Facts read from `-Djavax.net.debug`: what the JVM itself printed of a TLS handshake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sestriage.model.capture import Stream
from sestriage.model.log import LogEvent
from sestriage.model.source import SourceRef

TrustDecision = Literal["trusted", "refused"]


@dataclass(frozen=True, slots=True)
class TlsTrace:
    """One handshake of a Java client, as it traced it.

    A trace does not say for whom the handshake was: only its thread (`thread`, None where the form names none) and the
    host of its ClientHello do. `source` spans its lines.
    """

    source: SourceRef
    stream: Stream
    """The conversation as a capture would show it, as far as it was printed: no address, and no port. The certificates
    have what the trace prints of them (names, serial number, dates), and no DER."""
    thread: str | None = None
    failure: LogEvent | None = None
    """The exception by which the client ended the handshake, if it printed one."""
    decision: TrustDecision | None = None
    """What the trust manager made of the served chain; None where the trace does not tell."""
    store: str | None = None
    """The trust store that the JVM read, as it names it; None where the trace does not tell."""
    store_size: int | None = None
    """How many trusted certificates it found in it."""
