"""The kinds of facts that rules can select, by the name that rules use. Loads every class of facts."""

from __future__ import annotations

from sestriage.model.capture import DnsLookup, SmtpDialogue, Stream, TcpConnection, TlsSession
from sestriage.model.config import CipherList, EmailAction, SmtpSettings
from sestriage.model.known.servers import MailServer
from sestriage.model.log import LogEvent
from sestriage.model.mail import DeliveredMail
from sestriage.model.transcript import NameAnswer
from sestriage.model.trust import Certificate, TrustPath, TrustStore

FACT_KINDS: dict[str, type] = {
    "log.event": LogEvent,
    "dns.lookup": DnsLookup,
    "dns.answer": NameAnswer,
    "tcp.stream": Stream,
    "tcp.connection": TcpConnection,
    "smtp.dialogue": SmtpDialogue,
    "smtp.server": MailServer,
    "tls.handshake": TlsSession,
    "tls.certificate": Certificate,
    "server.chain": Stream,
    "trust.path": TrustPath,
    "trust.store": TrustStore,
    "config.tls_ciphers": CipherList,
    "config.smtp": SmtpSettings,
    "config.action": EmailAction,
    "mail.delivered": DeliveredMail,
}
"""`dns.answer` is what somebody asked by hand for the host of the attempt. `tls.handshake` facts are the sessions of
the attempt's streams, `tls.certificate` the served certificates of these sessions, `server.chain` the conversation that
shows them: the attempt's own, or one of another client with the same server where the attempt does not show them.
`trust.path` is one path decision per (served chain, store); `tcp.stream` is the conversation with all its layers, so
that `tls.cipher` or `smtp.starttls_offered` are dotted fields of it."""
