"""Exports as a table: CSV with the names of its columns in the first line, of which one is the line of the log."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping

from sestriage.formats.log.day_or_month import day_first_in, turned
from sestriage.formats.log.timestamp import stamp_at

_SAID = (
    *("_raw", "@message", "message", "textpayload", "logentry", "logmessage", "log_s", "msg", "content", "line", "log"),
    *("text", "body", "meldung", "nachricht", "event", "entry"),
)
_TIME = (
    *("@timestamp", "_time", "timestamp", "time", "_messagetime", "timegenerated", "timegenerated [utc]", "date"),
    *("datetime", "zeit", "datum", "uhrzeit", "_messagetimems", "receivetimestamp", "ts"),
)
_MORE = frozenset(
    (
        *("level", "log.level", "loglevel", "severity", "logger", "logger_name", "log.logger", "thread", "thread_name"),
        *("stack_trace", "stacktrace", "error.stack_trace", "exception", "exception.stacktrace", "throwable", "thrown"),
        *("error.type", "error.message", "process.thread.name"),
    )
)
"""Columns that say more of an event than its line does."""
_AS_PRINTED = ("_raw", "textpayload", "log_s", "logentry")
"""Columns with a line as a program printed it; a level beside it is the collector's."""
_NAME = r'(?:"[@\w][\w .@\[\]/():-]{0,60}"|[@\w][\w.@\[\]()-]{0,60}(?: \[UTC\])?)'
_HEAD = re.compile(rf"\ufeff?(?:{_NAME}(?P<cut>[,;\t]))?(?:{_NAME}[,;\t]){{0,40}}{_NAME}\r?\n")
_AT = re.compile(r"(?<=\d{4}) @ (?=\d\d:)")
_MAX_ROWS = 400_000


def may_be_table(text: str) -> bool:
    """The first line names columns, one of them that of the line."""
    return _columns(text) is not None


def _columns(text: str) -> tuple[list[str], str] | None:
    """The names of the columns in small letters, and what separates them."""
    match = _HEAD.match(text)
    if match is None:
        return None
    cut = match["cut"] or ","
    names = [name.strip().lower() for name in next(csv.reader([match[0].lstrip("\ufeff")], delimiter=cut), [])]
    known = any(name in _SAID for name in names) and (len(names) > 1 or names[0] in ("_raw", "@message", "message"))
    return (names, cut) if known else None


def read_table(text: str) -> list[tuple[int, str]] | None:
    """The lines in the field of each row, as records with the row's time, and the numbers of their lines."""
    columns = _columns(text)
    if columns is None:
        return None
    names, cut = columns
    said = next(names.index(name) for name in _SAID if name in names)
    times = [names.index(name) for name in _TIME if name in names and names.index(name) != said]
    more = [at for at, name in enumerate(names) if name in _MORE and names[said] not in _AS_PRINTED]
    read: list[tuple[str, int, str | None, dict[str, str]]] = []
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=cut)
    csv.field_size_limit(max(csv.field_size_limit(), 1 << 20))
    begin = 1
    try:
        for row in rows:
            first, begin = begin, rows.line_num + 1
            if first == 1 or len(row) <= said or len(read) > _MAX_ROWS:
                continue
            time = next((_AT.sub(" ", row[at]) for at in times if at < len(row) and row[at]), None)
            first += sum(field.count("\n") for field in row[:said])
            fields = {names[at]: row[at] for at in more if at < len(row) and row[at] not in ("", "-")}
            read.append((row[said], first, time, fields))
    except csv.Error:
        return None
    day_first = day_first_in(["\n".join(time or "" for _, _, time, _ in read).encode("utf-8", "replace")], None)
    found: list[tuple[int, str]] = []
    for field, first, time, fields in read:
        found += _lines(field, first, _settled(time, day_first), fields)
    return found or None


def _settled(time: str | None, day_first: bool | None) -> str | None:
    """A time whose day comes first, as the whole column shows, in a form that cannot be read in two ways."""
    stamp = stamp_at(time) if time is not None and day_first and "/" in time else None
    if stamp is None or stamp.when is None or time is None or not stamp.either:
        return time
    return turned(stamp.when).isoformat(" ") + time[stamp.end :]


def _lines(field: str, first: int, time: str | None, more: Mapping[str, str]) -> list[tuple[int, str]]:
    from sestriage.formats.log.chain import continues_exception
    from sestriage.formats.log.header import starts_event
    from sestriage.formats.log.wording.classnames import HEAD

    if "\n" not in field and "\\n" in field and field[:1] not in "{[":
        field = field.replace("\\n", "\n").replace("\\t", "\t")
        numbers = [first] * (field.count("\n") + 1)
    else:
        numbers = [first + index for index in range(field.count("\n") + 1)]
    field = field.removesuffix("\n")
    stamp: object = int(time) if time is not None and time.isascii() and time.isdigit() and len(time) < 20 else time
    own = starts_event(field) or continues_exception(field) or HEAD.match(field) is not None
    if more and not own:
        record = {"@timestamp": stamp, **more, "message": field}
        return [(first, json.dumps(record, ensure_ascii=False))]
    lines = field.split("\n")
    record = {"_exported": "csv", "timestamp": stamp}
    return [
        (number, json.dumps({"log": line.rstrip("\r") + "\n", **record}, ensure_ascii=False))
        for number, line in zip(numbers, lines, strict=False)
    ]
