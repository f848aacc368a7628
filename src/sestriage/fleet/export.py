"""The tables of a fleet for other programs: answers as text, CSV and JSON; whole tables as CSV or Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Literal

from sestriage.errors import InputError, reason_of
from sestriage.fleet.folder import Folder
from sestriage.fleet.parts import quoted
from sestriage.fleet.tables import TABLES
from sestriage.fleet.views import Answer, reading
from sestriage.ingest.names import safe_name
from sestriage.model.message import Message

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula, at the beginning of a cell."""
Form = Literal["csv", "parquet"]


def defused(value: object) -> object:
    """A cell of CSV: a text that a spreadsheet would run has an apostrophe before it; numbers stay."""
    if isinstance(value, datetime):
        return value.isoformat()
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def csv_text(answer: Answer) -> str:
    """An answer as CSV (RFC 4180) with its columns on top."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(map(defused, answer.columns))
    writer.writerows(map(defused, row) for row in answer.rows)
    return out.getvalue()


def json_text(answer: Answer) -> str:
    """An answer as JSON: a list of objects."""
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    return json.dumps(rows, indent=2, default=_plain) + "\n"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def plain_text(answer: Answer) -> str:
    """An answer as columns."""
    rows = [tuple(answer.columns), *(tuple(map(_shown, row)) for row in answer.rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(answer.columns))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in rows
    )


def _shown(value: object) -> str:
    return "-" if value is None else safe_name(str(value))


def export(folder: Folder, to: str, form: Form) -> Iterator[Path]:
    """Write each table into one file of a folder; yields the files. Raises `InputError`, also for a file that is there
    already."""
    target = Path(to)
    try:
        target.mkdir(parents=True, exist_ok=True)
        for table in TABLES:
            file = target / f"{table}.{form}"
            if file.exists():
                raise InputError(Message("{file} is there already", file=str(file)))
            aside = target / f".{table}.part"
            with suppress(FileNotFoundError):
                aside.unlink()
            _export(folder, table, aside, form)
            aside.replace(file)
            yield file
    except OSError as error:
        raise InputError(Message("cannot write {file}: {reason}", file=to, reason=reason_of(error))) from None


def _export(folder: Folder, table: str, file: Path, form: Form) -> None:
    if form == "parquet":
        from sestriage.fleet.views import unlocked

        with unlocked(folder) as duck:
            duck.execute(f"COPY (SELECT * FROM {table} ORDER BY ALL) TO {quoted(str(file))} (FORMAT parquet)")
        return
    with reading(folder) as tables, file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(tables.columns(table))
        for rows in tables.batches(table):
            writer.writerows(_defused(rows))


def _defused(rows: Iterable[tuple[object, ...]]) -> Iterator[list[object]]:
    return ([defused(value) for value in row] for row in rows)
