"""The whole probe: resolve, then one conversation for each offer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from sestriage import __version__
from sestriage.formats.transcript.probe import stream_of
from sestriage.model.capture import Stream
from sestriage.model.known.ports import PORT_MODES
from sestriage.model.message import Message, said_by
from sestriage.model.probe import Probe, ProbeTalk
from sestriage.model.source import SourceRef
from sestriage.model.vocabulary import ConnectionMode
from sestriage.probe.dial import MAX_ADDRESSES, Address, UnresolvedError, of_kind, resolve
from sestriage.probe.talk import TalkPlan, converse

NO_CONNECTION = frozenset({"refused", "unanswered", "unreachable"})
_HERE = SourceRef("probe")


@dataclass(frozen=True, slots=True)
class ProbeSettings:
    """The questions, and how long to wait.

    `mode` is `starttls`, `wrapper`, or None for what the port usually speaks. `ip_version` is 4, 6 or None for either;
    `source` the local address to connect from. `timeout` bounds each connect and each conversation, `total` all of it,
    in seconds.
    """

    host: str
    port: int = 587
    mode: ConnectionMode | None = None
    ip_version: int | None = None
    source: str | None = None
    timeout: float = 10.0
    total: float = 60.0


def mode_for(port: int) -> ConnectionMode:
    """The mode of a port: TLS from the first byte at 465 and 2465, else SMTP with STARTTLS."""
    return PORT_MODES.get(port, "starttls")


def run(settings: ProbeSettings) -> Probe:
    """Ask the server; never raises for what the network or the server does."""
    started = datetime.now(UTC)
    mode = settings.mode or mode_for(settings.port)
    unresolved: str | None = None
    found: list[Address] = []
    try:
        found = resolve(settings.host, settings.port)
    except UnresolvedError as error:
        unresolved = said_by(error)
    wanted = of_kind(found, settings.ip_version, settings.source)
    if found and not wanted:
        unresolved = Message("none of the kind that was asked for")
    talks = _Talker(settings, mode).talks(wanted)
    return Probe(
        host=settings.host,
        port=settings.port,
        mode=mode,
        started=started,
        ended=datetime.now(UTC),
        addresses=tuple(address.ip for address in wanted or found[:MAX_ADDRESSES]),
        unresolved=unresolved,
        talks=tuple(talks),
        version=__version__,
    )


class _Talker:
    """Holds the conversations, each only as long as time is left."""

    def __init__(self, settings: ProbeSettings, mode: ConnectionMode) -> None:
        self._settings = settings
        self._mode = mode
        self._until = time.monotonic() + settings.total

    def talks(self, addresses: list[Address]) -> list[ProbeTalk]:
        made: list[ProbeTalk] = []
        address: Address | None = None
        for candidate in addresses:
            if made and not self._left():
                break
            made.append(self._talk(candidate, "default"))
            if made[-1].end not in NO_CONNECTION:
                address = candidate
                break
        if address is None or not _speaks_tls(made[-1]):
            return made
        for offer in ("tls12", "dhe", "tls13"):
            if self._left() and not (offer == "tls13" and any(map(_shows_chain, made))):
                made.append(self._talk(address, offer))
        return made

    def _left(self) -> float:
        return max(0.0, self._until - time.monotonic())

    def _talk(self, address: Address, offer: str) -> ProbeTalk:
        settings = self._settings
        wait = max(0.05, min(settings.timeout, self._left()))
        plan = TalkPlan(settings.host, settings.port, self._mode, settings.source, wait, wait)
        return converse(plan, address, offer)


def _stream(talk: ProbeTalk) -> Stream | None:
    return stream_of(talk, _HERE)


def _speaks_tls(talk: ProbeTalk) -> bool:
    """True if the server answered a ClientHello in TLS, also with an alert: other offers may be worth making."""
    stream = _stream(talk)
    tls = stream.tls if stream else None
    return tls is not None and (tls.server_hello_seen or bool(tls.alerts))


def _shows_chain(talk: ProbeTalk) -> bool:
    stream = _stream(talk)
    return stream is not None and stream.tls is not None and bool(stream.tls.certificates)
