"""Normalising text for matching: what pastes, mail clients and PDF viewers do to a log line is undone here."""

from __future__ import annotations

import re
import unicodedata

from sestriage.model.message import cut

_INVISIBLE = dict.fromkeys(
    [0xAD, 0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_STRAIGHT = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‚": "'",
        "‛": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "‟": '"',
        "«": '"',
        "»": '"',
        "‐": "-",
        "‑": "-",
    }
)
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9A-Fa-f]{1,5}|[A-Za-z]{2,8});")
_ANSI = re.compile(r"\x1b(?:\[[0-?]{0,32}[ -/]{0,4}[@-~]|\][^\x07\x1b]{0,256}(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROL = {code: " " for code in range(32) if code not in (9, 10)} | {127: " "}


def strip_ansi(text: str) -> str:
    """Without terminal colours and other escape sequences."""
    return _ANSI.sub("", text) if "\x1b" in text else text


def normalise(text: str) -> str:
    """NFKC, straight quotes, HTML entities decoded once, invisible and control characters removed, lines kept."""
    if "&" in text:
        import html  # its table of entities is seldom needed

        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    if text.isascii():
        indented = text[1:] if text[:1] == "\t" else text
        return text if indented.isprintable() else text.translate(_CONTROL)
    text = text.translate(_STRAIGHT)
    return unicodedata.normalize("NFKC", text).translate(_STRAIGHT).translate(_INVISIBLE).translate(_CONTROL)


def compact(text: str) -> str:
    """Without any white space: finds a token that was wrapped in the middle."""
    return re.sub(r"\s+", "", text)


_BEFORE = 80
"""Characters kept before the place that is cited: a report shows two lines of a quote, with that place in them."""


def shorten(text: str, limit: int, around: int = 0) -> str:
    """At most `limit` characters, cut marked with an ellipsis, the place `around` kept."""
    if len(text) <= limit:
        return text
    return cut(text, limit, around - _BEFORE if around > 2 * _BEFORE else 0)


_END = 1 << 15
"""Characters kept of the end of a text that is too long: a cause stands there."""


def with_both_ends(text: str, limit: int) -> str:
    """At most `limit` characters of a line: its beginning, and, where it is longer, its end."""
    if len(text) <= limit:
        return text
    end = min(_END, limit // 8)
    gap = " [...] "
    return text[: max(limit - end - len(gap), 0)] + gap + text[len(text) - end :] if end else text[:limit]
