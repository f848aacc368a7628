"""Records inside a JSON document: the answer of a server of logs, or objects that were printed over many lines.

Known by what they hold, not by who made them: hits of Elasticsearch, results of Splunk, streams of Loki, events of
CloudWatch, entries of Google's and Azure's loggers, batches of OpenTelemetry, objects that `jq` or a layout prints over
many lines, and lists of lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from sestriage.formats.log.jsonline import MESSAGE_KEYS, is_event

_MAX_DEPTH = 10
_MOST_FAILED = 32
"""So many times an object is begun anew in a document that is cut off."""
_MAX_RECORDS = 400_000
_BEGIN = re.compile(
    r"\ufeff?\s{0,200}(?:(?P<first>\[\s{0,200}(?:[\[{\"]|$)|\{\s{0,200}(?:\"|$))"
    r"|(?:(?![\[{<\"|]|\d{4}-)[^\n]{1,300}\n){1,5}(?P<behind>[\[{]\s{0,4}\n\s{0,20}[\[{\"]))"
)
"""A document from its first character, or printed over many lines behind the command that asked for it."""
_BETWEEN = re.compile(r"[\s,]*")
_LINES_EACH = re.compile(r"\ufeff?\s{0,20}\{[^\n]*\}\s{0,20}\n\s{0,20}\{")
"""The first line is an object, and another one begins the next: JSON lines, which are read line by line."""


_BATCH = re.compile(r"\{\"(?:resourceLogs|messageType\":\"DATA_MESSAGE)\"")
"""Lines of which each is a batch of records: of OpenTelemetry's file exporter, of CloudWatch's subscriptions."""


def may_be_document(text: str) -> bool:
    """The text begins like a JSON document that is no list of lines with an object each."""
    return _BEGIN.match(text) is not None and (not _LINES_EACH.match(text) or _BATCH.match(text) is not None)


def texts_in(head: str) -> list[str]:
    """The lines in the beginning of a document, cut off where it may be."""
    return [_unescaped(match["said"]) for match in _TEXT.finditer(head)]


_TEXT = re.compile(
    r'"(?:log|value|' + "|".join(map(re.escape, MESSAGE_KEYS)) + r')"\s{0,4}:\s{0,4}"(?P<said>(?:[^"\\]|\\.){1,400})'
)


def _unescaped(text: str) -> str:
    try:
        said = json.loads(f'"{text}"')
    except ValueError:
        return text
    return said.split("\n", 1)[0] if isinstance(said, str) else text


def read_document(text: str) -> list[tuple[int, str]] | None:
    """The records of a whole text, a line each, with the numbers of the lines at which they stand, oldest first when
    the document has the newest first; None when it holds none. What follows no JSON is passed on line by line."""
    found: list[tuple[int, str]] = []
    place = _Place(text)
    begin = _BEGIN.match(text)
    at = 0 if begin is None else max(begin.start("first"), begin.start("behind"))
    before = [(number, line) for number, line in enumerate(text[:at].split("\n")[:-1], start=1) if line.strip()]
    end, line = at, text.count("\n", 0, at) + 1
    for value, start, stop in _values(text, at):
        found += _lines_between(text[end:start], line)
        place.passed(start)
        line += text.count("\n", end, stop)
        end = stop
        records = [value] if isinstance(value, dict) and is_event(value) else list(records_in(value))
        for record in records[:_MAX_RECORDS]:
            found.append((place.of(record), json.dumps(_as_printed(record) or record, ensure_ascii=False)))
        place.passed(end)
    if not found:
        return None
    if text[end:].strip():
        found += enumerate(text[end:].split("\n"), start=line)
    return before + found


_NO_JSON = re.compile(r"\s*+(?!(?:-?\d[\d.eE+-]{0,30}|true|false|null),?\s*+$)(?:[^{}\[\]\",]|\[[A-Za-z])")
"""The beginning of a line that is no part of a JSON text."""


def _lines_between(gap: str, first: int) -> Iterator[tuple[int, str]]:
    """The whole lines between two values that are no JSON, each with its number; `first` is that of the line in which
    the gap begins."""
    for number, line in enumerate(gap.split("\n")[1:-1], start=first + 1):
        if _NO_JSON.match(line) is not None:
            yield number, line


def _values(text: str, at: int) -> Iterator[tuple[object, int, int]]:
    """The values one after the other, and where each begins and ends; those inside of one that is cut off."""
    decoder = json.JSONDecoder()
    failed = 0
    while at < len(text) and failed < _MOST_FAILED:
        if text[at] not in "{[":  # the end of one that is cut off, or no JSON any more
            at = text.find("{", at) if failed else -1
            if at < 0:
                return
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            failed += 1
            at = text.find("{", at + 1)
            if at < 0:
                return
            continue
        yield value, at, end
        at = _BETWEEN.match(text, end).end()  # type: ignore[union-attr]


def _as_printed(record: Mapping[str, object]) -> Mapping[str, object] | None:
    """A record around one line of a program's output: what a collector adds to it says nothing of the line. None: it
    is more than that."""
    inner = record.get("_source")
    fields = inner if isinstance(inner, dict) else record
    said = next((fields[key] for key in ("textPayload", "Log_s", "LogEntry") if key in fields), None)
    if said is None and not any(key in fields for key in ("level", "log.level", "logger", "logger_name", "severity")):
        said = next((fields[key] for key in ("message", "msg", "line", "_raw") if fields.get(key) == ""), None)
    if not isinstance(said, str):
        return None
    times = ("@timestamp", "timestamp", "TimeGenerated", "time", "_time")
    return {
        "log": f"{said}\n",
        "_exported": "json",
        "@timestamp": next((fields[k] for k in times if k in fields), None),
    }


def records_in(value: object, depth: int = 0) -> Iterator[Mapping[str, object]]:
    """The records inside a value that holds several; nothing for a value that is a record itself."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        yield from _in_list(value, depth)
        return
    if not isinstance(value, dict):
        return
    of_form = _loki(value) or _opentelemetry(value) or _rows(value)
    if of_form is not None:
        yield from of_form
        return
    for item in value.values():
        if isinstance(item, dict) and is_event(item):
            yield item
        else:
            yield from records_in(item, depth + 1)


