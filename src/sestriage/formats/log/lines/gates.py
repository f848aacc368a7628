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

from sestriage.formats.log.wording.forms import THINGS

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
    *(
        b"starttls",
        b"email-smtp",
        b"amazonses",
        b"ehlo",
        b"helo ",
        b"connection: opening to ",
        b"250 ok",
        b"250-ok",
        b"250 2.",
    ),
    *(b"smtplib.smtp", b"mail from:", b"rcpt to:", b"debug smtp"),
    # TLS
    *(b"sslhandshake", b"sslexception", b"sslprotocolexc", b"sslpeer", b"sslkeyexc", b"tls_process", b"tlsv1 alert"),
    *(b"sslv3 alert", b"ssl alert", b"[ssl", b"ssl peer", b"ssl message", b"fatal alert", b"serverkeyexchange"),
    *(b"dh keypair", b"no appropriate protocol", b"selected protocol version", b"server chose", b"socket to tls"),
    *(b"key too small", b"md too weak", b"wrong version number", b"no protocols available", b"no cipher"),
    *(b"unsupported protocol", b"error:0a", b"error:14", b"[x509", b"[pem", b"_ssl", b"handshake_failure"),
    *(b"terminated the handshake", b"during handshake", b"msmtp: tls", b"errormsg='tls", b"because the remote party"),
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
    *(
        b"address is not verified",
        b"ssl_connect error",
        b"cannot start tls",
        b"certificate verification failed for",
        b"server certificate not",
        b"tls is required, but",
        b"msmtp: the server does",
        b"msmtp: cannot use",
        b"not support secure connections",
        b"client was not authent",
        b"x509: c",
        b"peer certificate cn=",
        b"certificate key too",
        b"tls session is required",
        b"stat=deferred",
        b"net/smtp.rb:",
        b"performing the tls handshake",
        b"name service error for name=",
        b"delivery temporarily suspended: ",
        b" defer (1",
        b"stat=sent",
        b"established with host",
        b"/email[",
        b"permanent error (",
        b"transient error (",
        b"lettre::transport",
        *(b"command: 'conn'", b"command: 'ehlo'", b"command: 'helo'", b"command: 'starttls'", b"command: 'auth "),
        *(b"command: 'mail from'", b"command: 'rcpt to'"),
        b"ca signature digest",
    ),
    # connections, where nothing else says that it was mail
    *(
        b"unknownhost",
        b"socket.gaierror",
        b"getaddrinfo e",
        b"connectexception",
        b"socketexception",
        b"sockettimeout",
        b"noroutetohost",
    ),
    # replies in other languages
    *(b"ausnahme", b"mensaje", b"messaggio", b"mensagem"),
)
"""Each makes its line hot."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A gate that is a regular expression (bytes, no case, `^` and `$` at lines' ends). No match lies in a text that
    lacks all of `hints`. `bounded`: what Python looks for instead, whose searches must not grow with the line."""

    text: bytes
    hints: tuple[bytes, ...]
    bounded: bytes = b""


_CODES = (b"25", b"42", b"43", b"45", *(b"5%d" % second for second in range(6)))

PATTERNS: tuple[Pattern, ...] = (
    # a reply with an enhanced status code
    Pattern(rb"[245]\d\d[ -][245]\.\d{1,3}\.\d", (b" 2.", b" 4.", b" 5.", b"-2.", b"-4.", b"-5.")),
    Pattern(rb"no recipient", (b"no recipient",)),
)
"""Each makes its line hot, too."""


def _literal(text: bytes) -> Pattern:
    return Pattern(re.escape(text), (text,))


_NO_LETTER = rb"(?:^|[^a-z.]|(?:^|[^a-z0-9_$])\.|\\[nrt]|\\u[0-9a-f]{4}|#01[a-f]|[0-9;\[]m)"
"""What stands before a word: no letter but those of an escape or a colour; not the full stop inside a name."""
_IN_NAME = rb"[a-z0-9_$]\."
"""The full stop before a part of a name (`c.harbor.mail.Runner`) or, without a blank, before a sentence."""
_KEY = rb"\"(?:[^: ]| [^:]|$)|\\(?:[^\"]|\"(?:[^: ]| [^:]|$))"
"""In JSON logs every line has a key such as `message`: what follows it tells the key from the word."""
_NO_KEY = rb"(?:[^a-z\"\\]|" + _KEY + rb"|$)"
_NO_PART = rb"(?:[^a-z\"\\.]|\.[^a-z_$]|" + _KEY + rb"|$)"
"""What follows a word that ends a name of three parts and more, or stands in one of two."""


