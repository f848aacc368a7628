"""What was read before: an index of the parts, in a file of its own that nobody sees, so that it takes no memory."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sestriage.fleet.folder import Folder
from sestriage.fleet.lines import clean
from sestriage.fleet.parts import quoted
from sestriage.fleet.task import Source, Terms

ROWS_AT_ONCE = 10_000
_SCHEMA = """
CREATE TABLE names (name TEXT PRIMARY KEY, size INTEGER, stamp INTEGER, bundle TEXT) WITHOUT ROWID;
CREATE TABLE done (bundle TEXT PRIMARY KEY, size INTEGER) WITHOUT ROWID;
CREATE INDEX sizes ON done (size);
"""


class Index:
    """The bundles that were read by these terms. `again`: those that could not be read do not count."""

    def __init__(self, folder: Folder, terms: Terms, *, again: bool = False) -> None:
        self._found = sqlite3.connect("")  # a file of its own, which is gone when it is closed
        self._found.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        if any(folder.parts.iterdir()):
            self._fill(folder.parts, terms, again=again)

    def is_done(self, source: Source) -> bool:
        """Under this name it was read before, and it is still the same."""
        query = "SELECT 1 FROM names JOIN done USING (bundle) WHERE name=? AND names.size IS ? AND stamp=?"
        known = bool(source.stamp) or source.kind == "url"
        return known and self._one(query, (_name(source), source.size, source.stamp))

    def known(self, size: int | None) -> frozenset[str]:
        """The digests of the bundles of that size."""
        if size is None:
            return frozenset()
        found = self._found.execute("SELECT bundle FROM done WHERE size=? LIMIT 1000", (size,))
        return frozenset(row[0] for row in found)

    def has(self, bundle: str) -> bool:
        """A bundle with this digest was read."""
        return self._one("SELECT 1 FROM done WHERE bundle=?", (bundle,))

    def has_name(self, source: Source, bundle: str) -> bool:
        """The bundle was met under this name before."""
        query = "SELECT 1 FROM names WHERE name=? AND size IS ? AND stamp=? AND bundle=?"
        return self._one(query, (_name(source), source.size, source.stamp, bundle))

    def add(self, source: Source, bundle: str) -> None:
        """One more."""
        row = (_name(source), source.size, source.stamp, bundle)
        self._found.execute("INSERT OR REPLACE INTO names VALUES (?, ?, ?, ?)", row)
        self._found.execute("INSERT OR IGNORE INTO done VALUES (?, ?)", (bundle, source.size))

    def close(self) -> None:
        """It is gone then."""
        self._found.close()

    def _one(self, query: str, values: tuple[object, ...]) -> bool:
        return self._found.execute(query, values).fetchone() is not None

    def _fill(self, parts: Path, terms: Terms, *, again: bool) -> None:
        import duckdb

        only = "AND state = 'read'" if again else ""
        with duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "512MB"}) as duck:
            names = f"SELECT name, size, stamp, bundle FROM read_parquet({quoted(f'{parts}/*/names.parquet')})"
            self._copy(duck.execute(names), "INSERT OR REPLACE INTO names VALUES (?, ?, ?, ?)")
            done = (
                f"SELECT bundle, any_value(size) FROM read_parquet({quoted(f'{parts}/*/bundles.parquet')})"
                f" WHERE version = ? AND rules = ? {only} GROUP BY bundle"
            )
            self._copy(duck.execute(done, [terms.version, terms.rules]), "INSERT OR IGNORE INTO done VALUES (?, ?)")

    def _copy(self, rows: object, insert: str) -> None:
        while found := rows.fetchmany(ROWS_AT_ONCE):  # type: ignore[attr-defined]
            self._found.executemany(insert, found)


def _name(source: Source) -> str:
    """As the tables have it."""
    return clean(source.name)
