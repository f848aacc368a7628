"""Which mail program wrote a line, where its form shows that it is a delivery of another one than the Manager's.

Nov 20 09:12:44 relay postfix/smtp[811]: 5D1F21C00: to=<ops@example.com>, relay=mx.example.com[192.0.2.25]:587, …
2026-11-20 09:12:44 1sAbCd-0001Ab-2C == ops@example.com R=smarthost T=remote_smtp defer (-37) H=mx.example.com …
Nov 20 09:12:44 relay sm-mta[811]: 3AKCi1Ab002211: to=<ops@example.com>, mailer=relay, dsn=4.0.0, stat=Deferred: …
"""

from __future__ import annotations

import re

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
_MOST = 2000
"""Characters of a line that are looked at."""


def program_of(quote: str, message: str) -> str | None:
    """The program's name; None where the line does not show it."""
    for text in (quote[:_MOST], message[:_MOST]):
        for name, form in _FORMS:
            if form.search(text) is not None:
                return name
    return "Postfix" if RELAY.search(message[:_MOST]) is not None else None
