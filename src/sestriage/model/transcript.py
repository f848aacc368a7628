"""Facts read from what stands in for a capture: runs of `openssl s_client`, scans of a server, our probe, and what a
JVM traced of its TLS (`-Djavax.net.debug`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sestriage.model.capture import Stream
from sestriage.model.log import LogEvent
from sestriage.model.source import SourceRef


@dataclass(frozen=True, slots=True)
class NameAnswer:
    """What `getent` finds for a name on the Manager, in the order of the name service: hosts file, then DNS.

    `addresses` is empty where it finds none; it does not say why. It tells of the moment at which somebody asked, which
    is not that of an attempt.
    """

    source: SourceRef
    name: str
    addresses: tuple[str, ...] = ()
    container: bool = False
    """Asked inside the container of the mail service, whose DNS servers may be others than the appliance's."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """One run of a TLS client that is not the Manager's own.

    What it shows of the server counts (chain, key exchange, refusals); what the client made of that does not carry
    over: it has other settings and another trust store. `source.line` is the first line of the run.
    """

    source: SourceRef
    stream: Stream
    """The conversation as a capture would show it; an unknown address is empty, an unknown port 0."""
    events: tuple[LogEvent, ...] = ()
    """The fault that stopped the client, and faults of the served chain that show without a trust store, as
    failures."""
    listed: int = 0
    """How many certificates the server sent, by the run's own list; `stream.tls.certificates` may hold fewer."""
    printed: tuple[tuple[str, str], ...] = ()
    """Subject and issuer of each certificate that the server sent, as printed: they are there when the PEM is not."""
    verify_code: int | None = None
    """OpenSSL's final verify code; None when there is none, and when no certificate came ("0 (ok)" means nothing
    then)."""
    verify_text: str | None = None
    host: str | None = None
    """Name that the client was told to connect to, lower case; None when the run does not say."""
    cipher_option: str | None = None
    """The restriction of TLS 1.2 by `-cipher`, if the command line is there."""
    restricted: bool = False
    """The client offered less than usual (`-cipher`, `-tls1_2`): a refusal may be the good answer."""
    program: str = "openssl s_client"
    answered: bool = False
    """The server gave all that this client asked for, though the client did not finish the handshake."""
    label: str = ""
    """Which of several conversations of one run it is, for a sentence; empty where the line tells."""
    accepted: tuple[str, ...] = ()
    """Versions of TLS that the server took of all that a scanner tried, oldest first; empty for other programs."""
    chain_only: bool = False
    """Only certificates as they were served (a folder of split files), no conversation."""

    @property
    def whole_chain(self) -> bool:
        """True if all certificates that the server sent are there."""
        tls = self.stream.tls
        return tls is not None and bool(tls.certificates) and tls.certificates_visibility == "clear"

    @property
    def printed_leaf(self) -> bool:
        """True if only names and dates of the server's own certificate are there, without the certificate."""
        leaf = self.stream.tls.leaf if self.stream.tls is not None else None
        return self.chain_only and leaf is not None and not leaf.der


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
