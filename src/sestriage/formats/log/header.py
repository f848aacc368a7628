"""The first line of an event: time stamp, level, thread, logger, in whatever order, and then the message.

No layout is assumed. A line begins an event when a time stamp stands at its start, with nothing but levels, bracketed
fields and numbers before it, or when a level word stands there the way loggers write it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sestriage.formats.log.calendar_names import DATED_BY_NAME, LOCAL_LEVELS
from sestriage.formats.log.timestamp import Stamp, stamp_at

LEVELS: dict[str, str] = {
    **LOCAL_LEVELS,
    **dict.fromkeys(("TRACE", "FINEST", "FINER"), "TRACE"),
    **dict.fromkeys(("DEBUG", "FINE", "CONFIG", "DBG", "DBUG"), "DEBUG"),
    **dict.fromkeys(("INFO", "INFORMATION", "NOTICE", "INF"), "INFO"),
    **dict.fromkeys(("WARN", "WARNING", "WRN"), "WARN"),
    **dict.fromkeys(("ERROR", "SEVERE", "ERR", "EROR"), "ERROR"),
    **dict.fromkeys(("FATAL", "CRITICAL", "CRIT", "ALERT", "EMERG", "EMERGENCY", "PANIC"), "FATAL"),
}
"""Level words of Java, Python and syslog to the six usual levels."""

_LEVEL = (
    r"(?:TRACE|FINEST|FINER|DEBUG|FINE|CONFIG|DBG|INFO(?:RMATION)?|NOTICE|INF|WARN(?:ING)?|WRN|ERROR|SEVERE|ERR"
    r"|FATAL|CRIT(?:ICAL)?|ALERT|EMERG(?:ENCY)?|PANIC|" + "|".join(LOCAL_LEVELS) + ")"
)
_START_FAST = re.compile(
    r"[ ]{0,4}(?:[\[(<]|\d{4}[-/.]\d\d[-/.]\d\d[T _:]|\d\d:\d\d:\d\d|\d|" + _LEVEL + r"\b"
    r"|" + DATED_BY_NAME + r"|####<|javax\.net\.ssl\|"
    r"|[IWEDF]\d{4} \d\d:|(?:time|ts|timestamp|level|lvl)=|t=\"?\d{4}-)"
)
_CERTAIN = re.compile(r"\d{4}[-/.]\d\d[-/.]\d\d[T _:]\d\d:\d\d:\d\d")
_TOKEN = re.compile(
    rf"""\s{{0,60}}(?:
        (?P<level>[\[(<]?\s{{0,4}}
            (?P<word>{_LEVEL}|(?i:trace|debug|info|warn|warning|error|fatal|severe)(?=\s*[\])>]))
            \s{{0,4}}[\])>]?(?=[\s:|\[(,-]|$):?)
      | (?P<bracket>\[(?P<inner>[^\[\]]{{0,120}}(?:\[[^\[\]]{{0,60}}\][^\[\]]{{0,60}})?)\]:?)
      | (?P<paren>\((?P<name>[^()\s]{{1,80}})\)(?=\s))
      | (?P<angle><[^<>]{{1,40}}>(?=\s))
      | (?P<sep>(?:---|--|-|\|)(?=\s|$|\||\[))
      | (?P<number>\d{{1,9}}(?=\s+(?:---|\[|{_LEVEL}\b)))
      | (?P<pair>(?P<key>[a-z_.]{{1,20}})=(?P<value>"(?:[^"\\]|\\.){{0,4000}}"|[^\s"]{{1,200}})(?=\s|$))
    )""",
    re.VERBOSE,
)
_LOGGER = re.compile(
    r"\s{0,60}(?P<logger>(?:[\w$-]{1,80}\.){1,20}[\w$]{1,80}|(?:[a-z_]\w{0,80}+::){1,20}+\w{1,80}|[A-Z][\w$]{2,80})"
    r"(?:[.#][\w$<>]+\(?\)?)?(?::\d{1,6})?(?:\[\d{1,6}\])?(?P<end>\s{0,60}(?::(?=\s|$)|\|(?=\s)|-(?=\s)|=>)"
    r"|\s{1,60}-{1,3}\s|(?P<space>\s|$))"
)
_THREADISH = re.compile(r"(?i)main$|thread|pool|exec|worker|task|qtp|nio|timer|sched|-\d+$|^\d+$|^t@|#\d+$")
_LOGGERISH = re.compile(r"(?:[\w$-]+\.)+[\w$]+|[A-Z][a-z]\w*")
_EXCEPTIONAL = re.compile(r"(?:Exception|Error|Ausnahme|Throwable)$")
_HEADLESS_LEVEL = re.compile(
    rf"\[?{_LEVEL}\]?(?:\s*[:|]|\s+-\s|\s+\[|\s+\(|\s+(?:[\w$]+\.)+[\w$]+\b|\s+\d{{4}}-|\]|\s+\S)"
    rf"|\[[\w.@#:/ -]{{1,80}}\]\s+{_LEVEL}\b"
    rf"|\d{{1,9}}\s+\[[^\]]{{1,80}}\]\s+{_LEVEL}\b"
)
_JUL_TAIL = re.compile(r"(?P<logger>(?:[\w$]+\.)+[\w$]+) [\w$<>]+$")
_PIPED = re.compile(r"\s{0,60}(?P<field>[^|\s](?:[^|]{0,78}[^|\s])?)\s{0,60}(?=\|)")
_LEADING = re.compile(r"^(?:[:|]\s+|-\s+|-$|:$)")
_PAIR_KEYS = frozenset(
    [
        "time",
        "ts",
        "timestamp",
        "t",
        "level",
        "lvl",
        "severity",
        "msg",
        "message",
        "logger",
        "thread",
        "component",
        "caller",
    ]
)
_MAX_TOKENS = 14


@dataclass(frozen=True, slots=True)
class LineHeader:
    """What the start of a line says about the event. None: not said. `message` is the rest of the line.

    `stamped` is False for lines told apart by a level word only.
    """

    stamp: Stamp | None
    level: str | None
    logger: str | None
    thread: str | None
    message: str

    @property
    def time(self) -> datetime | None:
        """The time of the stamp, if it holds a date."""
        return self.stamp.when if self.stamp is not None else None

    @property
    def actor(self) -> str | None:
        """The thread, or the tag of a connection (`[QskgS15Y9fs]`) that stands in place of one."""
        tag = self.logger if self.logger and self.logger.isalnum() and any(map(str.isdigit, self.logger)) else None
        return self.thread or tag

    @property
    def stamped(self) -> bool:
        """A time stamp begins the line."""
        return self.stamp is not None


def starts_event(text: str) -> bool:
    """Whether a line begins with a time stamp or level in the way of a logger; cheaper than `parse_header`."""
    if _CERTAIN.match(text):
        return True
    if not _START_FAST.match(text):
        return _access(text) is not None
    return parse_header(text) is not None


def has_certain_stamp(text: str) -> bool:
    """The line begins with a whole date and time: an event for certain, whatever follows."""
    return _CERTAIN.match(text) is not None


def parse_header(text: str, reference: datetime | None = None) -> LineHeader | None:
    """The header of an event; None when the line begins none. `reference` as for `stamp_at`."""
    usual = _USUAL.match(text)
    if usual is not None and (known := _as_before(usual)) is not None:
        return known
    header = _parse(text, reference)
    if usual is not None and header is not None:
        _remember(usual, header)
    return header


_USUAL = re.compile(
    r"(?P<stamp>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.,]\d{3})"
    r"(?P<fields> [^\[\]|<\"=:]{1,80}(?:\[[^\[\]|<\"=]{1,80}\][^\[\]|<\"=:]{1,120})?) : (?=\S)"
)
"""The most usual layout, ` : ` before the message. Nothing in `fields` can be the beginning of something that goes on
in the message, so that equal fields mean the same before any message."""
_FIELDS: dict[str, tuple[str, str, str | None]] = {}
"""Level, logger and thread by the fields that stand between time stamp and message."""
_MAX_FIELDS = 512


def _as_before(usual: re.Match[str]) -> LineHeader | None:
    """The header of a line whose fields were met before."""
    known = _FIELDS.get(usual["fields"])
    if known is None:
        return None
    try:
        when = datetime.fromisoformat(usual["stamp"].replace(",", "."))
    except ValueError:
        return None
    level, logger, thread = known
    message = _LEADING.sub("", usual.string[usual.end() :])
    return LineHeader(Stamp(when, None, usual.end("stamp")), level, logger, thread, message)


def _remember(usual: re.Match[str], header: LineHeader) -> None:
    """Keep what the fields say, if they were read as what they are in this layout."""
    stamp, level, logger = header.stamp, header.level, header.logger
    if stamp is None or level is None or logger is None or stamp.end != usual.end("stamp"):
        return
    if not usual["fields"].rstrip(" ").endswith(logger):  # the colon belongs to something else
        return
    if header.message == _LEADING.sub("", usual.string[usual.end() :]) and stamp.when is not None:
        if len(_FIELDS) >= _MAX_FIELDS:
            _FIELDS.clear()
        _FIELDS[usual["fields"]] = (level, logger, header.thread)


_TLS_TRACE = re.compile(
    r"javax\.net\.ssl\|(?P<level>[A-Z]{2,9})\|(?P<id>[0-9A-Fa-f]{1,16})\|(?P<thread>[^|\n]{0,200})\|(?P<time>[^|\n]{8,60})\|"
    r"[\w$.]{1,80}(?::\d{1,6})?\|"
)
"""A line of `-Djavax.net.debug` (JDK 11 on, and 8 since 8u251): `sun.security.ssl.SSLLogger`, its `EMPTY_PARAMS`."""


def _tls_trace(text: str, reference: datetime | None) -> LineHeader | None:
    match = _TLS_TRACE.match(text)
    if match is None:
        return None
    stamp = stamp_at(match["time"], 0, reference)
    found = None if stamp is None else Stamp(stamp.when, stamp.clock, match.end("time"))
    level = LEVELS.get(match["level"], "TRACE")
    return LineHeader(found, level, "javax.net.ssl", match["thread"] or None, text[match.end() :])


_ACCESS = re.compile(
    r"[\w.:%-]{1,255} \S{1,100} \S{1,100} \[(?P<time>\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] (?=\")"
)
"""A line of a web server's access log, in the common log format (httpd's `%h %l %u %t "%r"`; Tomcat, nginx alike). A
container's output may hold such lines between those of the service."""


