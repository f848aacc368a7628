"""The byte literals without one of which no line can matter.

A scanner looks for these (whatever the case) before anything is decoded. An event all of whose lines lack every gate is
chatter and is dropped. They follow from what the later layers ask: every branch of `vocabulary`, `phases`,
`openssl_error`, `smtp_reply` and `maildebug` that can make an event worth reporting holds one of them; a test reads the
branches and proves it. The literals survive every wrapping: none holds a tab, a quote, a backslash or a letter outside
ASCII (JSON may write those as escapes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

GATES: tuple[bytes, ...] = (
    # mail
    *(
        b"javax.mail",
        b"jakarta.mail",
        b"sun.mail",
        b"angus.mail",
        b"messagingexc",
        b"sendfailed",
        b"authenticationfailed",
    ),
    *(b"starttls", b"email-smtp", b"amazonses", b"ehlo", b"helo ", b"250 ok", b"250-ok", b"250 2."),
    *(b"mail from:", b"rcpt to:", b"debug smtp"),
    # TLS
    *(b"sslhandshake", b"sslexception", b"sslprotocolexc", b"sslpeer", b"sslkeyexc", b"tls_process", b"tlsv1 alert"),
    *(b"sslv3 alert", b"ssl alert", b"[ssl", b"ssl peer", b"ssl message", b"fatal alert", b"serverkeyexchange"),
    *(b"dh keypair", b"no appropriate protocol", b"selected protocol version", b"server chose", b"socket to tls"),
    *(b"key too small", b"md too weak", b"wrong version number", b"no protocols available", b"no cipher"),
    *(b"unsupported protocol", b"error:0a", b"error:14", b"[x509", b"[pem", b"_ssl", b"handshake_failure"),
    *(b"terminated the handshake", b"during handshake", b"msmtp: tls", b"errormsg='tls"),
    *(b"invalid peer certificate",),
    # certificates
    *(b"pkix", b"certpath", b"trustanchor", b"trust anchor", b"accessing trust store", b"not trusted", b"no trusted"),
    *(b"validatorexception", b"subject alternative", b"no name matching", b"server identity", b"identity of server"),
    *(b"hostname mismatch", b"validity check failed", b"constraints check failed", b"verify return code"),
    *(
        b"verify error",
        b"certificateexpired",
        b"certificatenotyet",
        b"certificate verify failed",
        b"certification path",
    ),
    *(b"certificate has expired", b"certificate is not yet", b"certificate issued after", b"certificates do"),
    *(b"signed certificate", b"issuer certificate", b"first certificate", b"zertifizierungspfad"),
    *(b"certificate key too", b"ca signature digest"),
    # connections, where nothing else says that it was mail
    *(b"unknownhost", b"connectexception", b"socketexception", b"sockettimeout", b"noroutetohost"),
    # replies in other languages
    *(b"ausnahme", b"mensaje", b"messaggio", b"mensagem"),
)
"""Each makes its line hot."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A gate that is a regular expression (bytes, no case). No match lies in a text that lacks all of `hints`."""

    text: bytes
    hints: tuple[bytes, ...]


_CODES = tuple(b"%d%d" % (first, second) for first in (4, 5) for second in range(10))

PATTERNS: tuple[Pattern, ...] = (
    # a reply with an enhanced status code
    Pattern(rb"[245]\d\d[ -][245]\.\d{1,3}\.\d", (b" 2.", b" 4.", b" 5.", b"-2.", b"-4.", b"-5.")),
    Pattern(rb"no recipient", (b"no recipient",)),
)
"""Each makes its line hot, too."""


def _literal(text: bytes) -> Pattern:
    return Pattern(re.escape(text), (text,))


WEAK: tuple[Pattern, ...] = (
    *map(_literal, (b"mail", b"smtp", b"authenti", b"authoriz", b"throttl", b"rejected", b"smarthost", b"mta")),
    *map(_literal, (b":465", b":587", b":2465", b":2587")),
    Pattern(rb"port[^a-z0-9]{1,4}(?:25|465|587|2465|2587)", (b"port",)),
    *map(_literal, (b"ssl:", b"ssl]", b"ssl-rout", b"ssl rout")),
    *map(_literal, (b"unrecognized name", b"handshake failure", b"bad certificate", b"certificate unknown")),
    # words that replies begin with
    Pattern(
        rb"[45]\d\d[ -](?:temporary|tls not|access denied|transaction|too many|timeout|must issue|invalid|messa"
        rb"|service |requested|relay|sender|recipient|user |sending|bad |command |syntax|unrecognized|not auth"
        rb"|server busy|client|error:|account|<|nachricht|zugriff|drossel|vor|mensa|autent|creden)",
        _CODES,
    ),
    # In JSON logs every line has a key "message": what follows it tells the key from the word.
    Pattern(rb"message(?:[^\"]|\"[^: ])", (b"message",)),
    Pattern(rb"action", (b"action",)),
    Pattern(rb"notif", (b"notif",)),
    Pattern(rb"dispatch", (b"dispatch",)),
    Pattern(rb"aktion", (b"aktion",)),
    Pattern(rb"nachricht", (b"nachricht",)),
    Pattern(rb"benachricht", (b"benachricht",)),
    Pattern(rb"alert", (b"alert",)),
    Pattern(rb"recipient", (b"recipient",)),
)
"""Words that chatter has as well. They make their line hot when the second gate finds it worth reading (`weigh`)."""

CODES: tuple[Pattern, ...] = (Pattern(rb"(?:454|530|535|554)[ -]", (b"454", b"530", b"535", b"554")),)
"""Codes of replies. They make their line hot only when letters outside ASCII follow: words of a reply in a language
that no gate knows."""
_FOREIGN_REPLY = re.compile(rb"(?:454|530|535|554)[ -][^\n]{0,80}?(?:[\x80-\xff]|\\u[0-9a-f]{4})")


def says_reply(lowered: bytes) -> bool:
    """A line holds the code of a reply with letters outside ASCII behind it."""
    return (not lowered.isascii() or b"\\u" in lowered) and _FOREIGN_REPLY.search(lowered) is not None
