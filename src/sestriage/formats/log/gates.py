"""The byte literals without one of which no line can matter.

A scanner looks for these (in lower case) before anything is decoded. An event all of whose lines lack every gate is
chatter and is dropped. The literals survive every wrapping: none holds a blank, a tab, a quote or a backslash, and
none holds a letter outside ASCII (JSON may write those as escapes), but for the UTF-8 forms at the end.
"""

from __future__ import annotations

GATES: tuple[bytes, ...] = (
    # mail: covers javax.mail, email-smtp, e-mail, MailSendException, sendmail
    b"mail",
    b"smtp",
    b"amazon",
    b"starttls",
    # what may be tried or done
    b"action",
    b"aktion",
    b"notif",
    b"deliver",
    b"sent",
    b"dispatch",
    b"recipient",
    b"message-id",
    # TLS and trust
    b"pkix",
    b"certpath",
    b"certif",
    b"zertifi",
    b"trustanchor",
    b"trust",
    b"handshake",
    b"ssl",
    b"tls_process",
    b"dh key",
    b"error:0a",
    b"error:14",
    b"return code",
    b"verify",
    # connections
    b"unknownhost",
    b"connectexception",
    b"socketexception",
    b"sockettimeout",
    b"noroutetohost",
    b"timed out",
    b"refused",
    b"unreachable",
    # replies
    b"authenti",
    b"authoriz",
    b"throttl",
    b"rejected",
    b"250 ok",
    # German and others
    b"ausnahme",
    b"nachricht",
    b"gesendet",
    b"versand",
    b"zugestellt",
    b"mensaje",
    b"messaggio",
    b"mensagem",
)
NUMBER_GATES: tuple[bytes, ...] = (b"454 ", b"530 ", b"535 ", b"554 ", b"535-", b"554-")
"""Codes of replies in texts whose words are in no language that `GATES` knows; they count where no digit, point or
comma stands before them."""