def _access(text: str) -> LineHeader | None:
    match = _ACCESS.match(text) if '] "' in text else None
    stamp = stamp_at(match["time"], 0) if match is not None else None
    if match is None or stamp is None:
        return None
    # behind the request stand numbers and what the client says of itself
    asked = text[match.end() : text.find('"', match.end() + 1) + 1]
    return LineHeader(Stamp(stamp.when, stamp.clock, match.end("time")), None, None, None, asked)


def _parse(text: str, reference: datetime | None) -> LineHeader | None:
    if (access := _access(text)) is not None:
        return access
    if not _START_FAST.match(text):
        return None
    if text.startswith("javax.net.ssl|"):
        return _tls_trace(text, reference)
    stamp: Stamp | None = None
    level: str | None = None
    fields: list[tuple[bool, str]] = []
    pairs: list[tuple[str, str]] = []
    at = len(text) - len(text.lstrip(" "))
    for _ in range(_MAX_TOKENS):
        if stamp is None and (found := _bracketed_stamp(text, at, reference)) is not None:
            stamp, at = found
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            break
        if word := match["word"]:
            if level is not None:
                break
            level = LEVELS[word.upper()]
        elif match["bracket"] is not None:
            inner = match["inner"].strip()
            inner_stamp = None if stamp is not None else stamp_at(inner, 0, reference)
            if inner_stamp is not None:
                stamp = inner_stamp
            elif level is None and inner.upper() in LEVELS:
                level = LEVELS[inner.upper()]
            else:
                fields.append((True, inner))
        elif match["paren"] is not None:
            fields.append((True, match["name"]))
        elif match["pair"] is not None:
            # Only a line that is logfmt from its start: elsewhere `state=FAILED` is the message.
            if match["key"] not in _PAIR_KEYS or not (pairs or match.start("pair") == 0):
                break
            pairs.append((match["key"], match["value"]))
        elif match["sep"] == "|" and (piped := _PIPED.match(text, match.end())) is not None:
            word = piped["field"].upper()
            if level is None and word in LEVELS:
                level = LEVELS[word]
            elif stamp_at(piped["field"]) is None:
                fields.append((True, piped["field"]))
            else:
                at = match.end()
                continue
            at = piped.end("field")
            continue
        at = match.end()
        if stamp is not None and level is not None and (named := _logger_at(text, at)) is not None:
            fields.append((False, named[0]))
            at = named[1]
            break
    if pairs:
        stamp, level = _from_pairs(pairs, stamp, level, reference)
    if stamp is None and (level is None or not (pairs or _HEADLESS_LEVEL.match(text.lstrip(" ")))):
        return None
    if level is None and (tail := _JUL_TAIL.fullmatch(text[at:].strip())):
        return LineHeader(stamp, None, tail["logger"], None, "")
    if not any(bracketed is False for bracketed, _ in fields) and (named := _logger_at(text, at)) is not None:
        fields.append((False, named[0]))
        at = named[1]
    logger, thread = _sort_fields(fields)
    message = _LEADING.sub("", text[at:].lstrip(" \t"))
    values = {key: _unquote(value) for key, value in pairs}
    if said := values.get("msg") or values.get("message"):
        message = f"{said} {message}".strip()
    logger = logger or values.get("logger") or values.get("component")
    return LineHeader(stamp, level, logger, thread or values.get("thread"), message)


