"""Make strings from hostile evidence harmless on a terminal, with every escaped character still readable."""

from __future__ import annotations

import re
import unicodedata

_TYPOGRAPHY = {
    "–": "-",
    "—": "-",
    "‐": "-",
    "‑": "-",
    "…": "...",
    "‘": "'",
    "’": "'",
    "‚": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "→": "->",
    "←": "<-",
    "≥": ">=",
    "≤": "<=",
    "×": "x",
    "·": "-",
    "•": "-",
}
"""Typographic characters with an ASCII twin; everything else outside ASCII is escaped when only ASCII is allowed."""


def visible(text: str, *, ascii_only: bool = False, keep: str = "") -> str:
    """The text with every control, format (bidi, zero-width), surrogate and unassigned character written as an escape.

    A tab becomes a blank, and so do the other blanks of Unicode. Characters in `keep` pass as they are (a newline,
    where the caller breaks lines itself). With `ascii_only` typographic characters become their ASCII twins, and
    everything else outside ASCII an escape.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in keep else _visible_character(c, ascii_only) for c in text)


def _visible_character(character: str, ascii_only: bool) -> str:
    if " " <= character <= "~":
        return character
    category = unicodedata.category(character)
    if character == "\t" or category == "Zs":
        return " "
    if ascii_only and character in _TYPOGRAPHY:
        return _TYPOGRAPHY[character]
    if ascii_only or category in _INVISIBLE:
        return _escape(character)
    return character


_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_SHORT = {"\n": "\\n", "\r": "\\r"}


def _escape(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_WEB_ADDRESS = re.compile(r"https://[A-Za-z0-9./_~%?=&#+:-]+")
"""Nothing in such an address can end a link of any format, or start HTML or an escape sequence."""


def is_web_address(url: str | None) -> bool:
    """True for an address that may become a link: nothing but a page of the web is opened by a click."""
    return url is not None and _WEB_ADDRESS.fullmatch(url) is not None


def hyperlink(text: str, url: str | None) -> str:
    """The text as a link of a terminal (OSC 8); as it is where the address may not become one."""
    return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\" if text and is_web_address(url) else text


def one_line(text: str) -> str:
    """The text on one line: blanks and line ends collapsed, ends trimmed. Other characters are untouched."""
    return " ".join(text.split())
