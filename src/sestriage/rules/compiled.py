"""The compiled form of rules, so that start-up pays neither for TOML nor for pyparsing.

`compiled.jsonl` lies beside the packaged rules; in no other folder is it read. Its first line names the format; every
other line is the SHA-256 of a rule file, a blank, and the parsed rule as JSON. A rule whose file has another hash is
simply parsed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from sestriage.rules.language.conditions import Condition, Selection, from_json, to_json
from sestriage.rules.parsed import ParsedRule
from sestriage.rules.shared import Shared

FILE_NAME = "compiled.jsonl"
HEADER = "sestriage compiled rules 1"
"""To be changed whenever the form of the trees or the rule schema changes."""
MAX_FILE = 16 * 1024 * 1024


def digest(raw: bytes, shared: Shared) -> str:
    """The hash by which a rule file finds its compiled form; it covers the shared selections too."""
    return hashlib.sha256(raw.replace(b"\r\n", b"\n") + b"\0" + shared.raw).hexdigest()


def dump(rules: Iterable[tuple[bytes, ParsedRule]], shared: Shared) -> str:
    """The text of a compiled file, in a stable order."""
    lines = {digest(raw, shared): _to_line(parsed) for raw, parsed in rules}
    return "".join([HEADER + "\n", *(f"{key} {lines[key]}\n" for key in sorted(lines))])


class CompiledIndex:
    """The lines of a compiled file by hash; a rule is decoded only when it is asked for."""

    def __init__(self, text: str = "") -> None:
        header, _, rest = text.partition("\n")
        self._lines: Mapping[str, str] = {}
        if header == HEADER:
            self._lines = dict(line.split(" ", 1) for line in rest.split("\n") if " " in line)

    def get(self, key: str) -> ParsedRule | None:
        """The parsed rule of a file with this hash; None when there is none, or it is damaged."""
        line = self._lines.get(key)
        if line is None:
            return None
        try:
            return _from_line(line)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None


def _to_line(parsed: ParsedRule) -> str:
    selections = {text: [selection.kind, to_json(selection.condition)] for text, selection in parsed.selections.items()}
    conditions = {text: to_json(condition) for text, condition in parsed.conditions.items()}
    record = {"data": parsed.data, "select": selections, "when": conditions}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _from_line(line: str) -> ParsedRule:
    record = json.loads(line)
    selections = {
        text: Selection(kind, None if condition is None else from_json(condition))
        for text, (kind, condition) in record["select"].items()
    }
    conditions: dict[str, Condition] = {text: from_json(condition) for text, condition in record["when"].items()}
    return ParsedRule(record["data"], selections, conditions)
