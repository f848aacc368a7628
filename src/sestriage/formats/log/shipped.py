"""Prefixes of shippers, exporters and other servers' logs, and those of which nothing is known but that they repeat.

Known: fluentd's out_file (time TAB tag TAB JSON), logcli (time {labels} line), journald's export form, logcat, CSV of
Splunk and Kibana, WebSphere's SystemOut, WebLogic's `####<…>`, and IIS's columns of SMTP. A prefix of any other kind is
learned from a line behind which a logger's own line, or a frame of a stack trace, begins; lines of the same shape have
it as well (stern, `aws logs tail`, and whatever comes next).
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass

from sestriage.formats.log.chain import continues_exception
from sestriage.formats.log.header import LEVELS, starts_event
from sestriage.formats.log.timestamp import parse_stamp
from sestriage.formats.log.wording.classnames import HEAD

_MAX_SHAPES = 8
"""How many learned prefixes are told apart; more are many containers, of which each has its own."""
_MAX_CSV_LINES = 3000

_ZONED = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)"
_FLUENTD_STDOUT = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9} [+-]\d{4}) (?P<tag>[\w./:@-]{1,300}): (?=\{)"
)
_FLUENTD = re.compile(rf"(?P<time>{_ZONED})\t(?P<tag>[\w./:@-]{{1,300}})\t(?=\{{)")
_LOGCLI = re.compile(rf'(?P<time>{_ZONED}) (?P<tag>\{{(?:\w{{1,60}}="[^"\n]{{0,200}}"(?:, ?)?){{1,30}}\}})(?: |$)')
_LOGCAT = re.compile(
    r"(?P<time>(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})\s{1,6}(?P<pid>\d{1,7})\s{1,6}(?P<thread>\d{1,7})"
    r" (?P<level>[VDIWEFA]) (?P<tag>[^\s:][^:\n]{0,60}?)\s{0,40}: "
)
_LOGCAT_BRIEF = re.compile(r"(?P<level>[VDIWEFA])/(?P<tag>[^\s(:][^(:\n]{0,60}?)\s{0,20}\(\s{0,6}(?P<pid>\d{1,7})\): ")
_WEBSPHERE = re.compile(
    r"\[(?P<time>\d{1,2}[./]\d{1,2}[./]\d{2,4},? \d{1,2}:\d\d:\d\d:\d{3} [A-Z]{1,5})\] (?P<thread>[0-9a-f]{8})"
    r" (?P<tag>[\w.$]{1,60})\s{1,20}(?P<level>[FEWAIOCDRZ123<>]) {1,4}"
)
_WEBLOGIC = re.compile(
    r"####<(?P<time>[^<>]{10,60})> <(?P<level>\w{1,20})> <(?P<tag>[^<>]{0,80})> <[^<>]{0,255}> <[^<>]{0,255}>"
    r" <(?P<thread>[^<>]{0,255})> <(?:[^<>]|<[^<>]{0,80}>){0,255}> <[^<>]{0,255}> <[^<>]{0,255}> <\d{10,16}>"
    r"(?: <\[[^<>]{0,400}\] ?>)? <[\w-]{1,40}> <"
)
_IIS = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?P<peer>\S{1,100}) Outbound(?:Connection)?(?P<what>Command|Response)"
    r" \S{1,60} \S{1,100} \S{1,60} \d{1,5} (?P<verb>\S{1,20}) \S{1,20} (?P<query>\S{1,2000})"
)
_FLUENT_BIT = re.compile(
    r"\[\d{1,9}\] (?P<tag>[^\s:]{1,200}): \[\[?(?P<time>\d{10}\.\d{1,9})(?:, \{[^{}]{0,200}\}\])?, \{"
    r'(?:"\w{1,40}"=>"(?:[^"\\]|\\.){0,200}", ){0,6}"(?:log|message|msg|MESSAGE)"=>"'
)
_FLUENT_BIT_END = re.compile(r'"(?:, "\w{1,40}"=>|\}\]\s*$)')
_FLUENT_BIT_ESCAPE = re.compile(r"\\([nt\"\\])")
_LETTERS: dict[str, str] = {
    "V": "TRACE",
    "D": "DEBUG",
    "I": "INFO",
    "W": "WARN",
    "E": "ERROR",
    "F": "FATAL",
    "A": "INFO",
    "C": "DEBUG",
    "1": "DEBUG",
    "2": "TRACE",
    "3": "TRACE",
}
_OUTPUTS = frozenset(("SystemOut", "SystemErr", "System.out", "System.err"))

_EXPORT = re.compile(r"(?P<name>_{0,2}[A-Z][A-Z0-9_]{2,63})=")
_EXPORT_BEGIN = "__CURSOR="
_VERBOSE = re.compile(
    r"(?P<time>(?:[A-Z][a-z]{2} )?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} \S{1,10}) \[s=[0-9a-f]{1,64};i=[0-9a-f]{1,16};"
)
"""The first line of a record of `journalctl -o verbose`; its fields follow, indented by four blanks."""

_INNER = re.compile(
    r"(?<=[\s\]|>:;)}])(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]\d{3}"
    r"(?:\s{1,3}[\[(]|\s{1,3}(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|SEVERE)\b)"
    r"|\t\s{0,8}at [\w.$/@<>]{3,300}\()"
)
_LEVEL_WORD = re.compile(rf"\b(?:{'|'.join(map(re.escape, LEVELS))})\b", re.IGNORECASE)
_STAMP = re.compile(_ZONED)


@dataclass(frozen=True, slots=True)
class Cut:
    """What is left of a line without its prefix: `name` of the wrapping, the stream, and the time as it stands there
    (None: the prefix has none)."""

    name: str
    text: str
    stream: str = ""
    time: str | None = None


def with_level(level: str | None, logger: str, text: str) -> str:
    """A text with the level and logger of its prefix before it, where it has no header of its own and goes on with no
    exception: so that it is read as a logger's line."""
    if level is None or not text.strip() or starts_event(text) or continues_exception(text) or HEAD.match(text):
        return text
    return f"{level} {logger}: {text}"


