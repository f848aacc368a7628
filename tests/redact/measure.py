"""Redacts every kind in every wrapping and counts what is left, and what should have stayed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from redact.harmless import HARMLESS
from redact.planted import all_planted
from redact.wrappings import WRAPPINGS
from sestriage.redact import Redactor

LABEL = re.compile(r"<[a-z]+-\d+>")
"""A pseudonym."""
MAX_LEFT = 0.005
"""Of the planted secrets."""
MAX_REMOVED = 0.01
"""Of the harmless values."""


@dataclass
class Measured:
    """What was counted; the lists hold kind, wrapping and what came out."""

    secrets: int = 0
    harmless: int = 0
    left: list[tuple[str, str, str]] = field(default_factory=list)
    removed: list[tuple[str, str, str]] = field(default_factory=list)
    miscounted: list[str] = field(default_factory=list)
    unstable: list[str] = field(default_factory=list)


def measure(seed: int, thin: int = 1) -> Measured:
    """All pairs of a kind and a wrapping, or every `thin`th of them."""
    found = Measured()
    for number, planted in enumerate(all_planted(seed)):
        for place, (name, wrap) in enumerate(WRAPPINGS.items()):
            if (number + place) % thin:
                continue
            out = _redacted(wrap(planted.text), found)
            found.secrets += 1
            shown = wrap("\n".join(planted.secrets))
            if any(_form(wrap, secret) in out or secret in out for secret in planted.secrets) and shown:
                found.left.append((planted.kind, name, out))
    for number, text in enumerate(HARMLESS):
        for place, (name, wrap) in enumerate(WRAPPINGS.items()):
            if (number + place) % thin:
                continue
            out = _redacted(wrap(text), found)
            found.harmless += 1
            if out != wrap(text).replace("mgr1", "<hostname-1>") and out != wrap(text):
                found.removed.append((text, name, out))
    return found


def _form(wrap: object, secret: str) -> str:
    """The secret as a wrapping that escapes writes it."""
    import html
    import urllib.parse

    if wrap is WRAPPINGS["HTML"]:
        return html.escape(secret)
    return urllib.parse.quote(secret, safe=" :/=&?") if wrap is WRAPPINGS["URL"] else secret


def _redacted(text: str, found: Measured) -> str:
    out = Redactor(thorough=True).redact(text)
    if out.count("\n") != text.count("\n"):
        found.miscounted.append(text)
    if Redactor(thorough=True).redact(out) != out:
        found.unstable.append(out)
    return out