def _word(words: bytes, hints: tuple[bytes, ...]) -> tuple[Pattern, ...]:
    """Words as such: no parts of longer ones, of names of classes and hosts, and no keys of JSON."""
    return (
        Pattern(_NO_LETTER + b"(?:" + words + b")" + _NO_KEY, hints),
        Pattern(_IN_NAME + b"(?:" + words + b")" + _NO_PART, hints),
    )


WEAK: tuple[Pattern, ...] = (
    *_word(
        b"|".join(word.encode() for word in (*sorted(THINGS), "smtps")),
        (
            *(b"mail", b"smtp", b"mta", b"smarthost", b"message", b"notification", b"alert", b"nachricht"),
            *(b"action", b"aktion"),
        ),
    ),
    *map(_literal, (b"springframework.mail", b"commons.mail", b"ext.mail")),
    *map(_literal, (b"mailconnectexc", b"mailsendexc", b"mailauthenticationexc", b"mailexception")),
    *map(_literal, (b"smtptransport", b"mail-manager-smtp", b"simpleemails", b"smtpd", b"authentifizierungfehl")),
    *map(_literal, (b"rcpt to", b"auth login", b"auth plain", b"authentication login", b"authentication plain")),
    Pattern(rb"smtp[a-z0-9_]*exception", (b"exception",), rb"smtp[a-z0-9_]{0,60}exception"),
    # frames of a stack trace
    Pattern(rb"(?:mail|smtp)[a-z0-9_$.<>]*\(", (b"mail", b"smtp"), rb"(?:mail|smtp)[a-z0-9_$.<>]{0,200}+\("),
    *map(_literal, (b"ssl:", b"ssl]", b"ssl-rout", b"ssl rout", b"tls alert", b"alert number")),
    *map(_literal, (b"unrecognized name", b"handshake failure", b"bad certificate", b"certificate unknown")),
)
"""Words that chatter has as well. They make their line hot when the second gate finds it worth reading (`weigh`)."""

_REPLY_WORDS = (
    rb"acc|app|aut|bad |cli|com|cre|dai|dom|dro|ema|err|gr[ae]y|hel|hou|inv|mai|men|mes|mus|nac|not |ple|rec|rel|req"
    rb"|sen|ser|smt|sta|sto|syn|tem|the |thi|thr|tim|tls|too|tra|una|unr|use|vor|zug|<|[45]\."
)
"""What the words of replies begin with (`vocabulary.REPLY_WORDS`)."""
DIGITS: tuple[Pattern, ...] = (
    Pattern(rb":(?:465|587|2465|2587)(?:[^0-9]|$)", (b":465", b":587", b":2465", b":2587")),
    Pattern(rb"port[^a-z0-9]{1,4}(?:25|465|587|2465|2587)(?:[^0-9]|$)", (b"port",)),
    Pattern(rb"(?:4[235]|5[0-5]|25)[0-9][ -](?:" + _REPLY_WORDS + rb")", _CODES),
    Pattern(rb"\((?:4[235]|5[0-5])[0-9], b?(?:\\?['\"]|\\u0027|&)", _CODES),  # as smtplib quotes one
)
"""Ports and codes of replies. They make their line hot when its digits are such (`weigh`)."""

CODES: tuple[Pattern, ...] = (Pattern(rb"(?:454|530|535|554)[ -]", (b"454", b"530", b"535", b"554")),)
"""Codes of replies. They make their line hot only when letters outside ASCII follow: words of a reply in a language
that no gate knows."""
_FOREIGN_REPLY = re.compile(rb"(?:454|530|535|554)[ -][^\n]{0,80}?(?:[\x80-\xff]|\\u[0-9a-f]{4})")


def says_reply(lowered: bytes) -> bool:
    """A line holds the code of a reply with letters outside ASCII behind it."""
    return (not lowered.isascii() or b"\\u" in lowered) and _FOREIGN_REPLY.search(lowered) is not None