class Shippers:
    """Takes the prefixes off; remembers what it learned of this file."""

    def __init__(self) -> None:
        self._shapes: dict[str, re.Pattern[str]] = {}
        self._export_time: str | None = None
        self._in_export = False
        self._csv_lines = 0

    @property
    def waiting(self) -> bool:
        """A field of CSV, or a record of an export, is going on: every line has to be shown."""
        return self._csv_lines > 0 or self._in_export

    def continued(self, text: str) -> Cut | None:
        """A line of a field of CSV that began in an earlier line, or of a record of journald's export."""
        if self._csv_lines:
            return self._csv_next(text)
        return self._export(text) if self._in_export else None

    def cut(self, text: str) -> Cut | None:
        """One prefix less; None where there is none."""
        first = text[:1]
        found: Cut | None
        if (record := _VERBOSE.match(text)) is not None:
            found = self._verbose(record)
        elif "0" <= first <= "9":
            found = _of_time(text)
        elif first == '"':
            found = self._csv(text)
        elif first == "[":
            found = _websphere(text) or _fluent_bit(text)
        elif first == "#":
            found = _weblogic(text)
        elif text.startswith(_EXPORT_BEGIN):
            self._in_export = True
            found = Cut("journald-export", "")
        elif first == " ":
            found = _listed(text)
        elif text.startswith("data: {"):  # events that a server sends: `journalctl -o json-sse`
            found = Cut("sse", text[6:])
        else:
            found = _logcat_brief(text) if text[1:2] == "/" else None
        return found if found is not None else self._learned(text)

    def _export(self, text: str) -> Cut | None:
        if (record := _VERBOSE.match(text)) is not None:
            return self._verbose(record)
        if not text.strip():
            self._in_export = False
            return Cut("journald-export", "")
        match = _EXPORT.match(text.removeprefix("    "))
        if match is None:
            return None
        text = match.string
        if match["name"] == "__REALTIME_TIMESTAMP":
            self._export_time = text[match.end() :].strip()
        if match["name"] != "MESSAGE":
            return Cut("journald-export", "")
        return Cut("journald-export", text[match.end() :], "", self._export_time)

    def _verbose(self, record: re.Match[str]) -> Cut:
        self._in_export = True
        time = record["time"]
        self._export_time = time[4:] if time[:1].isalpha() else time
        return Cut("journald-export", "")

    def _csv(self, text: str) -> Cut | None:
        """A row of CSV: of its fields the one that is a logger's line, or the longest."""
        if '"' not in text[1:]:
            begins = starts_event(text[1:])
            self._csv_lines = int(begins)
            return Cut("csv", text[1:].replace('""', '"')) if begins else None
        if _unbalanced(text):
            inner = text[1:] if starts_event(text[1:]) else text[text.rfind(',"') + 2 :]
            if not starts_event(inner):
                return None
            self._csv_lines = 1
            return Cut("csv", inner.replace('""', '"'))
        try:
            fields = next(csv.reader([text]), [])
        except csv.Error:
            return None
        if len(fields) < 2:
            only = fields[0] if fields and text[-1:] == '"' else ""
            return Cut("csv", only) if only and (starts_event(only) or continues_exception(only)) else None
        logged = [field for field in fields if len(field) > 30 and starts_event(field)]
        said = [field for field in fields if parse_stamp(field) is None] or fields
        return Cut("csv", logged[0] if logged else max(said, key=len))

    def _csv_next(self, text: str) -> Cut:
        self._csv_lines += 1
        if _unbalanced(text) or self._csv_lines > _MAX_CSV_LINES:
            self._csv_lines = 0
            end = _field_end(text)
            return Cut("csv", text[:end].replace('""', '"'))
        return Cut("csv", text.replace('""', '"'))

    def _learned(self, text: str) -> Cut | None:
        for known in self._shapes.values():
            if match := known.match(text):
                return _behind(match[0], text)
        inner = _INNER.search(text, 1, 400)
        if inner is None or len(self._shapes) >= _MAX_SHAPES:
            return None
        prefix = text[: inner.start()]
        if not _may_be_prefix(prefix):
            return None
        shape = _shape(prefix)
        self._shapes[shape] = re.compile(shape)
        return _behind(prefix, text)