def _bracketed_stamp(text: str, at: int, reference: datetime | None) -> tuple[Stamp, int] | None:
    """A time stamp at a place, blanks before it allowed; a closing bracket after it is left to the caller's tokens."""
    while at < len(text) and text[at] == " ":
        at += 1
    stamp = stamp_at(text, at, reference)
    if stamp is None:
        return None
    end = stamp.end
    if end < len(text) and text[end] in ",:|" and not text[end + 1 : end + 2].isdigit():
        end += 1
    return stamp, end


def _logger_at(text: str, at: int) -> tuple[str, int] | None:
    """A logger's name that begins here, and where the message begins after it."""
    match = _LOGGER.match(text, at)
    if match is None:
        return None
    name = match["logger"]
    if _EXCEPTIONAL.search(name):
        return None
    dotted = "." in name
    if match["space"] is not None:
        # A name without any separator after it: only a qualified Java name is taken for a logger.
        package, _, last = name.rpartition(".")
        if last[:1].islower():  # JULI prints class and method
            name, last = package, package.rpartition(".")[2]
        if name.count(".") < 2 or not name[0].islower() or not last[:1].isupper():
            return None
    elif not dotted and not text[match.end("logger") : match.end()].startswith((" - ", ": ", " : ", " | ", ":")):
        return None
    return name, match.end()


