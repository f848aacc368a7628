"""The tables of a fleet for reading: each bundle once, as the newest run has it. A query can read nothing else.

DuckDB runs with the parts as the only folder that it may open, all further access to files and the network switched
off, and its settings locked (https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview). Only SELECT is
taken, so nothing can be written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sestriage.errors import InputError
from sestriage.fleet.folder import Folder
from sestriage.fleet.parts import quoted
from sestriage.fleet.tables import TABLES, columns
from sestriage.model.message import Message

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "1GB"
CURRENT = """
CREATE VIEW current AS SELECT bundle, version, rules, run_at, state FROM all_bundles
QUALIFY row_number() OVER (PARTITION BY bundle ORDER BY run_at DESC, version DESC, rules DESC, state = 'read' DESC) = 1
"""
"""Of each bundle the newest run that read it. All rows of that run have its time, so that one names them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows under the names of their columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


class QueryError(InputError):
    """A query that cannot be run; its message is DuckDB's."""


@contextmanager
def reading(folder: Folder) -> Iterator[Tables]:
    """The tables of a folder, until the context ends."""
    with unlocked(folder) as duck:
        duck.execute(f"SET allowed_directories=[{quoted(str(folder.parts.resolve()))}]")
        duck.execute("SET enable_external_access=false; SET autoinstall_known_extensions=false")
        duck.execute("SET autoload_known_extensions=false; SET lock_configuration=true")
        yield Tables(duck)


@contextmanager
def unlocked(folder: Folder) -> Iterator[DuckDBPyConnection]:
    """The tables with everything that DuckDB can do: for queries of our own alone."""
    import duckdb

    with duckdb.connect(":memory:", config={"memory_limit": MEMORY}) as duck:
        _make_views(duck, folder)
        yield duck


class Tables:
    """The tables, to be asked."""

    def __init__(self, duck: DuckDBPyConnection) -> None:
        self._duck = duck

    def ask(self, query: str, values: Sequence[object] = (), most: int | None = None) -> Answer:
        """The answer to one SELECT; no more than `most` rows. Raises `QueryError`."""
        import duckdb

        try:
            statements = duckdb.extract_statements(query)
            if len(statements) != 1 or statements[0].type is not duckdb.StatementType.SELECT:
                raise QueryError(Message("a query is one SELECT"))
            found = self._duck.execute(query, list(values))
            rows = found.fetchall() if most is None else found.fetchmany(most)
        except duckdb.Error as error:
            raise QueryError(Message("the query failed: {reason}", reason=str(error))) from None
        described = found.description or []
        return Answer(tuple(str(each[0]) for each in described), tuple(map(tuple, rows)))

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns of a table."""
        return self.ask(f"SELECT * FROM {table} LIMIT 0").columns

    def batches(self, table: str, size: int = 10_000) -> Iterator[list[tuple[object, ...]]]:
        """All rows of a table, some at a time."""
        found = self._duck.execute(f"SELECT * FROM {table} ORDER BY ALL")
        while rows := found.fetchmany(size):
            yield rows


def _make_views(duck: DuckDBPyConnection, folder: Folder) -> None:
    """A folder without a part has tables without rows."""
    parts = str(folder.parts.resolve())
    empty = not any(each.is_dir() and not each.name.startswith(".") for each in folder.parts.iterdir())
    for table in TABLES:
        names = ", ".join(f"NULL::{column.type} AS {column.name}" for column in columns(table))
        source = f"SELECT {names} LIMIT 0"
        if not empty:
            files = quoted(f"{parts}/[0-9a-f]*/{table}.parquet")
            source = f"SELECT * FROM read_parquet({files}, union_by_name=true)"
        duck.execute(f"CREATE VIEW all_{table} AS {source}")
    duck.execute(CURRENT)
    for table in TABLES:
        duck.execute(f"CREATE VIEW {table} AS {_current(table)}")


def _current(table: str) -> str:
    if table == "names":
        return "SELECT * FROM all_names"
    keys = "bundle, version, rules" + (", run_at, state" if table == "bundles" else "")
    return f"SELECT * FROM all_{table} WHERE ({keys}) IN (SELECT ({keys}) FROM current)"
