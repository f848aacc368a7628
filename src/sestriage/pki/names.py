"""Distinguished names the way Java prints them."""

from __future__ import annotations

import re

_PART = re.compile(r"((?:[^,\\]|\\.)*)(?:,|$)")
_NEEDS_QUOTES = re.compile(r'[,+=\n<>#;\\"]|^\s|\s$|\s{2}')


def java_name(name: str) -> str:
    """`CN=x, O="Starfield Technologies, Inc."` from our RFC 4514 text (multi-valued parts are left as they are)."""
    shown = []
    for part in _PART.findall(name):
        if not part:
            continue
        keyword, _, value = part.partition("=")
        value = re.sub(r"\\([^0-9A-F])", r"\1", value)
        if _NEEDS_QUOTES.search(value):
            value = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        shown.append(f"{keyword}={value}")
    return ", ".join(shown)
