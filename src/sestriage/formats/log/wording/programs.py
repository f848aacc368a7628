"""Which mail program wrote a line, where its form shows that it is a delivery of another one than the Manager's; or the
language of the program, where its words are those of a library that is not Java's.

Nov 20 09:12:44 relay postfix/smtp[811]: 5D1F21C00: to=<ops@example.com>, relay=mx.example.com[192.0.2.25]:587, …
2026-11-20 09:12:44 1sAbCd-0001Ab-2C == ops@example.com R=smarthost T=remote_smtp defer (-37) H=mx.example.com …
Nov 20 09:12:44 relay sm-mta[811]: 3AKCi1Ab002211: to=<ops@example.com>, mailer=relay, dsn=4.0.0, stat=Deferred: …
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sestriage.formats.log.wording.vocabulary import RELAY

_EXIM_ID = r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}(?:[0-9A-Za-z]{5})?-[0-9A-Za-z]{2}(?:[0-9A-Za-z]{2})? "
_FORMS = (
    ("Postfix", re.compile(r"\bpostfix[\w.-]{0,40}/(?:[\w.-]{1,40}/)?(?:smtp|lmtp|error|retry)\[\d{1,9}\]: ")),
    (
        "Exim",
        re.compile(
            _EXIM_ID + r"(?:(?:==|\*\*) \S|TLS (?:session|error)|SSL verify error|\w{1,40} authenticator failed H="
            r"|(?:H=)?\S{1,300} \[[0-9A-Fa-f.:]{2,45}\](?::\d{1,5})?:? (?:SMTP error from|SSL verify"
            r"|TLS (?:session|error)|Connection (?:refused|timed out)|Network ))"
        ),
    ),
    (
        "Sendmail",
        re.compile(
            r"\b(?:sendmail|sm-mta|sm-msp-queue)\[\d{1,9}\]: (?:\w{8,20}: )?"
            r"(?:to=.{1,900}\bstat=|STARTTLS=client\b|AUTH=client\b|SYSERR.{0,20}\bSTARTTLS=client\b)"
        ),
    ),
    ("msmtp", re.compile(r"\bmsmtp: \S|\bhost=\S{1,300} tls=(?:on|off) auth=(?:on|off) .{0,900}\bexitcode=EX_")),
)
_LANGUAGES = (
    (
        "Python",
        re.compile(
            r"\b(?:aio)?smtplib\.(?:SMTP|py\")|\bsocket\.gaierror: |\[SSL: [A-Z_]{3,60}\] .{1,200}\(_ssl\.c:\d"
            r"|\bFile \"[^\"\n]{1,400}\.py\", line \d"
        ),
    ),
    ("Ruby", re.compile(r"\bnet/(?:smtp|protocol)\.rb:\d|\bNet::(?:SMTP\w{0,40}|OpenTimeout|ReadTimeout)\b")),
    (
        "Node.js",
        re.compile(
            r"\bnode_modules[/\\]nodemailer\b|\bcode: 'E[A-Z]{2,20}'|\(node:internal/"
            r"|\bcommand: '(?:CONN|EHLO|HELO|STARTTLS|AUTH [A-Z0-9-]{2,20}|MAIL FROM|RCPT TO|DATA)'"
        ),
    ),
    (
        "PHP",
        re.compile(
            r"\bPHPMailer\\|\bSMTP Error: Could not (?:authenticate|connect)|\bNet_SMTP: "
            r"|\bstream_socket_(?:client|enable_crypto)\("
        ),
    ),
    (".NET", re.compile(r"\bSystem\.Net\.(?:Mail|Sockets|Security)\.|\bMailKit\.")),
    (
        "Go",
        re.compile(
            r"\bdial tcp[46]? |\bx509: (?:cert|cannot)|\bgomail: "
            r"|\btls: (?:failed to verify|first record|handshake failure|server selected)"
        ),
    ),
    ("Rust", re.compile(r"\blettre::|\binvalid peer certificate: [A-Z]")),
)
"""Forms that the language's own libraries print; a name alone (of a library, or of whatever is called so) is none."""
_PHP_CLASS = re.compile(r"\bSymfony\\Component\\Mailer\\|\bSwift_\w{1,40}Exception\b|\bPHPMailer\\PHPMailer\\")
"""Classes whose last part reads like one of Java."""
_NO_JAVA = ("smtplib.", "aiosmtplib.", "asyncio.", "socket.", "ssl.", "System.", "MailKit.", "Swift_")
_MOST = 2000
"""Characters of a text that are looked at."""


def language_of(text: str, class_names: Iterable[str]) -> str | None:
    """The language of the program whose failure a text tells of; None where it may be Java, or nothing shows it.
    `class_names` are those of the exceptions in the text."""
    if _PHP_CLASS.search(text, 0, _MOST) is not None:
        return "PHP"
    for name in class_names:
        if not name.startswith(_NO_JAVA) and ("." in name or name.endswith("Exception")):
            return None
    found = (name for name, form in _LANGUAGES if form.search(text, 0, _MOST) is not None)
    return next(found, None)


def program_of(quote: str, message: str) -> str | None:
    """The program's name; None where the line does not show it."""
    for text in (quote[:_MOST], message[:_MOST]):
        for name, form in _FORMS:
            if form.search(text) is not None:
                return name
    return "Postfix" if RELAY.search(message[:_MOST]) is not None else None
