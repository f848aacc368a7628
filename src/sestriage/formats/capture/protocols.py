"""Recognise the first bytes of one side of a conversation: TLS, SMTP, or another protocol that may start TLS later."""

from __future__ import annotations

from enum import Enum, auto

from sestriage.formats.smtp.lines import looks_like_command, looks_like_reply
from sestriage.formats.tls import records
from sestriage.model.known.ses import PORT_MODES

MAIL_PORTS = frozenset({*PORT_MODES, 2525})
"""Ports at which every conversation is kept, whatever is (or is not) said there."""
TLS_PORTS = frozenset({443})
"""Ports at which a conversation is listed even when its bytes cannot be made out."""

_KNOWN_SERVERS = (
    *sorted(MAIL_PORTS),
    443,
    993,
    995,
    143,
    110,
    21,
    990,
    636,
    389,
    5222,
    5223,
    5269,
    80,
    853,
    8443,
    1080,
)
_RANKS = {port: rank for rank, port in enumerate(_KNOWN_SERVERS)}


class Guess(Enum):
    """The protocol that bytes look like."""

    TLS_CLIENT = auto()
    """A ClientHello."""
    TLS_SERVER = auto()
    """A ServerHello."""
    TLS = auto()
    """Some other TLS record."""
    SMTP_COMMAND = auto()
    SMTP_REPLY = auto()


OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"* OK", "imap"),
    (b"* PREAUTH", "imap"),
    (b"* BYE", "imap"),
    (b"SSH-", "ssh"),
    (b"+OK", "pop3"),
    (b"-ERR", "pop3"),
    (b"<?xml", "xmpp"),
    (b"<stream:stream", "xmpp"),
    (b'"IMPLEMENTATION"', "sieve"),
    (b"200 ", "nntp"),
    (b"201 ", "nntp"),
    (b"\x00\x00\x00\x08\x04\xd2\x16\x2f", "postgres"),
    # version 5, the number of ways to log in that are offered, and the first of them, in an order that is free
    *((bytes((5, count, way)), "socks") for count in (1, 2, 3, 4) for way in (0, 1, 2)),
    (b"\x04\x01", "socks"),
    (b"CONNECT ", "http-connect"),
    (b"USER ", "ftp"),
    (b"AUTH TLS", "ftp"),
    (b"AUTH SSL", "ftp"),
    (b"FEAT\r", "ftp"),
    (b"CAPA\r", "pop3"),
    (b"STLS\r", "pop3"),
    (b"CAPABILITIES\r", "nntp"),
)
"""First bytes of other protocols that may start TLS (or, for the proxies, SMTP) later on."""
_BY_FIRST_BYTE = {
    first: tuple(other for other in OTHERS if other[0][0] == first) for first in {start[0] for start, _ in OTHERS}
}
GREETERS = frozenset({"http", "imap", "nntp", "pop3", "sieve", "ssh", "xmpp"})
"""Protocols whose first words, as listed above or below, are the server's."""
_WEB = b"HTTP/1."
"""A web server's first bytes. Not in the list above: every answer of a web server would begin like one of mail's."""
PROXIES = frozenset({"socks", "http-connect"})
"""Protocols inside which SMTP or TLS follows."""
_LDAP_STARTTLS = b"1.3.6.1.4.1.1466.20037"


def port_rank(port: int) -> int:
    """How much a port is a server's: small for well-known ones, then by number."""
    return _RANKS.get(port, 1000 + port)


def is_tls_start(data: bytes) -> bool:
    """True if the bytes at a line's start are TLS: no line of text begins with such a control character."""
    if not data or not 20 <= data[0] <= 24:
        return False
    return len(data) == 1 or records.looks_like_record(data)


def may_become(data: bytes) -> bool:
    """True if there are too few bytes to tell."""
    if len(data) < 6:
        return b"\n" not in data and (
            data[0] & 0x80 != 0 or 20 <= data[0] <= 24 or 0x20 <= data[0] < 0x7F or data[0] < 6
        )
    return len(data) < 11 and data[0] & 0x80 != 0 and data[2] == 1


def guess(data: bytes) -> Guess | str | None:
    """The protocol that the bytes look like: a `Guess`, the name of another protocol, or None."""
    if records.looks_like_record(data):
        if data[0] != records.HANDSHAKE or len(data) < 6:
            return Guess.TLS
        return Guess.TLS_CLIENT if data[5] == 1 else Guess.TLS_SERVER if data[5] == 2 else Guess.TLS
    if records.looks_like_ssl2_hello(data):
        return Guess.TLS_CLIENT
    if looks_like_command(data):
        return Guess.SMTP_COMMAND
    for start, name in _BY_FIRST_BYTE.get(data[0], ()) if data else ():
        if data.startswith(start):
            return name
    if looks_like_reply(data):
        return Guess.SMTP_REPLY
    if data.startswith(_WEB):
        return "http"
    if data[:1] == b"0" and _LDAP_STARTTLS in data[:64]:
        return "ldap"
    return None
