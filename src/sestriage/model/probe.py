"""The conversations of `sestriage probe`: the bytes of each conversation, kept so that they can be read again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sestriage.model.message import Message
from sestriage.model.verdict import Finding
from sestriage.model.vocabulary import ConnectionMode

OFFERS = {
    "default": Message("TLS 1.2 and 1.3, all usual key exchanges"),
    "tls12": Message("TLS 1.2 and older, all usual key exchanges"),
    "dhe": Message("TLS 1.2 and older, DHE suites only"),
    "tls13": Message("a whole TLS 1.3 handshake, to see the chain"),
}
"""The offers that are made, each over a separate connection."""

ENDS = (
    "done",
    "refused",
    "unanswered",
    "unreachable",
    "server-closed",
    "server-reset",
    "gave-up",
    "timed-out",
    "limit",
)
"""How a conversation ended: `done` (all that was asked for came; then we hung up), `refused`, `unanswered` and
`unreachable` (no connection came about), `server-closed`, `server-reset`, `gave-up` (the answer left no way to continue
with), `timed-out`, `limit` (the server sent more than is read)."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes of one side in the order of the wire. `time` is aware."""

    time: datetime
    client: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class ProbeTalk:
    """One conversation. `offer` is a key of OFFERS, `end` one of ENDS. `local` is None when no connection came about.
    `keylog` holds the secrets of a handshake that was finished (SSLKEYLOGFILE format), else it is empty. `problem` is
    one sentence on what went wrong, None when nothing did."""

    offer: str
    mode: ConnectionMode
    """`starttls` or `wrapper`."""
    host: str
    address: str
    port: int
    started: datetime
    ended: datetime
    end: str
    chunks: tuple[Chunk, ...] = ()
    local: tuple[str, int] | None = None
    keylog: bytes = b""
    problem: str | None = None

    @property
    def done(self) -> bool:
        """True if everything that was asked for came."""
        return self.end == "done"


@dataclass(frozen=True, slots=True)
class Probe:
    """A whole run. `addresses` are what the name resolved to, in the order of the resolver. `unresolved` says why no
    server was asked: the name gave none (`addresses` is empty), or none of the kind that was wanted (they are others).
    """

    host: str
    port: int
    mode: ConnectionMode
    started: datetime
    ended: datetime
    addresses: tuple[str, ...] = ()
    unresolved: str | None = None
    talks: tuple[ProbeTalk, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One answer. `good` is True (nothing in the way of a Manager), False (a Manager would fail here), or None (cannot
    be said, or depends on the Manager). `finding` is what the rules would say, None where none applies."""

    topic: str
    good: bool | None
    text: str
    finding: Finding | None = None
