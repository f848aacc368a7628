"""Names of people and accounts: who logs in, whose folder it is, and who a mail is from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.redact.forms.windows import from_words, in_lines, lower
from sestriage.redact.spans import Span
from sestriage.redact.tables import PLAIN_WORDS

_USER = re.compile(
    r"(?<![A-Za-z])(?:user(?:[_-]?(?:name|id))?|login|uid)"
    r"(?:=[\"']?|[\"'][ \t]?[:=][ \t]?[\"'])(?P<name>[A-Za-z][\w.-]{1,63})(?![\w.@-]|[$(\[{\\])",
    re.IGNORECASE,
)
_USER_WORDS = ("user", "login", "uid")
_HOME = re.compile(r"(?:/home/|/Users/|\\{1,4}Users\\{1,4})(?P<name>[A-Za-z][\w.-]{1,63})")
_HOME_WORDS = ("/home/", "/Users/", "Users\\")
_SHOWN = re.compile(
    r"\b(?:from|to|cc|reply-to|sender):[ \t]{0,4}[\"']?(?P<name>[^\W\d_][\w .,'-]{0,59}[\w.])[\"']?[ \t]{0,4}"
    r"<(?=[^<>\s@]{1,128}@)",
    re.IGNORECASE,
)
_SHOWN_WORDS = ("from:", "to:", "cc:", "sender:")
_NOBODY = frozenset(("root", "admin", "administrator", "nobody", "public", "shared", "apikey", "non-null", "no", "yes"))
"""Accounts that every machine has, and words that are no account."""


def people_spans(text: str) -> Iterator[Span]:
    """Names of people and accounts in a text."""
    lowered = lower(text)
    for match in in_lines(_USER, text, lowered, _USER_WORDS):
        yield from _named(match)
    for match in in_lines(_HOME, text, text, _HOME_WORDS):
        yield from _named(match)
    if "@" in text:
        for match in from_words(_SHOWN, text, lowered, _SHOWN_WORDS):
            yield Span(match.start("name"), match.end("name"), "name", match["name"].lower())


def _named(match: re.Match[str]) -> Iterator[Span]:
    name = match["name"].rstrip(".-")
    low = name.lower()
    if low not in _NOBODY and low not in PLAIN_WORDS:
        yield Span(match.start("name"), match.start("name") + len(name), "name", low)
