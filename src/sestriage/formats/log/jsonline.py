"""One JSON object a line: containers' json-file, journald's export, and loggers that write records.

Loggers known by their field names: logstash encoder, log4j2's layouts, Elastic Common Schema and GELF as Spring Boot
writes them, and the usual home-made ones. Nested objects are flattened to dotted names first, so that
`{"log": {"level": …}}` and `{"log.level": …}` are the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sestriage.formats.log.timestamp import from_epoch, parse_stamp, stamp_at
from sestriage.formats.log.wording.named_step import logged_step

MESSAGE_KEYS = (
    "message",
    "msg",
    "@message",
    "short_message",
    "MESSAGE",
    "event.message",
    "text",
    "body",
    "log.message",
    "_raw",
    "line",
    "event",  # structlog
    "textPayload",  # Google's logging
    "Log_s",  # Azure's
    "LogEntry",
    "LogMessage",
    "@m",  # Serilog's compact form
    "@mt",
)
_TIME = (
    "@timestamp",
    "timestamp",
    "time",
    "ts",
    "instant",
    "timeMillis",
    "datetime",
    "date",
    "eventTime",
    "asctime",
    "T",
    "_time",
    "@t",
    "TimeGenerated",
    "_messagetime",
)
_LEVEL = (
    "level",
    "log.level",
    "severity",
    "loglevel",
    "logLevel",
    "levelname",
    "level_name",
    "_level_name",
    "lvl",
    "L",
    "@l",
)
_LOGGER = (
    "logger_name",
    "logger",
    "loggerName",
    "log.logger",
    "_log_logger",
    "logger.name",
    "name",
    "category",
    "component",
    "SourceContext",
)
_THREAD = ("thread_name", "thread", "threadName", "process.thread.name", "_process_thread_name", "thread.name")
_STACK = (
    *("stack_trace", "stackTrace", "stacktrace", "error.stack_trace", "_error_stack_trace", "exception.stacktrace"),
    *("exception.stack_trace", "exception.stackTrace", "error.stack", "error.stackTrace", "thrown.extendedStackTrace"),
    *("throwable", "exception", "exc_info", "thrown", "stack", "err.stack", "exception.exception_stacktrace"),
    "@x",
)
_NESTED = ("thrown", "exception", "error", "throwable", "throwable_info", "cause")
_ACTION = ("action", "actionName", "action_name", "mdc.action", "contextMap.action")
_GELF_LEVELS = {0: "FATAL", 1: "FATAL", 2: "FATAL", 3: "ERROR", 4: "WARN", 5: "INFO", 6: "INFO", 7: "DEBUG"}
_PINO_LEVELS = {10: "TRACE", 20: "DEBUG", 30: "INFO", 40: "WARN", 50: "ERROR", 60: "FATAL"}
_SALVAGE = re.compile(r'"(?P<key>[\w@.]{1,40})"\s*:\s*"(?P<value>(?:[^"\\]|\\.)*)')
_TRACE = re.compile(
    r"\s*(?:[a-z][\w$]{0,60}\.){1,12}[\w$]{0,100}(?:Exception|Error|Throwable)\b[^\n]{0,2000}"
    r"\n(?:[^\n]{0,2000}\n){0,40}?\s*at [\w.$/@<>]+\("
)
"""The head of a printed exception with its first frame, whatever the field is called."""
_MAX_DEPTH = 6
_MAX_FIELDS = 400


@dataclass(frozen=True, slots=True)
class JsonRecord:
    """An event as a logger's JSON object holds it. None: the object has no such field. `stack` may be empty."""

    time: datetime | None
    level: str | None
    logger: str | None
    thread: str | None
    message: str
    stack: str
    action: str | None = None
    either: bool = False
    """Day and month of `time` may be the other way around, as in `Stamp`."""


@dataclass(frozen=True, slots=True)
class ContainerLine:
    """A line of output as a container runtime or journald wraps it. `partial`: the line goes on in the next one."""

    text: str
    stream: str
    time: datetime | None
    partial: bool
    wrapping: str


def read_json_line(text: str) -> JsonRecord | ContainerLine | None:
    """What a line that begins with `{` holds; None when it is no JSON object of a known kind.

    A line that was cut in the middle is used as far as it goes.
    """
    fields = _load(text)
    if fields is None:
        return None
    for key in _AROUND:
        if isinstance(inner := fields.get(key), dict):
            fields = inner
    container = _container(fields)
    if container is not None:
        return container
    flat: dict[str, object] = {}
    _flatten(fields, "", flat, 0)
    record = _record(flat, fields)
    return record if record is None or not _is_shipped(record, flat) else _as_line(record)


_AROUND = ("_source", "result", "content", "attributes")
"""Keys under which a hit of Elasticsearch, a row of Splunk's or an event of Datadog has the record."""


