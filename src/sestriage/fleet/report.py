"""The report of a fleet: the named questions with their answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sestriage import __version__
from sestriage.fleet.folder import Folder
from sestriage.fleet.queries import QUERIES, Query
from sestriage.fleet.views import Answer, Tables, reading
from sestriage.i18n import LANGUAGES
from sestriage.model.fleet.report import Cell, FleetReport, FleetTable
from sestriage.model.message import Message

NEW = timedelta(days=30)
"""How far back a signature counts as new, where no day is named."""
MOST_ROWS = 100
"""Rows of a table in the whole report; a question asked alone has them all."""
_COUNTS = """SELECT count(DISTINCT bundle) AS bundles, count(*) FILTER (state <> 'read') AS stopped,
count(*) FILTER (state = 'read') AS managers, count(*) FILTER (outcome = 'failed') AS failed,
count(*) FILTER (outcome = 'accepted') AS accepted, count(*) FILTER (outcome = 'undetermined') AS undetermined,
count(*) FILTER (forecast = 'breaks') AS breaking FROM bundles"""


def fleet_report(folder: Folder, since: date | None = None, language: str = LANGUAGES[0]) -> FleetReport:
    """All questions. `since`: the day from which on a signature counts as new."""
    with reading(folder) as tables:
        report = _counted(tables, since)
        answers = [_table(tables, name, query, report.since, MOST_ROWS) for name, query in QUERIES.items()]
    return replace(report, tables=tuple(_spoken(answers, language)))


def answer(folder: Folder, name: str, since: date | None = None, language: str = LANGUAGES[0]) -> FleetReport:
    """One question, with all rows of its answer. Raises KeyError for a name that is none."""
    query = QUERIES[name]
    with reading(folder) as tables:
        report = _counted(tables, since)
        answers = [_table(tables, name, query, report.since, None)]
    return replace(report, tables=tuple(_spoken(answers, language)))


def _counted(tables: Tables, since: date | None) -> FleetReport:
    made = datetime.now(UTC)
    found = tables.ask(_COUNTS)
    counts: Any = dict(zip(found.columns, found.rows[0], strict=True))
    day = since or (made - NEW).date()
    return FleetReport(version=__version__, made=made, since=day.isoformat(), **counts)


def _table(tables: Tables, name: str, query: Query, since: str, most: int | None) -> FleetTable:
    found: Answer = tables.ask(query.sql, (since,) if query.dated else (), most)
    return FleetTable(name, query.title, query.columns, found.columns, tuple(map(_cells, found.rows)))


def _cells(row: Iterable[object]) -> tuple[Cell, ...]:
    return tuple(value if isinstance(value, str | int | float) or value is None else str(value) for value in row)


def _spoken(answers: Iterable[FleetTable], language: str) -> Iterator[FleetTable]:
    """The tables hold English. Sentences of ours become messages, which the report translates; titles of rules are
    those of the rules in that language."""
    titles = _titles(language)
    for table in answers:
        rows = tuple(
            tuple(_told(key, value, row, table.keys, titles) for key, value in zip(table.keys, row, strict=True))
            for row in table.rows
        )
        yield replace(table, rows=rows)


def _told(key: str, value: Cell, row: tuple[Cell, ...], keys: tuple[str, ...], titles: Mapping[str, str]) -> Cell:
    if key == "cause" and "rule" in keys:
        return titles.get(str(row[keys.index("rule")]), value)
    return Message(value) if key == "evidence" and isinstance(value, str) else value


def _titles(language: str) -> Mapping[str, str]:
    """Titles of rules by id, of those that are the same in every case; none in English, which the tables have."""
    if language == LANGUAGES[0]:
        return {}
    from sestriage.rules import load_rules

    rules = load_rules((), language)
    titles = {name: str(rules.in_language(rule).title) for name, rule in rules.rules.items()}
    return {name: title for name, title in titles.items() if "{" not in title}
