"""Writing results: parts of a few hundred bundles, each whole or not there.

A part is a folder with one Parquet file for each table. It is written aside and takes its name, the digest of its rows,
in one step: who reads sees all tables of a bundle or none.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from sestriage.fleet.folder import Folder
from sestriage.fleet.lines import lines
from sestriage.fleet.tables import TABLES, Name, columns
from sestriage.fleet.task import Source, Terms

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_BUNDLES = 500
MOST_CHARACTERS = 8 << 20
"""What a part holds at most."""
LEAST_WAIT, MOST_WAIT, SHARE = 5.0, 60.0, 0.01
"""Seconds that results wait to be written, which is what a kill costs: a hundredth of the run's time, so that a long
run does not leave ten thousands of small files."""
NAME_DIGITS = 32
_QUOTE = str.maketrans({"'": "''"})


def columns_sql(table: str) -> str:
    """The columns of a table with their types, as DuckDB's readers take them."""
    return "{" + ", ".join(f"'{column.name}': '{column.type}'" for column in columns(table)) + "}"


def quoted(text: str) -> str:
    """A text as a literal of SQL."""
    return f"'{text.translate(_QUOTE)}'"


class PartWriter:
    """Collects rows and writes them as parts."""

    def __init__(self, folder: Folder, terms: Terms) -> None:
        self._folder = folder
        self._terms = terms
        self._rows: dict[str, list[str]] = {}
        self._bundles = 0
        self._characters = 0
        self._since = self._began = time.monotonic()
        self._duck: DuckDBPyConnection | None = None

    def add(self, source: Source, digest: str, rows: Iterable[tuple[str, str]], *, new_name: bool = True) -> None:
        """The rows of a bundle (none where it was there before) and, if it is new, the name under which it was met."""
        if not self._bundles:
            self._since = time.monotonic()
        now = self._terms.now.astimezone(UTC).replace(tzinfo=None)
        key = {"bundle": digest, "version": self._terms.version, "rules": self._terms.rules, "manager": ""}
        name = lines([Name(source.name, source.size, source.stamp, now)] if new_name else [], key)
        for table, text in (*rows, *((table, "\n".join(found)) for table, found in name.items())):
            self._rows.setdefault(table, []).append(text)
            self._characters += len(text)
        self._bundles += 1
        if self._bundles >= MOST_BUNDLES or self._characters >= MOST_CHARACTERS:
            self.flush()

    def flush_when_due(self) -> None:
        """Write what has waited long enough."""
        now = time.monotonic()
        wait = min(MOST_WAIT, max(LEAST_WAIT, SHARE * (now - self._began)))
        if self._bundles and now - self._since >= wait:
            self.flush()

    def flush(self) -> None:
        """Write what is there as a part. Raises OSError, and DuckDB's own errors for a full disk."""
        if not self._bundles:
            return
        rows = {table: "\n".join(self._rows.get(table, ())) + "\n" for table in TABLES}
        digest = hashlib.sha256("\0".join(rows.values()).encode("ascii")).hexdigest()[:NAME_DIGITS]
        aside = self._folder.parts / f".{digest}.{os.getpid()}"
        aside.mkdir(exist_ok=True)
        for table, text in rows.items():
            self._write(table, text, aside)
        _settle(aside, self._folder.parts / digest)
        self._rows, self._bundles, self._characters = {}, 0, 0

    def _write(self, table: str, text: str, folder: Path) -> None:
        """DuckDB makes the Parquet file from lines of JSON: that costs Python nothing for each cell."""
        raw, target = folder / f"{table}.json", folder / f"{table}.parquet"
        raw.write_text(text, encoding="ascii")
        read = f"read_json({quoted(str(raw))}, format='newline_delimited', columns={columns_sql(table)})"
        self._connection().execute(
            f"COPY (SELECT * FROM {read}) TO {quoted(str(target))} (FORMAT parquet, COMPRESSION zstd)"
        )
        raw.unlink()

    def _connection(self) -> DuckDBPyConnection:
        if self._duck is None:
            import duckdb

            self._duck = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "512MB"})
        return self._duck


def _settle(aside: Path, target: Path) -> None:
    """Everything is on the disk before it gets its name."""
    for file in aside.iterdir():
        _sync(file)
    _sync(aside)
    if target.exists():  # the very same rows
        shutil.rmtree(aside)
        return
    aside.rename(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
