"""Facts that commands and texts need about a case as a whole: the server, its port, and how to speak to it.

In templates this is the name `case`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sestriage.model.command import Command, literal, s_client
from sestriage.model.facts import FactBase
from sestriage.model.known.proxy import proxy_port, server_port
from sestriage.model.known.ses import PORT_MODES, host_form
from sestriage.model.log import LogEvent
from sestriage.model.vocabulary import ConnectionMode
from sestriage.rules.fixes.commands import dialogue, tcpdump, trust_stores

if TYPE_CHECKING:
    from sestriage.model.capture import Stream
    from sestriage.model.config import SmtpSettings

_NOTHING = literal("")


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Server and port of the attempt, and ready-made commands. None: no evidence names it."""

    host: str | None = None
    """As it stands in the evidence, whatever that is."""
    port: int | None = None
    region: str | None = None
    mode: ConnectionMode | None = None
    """`starttls` or `wrapper`, by what was done, else by the port."""
    program: str | None = None
    """The mail program other than the Manager's mail service whose failure the log shows last."""
    s_client: Command = _NOTHING
    """`openssl s_client …` with the options for server, port, mode and server name."""
    dialogue: Command = _NOTHING
    """The mail session up to the answer to EHLO, as a server shows it to a client that waits for every reply."""
    tcpdump: Command = _NOTHING
    """The capture of a Test Action."""
    trust_stores: Command = _NOTHING
    """Which trust store the mail service uses, and which files can be one."""

    @classmethod
    def of(cls, facts: FactBase) -> CaseFacts:
        """Collects from the log first, then the capture, then the settings."""
        host = next((name for name in _hosts(facts) if name), None)
        port = next((port for port in _ports(facts) if port), None)
        mode = next((mode for mode in _modes(facts) if mode), None) or PORT_MODES.get(port or 587, "starttls")
        program = other_program(_events(facts))
        tried = port
        if port is None and program is None:
            tried = 465 if mode == "wrapper" else 587  # for the commands alone: no sentence states a default
        form = host_form(host)
        region = (form.region if form else None) or next((r for r in _regions(facts) if r), None)
        return cls(
            *(host, port, region, mode, program),
            s_client=s_client(host, tried, mode),
            dialogue=dialogue(host, tried, mode),
            tcpdump=tcpdump(tried, host, _proxy_ports(facts)),
            trust_stores=trust_stores(),
        )


def other_program(events: Sequence[LogEvent]) -> str | None:
    """The mail program that wrote the last failure, where it shows to be another than the Manager's mail service."""
    return next((event.program for event in reversed(events) if event.outcome == "failure"), None)


def _hosts(facts: FactBase) -> Iterator[str | None]:
    yield from (event.host for event in _events(facts))
    yield from (stream.host for stream in _streams(facts))
    yield from (settings.server for settings in _settings(facts))


def _ports(facts: FactBase) -> Iterator[int | None]:
    yield from (server_port(event) for event in _events(facts))
    yield from (stream.port for stream in _streams(facts))
    yield from (settings.port for settings in _settings(facts))


def _proxy_ports(facts: FactBase) -> Iterator[int]:
    yield from (port for event in _events(facts) if (port := proxy_port(event)) is not None)


def _modes(facts: FactBase) -> Iterator[ConnectionMode | None]:
    for event in _events(facts):
        yield event.connection_mode
    for stream in _streams(facts):
        if stream.tls is not None and stream.tls.client_hello_seen:
            how: dict[str, ConnectionMode | None] = {"starttls": "starttls", "unknown": None}
            yield how.get(stream.tls.started_by, "wrapper")


def _regions(facts: FactBase) -> Iterator[str | None]:
    for event in _events(facts):
        yield event.region


def _events(facts: FactBase) -> list[LogEvent]:
    return [fact for fact in facts.of("log.event") if isinstance(fact, LogEvent)]


def _streams(facts: FactBase) -> list[Stream]:
    if not facts.of("tcp.stream"):
        return []
    from sestriage.model.capture import Stream  # an excerpt of a log needs none of the classes of captures

    return [fact for fact in facts.of("tcp.stream") if isinstance(fact, Stream)]


def _settings(facts: FactBase) -> list[SmtpSettings]:
    if not facts.of("config.smtp"):
        return []
    from sestriage.model.config import SmtpSettings

    return [fact for fact in facts.of("config.smtp") if isinstance(fact, SmtpSettings)]