def _behind(prefix: str, text: str) -> Cut:
    stamp = _STAMP.search(prefix)
    return Cut("prefix", text[len(prefix) :], _STAMP.sub("", prefix).strip(), stamp[0] if stamp else None)


def _may_be_prefix(prefix: str) -> bool:
    """A few words without a level, one of them of the kind that names a container, or a time with its zone."""
    words = _STAMP.sub(" 0-0 ", prefix).split()
    if not 0 < len(words) <= 5 or len(prefix) > 300 or _LEVEL_WORD.search(prefix) is not None:
        return False
    if prefix.rstrip().endswith((":", ",", "=", "(", "-")) and any(word.isalpha() for word in words):
        return False  # a sentence that quotes a line
    return any(any(c in word for c in "-_/.=[") or any(c.isdigit() for c in word) for word in words)


def _shape(prefix: str) -> str:
    """The regular expression of prefixes like this one: other digits, other times, the same words."""
    parts = []
    at = 0
    for stamp in _STAMP.finditer(prefix):
        parts += [_words(prefix[at : stamp.start()]), _ZONED]
        at = stamp.end()
    parts.append(_words(prefix[at:]))
    return "".join(parts)


def _words(text: str) -> str:
    return "".join(r"\d" if c.isdigit() else re.escape(c) for c in text)


def _of_time(text: str) -> Cut | None:
    if match := _FLUENTD.match(text) or _FLUENTD_STDOUT.match(text):
        return Cut("fluentd", text[match.end() :], match["tag"], match["time"])
    if match := _LOGCLI.match(text):
        return Cut("loki", text[match.end() :], match["tag"], match["time"])
    if match := _LOGCAT.match(text):
        said = with_level(_LETTERS.get(match["level"]), match["tag"], text[match.end() :])
        return Cut("logcat", said, f"{match['pid']}/{match['thread']}", match["time"])
    if " Outbound" in text[:140] and (match := _IIS.match(text)):
        said = match["query"].replace("+", " ")
        line = f"S: {said}" if match["what"] == "Response" else f"C: {match['verb']} {said}"
        return Cut("iis", line, match["peer"], f"{match['time']}Z")
    return None


_LISTED = re.compile(r" {1,24}(?P<said>\"(?:[^\"\\]|\\.){0,20000}\"),?\s{0,4}$")
"""An item of a list of lines, as JSON is printed over many lines."""


def _listed(text: str) -> Cut | None:
    match = _LISTED.match(text)
    if match is None:
        return None
    try:
        return Cut("json", json.loads(match["said"]))
    except ValueError:
        return None


def _logcat_brief(text: str) -> Cut | None:
    match = _LOGCAT_BRIEF.match(text)
    if match is None:
        return None
    said = with_level(_LETTERS.get(match["level"]), match["tag"], text[match.end() :])
    return Cut("logcat", said, match["pid"])


def _websphere(text: str) -> Cut | None:
    match = _WEBSPHERE.match(text)
    if match is None:
        return None
    said = text[match.end() :]
    if match["tag"] in _OUTPUTS:  # each of its lines has the prefix; of a logger's event only the first one has
        return Cut("websphere", said, match["thread"], match["time"])
    said = with_level(_LETTERS.get(match["level"], "INFO"), match["tag"], said)
    return Cut("websphere", said, "", match["time"])


def _fluent_bit(text: str) -> Cut | None:
    """A record as fluent-bit's output `stdout` prints it: Ruby's hash, of which one value is the line."""
    match = _FLUENT_BIT.match(text)
    if match is None:
        return None
    said = _FLUENT_BIT_END.search(text, match.end())
    line = text[match.end() : said.start() if said is not None else len(text)]
    return Cut("fluent-bit", _FLUENT_BIT_ESCAPE.sub(_unescaped, line), match["tag"], None)


def _unescaped(match: re.Match[str]) -> str:
    return {"n": "", "t": "\t"}.get(match[1], match[1])


def _weblogic(text: str) -> Cut | None:
    match = _WEBLOGIC.match(text)
    if match is None:
        return None
    said = re.sub(r"> ?$", "", text[match.end() :])
    level = LEVELS.get(match["level"].upper(), "INFO")
    return Cut("weblogic", with_level(level, match["tag"] or "WebLogic", said), "", match["time"])


def _unbalanced(text: str) -> bool:
    return text.count('"') % 2 == 1


def _field_end(text: str) -> int:
    """Where the field of CSV ends that goes on at the beginning of a line."""
    at = 0
    while (quote := text.find('"', at)) >= 0:
        if text[quote + 1 : quote + 2] != '"':
            return quote
        at = quote + 2
    return len(text)
