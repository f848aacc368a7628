"""Asking the tables: nothing but them can be read, and nothing written."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from fleet.making import fleet_of, folder, need_extra, ran
from sestriage.errors import InputError
from sestriage.fleet.export import csv_text, defused, export, json_text, plain_text
from sestriage.fleet.folder import Folder
from sestriage.fleet.queries import QUERIES
from sestriage.fleet.tables import KEY, TABLES, columns
from sestriage.fleet.views import Answer, QueryError, reading

need_extra("duckdb")


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    at = tmp_path_factory.mktemp("fleet")
    fleet_of(at / "in", 6)
    made = folder(at / "out")
    ran([at / "in"], made)
    return made


HOSTILE = (
    *("SELECT * FROM read_text('{secret}')", "SELECT * FROM '{secret}'", "SELECT * FROM read_csv('{secret}')"),
    *("SELECT * FROM glob('{folder}/*')", "COPY bundles TO '{folder}/x.csv'", "COPY bundles TO '{parts}/x.parquet'"),
    *("COPY bundles FROM '{secret}'", "ATTACH '{folder}/x.db'", "INSTALL httpfs", "LOAD httpfs", "DROP VIEW bundles"),
    *(
        "SET enable_external_access=true",
        "RESET lock_configuration",
        "PRAGMA database_list",
        "EXPORT DATABASE '{folder}/x'",
    ),
    *(
        "SELECT 1; SELECT 2",
        "SELECT 1; COPY bundles TO '{parts}/x.csv'",
        "CREATE TABLE x AS SELECT 1",
        "CHECKPOINT",
        "",
    ),
    *("SELECT * FROM read_parquet('https://example.com/x.parquet')", "SELECT * FROM read_blob('/proc/self/environ')"),
    *("SELECT * FROM query('COPY bundles TO ''{parts}/x.csv''')", "SELECT getvariable('x'), getenv('HOME')"),
    *(
        "SELECT * FROM read_text('{parts}/../../secret.txt')",
        "CALL pragma_version()",
        "SELECT * FROM sniff_csv('{secret}')",
    ),
    *("SELECT * FROM read_json('{secret}')", "SELECT * FROM parquet_metadata('{secret}')", "EXPLAIN ANALYZE SELECT 1"),
)


@pytest.mark.parametrize("query", HOSTILE)
def test_a_query_reads_no_other_file_and_writes_none(fleet: Folder, query: str) -> None:
    folder_of_it = fleet.path.parent
    secret = folder_of_it / "secret.txt"
    secret.write_text("a,b\n1,2\n", encoding="utf-8")
    before = sorted(folder_of_it.rglob("*"))
    asked = query.format(secret=secret, folder=folder_of_it, parts=fleet.parts)
    with reading(fleet) as tables:
        with pytest.raises(QueryError):
            tables.ask(asked)
        assert tables.ask("SELECT count(*) FROM bundles").rows == ((6,),)
    assert sorted(folder_of_it.rglob("*")) == before


def test_the_settings_are_locked(fleet: Folder) -> None:
    with reading(fleet) as tables:
        found = tables.ask(
            "SELECT name, value FROM duckdb_settings() WHERE name IN ('enable_external_access', 'lock_configuration')"
        )
    assert sorted(found.rows) == [("enable_external_access", "false"), ("lock_configuration", "true")]


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_its_columns(fleet: Folder, table: str) -> None:
    with reading(fleet) as tables:
        found = tables.ask(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = ? ORDER BY ordinal_position",
            (table,),
        )
    assert [tuple(row) for row in found.rows] == [(column.name, column.type) for column in columns(table)]
    assert [column.name for column in columns(table)][: len(KEY)] == list(KEY)


def test_no_cell_is_null_that_must_not_be(fleet: Folder) -> None:
    with reading(fleet) as tables:
        for table in TABLES:
            for column in columns(table):
                if not column.optional:
                    found = tables.ask(f"SELECT count(*) FROM {table} WHERE {column.name} IS NULL")
                    assert found.rows == ((0,),), (table, column.name)


def test_every_column_says_what_it_means() -> None:
    for table in TABLES:
        assert all(column.meaning.endswith((".", "…")) for column in columns(table)), table


def test_no_column_is_called_like_a_word_of_sql() -> None:
    import duckdb

    words = {
        row[0]
        for row in duckdb.execute(
            "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
        ).fetchall()
    }
    names = {column.name for table in TABLES for column in columns(table)} | set(TABLES)
    assert names.isdisjoint(words)


def test_a_folder_without_a_bundle_has_empty_tables(tmp_path: Path) -> None:
    with reading(folder(tmp_path)) as tables:
        for name, query in QUERIES.items():
            assert tables.ask(query.sql, ("2026-01-01",) if query.dated else ()).rows == (), name


@pytest.mark.parametrize("name", QUERIES)
def test_every_question_has_as_many_headings_as_columns(fleet: Folder, name: str) -> None:
    query = QUERIES[name]
    with reading(fleet) as tables:
        found = tables.ask(query.sql, ("2026-01-01",) if query.dated else ())
    assert len(found.columns) == len(query.columns)


# --- CSV and the like ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_formulas_are_defused(cell: str) -> None:
    assert defused(cell) == f"'{cell}"
    answer = Answer((cell, "n"), ((cell, -5), ("plain", None)))
    read = list(csv.reader(io.StringIO(csv_text(answer), newline="")))
    assert read == [[f"'{cell}", "n"], [f"'{cell}", "-5"], ["plain", ""]]


def test_the_other_forms() -> None:
    answer = Answer(("name", "n"), (("a\x1b[31m", 1), (None, 22)))
    assert json.loads(json_text(answer)) == [{"name": "a\x1b[31m", "n": 1}, {"name": None, "n": 22}]
    assert plain_text(answer) == "name       n\na\\x1b[31m  1\n-          22\n"


def test_export_writes_every_table_once(fleet: Folder, tmp_path: Path) -> None:
    import duckdb

    written = list(export(fleet, str(tmp_path / "csv"), "csv"))
    assert [path.name for path in written] == [f"{table}.csv" for table in TABLES]
    with (tmp_path / "csv" / "bundles.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len({row["bundle"] for row in rows}) == len(rows) == 6
    list(export(fleet, str(tmp_path / "parquet"), "parquet"))
    file = tmp_path / "parquet" / "bundles.parquet"
    assert duckdb.execute(f"SELECT count(*) FROM '{file}'").fetchall() == [(6,)]
    with pytest.raises(InputError, match="is there already"):
        list(export(fleet, str(tmp_path / "csv"), "csv"))
