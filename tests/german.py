"""Tells English that was left in a German text."""

from __future__ import annotations

import re

from sestriage.cli.main import COMMANDS

ENGLISH = re.compile(
    r"\b(the|of|and|is|are|with|not|that|this|these|from|which|when|where|must|has|have|does|it|its|by|be)\b"
)
"""Words that no German sentence has. Names of menus and fields begin with capital letters."""
_CODE = re.compile(
    r"`[^`]*`|--[a-z][a-z-]*|\{[a-z_.]+\||\{[a-z_.]+\}|(?:^| {4,})(?:openssl|\{case\.)[^#\n]*"
    rf"|^ +sestriage (?:{'|'.join(COMMANDS)})(?: \S+)*",
    re.MULTILINE,
)
_NAMES = re.compile(r"Time to Live|Create User for SMTP")


def english_words(text: str) -> list[str]:
    """The English words outside of code and commands."""
    return [str(word) for word in ENGLISH.findall(_NAMES.sub("", _CODE.sub("", text)))]