def is_event(value: Mapping[str, object]) -> bool:
    """An object is a record of one event by the names of its own keys, or a hit around one."""
    if any(isinstance(value.get(key), dict) for key in _AROUND):
        return True
    if _container(value) is not None:
        return True
    said = any(isinstance(value.get(key), str) for key in MESSAGE_KEYS)
    return said and any(value.get(key) is not None for key in (*_TIME, *_LEVEL, *_LOGGER, "timestampSeconds"))


_OF_SYSLOG = frozenset(("facility", "programname", "syslogtag", "tag", "hostname", "host", "fromhost", "textPayload"))
"""Fields of a syslog daemon's record, or a collector's of a line as it was printed: the level beside them is theirs."""


def _is_shipped(record: JsonRecord, flat: Mapping[str, object]) -> bool:
    """A collector's object around one line of a program: it says nothing of its own but when (and a syslog daemon, how
    grave), and the line has a header, or goes on with an exception."""
    from sestriage.formats.log.chain import continues_exception
    from sestriage.formats.log.header import has_certain_stamp, starts_event
    from sestriage.formats.log.wording.classnames import HEAD

    level = None if flat.keys() & _OF_SYSLOG else record.level
    if (level, record.logger, record.thread, record.action) != (None,) * 4 or record.stack:
        return False
    said = record.message
    if "\n" in said.rstrip("\r\n"):
        return has_certain_stamp(said)
    return said[:1] == "{" or starts_event(said) or continues_exception(said) or HEAD.match(said) is not None


def _as_line(record: JsonRecord) -> ContainerLine:
    return ContainerLine(record.message.rstrip("\r\n"), "", record.time, False, "json")


def _load(text: str) -> Mapping[str, object] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return _salvage(text)
    return value if isinstance(value, dict) else None


def _salvage(text: str) -> Mapping[str, object] | None:
    """The whole string fields at the start of a damaged object, and the start of the one in which it was cut."""
    found: dict[str, object] = {}
    for match in _SALVAGE.finditer(text):
        raw = re.sub(r"\\(?:u[0-9A-Fa-f]{0,3})?$", "", match["value"])
        try:
            found[match["key"]] = json.loads(f'"{raw}"')
        except ValueError:
            continue
    return found or None


_EXPORTED = {name: name for name in ("csv", "json", "loki")}
"""What a record is called that was made of an export (`exports`)."""
_OF_CONTAINER = frozenset(
    ("stream", "time", "kubernetes", "container_id", "container_name", "docker", "date", "_exported")
)
"""Keys of those who hand on the lines of containers, beside `log`."""


def _container(fields: Mapping[str, object]) -> ContainerLine | None:
    """Docker's json-file (`log`, `stream`, `time`), a collector's record around such a line, or journald's JSON export
    (`MESSAGE`, `__REALTIME_TIMESTAMP`)."""
    log = fields.get("log")
    if isinstance(log, str) and (len(fields) <= 2 or not _OF_CONTAINER.isdisjoint(fields)):
        return ContainerLine(
            text=log.rstrip("\r\n"),
            stream=str(fields.get("stream", "")),
            time=_time(fields),
            partial=_is_partial(fields, log),
            wrapping=_EXPORTED.get(str(fields.get("_exported")), "docker-json"),
        )
    message = fields.get("MESSAGE")
    if isinstance(message, list) and all(isinstance(item, int) and 0 <= item < 256 for item in message):
        message = bytes(message).decode("utf-8", "replace")
    if isinstance(message, str):
        micros = fields.get("__REALTIME_TIMESTAMP")
        try:
            time = from_epoch(float(str(micros))) if micros is not None else None
        except ValueError:
            time = None
        stream = f"{fields.get('_HOSTNAME', '')}/{fields.get('SYSLOG_IDENTIFIER', '')}/{fields.get('_PID', '')}"
        return ContainerLine(message.rstrip("\n"), stream, time, False, "journald-json")
    return None


def _is_partial(fields: Mapping[str, object], log: str) -> bool:
    """Docker ends a whole line in a line feed; a collector of CRI's logs says which is one (`P` or `F`)."""
    flag = fields.get("logtag", fields.get("_p"))
    if flag is not None:
        return flag == "P"
    return not log.endswith("\n") and "stream" in fields and "time" in fields and "kubernetes" not in fields


def _flatten(value: Mapping[str, object], prefix: str, into: dict[str, object], depth: int) -> None:
    for key, item in value.items():
        if len(into) >= _MAX_FIELDS:
            return
        name = prefix + str(key)
        if isinstance(item, dict) and depth < _MAX_DEPTH:
            _flatten(item, name + ".", into, depth + 1)
        else:
            into.setdefault(name, item)


def _record(flat: Mapping[str, object], fields: Mapping[str, object]) -> JsonRecord | None:
    message = _text(flat, MESSAGE_KEYS)
    stack = _stack(flat, fields)
    level = _level(flat)
    time = _time(flat)
    if (message is None and not stack) or (level is None and time is None and _text(flat, _LOGGER) is None):
        return None
    return JsonRecord(
        time,
        level,
        _text(flat, _LOGGER),
        _text(flat, _THREAD),
        (message or "") + logged_step(flat) + ("" if stack else _error(flat, message or "")),
        stack,
        _text(flat, _ACTION),
        _either(flat),
    )


