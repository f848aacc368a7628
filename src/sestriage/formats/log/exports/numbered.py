"""Numbers of lines and names of files before each line, as `grep`, `nl`, editors and pagers print them.

Known from a line behind which a logger's own time stamp begins; from there on its further lines have them too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

_STAMP = r"(?=\d{4}[-/.]\d\d[-/.]\d\d[T _]\d\d:\d\d:\d\d)"
_FIRST = re.compile(rf"\s{{0,12}}(?P<n>\d{{1,9}})(?P<cut>[:\t-]| {{1,2}}[│|] ?|  ?){_STAMP}")
_NEXT = re.compile(r"\s{0,12}(?P<n>\d{1,9})(?P<cut>[:\t-]| {1,2}[│|] ?| |$)")
_FILE = re.compile(
    rf"(?P<mark>> |  )?(?P<file>(?:[A-Za-z]:(?=[\\/]))?[^\s:\"'<>|=,;(\[]{{1,255}}):(?:(?P<n>\d{{1,9}}):)?{_STAMP}"
)
_ANY_FILE = re.compile(r"(?:> |  )?(?P<file>(?:[A-Za-z]:(?=[\\/]))?[^\s:\"'<>|=,;(\[]{1,255}):")
_FEW = 3
_OF_FILE = re.compile(r"[:-](?P<n>\d{1,9}(?=[:-]))?")
_MAX_FILES = 32


class Numbered:
    """Takes them off; remembers what it met in this log."""

    def __init__(self) -> None:
        self._cut = ""
        self._last = 0
        self._at = 0
        self._files: dict[str, bool] = {}
        """Names of files, and whether a number stands behind each."""

    @property
    def idle(self) -> bool:
        """Nothing of the kind was met so far."""
        return not self._cut and not self._files

    def look(self, lines: Sequence[str]) -> None:
        """See the first lines of a log: what nearly all of them begin with needs no time stamp behind it."""
        lines = [line for line in lines if line.strip() and line != "--"]
        if len(lines) < _FEW:
            return
        found = [match for line in lines if (match := _NEXT.match(line)) is not None]
        steps = sum(
            int(after["n"]) == int(before["n"]) + 1 and _kind(after["cut"]) == _kind(before["cut"])
            for before, after in pairwise(found)
        )
        if steps >= _FEW - 1 and steps * 10 >= len(lines) * 6:
            self._cut, self._last, self._at = _kind(found[0]["cut"]), int(found[0]["n"]) - 1, 0
            return
        names = Counter(match["file"] for line in lines if (match := _ANY_FILE.match(line)) is not None)
        for name, _ in names.most_common(4):
            behind = [
                match
                for line in lines
                if (match := _OF_FILE.match(line.removeprefix("> ").lstrip(" "), len(name)))
                and line.removeprefix("> ").lstrip(" ").startswith(name)
            ]
            if _is_file(name) and len(behind) >= _FEW and len(behind) * 10 >= len(lines) * 9:
                numbers = [int(match["n"] or 0) for match in behind]
                self._files[name] = all(before < after for before, after in pairwise(numbers))

    def begins(self, text: str, at: int) -> str | None:
        """What is left of a line, the `at`th of the file, with which they begin; None when it shows none."""
        match = _FIRST.match(text)
        if match is not None:
            self._cut, self._last, self._at = _kind(match["cut"]), int(match["n"]), at
            return text[match.end() :]
        match = _FILE.match(text)
        if match is None or len(self._files) >= _MAX_FILES or not _is_file(match["file"]):
            return None
        self._files[match["file"]] = match["n"] is not None
        return text[match.end() :]

    def next(self, text: str, at: int) -> str | None:
        """What is left of a further line; None when it has none of them."""
        if text == "--":  # between the groups of `grep -A`
            return ""
        for name, numbered in self._files.items():
            for mark in ("", "> ", "  "):
                begin = len(mark) + len(name)
                if text.startswith(mark + name) and text[begin : begin + 1] in (":", "-"):
                    return _behind_file(text, begin, numbered)
        return self._next(text, at) if self._cut else None

    def _next(self, text: str, at: int) -> str | None:
        match = _NEXT.match(text)
        if match is None or (_kind(match["cut"]) != self._cut and match.end("n") < len(text)):
            return None
        number = int(match["n"])
        steps = number - self._last
        again = _FIRST.match(text) is not None
        if not again and steps != 1 and steps != at - self._at and (steps < 1 or self._cut not in (":", "\t")):
            return None
        self._last, self._at = number, at
        return text[match.end() :]


def _kind(cut: str) -> str:
    """`:` and `-` (around a match) are one, as is a bar with and without blanks."""
    return "|" if "│" in cut or "|" in cut else ":" if cut == "-" else " " if cut.isspace() and cut != "\t" else cut


def _behind_file(text: str, at: int, numbered: bool) -> str:
    if not numbered:
        return text[at + 1 :]
    match = _OF_FILE.match(text, at)
    return text[match.end() + 1 :] if match is not None and match["n"] is not None else text[at + 1 :]


def _is_file(name: str) -> bool:
    """A name with a suffix or a path, and no host with a port, no address and no class."""
    base = re.split(r"[\\/]", name)[-1]
    return bool(base) and (
        "/" in name or "\\" in name or re.search(r"\.(?:log|txt|out|gz|\d{1,3})\b", base) is not None
    )