def _in_list(value: list[object], depth: int) -> Iterator[Mapping[str, object]]:
    if len(value) > 1 and all(isinstance(item, str) for item in value) and (not depth or _are_lines(value)):
        yield from ({"log": f"{item}\n", "_exported": "json"} for item in value)
        return
    for item in value:
        if isinstance(item, list) and (fields := _named_fields(item)) is not None:
            item = fields
        if isinstance(item, dict) and is_event(item):
            yield item
        else:
            yield from records_in(item, depth + 1)


def _are_lines(texts: list[object]) -> bool:
    """Texts inside a document that are lines of a log: one of them begins an event, or belongs to an exception."""
    from sestriage.formats.log.chain import is_trace_line
    from sestriage.formats.log.header import starts_event
    from sestriage.formats.log.wording.classnames import HEAD

    return any(starts_event(text) or is_trace_line(text) or HEAD.match(text) for text in map(str, texts))


def _named_fields(value: list[object]) -> Mapping[str, object] | None:
    """A row as CloudWatch's queries give it: a list of names and values."""
    fields = {}
    for item in value:
        if not isinstance(item, dict) or item.keys() != {"field", "value"}:
            return None
        fields[str(item["field"])] = item["value"]
    return fields or None


def _rows(value: Mapping[str, object]) -> Iterator[Mapping[str, object]] | None:
    """A table: the names of its columns, and rows of values (Azure's queries, Splunk's `json_rows`)."""
    rows = value.get("rows")
    named = value.get("columns", value.get("fields"))
    if not isinstance(rows, list) or not isinstance(named, list) or not all(isinstance(row, list) for row in rows):
        return None
    names = [str(item.get("name", item.get("ColumnName")) if isinstance(item, dict) else item) for item in named]
    return (dict(zip(names, row, strict=False)) for row in rows)


def _loki(value: Mapping[str, object]) -> Iterator[Mapping[str, object]] | None:
    """A stream of Loki: pairs of a time in nanoseconds and a line."""
    pairs = value.get("values")
    if not isinstance(pairs, list) or "stream" not in value or not all(_is_pair(pair) for pair in pairs):
        return None
    return ({"log": f"{line}\n", "_exported": "loki", "timestamp": int(time)} for time, line, *_ in pairs)


def _is_pair(pair: object) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) >= 2
        and isinstance(pair[0], str)
        and isinstance(pair[1], str)
        and pair[0].isascii()
        and pair[0].isdigit()
        and len(pair[0]) < 21
    )


def _opentelemetry(value: Mapping[str, object]) -> tuple[Mapping[str, object]] | None:
    """A log record of OpenTelemetry, as its JSON encoding has it."""
    body = value.get("body")
    if not isinstance(body, dict) or not isinstance(body.get("stringValue"), str):
        return None
    record: dict[str, object] = {"message": body["stringValue"], "level": value.get("severityText")}
    for name in ("timeUnixNano", "observedTimeUnixNano"):
        time = str(value.get(name, ""))
        if "timestamp" not in record and time.isascii() and time.isdigit() and 0 < int(time) < 1 << 64:
            record["timestamp"] = int(time)
    stack = next((said for key, said in _attributes(value.get("attributes")) if key == "exception.stacktrace"), None)
    return (record if stack is None else {**record, "stack_trace": stack},)


def _attributes(value: object) -> Iterator[tuple[object, object]]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict) and isinstance(item.get("value"), dict):
            yield item.get("key"), item["value"].get("stringValue")


_SAFE = re.compile(r"[\w .:@()-]{1,80}", re.ASCII)
"""Text that JSON writes in one way only."""
_REACH = 1 << 16
_MOST_MISSES = 200


class _Place:
    """Finds the lines of records, which come in the order of the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._misses = 0

    def of(self, record: Mapping[str, object]) -> int:
        """The line on which the text of a record stands; that of the record before when it is not found."""
        needle = max(_SAFE.findall(_said(record)[:400]), key=len, default="")
        if not needle or self._misses >= _MOST_MISSES:
            return self._line
        at = self._text.find(needle, self._at, self._at + _REACH)
        if at < 0:
            self._misses += 1
            return self._line
        self._line += self._text.count("\n", self._at, at)
        self._at = at
        return self._line

    def passed(self, end: int) -> None:
        """All before this place was read."""
        if end > self._at:
            self._line += self._text.count("\n", self._at, end)
            self._at = end


def _said(record: Mapping[str, object]) -> str:
    """The message of a record, or its longest text."""
    inner = next((value for key in ("_source", "result") if isinstance(value := record.get(key), dict)), record)
    for key in (*MESSAGE_KEYS, "log"):
        if isinstance(said := inner.get(key), str) and said.strip():
            return said
    return _longest(record)


def _longest(value: object, depth: int = 0) -> str:
    if isinstance(value, str):
        return value
    inner: Sequence[object] = ()
    if isinstance(value, dict) and depth < _MAX_DEPTH:
        inner = list(value.values())
    elif isinstance(value, list) and depth < _MAX_DEPTH:
        inner = value
    return max((_longest(item, depth + 1) for item in inner), key=len, default="")
