"""Where in a TOML file a value stands. `tomllib` does not tell, and an error without its place is half an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_HEADER = re.compile(r"^[ \t]*(\[\[?)[ \t]*([A-Za-z0-9_.\"-]+)[ \t]*\]\]?")
_KEY = re.compile(r"^[ \t]*(?:\"([^\"]+)\"|([A-Za-z0-9_.-]+))[ \t]*=[ \t]*")
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class Places:
    """Offsets of keys and of the text of their values, by (section, number of the section, key)."""

    source: str
    keys: Mapping[tuple[str, int, str], tuple[int, int]] = field(default_factory=dict)

    def key(self, section: str, number: int, key: str) -> tuple[int, int]:
        """Line and column of a key (of its section, or of the file's start, when the key is not there)."""
        for wanted in ((section, number, key), (key, 0, ""), (section, number, "")):
            if wanted in self.keys:
                return self._line_column(self.keys[wanted][0])
        return 1, 1

    def inside(self, section: str, number: int, key: str, offset: int) -> tuple[int, int]:
        """Line and column of a character of a key's text value."""
        if (section, number, key) not in self.keys:
            return self.key(section, number, key)
        return self._line_column(min(self.keys[section, number, key][1] + offset, len(self.source)))

    def _line_column(self, offset: int) -> tuple[int, int]:
        before = self.source[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def find_places(source: str) -> Places:
    """The places of all keys. Good for the TOML that rules are written in; never raises."""
    keys: dict[tuple[str, int, str], tuple[int, int]] = {}
    counts: dict[str, int] = {}
    section, number = "", 0
    offset = 0
    closing: str | None = None
    for line in source.splitlines(keepends=True):
        start, offset = offset, offset + len(line)
        if closing is not None:
            closing = None if closing in line else closing
            continue
        if header := _HEADER.match(line):
            section = header[2]
            number = counts.get(section, 0)
            if header[1] == "[[":
                counts[section] = number + 1
            keys[section, number, ""] = (start + header.start(1), start + header.end())
        elif key := _KEY.match(line):
            value = line[key.end() :]
            quotes = next((q for q in ("'''", '"""', "'", '"') if value.startswith(q)), "")
            text = start + key.end() + len(quotes)
            if len(quotes) == 3:
                text += 1 if value[3:].startswith("\n") else 0
                closing = None if quotes in value[3:] else quotes
            keys[section, number, key[1] or key[2]] = (start + len(line) - len(line.lstrip()), text)
    return Places(source, keys)


def toml_error_place(message: str) -> tuple[str, int, int]:
    """Reason, line and column of a `tomllib.TOMLDecodeError`; at the end of the document line 1 stands in."""
    found = _TOML_PLACE.search(message)
    reason = message.split(" (at ")[0]
    return (reason, int(found[1]), int(found[2])) if found else (reason, 1, 1)
