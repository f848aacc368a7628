"""Words that stand around a cause and name none: the outer exceptions of JavaMail and Java, and bare keywords.

What each means is in the tables of the report (`explain_words`, key `wrapper-KEY`), in every language.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Wrapper(NamedTuple):
    """`key` names the sentence that says what the words mean, `rules` what can stand behind them, likeliest first."""

    key: str
    rules: tuple[str, ...]


_TLS_RULES = (
    *("pkix-path-not-found", "hostname-mismatch", "dh-key-too-small", "no-common-cipher-suite"),
    *("handshake-closed", "handshake-reset"),
)
_LOST = ("closed-before-greeting", "closed-in-transaction", "handshake-closed", "handshake-reset", "reply-timed-out")
_TABLE: tuple[tuple[str, Wrapper], ...] = (
    (r"could not convert socket to tls", Wrapper("starttls", _TLS_RULES)),
    (
        r"could not connect to smtp host|couldn't connect to host|mailconnectexception|mail server connection failed",
        Wrapper("connect", ("connection-timed-out", "connection-refused", "dns-lookup-failed", *_TLS_RULES[:2])),
    ),
    (r"sslhandshakeexception|sslexception|handshake failed", Wrapper("handshake", _TLS_RULES)),
    (r"\[?eof\]?|eofexception|unexpected eof|end of file", Wrapper("eof", _LOST)),
    (r"connection reset(?: by peer)?|broken pipe|econnreset", Wrapper("reset", ("handshake-reset", *_LOST[:2]))),
    (
        r"pkix|pkix error|certpathvalidatorexception|validatorexception|certificateexception",
        Wrapper("pkix", ("pkix-path-not-found", "certificate-expired", "path-constraint-violated")),
    ),
    (
        r"sandbox|ses sandbox|sandbox mode",
        Wrapper("sandbox", ("identity-not-verified", "daily-quota-exceeded", "sending-rate-exceeded")),
    ),
    (
        r"trust ?store|key ?store|cacerts",
        Wrapper("trust-store", ("ca-missing-from-trust-store", "trust-store-empty", "trust-store-unreadable")),
    ),
    (
        r"(?:the )?certificate (?:is |has )?expired|expired certificate",
        Wrapper("expired", ("certificate-expired", "certificate-validity-unclear")),
    ),
    (
        r"messagingexception|sendfailedexception|smtpsendfailedexception|mailsendexception|emailexception"
        r"|ioexception while sending message|exception reading response|failed to send e-?mail",
        Wrapper("send", ("closed-in-transaction", "reply-timed-out", "recipient-refused")),
    ),
)
_FORMS = tuple((re.compile(form), wrapper) for form, wrapper in _TABLE)
_PACKAGE = re.compile(r"^(?:[a-z_][\w$]*\.){1,12}(?=[a-z])")


def wrapper_of(text: str) -> Wrapper | None:
    """The wrapper that a text is and nothing else (package, full stop and `;` aside); None for any other text."""
    words = " ".join(text.replace("’", "'").lower().split()).strip(' .:;"`')
    bare = _PACKAGE.sub("", words)
    return next((wrapper for form, wrapper in _FORMS if form.fullmatch(bare)), None)
