"""What commands and texts need to know about a case as a whole: the server, its port, and how to speak to it.

In templates this is the name `case`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sestriage.model.capture import Stream
from sestriage.model.config import SmtpSettings
from sestriage.model.facts import FactBase
from sestriage.model.log import LogEvent
from sestriage.model.ses import PORT_MODES, host_form
from sestriage.rules.generic import s_client, tcpdump
from sestriage.rules.templates import Shell, clean

_NOTHING = Shell("")


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Server and port of the attempt, and ready-made commands. None: no evidence names it."""

    host: str | None = None
    port: int | None = None
    region: str | None = None
    mode: str | None = None
    """`starttls` or `wrapper`, by what was done, else by the port."""
    s_client: Shell = _NOTHING
    """`openssl s_client …` with the options for server, port, mode and server name."""
    tcpdump: Shell = _NOTHING
    """The capture of a Test Action."""

    @classmethod
    def of(cls, facts: FactBase) -> CaseFacts:
        """Collects from the log first, then the capture, then the settings."""
        host = next((clean(name) for name in _hosts(facts) if name), None)
        port = next((port for port in _ports(facts) if port), None)
        mode = next((mode for mode in _modes(facts) if mode), None) or PORT_MODES.get(port or 587, "starttls")
        port = port or (465 if mode == "wrapper" else 587)
        form = host_form(host)
        region = (form.region if form else None) or next((r for r in _regions(facts) if r), None)
        return cls(host, port, region, mode, Shell(s_client(host, port, mode)), Shell(tcpdump(port)))


def _hosts(facts: FactBase) -> Iterator[str | None]:
    for fact in _of(facts):
        if isinstance(fact, SmtpSettings):
            yield fact.server
        else:
            yield fact.host


def _ports(facts: FactBase) -> Iterator[int | None]:
    for fact in _of(facts):
        yield fact.port


def _modes(facts: FactBase) -> Iterator[str | None]:
    for fact in _of(facts):
        if isinstance(fact, LogEvent):
            yield fact.connection_mode
        elif isinstance(fact, Stream) and fact.tls is not None and fact.tls.client_hello_seen:
            yield {"starttls": "starttls", "unknown": None}.get(fact.tls.started_by, "wrapper")


def _regions(facts: FactBase) -> Iterator[str | None]:
    for fact in _of(facts):
        if isinstance(fact, LogEvent):
            yield fact.region


def _of(facts: FactBase) -> Iterator[LogEvent | Stream | SmtpSettings]:
    for kind in ("log.event", "tcp.stream", "config.smtp"):
        for fact in facts.of(kind):
            if isinstance(fact, LogEvent | Stream | SmtpSettings):
                yield fact