def _sort_fields(fields: list[tuple[bool, str]]) -> tuple[str | None, str | None]:
    """Logger and thread among the fields of the header: (bracketed, text)."""
    logger = next((text for bracketed, text in fields if not bracketed), None)
    bracketed_texts = [text for bracketed, text in fields if bracketed and text]
    thread = next((text for text in bracketed_texts if _THREADISH.search(text)), None)
    for text in bracketed_texts:
        if text == thread:
            continue
        if logger is None and _LOGGERISH.fullmatch(text):
            logger = text
        elif thread is None and not _LOGGERISH.fullmatch(text):
            thread = text
    return logger, thread


def _from_pairs(
    pairs: list[tuple[str, str]], stamp: Stamp | None, level: str | None, reference: datetime | None
) -> tuple[Stamp | None, str | None]:
    """Time and level of a `key=value` line (logfmt)."""
    for key, value in pairs:
        text = _unquote(value)
        if stamp is None and key in ("time", "ts", "timestamp", "t"):
            stamp = stamp_at(text, 0, reference)
        elif level is None and key in ("level", "lvl", "severity"):
            level = LEVELS.get(text.upper())
    return stamp, level


def _unquote(value: str) -> str:
    if value.startswith('"') and value.endswith('"') and len(value) > 1:
        return value[1:-1].replace('\\"', '"').replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")
    return value
