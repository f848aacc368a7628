"""Records inside a JSON document: the answer of a server of logs, or objects that were printed over many lines.

Known by what they hold, not by who made them: hits of Elasticsearch, results of Splunk, streams of Loki, events of
CloudWatch, entries of Google's and Azure's loggers, batches of OpenTelemetry, objects that `jq` or a layout prints over
many lines, and lists of lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from sestriage.formats.log.jsonline import is_event

_MAX_DEPTH = 10
_MAX_RECORDS = 400_000
_BEGIN = re.compile(r"\ufeff?\s{0,200}(?:\[\s{0,200}(?:[\[{\"]|$)|\{\s{0,200}(?:\"|$))")
_BETWEEN = re.compile(r"[\s,]*")
_LINES_EACH = re.compile(r"\ufeff?\s{0,20}\{[^\n]*\}\s{0,20}\n\s{0,20}\{")
"""The first line is an object, and another one begins the next: JSON lines, which are read line by line."""


_BATCH = re.compile(r"\{\"(?:resourceLogs|messageType\":\"DATA_MESSAGE)\"")
"""Lines of which each is a batch of records: of OpenTelemetry's file exporter, of CloudWatch's subscriptions."""


def may_be_document(text: str) -> bool:
    """The text begins like a JSON document that is no list of lines with an object each."""
    return _BEGIN.match(text) is not None and (not _LINES_EACH.match(text) or _BATCH.match(text) is not None)


def read_document(text: str) -> list[tuple[int, str]] | None:
    """The records of a whole text, a line each, with the numbers of the lines at which they stand, oldest first when
    the document has the newest first; None when it holds none. What follows no JSON is passed on line by line."""
    decoder = json.JSONDecoder()
    found: list[tuple[int, str]] = []
    place = _Place(text)
    at = _BETWEEN.match(text, 1 if text[:1] == "\ufeff" else 0).end()  # type: ignore[union-attr]
    while at < len(text):
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        records = list(records_in(value))
        if not records and isinstance(value, dict) and is_event(value):
            records = [value]
        for record in records[:_MAX_RECORDS]:
            found.append((place.of(record), json.dumps(_as_printed(record) or record, ensure_ascii=False)))
        at = _BETWEEN.match(text, end).end()  # type: ignore[union-attr]
    if not found:
        return None
    if at < len(text):
        first = text.count("\n", 0, at) + 1
        found += [(first + index, line) for index, line in enumerate(text[at:].split("\n"))]
    return found


def _as_printed(record: Mapping[str, object]) -> Mapping[str, object] | None:
    """A record around one line of a program's output: what a collector adds to it says nothing of the line. None: it
    is more than that."""
    inner = record.get("_source")
    fields = inner if isinstance(inner, dict) else record
    said = fields.get("textPayload", fields.get("Log_s"))
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
        if len(value) > 1 and all(isinstance(item, str) for item in value):
            yield from ({"log": f"{item}\n", "_exported": "json"} for item in value)
            return
        for item in value:
            if isinstance(item, dict) and is_event(item):
                yield item
            elif isinstance(item, dict | list):
                yield from records_in(item, depth + 1)
    elif isinstance(value, dict):
        if (stream := _loki(value)) is not None:
            yield from stream
        elif (told := _opentelemetry(value)) is not None:
            yield told
        else:
            for item in value.values():
                if isinstance(item, list | dict) and not (depth and is_event(value)):
                    yield from records_in(item, depth + 1)


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


def _opentelemetry(value: Mapping[str, object]) -> Mapping[str, object] | None:
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
    return record if stack is None else {**record, "stack_trace": stack}


def _attributes(value: object) -> Iterator[tuple[object, object]]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict) and isinstance(item.get("value"), dict):
            yield item.get("key"), item["value"].get("stringValue")


class _Place:
    """Finds the lines of records, which come in the order of the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1

    def of(self, record: Mapping[str, object]) -> int:
        """The line on which the longest text of a record stands; that of the record before when it is not found."""
        longest = _longest(record)
        at = -1
        for escaped in (True, False):
            needle = json.dumps(longest[:200].rstrip("\n"), ensure_ascii=escaped)[1:-1]
            if needle and (at := self._text.find(needle, self._at)) >= 0:
                break
        if at >= 0:
            self._line += self._text.count("\n", self._at, at)
            self._at = at
        return self._line


def _longest(value: object, depth: int = 0) -> str:
    if isinstance(value, str):
        return value
    inner: Sequence[object] = ()
    if isinstance(value, dict) and depth < _MAX_DEPTH:
        inner = list(value.values())
    elif isinstance(value, list) and depth < _MAX_DEPTH:
        inner = value
    return max((_longest(item, depth + 1) for item in inner), key=len, default="")
