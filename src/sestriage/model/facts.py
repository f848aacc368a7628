"""The kinds of facts that rules can select, by the name that rules use, and the base of facts that rules are held
against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sestriage.model.capture import DnsLookup, SmtpDialogue, Stream, TcpConnection, TlsSession
from sestriage.model.config import CipherList, EmailAction, SmtpSettings
from sestriage.model.log import LogEvent
from sestriage.model.mail import DeliveredMail
from sestriage.model.trust import Certificate, TrustPath, TrustStore

FACT_KINDS: dict[str, type] = {
    "log.event": LogEvent,
    "dns.lookup": DnsLookup,
    "tcp.stream": Stream,
    "tcp.connection": TcpConnection,
    "smtp.dialogue": SmtpDialogue,
    "tls.handshake": TlsSession,
    "tls.certificate": Certificate,
    "trust.path": TrustPath,
    "trust.store": TrustStore,
    "config.tls_ciphers": CipherList,
    "config.smtp": SmtpSettings,
    "config.action": EmailAction,
    "mail.delivered": DeliveredMail,
}
"""`tls.handshake` facts are the sessions of the attempt's streams, `tls.certificate` the served certificates of these
sessions, `trust.path` one path decision per (served chain, store); `tcp.stream` is the conversation with all its
layers, so that `tls.cipher` or `smtp.starttls_offered` are dotted fields of it."""

CLOSED_KINDS: frozenset[str] = frozenset({"log.event", "config.smtp", "config.action"})
"""Kinds in which a field that is None says "not so" (an event that names no alert received none); in all other kinds
None says "not seen", and a comparison with it is unknown."""


@dataclass(frozen=True, slots=True)
class FactBase:
    """The facts of one attempt together with the case-wide ones (stores, cipher lists, settings).

    `handed_in` names the kinds for which readable evidence was handed in *for this attempt*: such a kind may still
    have no fact (the capture holds no TLS). A kind that is not in it is unknown to every rule.
    """

    facts: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    handed_in: frozenset[str] = frozenset()

    def of(self, kind: str) -> tuple[object, ...]:
        """The facts of a kind; empty when there are none or the kind is unknown."""
        return self.facts.get(kind, ())
