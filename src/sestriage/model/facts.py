"""The base of facts that rules are evaluated over; `kinds.py` says which kinds of facts there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from sestriage.model.capture import Stream
    from sestriage.model.config import SmtpSettings
    from sestriage.model.log import LogEvent

CLOSED_KINDS: frozenset[str] = frozenset({"log.event", "config.smtp", "config.action", "smtp.server"})
"""Kinds in which a field that is None says "not so" (an event that names no alert received none); in all other kinds
None says "not seen", and a comparison with it is unknown."""


@dataclass(frozen=True, slots=True)
class FactBase:
    """The facts of one attempt together with the case-wide ones (stores, cipher lists, settings).

    `handed_in` names the kinds for which readable evidence was supplied *for this attempt*: such a kind may still have
    no fact (the capture holds no TLS). A kind that is not in it is unknown to every rule.
    """

    facts: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    handed_in: frozenset[str] = frozenset()

    @classmethod
    def about(cls, facts: Mapping[str, tuple[object, ...]], handed_in: Iterable[str]) -> FactBase:
        """The facts of one attempt, with those that follow from them: `smtp.server`, which is always there, and
        `server.chain`, the conversations of the attempt that show the served certificates, unless it is given."""
        from sestriage.model.known.servers import server_of

        events = cast("tuple[LogEvent, ...]", facts.get("log.event", ()))
        streams = cast("tuple[Stream, ...]", facts.get("tcp.stream", ()))
        settings = cast("tuple[SmtpSettings, ...]", facts.get("config.smtp", ()))
        server = facts.get("smtp.server") or (server_of(events, streams, settings),)
        shown = tuple(s for s in streams if s.tls is not None and s.tls.chain_length)
        chains = facts.get("server.chain") or shown
        known = frozenset(handed_in) | {"smtp.server"} | ({"server.chain"} if chains else frozenset())
        return cls({**facts, "smtp.server": server, "server.chain": chains}, known)

    def of(self, kind: str) -> tuple[object, ...]:
        """The facts of a kind; empty when there are none or the kind is unknown."""
        return self.facts.get(kind, ())
