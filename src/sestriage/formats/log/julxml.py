"""Records of `java.util.logging.XMLFormatter`: elements over many lines to what a logger's JSON object would hold.

Source of the form: the DTD `logger.dtd` in the API documentation of `java.util.logging`.
"""

from __future__ import annotations

import html
import re

from sestriage.formats.log.header import LEVELS
from sestriage.formats.log.jsonline import JsonRecord
from sestriage.formats.log.timestamp import from_epoch, parse_stamp

_BEGIN = "<record>"
_END = "</record>"
_MAX_LINES = 3000
_FIELD = re.compile(r"<(?P<name>date|millis|level|logger|thread|message|class|method|line)>(?P<value>[^<]{0,20000})</")
_EXCEPTION = "<exception>"


class XmlRecords:
    """Collects the lines of a record."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self.number = 0
        """The line at which the record that was given last began."""
        self.hot = False
        """At least one of its lines holds a gate literal."""

    def takes(self, number: int, text: str, hot: bool) -> bool:
        """The line belongs to a record."""
        if not self._lines and text.strip() != _BEGIN:
            return False
        if not self._lines or len(self._lines) >= _MAX_LINES:
            self._lines.clear()
            self.number, self.hot = number, False
        self._lines.append(text)
        self.hot = self.hot or hot
        return True

    def record(self) -> JsonRecord | None:
        """The record, when the line before was its last one."""
        if not self._lines or self._lines[-1].strip() != _END:
            return None
        whole = "\n".join(self._lines)
        self._lines.clear()
        return _read(whole)


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
