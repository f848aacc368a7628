"""Records of `java.util.logging.XMLFormatter` and of log4j's XML layouts: elements over many lines to what a logger's
JSON object would hold.

Sources of the forms: the DTD `logger.dtd` in the API documentation of `java.util.logging`; `XMLLayout` of log4j 1
(`log4j:event`) and `XmlLayout` of log4j 2 (`Event`), as their documentation shows them.
"""

from __future__ import annotations

import html
import re

from sestriage.formats.log.header import LEVELS
from sestriage.formats.log.jsonline import JsonRecord
from sestriage.formats.log.timestamp import from_epoch, parse_stamp

_BEGINS = {"<record>": "</record>", "<log4j:event ": "</log4j:event>", "<Event ": "</Event>"}
"""How a record begins, and the line that ends it."""
_MAX_LINES = 3000
_FIELD = re.compile(r"<(?P<name>date|millis|level|logger|thread|message|class|method|line)>(?P<value>[^<]{0,20000})</")
_EXCEPTION = "<exception>"
_LOG4J = re.compile(r"\b(?:logger|loggerName)=\"")
_ATTRIBUTE = re.compile(r"\b(?P<name>\w{1,30})=\"(?P<value>[^\"]{0,20000})\"")
_INSTANT = re.compile(r"<Instant epochSecond=\"(?P<seconds>\d{1,12})\" nanoOfSecond=\"(?P<nanos>\d{1,9})\"")
_THROWN = re.compile(
    r"<(?P<link>Thrown|Cause) (?P<attributes>[^<>]{1,20000})>"
    r"|<ExtendedStackTraceItem class=\"(?P<owner>[^\"<>]{1,300})\" method=\"(?P<method>[^\"<>]{1,200})\""
)


class XmlRecords:
    """Collects the lines of a record."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._end = ""
        self.number = 0
        """The line at which the record that was given last began."""
        self.hot = False
        """At least one of its lines holds a gate literal."""

    def takes(self, number: int, text: str, hot: bool) -> bool:
        """The line belongs to a record."""
        if not self._lines and not self._begins(text.strip()):
            return False
        if not self._lines or len(self._lines) >= _MAX_LINES:
            self._lines.clear()
            self.number, self.hot = number, False
        self._lines.append(text)
        self.hot = self.hot or hot
        return True

    def record(self) -> JsonRecord | None:
        """The record, when the line before was its last one."""
        if not self._lines or not self._lines[-1].rstrip().endswith(self._end):
            return None
        whole = "\n".join(self._lines)
        self._lines.clear()
        return _read(whole) if self._end == "</record>" else _read_log4j(whole)

    def _begins(self, text: str) -> bool:
        if text[:1] != "<":
            return False
        for begin, end in _BEGINS.items():
            if text.startswith(begin) and (begin[-1] == ">" or _LOG4J.search(text) is not None):
                self._end = end
                return begin[-1] != ">" or text == begin
        return False


def _read(text: str) -> JsonRecord:
    head, _, thrown = text.partition(_EXCEPTION)
    fields = {match["name"]: html.unescape(match["value"]).strip() for match in _FIELD.finditer(head)}
    time = parse_stamp(fields.get("date", ""))
    if (millis := fields.get("millis", "")).isdigit() and len(millis) < 15:
        time = from_epoch(float(millis))
    level = fields.get("level", "").upper()
    message = fields.get("message", "")
    stack = _stack(thrown)
    return JsonRecord(time, LEVELS.get(level), fields.get("logger"), fields.get("thread"), message, stack)


def _read_log4j(text: str) -> JsonRecord:
    head = text[: text.find(">")]
    named = {match["name"]: html.unescape(match["value"]) for match in _ATTRIBUTE.finditer(head)}
    millis = named.get("timestamp") or named.get("timeMillis") or ""
    time = from_epoch(float(millis)) if millis.isascii() and millis.isdigit() and len(millis) < 15 else None
    if time is None and (instant := _INSTANT.search(text)) is not None:
        time = from_epoch(float(instant["seconds"]) + int(instant["nanos"]) // 1000 / 1e6)
    message = _text(_between(text, "log4j:message") or _between(text, "Message") or "")
    level = LEVELS.get(named.get("level", "").upper())
    logger = named.get("logger") or named.get("loggerName")
    printed = _between(text, "log4j:throwable")
    stack = _text(printed) if printed is not None else _thrown(text)
    return JsonRecord(time, level, logger, named.get("thread"), message, stack.strip("\n"))


def _between(text: str, tag: str) -> str | None:
    """What the first element of a name holds; None when there is none."""
    begin = text.find(f"<{tag}>")
    end = text.find(f"</{tag}>", begin)
    return text[begin + len(tag) + 2 : end] if 0 <= begin < end else None


def _thrown(text: str) -> str:
    """The exceptions of log4j 2, as their elements lie inside each other."""
    lines = []
    for match in _THROWN.finditer(text):
        if match["owner"] is not None:
            lines.append(f"\tat {html.unescape(match['owner'])}.{html.unescape(match['method'])}(Unknown Source)")
            continue
        named = {each["name"]: html.unescape(each["value"]) for each in _ATTRIBUTE.finditer(match["attributes"])}
        said = named.get("message") or named.get("localizedMessage")
        link = "Caused by: " if match["link"] == "Cause" else ""
        lines.append(f"{link}{named.get('name', '?')}" + (f": {said}" if said else ""))
    return "\n".join(lines)


def _text(value: str) -> str:
    cdata = value.strip()
    if cdata.startswith("<![CDATA["):
        return cdata.removeprefix("<![CDATA[").removesuffix("]]>").strip("\n")
    return html.unescape(value)


def _stack(text: str) -> str:
    lines: list[str] = []
    owner = ""
    for match in _FIELD.finditer(text):
        value = html.unescape(match["value"]).strip()
        if match["name"] == "message":
            lines.append(value)
        elif match["name"] == "class":
            owner = value
        elif match["name"] == "method":
            lines.append(f"\tat {owner}.{value}(Unknown Source)")
    return "\n".join(lines)
