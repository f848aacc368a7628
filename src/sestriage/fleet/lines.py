"""Rows as lines of JSON, harmless and with the pseudonyms of the fleet."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from sestriage.fleet.tables import TABLES, Row
from sestriage.ingest.names import safe_name

if TYPE_CHECKING:
    from sestriage.redact import Redactor

MAX_TEXT = 2000
"""Characters of a cell."""
LABEL_DIGITS = 16
"""Of the fingerprint in a pseudonym of the fleet: enough to tell the names of a million Managers apart."""

_LABEL = re.compile(r"<(address|ip|host|hostname|account|name)-\d{1,9}>")
_TABLE_OF = {kind: table for table, kind in TABLES.items()}


def lines(rows: Iterable[Row], key: Mapping[str, str]) -> dict[str, list[str]]:
    """The rows by table, one line each; `key` are the columns that stand before those of every table."""
    found: dict[str, list[str]] = {}
    for row in rows:
        cells = {**key, **{name: _cell(getattr(row, name)) for name in _names(_TABLE_OF[type(row)])}}
        found.setdefault(_TABLE_OF[type(row)], []).append(json.dumps(cells, separators=(",", ":")))
    return found


@cache
def _names(table: str) -> tuple[str, ...]:
    return tuple(field.name for field in fields(TABLES[table]))


def _cell(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    return value.isoformat() if isinstance(value, datetime) else value


def clean(text: str) -> str:
    """A text that neither a terminal nor a program can stumble over: control characters are written out, lines stay,
    and what is beyond `MAX_TEXT` is left out."""
    cut = text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 3] + "..."
    return "\n".join(map(safe_name, str(cut).split("\n")))


def renamer(redactor: Redactor | None, key: bytes | None) -> Callable[[str], str]:
    """Makes the pseudonyms of one bundle those of the fleet: the number becomes a keyed fingerprint of the name, so
    that a host has one pseudonym in all bundles, and nobody without the key can try names."""
    if redactor is None or key is None:
        return lambda line: line
    from sestriage.redact.fingerprints import pseudonyms

    marks = {
        label: f"{label[: label.rindex('-')]}-{mark[:LABEL_DIGITS]}>"
        for label, mark in pseudonyms(redactor.mapping, key).fingerprints
    }
    return lambda line: _LABEL.sub(lambda match: marks.get(match[0], match[0]), line)
