"""Words in base64 inside an SMTP reply: the explanation of a refused token, and the prompts of AUTH LOGIN.

Source: RFC 7628 section 3.2.2 and Google's "XOAUTH2 Mechanism" (334 with base64 JSON that means a refusal); RFC 4616
and common practice for the prompts `Username:` and `Password:`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re

_WORD = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{8,2048}={0,2}(?![A-Za-z0-9+/=])")
_PROMPTS = frozenset(("username:", "user name", "password:", "password"))
_FIELDS = ("status", "error", "error_description", "schemes", "scope")
_MOST = 200
"""Characters of one value that are shown."""


def decoded(text: str) -> str | None:
    """The meaning of the first base64 word of a reply that has one (`status 400, scope https://…`, `Password:`)."""
    for match in _WORD.finditer(text):
        raw = _bytes(match[0])
        if raw is not None and (meaning := _meaning(raw)) is not None:
            return meaning
    return None


def _bytes(word: str) -> str | None:
    try:
        said = base64.b64decode(word + "=" * (-len(word) % 4), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return said if said.strip().isprintable() else None


def _meaning(said: str) -> str | None:
    if said.strip().lower() in _PROMPTS:
        return said.strip()
    if not said.startswith("{"):
        return None
    try:
        fields = json.loads(said)
    except (ValueError, RecursionError):
        return None
    named = [f"{name} {str(fields[name])[:_MOST]}" for name in _FIELDS if isinstance(fields.get(name), str | int)]
    return ", ".join(named) or None