def _error(flat: Mapping[str, object], message: str) -> str:
    """What went wrong, where a logger has it in a field of its own (zap, zerolog, logrus, slog), behind the message."""
    said = _text(flat, ("error", "err"))
    return f": {said}" if said is not None and said not in message else ""


def _text(flat: Mapping[str, object], names: Sequence[str]) -> str | None:
    for name in names:
        value = flat.get(name)
        if isinstance(value, str) and value:
            return value
    return None


def _level(flat: Mapping[str, object]) -> str | None:
    from sestriage.formats.log.header import LEVELS

    for name in _LEVEL:
        value = flat.get(name)
        if isinstance(value, str):
            return LEVELS.get(value.strip().upper(), value.strip().upper() or None)
        if isinstance(value, int) and not isinstance(value, bool):
            found = _GELF_LEVELS.get(value) or _PINO_LEVELS.get(value)
            if found is not None:
                return found
    return None


def _either(flat: Mapping[str, object]) -> bool:
    """The text that `_time` reads may be read in two ways."""
    said = next((value for name in _TIME if isinstance(value := flat.get(name), str)), "")
    stamp = stamp_at(said.strip()) if "/" in said else None
    return stamp is not None and stamp.either


def _time(flat: Mapping[str, object]) -> datetime | None:
    of_seconds = "instant.epochSecond" if "instant.epochSecond" in flat else "timestampSeconds"
    seconds = flat.get(of_seconds)
    if isinstance(seconds, int | float):
        base = from_epoch(float(seconds))
        nanos = flat.get("instant.nanoOfSecond", flat.get("timestampNanos"))
        if base is None or not isinstance(nanos, int) or not 0 <= nanos < 10**9:
            return base
        return base + timedelta(microseconds=nanos // 1000)
    for name in _TIME:
        value = flat.get(name)
        if isinstance(value, str):
            if (when := parse_stamp(value)) is not None:
                return when
        elif isinstance(value, int | float) and not isinstance(value, bool):
            try:
                return from_epoch(float(value))
            except OverflowError:
                return None
    return None


def _stack(flat: Mapping[str, object], fields: Mapping[str, object]) -> str:
    text = _text(flat, _STACK)
    name = _text(flat, ("error.type", "_error_type", "exception.exception_class", "exception.class", "thrown.name"))
    said = _text(
        flat, ("error.message", "_error_message", "exception.exception_message", "exception.message", "thrown.message")
    )
    nested = next((fields[key] for key in _NESTED if isinstance(fields.get(key), dict)), None)
    lines: list[str] = []
    if text is None and isinstance(nested, dict):
        _thrown(nested, "", lines, 0)
    elif text is not None and name is not None and name not in text[:400]:
        lines.append(f"{name}: {said}" if said else name)
    full = _text(flat, ("full_message", "_full_message"))
    if text is None and not lines:
        return full if full is not None else _trace_by_shape(flat)
    return "\n".join(lines + ([text] if text is not None else []))


def _trace_by_shape(flat: Mapping[str, object]) -> str:
    """A printed stack trace in a field of any name; empty when there is none."""
    return next((value for value in flat.values() if isinstance(value, str) and _TRACE.match(value)), "")


def _thrown(value: Mapping[str, object], link: str, lines: list[str], depth: int) -> None:
    """A nested throwable object (log4j2's `thrown`, home-made ones) as the lines of a printed stack trace."""
    name = next(
        (
            value[k]
            for k in ("name", "class", "type", "className", "exception_class", "class_name", "exceptionType")
            if isinstance(value.get(k), str)
        ),
        None,
    )
    if name is None or depth > 16 or len(lines) > 2000:
        return
    said = next(
        (
            value[k]
            for k in ("message", "localizedMessage", "msg", "exception_message")
            if isinstance(value.get(k), str)
        ),
        None,
    )
    lines.append(f"{link}{name}: {said}" if said else f"{link}{name}")
    for key in ("extendedStackTrace", "stackTrace", "stack_trace", "frames", "stacktrace"):
        frames = value.get(key)
        if isinstance(frames, list):
            lines.extend(_frame(frame) for frame in frames[:200])
        elif isinstance(frames, str):
            lines.append(frames)
        if frames is not None:
            break
    cause = value.get("cause", value.get("causedBy"))
    if isinstance(cause, dict) and isinstance(inner := cause.get("exception"), dict):  # JBoss LogManager's
        cause = inner
    if isinstance(cause, dict):
        _thrown(cause, "Caused by: ", lines, depth + 1)


def _frame(frame: object) -> str:
    if isinstance(frame, dict):
        owner = frame.get("class") or frame.get("className") or frame.get("declaringClass") or "?"
        method = frame.get("method") or frame.get("methodName") or "?"
        return f"\tat {owner}.{method}({frame.get('file') or frame.get('fileName') or 'Unknown Source'})"
    text = str(frame).strip()
    return f"\t{text}" if text.startswith("at ") else f"\tat {text}"
