"""Marks before each line that say nothing but whose line it is: of a diff, of a quotation, of a service's output."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from sestriage.formats.log.chain import is_trace_line
from sestriage.formats.log.header import LEVELS, has_certain_stamp
from sestriage.formats.log.wording.classnames import HEAD

_HUNK = re.compile(r"@@ -\d{1,9}(?:,\d{1,9})? \+\d{1,9}(?:,\d{1,9})? @@|\d{1,9}(?:,\d{1,9})?[acd]\d{1,9}(?:,\d{1,9})?$")
_NAMES_OF_FILES = ("+++ ", "--- ")
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
_ODD_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u2007\u202f", " ") | dict.fromkeys(_UNSEEN, ""))
_MAX_SERVICES = 64
_FEW = 3
_BAR = re.compile(r"(?P<name>[a-z]\w{0,60}|) {0,40}\|(?: |$)")


def plain_blanks(text: str) -> str:
    """A text of a word processor or a page: blanks that do not break become blanks, what has no width goes."""
    return text.translate(_ODD_BLANKS)


class Marked:
    """Takes the marks off; remembers what it met in this log."""

    def __init__(self) -> None:
        self._in_diff = False
        self._barred = False
        self._services: set[str] = set()

    def look(self, lines: Sequence[str]) -> None:
        """See the first lines of a log: the marks that nearly all of them have."""
        lines = [line for line in lines if line.strip()]
        self._in_diff = self._in_diff or any(_HUNK.match(line) is not None for line in lines[:8])
        names = Counter(match["name"] if match["name"] else "|" for line in lines if (match := _BAR.match(line)))
        for name, count in names.items():
            if count < _FEW or sum(names.values()) * 10 < len(lines) * 9:
                continue
            if name == "|":
                self._barred = not any(line.rstrip().endswith(" |") for line in lines)
            elif name == name.lower() and len(self._services) < _MAX_SERVICES:
                self._services.add(name)

    def cut(self, text: str) -> str | None:
        """What is left of a line without its mark; None when it has none."""
        first, rest = text[:1], text[1:]
        if first in "+-<" or (first == " " and self._in_diff):
            if text.startswith(_NAMES_OF_FILES):
                return None
            rest = rest.removeprefix(" ") if first == "<" else rest
            self._in_diff = self._in_diff or has_certain_stamp(rest)
            return rest if self._in_diff and (first != "<" or not rest.startswith(("/", "!"))) else None
        if first in "@0123456789" and _HUNK.match(text):
            self._in_diff = True
            return None
        if first == "|" and text[1:2] in (" ", ""):
            self._barred = self._barred or has_certain_stamp(text[2:])
            return text[2:] if self._barred and not text.rstrip().endswith(" |") else None
        return None

    def is_service(self, name: str, rest: str) -> bool:
        """A container's name before a bar: lower case, and more than a bare word of a pipe-separated layout, or one
        behind which a line of a logger began."""
        if name != name.lower() or name[:1].isdigit() or name.upper() in LEVELS:
            return False
        if any(c in name for c in "-_.") or name[-1:].isdigit() or name in self._services:
            return True
        begins = has_certain_stamp(rest) or is_trace_line(rest) or HEAD.match(rest) is not None
        if begins and " " not in name and len(self._services) < _MAX_SERVICES:
            self._services.add(name)
        return name in self._services
