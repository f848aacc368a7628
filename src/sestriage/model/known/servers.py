"""Who the mail server of an attempt is: a fact with its ground, by host name, greeting, or the style of its replies.

Grounds of the table: the services' own documentation of their SMTP hosts, and replies in public logs (Gmail's end in
`gsmtp`, Exchange Online's name a host under `prod.outlook.com`, Postfix's and Exim's standard texts). A name that no
row knows is another server by its name alone; without a name and without a telling reply the server is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sestriage.model.known.hostnames import is_under_domain
from sestriage.model.known.ses import host_form

if TYPE_CHECKING:
    from sestriage.model.capture import Stream
    from sestriage.model.config import SmtpSettings
    from sestriage.model.log import LogEvent

ServerKind = Literal[
    "ses", "mail-manager", "microsoft-365", "gmail", "sendgrid", "mailgun", "mandrill", "relay", "unknown"
]
ServerGround = Literal["host", "greeting", "reply", "none"]


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that an attempt spoke to, or wanted to.

    `name` is what people call it (`Amazon SES`, `Postfix`), None where only a host name or nothing is known. `host` is
    that host name, None when no evidence names one. `ground` says what shows the kind.
    """

    kind: ServerKind
    name: str | None = None
    host: str | None = None
    ground: ServerGround = "none"

    @property
    def may_be_ses(self) -> bool:
        """True for classic SES, and where nothing says who the server is."""
        return self.kind in ("ses", "unknown")


@dataclass(frozen=True, slots=True)
class _Known:
    kind: ServerKind
    name: str
    hosts: str = ""
    """A pattern for the whole host name, lower case; empty: the hosts do not tell."""
    greeting: str = ""
    reply: str = ""


_KNOWN: tuple[_Known, ...] = (
    _Known(
        *("ses", "Amazon SES"),
        greeting=r"SimpleEmailService-",
        reply=r"\bAuthentication Credentials Invalid\b|Email address is not verified\. The following identities failed"
        r"|Throttling failure: |is not authorized to perform `ses:|Account not subscribed to SES"
        r"|Sending paused for this account|\bAmazon SES\b|Invalid (?:MAIL FROM|RCPT TO) address provided"
        r"|\b451 (?:4\.4\.2 )?Timeout waiting for data from client|Message rejected: Email address is not verified",
    ),
    _Known(
        *("microsoft-365", "Microsoft 365"),
        hosts=r"(?:smtp\.office365\.com|smtp-mail\.outlook\.com|[a-z0-9-]+\.mail\.protection\.outlook\.com"
        r"|smtp-legacy\.office365\.com|outlook\.office365\.com|smtp\.partner\.outlook\.cn)",
        greeting=r"\.(?:prod|protection)\.outlook\.com\b",
        reply=r"\.(?:prod|protection)\.outlook\.com\b|\b5\.7\.139\b|\bSmtpClientAuthentication\b|\bSTOREDRV\b"
        r"|\bSendAsDenied\b",
    ),
    _Known(
        *("gmail", "Gmail"),
        hosts=r"(?:smtp|smtp-relay)\.(?:gmail|google|googlemail)\.com|aspmx\.l\.google\.com",
        greeting=r"\bgsmtp\b",
        reply=r"\bgsmtp\b|support\.google\.com/(?:mail|a)/",
    ),
    _Known(
        *("sendgrid", "SendGrid"),
        hosts=r"smtp\.(?:eu\.)?sendgrid\.net",
        greeting=r"\bSG ESMTP\b",
        reply=r"sendgrid\.(?:com|net)|does not match a verified Sender Identity",
    ),
    _Known(
        *("mailgun", "Mailgun"),
        hosts=r"smtp\.(?:eu\.)?mailgun\.org",
        greeting=r"\bmailgun\b|\bMailgun\b",
        reply=r"\b[Mm]ailgun\b|not allowed to send: Free accounts are for test purposes",
    ),
    _Known(
        *("mandrill", "Mandrill"),
        hosts=r"smtp\.mandrillapp\.com",
        greeting=r"\bmandrill",
        reply=r"\bmandrill",
    ),
    _Known(
        *("relay", "Postfix"),
        greeting=r"ESMTP Postfix\b",
        reply=r"\bError: authentication failed\b|Relay access denied|(?:Sender|Recipient) address rejected: "
        r"|Client host rejected: |Helo command rejected: |SASL \w+ authentication failed|queued as [0-9A-Za-z]{8,}",
    ),
    _Known(
        *("relay", "Exim"),
        greeting=r"ESMTP Exim\b",
        reply=r"\brelay not permitted\b|Incorrect authentication data|unrouteable address",
    ),
    _Known(
        *("relay", "Microsoft Exchange"),
        greeting=r"Microsoft ESMTP MAIL Service",
        reply=r"Client does not have permissions to send as this sender|\bUnable to relay\b",
    ),
)


def is_service_host(name: str) -> bool:
    """A public mail service's own host name (lower case): nothing of a customer but that the service is used."""
    return any(row.hosts and re.fullmatch(row.hosts, name) for row in _KNOWN)


def server_of(
    events: Iterable[LogEvent], streams: Iterable[Stream], settings: Iterable[SmtpSettings] = ()
) -> MailServer:
    """Who the server is. A service's own host name weighs most, then its greeting, then the style of a reply; a name
    of no known service makes it another server, unless it speaks as a known one behind that name (an alias)."""
    events, streams = tuple(events), tuple(streams)
    host = next((name for name in _hosts(events, streams, settings) if name), None)
    form = host_form(host)
    if form is not None and form.is_endpoint:
        return MailServer("ses", "Amazon SES", host, "host")
    if form is not None and form.kind == "mail-manager":
        return MailServer("mail-manager", "Amazon SES Mail Manager", host, "host")
    plain = (host or "").rstrip(".").lower()
    for row in _KNOWN:
        if row.hosts and re.fullmatch(row.hosts, plain):
            return MailServer(row.kind, row.name, host, "host")
    for ground, texts in (("greeting", _greetings(streams)), ("reply", _replies(events, streams))):
        found = _by_text(tuple(texts), greeting=ground == "greeting")
        if found is not None:
            return MailServer(found.kind, found.name, host, "greeting" if ground == "greeting" else "reply")
    if form is None and is_under_domain(plain):
        return MailServer("relay", None, host, "host")
    return MailServer("unknown", None, host)


def _by_text(texts: tuple[str, ...], *, greeting: bool) -> _Known | None:
    for row in _KNOWN:
        pattern = row.greeting if greeting else row.reply
        if pattern and any(re.search(pattern, text) for text in texts):
            return row
    return None


def _hosts(
    events: Iterable[LogEvent], streams: Iterable[Stream], settings: Iterable[SmtpSettings]
) -> Iterator[str | None]:
    yield from (event.host for event in events)
    yield from (stream.host for stream in streams)
    yield from (each.server for each in settings)


def _greetings(streams: Iterable[Stream]) -> Iterator[str]:
    for stream in streams:
        if stream.smtp is not None and stream.smtp.banner:
            yield stream.smtp.banner


def _replies(events: Iterable[LogEvent], streams: Iterable[Stream]) -> Iterator[str]:
    for event in events:
        if event.reply is not None:
            yield " ".join(filter(None, (str(event.reply.code), event.reply.enhanced, event.reply.text)))
    for stream in streams:
        if stream.smtp is not None:
            yield from (f"{reply.code} {reply.text}" for reply in stream.smtp.replies)
