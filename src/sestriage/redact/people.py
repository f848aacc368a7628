"""Names of people and accounts: who logs in, whose folder it is, and who a mail is from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.redact.forms.windows import from_words, in_lines, line_windows, lower
from sestriage.redact.spans import Span
from sestriage.redact.tables import HOME_OF_NOBODY, PLAIN_WORDS

_NAME = r"(?P<name>[A-Za-z][\w.-]{1,63})(?![\w.@-]|[$(\[{\\])"
_USER = re.compile(
    r"(?<![A-Za-z])(?:user(?:[_-]?(?:name|id))?|login|uid|logname|benutzer(?:name)?|utilisateur|usuario|utente)"
    rf"(?:=[\"']?|[\"'][ \t]?[:=][ \t]?[\"']){_NAME}",
    re.IGNORECASE,
)
_USER_WORDS = ("user", "login", "uid", "logname", "benutzer", "utilisateur", "usuario", "utente")
_TOLD = re.compile(
    r"(?<![A-Za-z])(?:user(?:[ _-]?(?:name|id))?|login|logname|benutzer(?:name)?|utilisateur|usuario|utente)[ \t]{0,4}: {0,4}"  # noqa: E501
    r"(?P<name>[A-Za-z][\w.-]{1,63})(?=[ \t]*(?:[,;|)\]}\"'\r\n]|\\+[nrt\"]|$)|[ \t]+(?:[\w-]{1,20}[=:]|logged|login|from|at|on|auth|connected"  # noqa: E501
    r"|disconnected|failed|password|port|with|has|kennwort|passwort)\b)",
    re.IGNORECASE | re.MULTILINE,
)
"""`user: joe`, where no sentence goes on: `user: please log in`."""
_AS = re.compile(
    r"(?:(?:log(?:ged|ging)? ?(?:in|on)|sign(?:ed|ing)? in|authenticat(?:ed|ing)|connect(?:ed|ing)|running) as"
    r"|(?:accepted|failed) [\w/-]{1,30} for(?=[^\r\n]{1,90} from )|session (?:opened|closed) for|invalid user"
    r"|(?:for|of|by) user)[ \t]+(?:(?:invalid )?user )?[\"'`]?(?P<name>[A-Za-z][\w.-]{1,63})(?![\w@-])",
    re.IGNORECASE,
)
_AS_WORDS = (
    *("log in as ", "login as ", "logged in as ", "logging in as ", "log on as ", "logon as ", "logged on as "),
    *("sign in as ", "signed in as ", "signing in as ", "authenticated as ", "authenticating as ", "connected as "),
    *("connecting as ", "running as ", "accepted ", "failed ", "session opened for ", "session closed for "),
    *("invalid user ", "for user ", "of user ", "by user "),
)
"""In lower case: every match of `_AS` begins with one of these."""
_HOME = re.compile(r"(?:/home/|/Users/|\\{1,4}Users\\{1,4})(?P<name>[A-Za-z][\w.-]{1,63})")
_HOME_WORDS = ("/home/", "/Users/", "Users\\")
_SHOWN = re.compile(
    r"\b(?:from|to|cc|reply-to|sender)[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?"
    r"(?P<name>=\?[\w-]{2,30}\?[BbQq]\?[^?\s]{1,200}\?=|[^\W\d_][\w .,'()&/-]{0,59}[\w.)])[\"']?[ \t]{0,4}"
    r"<(?=[^<>\s@]{1,128}@)",
    re.IGNORECASE,
)
_SHOWN_WORDS = ("from", "to", "cc", "reply-to", "sender")
_NOBODY = frozenset(
    (
        *("root", "admin", "administrator", "nobody", "public", "shared", "apikey", "non-null", "no", "yes", "user"),
        *("users", "username", "system", "service", "anonymous", "guest", "default", "password", "agent", "id"),
        *("another", "someone", "anyone", "please", "login", "another", "which", "who", "when", "if", "be", "are"),
        *("authentication", "authorization", "access", "account", "input", "me", "you", "us", "them", "denied"),
        *("postfix", "www-data", "nginx", "apache", "mysql", "postgres", "daemon", "mail", "tomcat", "lancope"),
    )
)
"""Accounts that every machine has, and words that are no account."""


def people_spans(text: str) -> Iterator[Span]:
    """Names of people and accounts in a text."""
    lowered = lower(text)
    for start, end in line_windows(text, lowered, _USER_WORDS):
        for pattern in (_USER, _TOLD):
            for match in pattern.finditer(text, start, end):
                yield from _named(match)
    for match in from_words(_AS, text, lowered, _AS_WORDS):
        yield from _named(match)
    for match in in_lines(_HOME, text, text, _HOME_WORDS):
        if match["name"].lower() not in HOME_OF_NOBODY:
            yield from _named(match)
    if "@" in text and "<" in text:
        for match in from_words(_SHOWN, text, lowered, _SHOWN_WORDS):
            yield Span(match.start("name"), match.end("name"), "name", match["name"].lower())


def _named(match: re.Match[str]) -> Iterator[Span]:
    name = match["name"].rstrip(".-")
    low = name.lower()
    if low not in _NOBODY and low not in PLAIN_WORDS:
        yield Span(match.start("name"), match.start("name") + len(name), "name", low)
