"""Taking the wrappings off physical lines, whatever lies on top of what, decided line by line.

Known: Docker json-file, journald JSON, `docker logs -t`, `docker compose logs`, CRI, `kubectl logs --prefix`, syslog
in its old and its RFC 5424 form (rsyslog, `journalctl -o short*`), the Tanuki service wrapper, terminal colours,
loggers that write one JSON object an event, and the quoting of mails and tickets (`> `). `exports` has the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sestriage.formats.log.calendar_names import FIRST_LETTERS, MONTH
from sestriage.formats.log.exports.joined import parts_of
from sestriage.formats.log.exports.marked import Marked, plain_blanks
from sestriage.formats.log.exports.numbered import Numbered
from sestriage.formats.log.header import LEVELS
from sestriage.formats.log.jsonline import ContainerLine, JsonRecord, read_json_line
from sestriage.formats.log.julxml import XmlRecords
from sestriage.formats.log.limits import MAX_LINE_BYTES, MAX_PENDING_PARTS, MAX_STREAMS, MAX_WRAPPERS
from sestriage.formats.log.problems import Problems
from sestriage.formats.log.shipped import Shippers
from sestriage.formats.log.timestamp import stamp_at
from sestriage.formats.log.wording.text import strip_ansi
from sestriage.model.known.hostnames import ADDRESS_PSEUDONYM, NAME_PSEUDONYM

_RFC3339 = r"(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,](?P<fraction>\d{1,9}))?(?:Z|[+-]\d\d:?\d\d))"
_ZONELESS = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?![\d.,Z+-])")
_CRI = re.compile(_RFC3339 + r" (?P<stream>stdout|stderr) (?P<flag>[FP])(?::\w+)*(?: |$)")
_DOCKER_T = re.compile(_RFC3339 + r"(?: |$)")
_SYSLOG_TIME = (
    r"(?:"
    + _RFC3339
    + r"|(?P<bsd>"
    + MONTH
    + r" {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,6})?)|(?P<unix>1\d{9}\.\d{6})"
    + r"|(?P<monotonic>\[ {0,8}\d{1,9}\.\d{6}\])"
    + r"|[A-Z][a-z]{2} (?P<full>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? (?:[A-Z]{1,5}|[+-]\d\d(?:\d\d)?)))"
)
_SYSLOG = re.compile(
    r"(?:<\d{1,3}>)?" + _SYSLOG_TIME + rf" (?P<host>[\w.:-]{{1,100}}|{NAME_PSEUDONYM}|{ADDRESS_PSEUDONYM}) "
    r"(?:(?:local[0-7]|kern|user|mail|daemon|auth(?:priv)?|syslog|lpr|news|uucp|cron|ftp)"
    r"\.[a-z]{3,7} )?(?P<tag>[\w./()@-]{1,100}?)(?:\[(?P<pid>\d{1,10})\])?:(?: |$)"
)
_RFC5424 = re.compile(
    r"<\d{1,3}>1 (?:" + _RFC3339 + r"|-) (?P<host>\S{1,255}) (?P<tag>\S{1,100}) (?P<pid>\S{1,128}) \S{1,64} "
    r"(?:-|(?:\[(?:[^\]\\]|\\.){0,2000}\])+)(?: {1,2}|$)(?:\ufeff)?"
)
_OF_A_SHIPPER = re.compile(r" Outbound| [+-]\d{4} [\w./:@-]{1,100}: \{| \S{1,10} \[s=[0-9a-f]{1,64};i=")
"""Behind a time stamp without a zone that is a shipper's all the same."""
_COUNTED = re.compile(r"\d{1,6} (?=<\d{1,3}>1 )")
"""How many bytes follow, as syslog over TCP says it (RFC 6587, 3.4.1)."""
_MONOTONIC = re.compile(r"\[ {0,8}\d{1,9}\.\d{6}\] ")
_COMPOSE = re.compile(r"(?P<name>[\w][\w.-]{0,80}?)\s{0,40} ?\| ?(?=(?P<rest>.*))", re.DOTALL)
_KUBECTL = re.compile(r"\[(?P<name>(?:pod|deployment|job|statefulset)/[\w.-]{1,253}(?:/[\w.-]{1,253})?)\] ?")
_TANUKI = re.compile(
    r"(?:STATUS|INFO|WARN|ERROR|FATAL|DEBUG|ADVICE|NOTICE)\s{1,4}\| (?P<name>jvm \d{1,4}"
    r"|wrapperp?)\s{1,8}\| (?:(?P<bsd>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d{3})?) \| )?"
)
_QUOTING = re.compile(r"(?:> ?){1,16}")
"""Each reply adds one; RFC 3676, 4.5. One blank behind belongs to it, more are the line's own."""
_RSYSLOG_ESCAPE = re.compile(r"(?:#[0-3][0-7][0-7])+")
_BACKSLASH_ESCAPE = re.compile(r"\\(?:0[0-3][0-7]|x0[0-9a-fA-F]|x1[bB])")
_REPEATED = re.compile(r"message repeated \d{1,9} times: \[ ?(?P<text>.*)\]$", re.DOTALL)
_LOST = re.compile(
    r"\d messages lost due to rate-limiting|begin to drop messages due to rate-limiting"
    r"|Suppressed \d+ messages from|Missed \d+ kernel messages"
    r"|messages from .{1,200} lost|--- last message repeated|\[\.\.\. \d+ lines? dropped"
)
_NO_TAG = frozenset(LEVELS) | {"at", "Caused", "Wrapped", "Suppressed", "Verursacht", "java", "javax"}


@dataclass(slots=True)
class LogLine:
    """A line of a program's output, without its wrappings. Never changed; made so often that frozen costs too much.

    `raw` is the physical line as it stands in the file. `stream` tells interleaved outputs apart (container, process).
    `time` is what the outermost wrapping with a time says (`lent`: but for the year), `wrapping` the names of the
    wrappings, outermost first.
    `record` is set when the line is a logger's JSON object.
    """

    number: int
    raw: str
    text: str
    hot: bool
    stream: str = ""
    time: datetime | None = None
    wrapping: str | None = None
    record: JsonRecord | None = None
    lent: bool = False


@dataclass(slots=True)
class _Peel:
    """The state while one line is unwrapped."""

    text: str
    stream: str = ""
    time: datetime | None = None
    lent: bool = False
    names: str = ""
    partial: bool = False
    syslog: bool = False
    record: JsonRecord | None = None

    def off(self, name: str, text: str, stream: str = "", time: datetime | None = None, lent: bool = False) -> None:
        """One wrapping less."""
        self.text = text
        if name not in self.names.split("+"):
            self.names = f"{self.names}+{name}" if self.names else name
        if stream:
            self.stream = f"{self.stream}>{stream}"
        if time is not None and (self.time is None or self.time.tzinfo is None):
            self.time, self.lent = time, lent


@dataclass(slots=True)
class _Pending:
    """The parts so far of a line that a container runtime split."""

    first: LogLine
    parts: list[str]
    size: int


class LineUnwrapper:
    """Unwraps line by line; joins the parts of lines that a runtime split."""

    def __init__(self, problems: Problems, reference: datetime | None = None) -> None:
        self._problems = problems
        self._reference = reference
        self._pending: dict[str, _Pending] = {}
        self._whole: set[str] = set()
        """Streams whose lines have no line feed at their ends, though they are whole."""
        self._indent: dict[str, tuple[int, str]] = {}
        self._shippers = Shippers()
        self._numbered = Numbered()
        self._marked = Marked()
        self._xml = XmlRecords()

    def look(self, lines: Sequence[str]) -> None:
        """See the first lines of a log before they are read."""
        self._numbered.look(lines)
        self._marked.look(lines)

    def feed(self, number: int, raw: str, hot: bool) -> Sequence[LogLine]:
        """The lines that a physical line completes: none (a part), one, or several (line feeds written as escapes)."""
        if self._xml.takes(number, raw, hot):
            return self._xml_record()
        # no wrapping begins with a tab: a line of a stack trace, most often
        if raw[:1] == "\t" and "\x1b" not in raw and not self._shippers.waiting:
            return (LogLine(number, raw, raw, hot),)
        peel = self._peel(plain_blanks(raw) if not raw.isascii() else raw, number)
        line = LogLine(number, raw, peel.text, hot, peel.stream, peel.time, peel.names or None, peel.record, peel.lent)
        whole = peel.record is None and not peel.partial and peel.stream not in self._pending
        if whole and (parts := parts_of(peel.text)) is not None:
            return [replace(line, text=part, wrapping="joined-lines") for part in parts]
        if not peel.names:
            return (line,)
        if peel.partial:
            return self._hold(line)
        line = self._joined(line)
        if line.record is None and "\n" in line.text:
            return [replace(line, text=part) for part in line.text.split("\n")]
        return (line,)

    def flush(self) -> Iterator[LogLine]:
        """Lines whose last part never came."""
        for pending in self._pending.values():
            yield replace(pending.first, text="".join(pending.parts))
        self._pending.clear()

    def _xml_record(self) -> Sequence[LogLine]:
        record = self._xml.record()
        if record is None:
            return ()
        number, hot = self._xml.number, self._xml.hot
        said = f"{record.message}\n{record.stack}"
        return (LogLine(number, said, record.message, hot, time=record.time, wrapping="xml", record=record),)

    def _hold(self, line: LogLine) -> Sequence[LogLine]:
        """Keep a part; gives the lines that turn out to be none: all parts but the last have one size."""
        if line.stream in self._whole:
            return (line,)
        pending = self._pending.get(line.stream)
        if pending is None:
            if len(self._pending) >= MAX_STREAMS:
                self._pending.pop(next(iter(self._pending)))
            self._pending[line.stream] = _Pending(line, [line.text], len(line.text))
            return ()
        if len(pending.parts) == 1 and line.wrapping == "docker-json" and not _equal_size(pending.parts[0], line.text):
            self._whole.add(line.stream)
            del self._pending[line.stream]
            return (pending.first, line)
        if pending.size + len(line.text) > MAX_LINE_BYTES or len(pending.parts) >= MAX_PENDING_PARTS:
            self._problems.add("a line that was split into parts is too long; its rest was skipped", line.number)
            return ()
        pending.parts.append(line.text)
        pending.size += len(line.text)
        return ()

    def _joined(self, line: LogLine) -> LogLine:
        pending = self._pending.pop(line.stream, None)
        if pending is None:
            return line
        text = "".join(pending.parts) + line.text
        whole = replace(pending.first, text=text, hot=True)  # a gate may have been cut in two
        inner = self._peel(text, line.number)  # a record may have been split in its middle
        if inner.names:
            names = f"{whole.wrapping}+{inner.names}" if whole.wrapping else inner.names
            timed = whole if whole.time is not None else inner
            return replace(
                whole, text=inner.text, wrapping=names, record=inner.record, time=timed.time, lent=timed.lent
            )
        return whole

    def _peel(self, raw: str, number: int) -> _Peel:
        peel = _Peel(strip_ansi(raw) if "\x1b" in raw else raw)
        if peel.text != raw:
            peel.names = "ansi"
        if self._shippers.waiting:
            self._continued(peel)
        if not self._numbered.idle and (rest := self._numbered.next(peel.text, number)) is not None:
            peel.off("line-numbers", rest)
        for _ in range(MAX_WRAPPERS):
            before = peel.text
            if not before or not (self._one(peel, number) or self._shipped(peel, number)):
                break
            if peel.record is not None or peel.partial:
                break
            if peel.stream in self._pending:
                break  # the last part of a split line: what it looks like by itself does not matter
            if "\x1b" in peel.text:
                peel.text = strip_ansi(peel.text)
        return peel

    def _one(self, peel: _Peel, number: int) -> bool:
        """Take one wrapping off; False when none is left."""
        first = peel.text[0]
        if first == "{":
            return self._json(peel)
        if "0" <= first <= "9":
            return self._dated(peel, number)
        if first == "<" or (first in FIRST_LETTERS and " " in peel.text[3:20]):
            if self._syslog(peel, number):
                return True
            if first == "<" and (rest := self._marked.cut(peel.text)) is not None:
                peel.off("line-marks", rest)
                return True
        elif first == "[":
            if match := _KUBECTL.match(peel.text):
                peel.off("kubectl", peel.text[match.end() :], match["name"])
                return True
            return _MONOTONIC.match(peel.text) is not None and self._syslog(peel, number)
        elif first == ">":
            peel.off("quoted", peel.text[_QUOTING.match(peel.text).end() :])  # type: ignore[union-attr]
            return True
        elif (rest := self._marked.cut(peel.text)) is not None:
            peel.off("line-marks", rest)
            return True
        elif first == " ":
            return self._journal_indent(peel)
        if " |" in peel.text[:100] or "| " in peel.text[:100]:
            return self._piped(peel)
        return False

    def _continued(self, peel: _Peel) -> None:
        """A line of something that a shipper's form began in an earlier line."""
        cut = self._shippers.continued(peel.text)
        if cut is not None:
            peel.off(cut.name, cut.text, cut.stream, *self._when(cut.time))

    def _shipped(self, peel: _Peel, number: int) -> bool:
        """A prefix of a shipper, or one of which is only known that it repeats."""
        if _ZONELESS.match(peel.text) and not _OF_A_SHIPPER.search(peel.text, 19, 140):
            return False
        if (rest := self._numbered.begins(peel.text, number)) is not None:
            peel.off("line-numbers", rest)
            return True
        cut = self._shippers.cut(peel.text)
        if cut is None:
            return False
        peel.off(cut.name, cut.text, cut.stream, *self._when(cut.time))
        return True

    @staticmethod
    def _json(peel: _Peel) -> bool:
        found = read_json_line(peel.text)
        if found is None:
            return False
        if isinstance(found, ContainerLine):
            peel.partial = found.partial
            peel.off(found.wrapping, found.text, found.stream, found.time)
        else:
            peel.record = found
            peel.off("json", found.message)
        return True

    def _dated(self, peel: _Peel, number: int) -> bool:
        if _ZONELESS.match(peel.text):  # a logger's own time stamp: every wrapping's has a zone
            return False
        if match := _COUNTED.match(peel.text):
            peel.text = peel.text[match.end() :]
        if match := _CRI.match(peel.text):
            peel.partial = match["flag"] == "P"
            peel.off("cri", peel.text[match.end() :], match["stream"], *self._when(match["time"]))
            return True
        match = _DOCKER_T.match(peel.text)
        if match and len(match["fraction"] or "") == 9:
            peel.off("docker-timestamps", peel.text[match.end() :], "", *self._when(match["time"]))
            return True
        return self._syslog(peel, number)

    def _syslog(self, peel: _Peel, number: int) -> bool:
        match = _RFC5424.match(peel.text)
        if match is None:
            match = _SYSLOG.match(peel.text)
            if match is None or match["host"] in _NO_TAG or _is_no_tag(match):
                return False
        groups = match.groupdict()
        stamp = next((groups[name] for name in ("time", "bsd", "unix", "full") if groups.get(name)), None)
        text = peel.text[match.end() :]
        if _LOST.search(text):
            self._problems.add("the syslog daemon or journald dropped lines here (rate limit)", number)
        if repeated := _REPEATED.match(text):
            text = repeated["text"]
        text = _unescape(text)
        stream = f"{groups['host']}/{groups['tag']}/{groups.get('pid') or ''}"
        peel.syslog = True
        if len(self._indent) < MAX_STREAMS or peel.stream in self._indent:
            self._indent[peel.stream] = (match.end(), stream)
        peel.off("syslog", text, stream, *self._when(stamp))
        return True

    def _journal_indent(self, peel: _Peel) -> bool:
        """`journalctl` indents the further lines of a message by the width of the prefix."""
        width, stream = self._indent.get(peel.stream, (0, ""))
        if width < 20 or peel.text[:width].strip(" ") or len(peel.text) <= width:
            return False
        peel.syslog = True
        peel.off("syslog", peel.text[width:], stream)
        return True

    def _piped(self, peel: _Peel) -> bool:
        if match := _TANUKI.match(peel.text):
            stamp = match["bsd"]
            peel.off("service-wrapper", peel.text[match.end() :], match["name"], *self._when(stamp))
            return True
        match = _COMPOSE.match(peel.text)
        if match is None or match["name"].upper() in LEVELS or "|" not in peel.text[len(match["name"]) :][:42]:
            return False
        if not self._marked.is_service(match["name"], match["rest"]):
            return False
        peel.off("compose", peel.text[match.end() :], match["name"])
        return True

    def _when(self, text: str | None) -> tuple[datetime | None, bool]:
        """The time that a wrapping says, and whether its year was lent."""
        stamp = stamp_at(text, 0, self._reference) if text else None
        return (stamp.when, stamp.lent) if stamp is not None else (None, False)


def _equal_size(part: str, other: str) -> bool:
    """Two parts of a line that was cut after a number of bytes (or characters)."""
    return len(part) == len(other) or len(part.encode()) == len(other.encode())


def _is_no_tag(match: re.Match[str]) -> bool:
    """A word of a log or an exception, where the tag would stand; with a process number behind it is the name of a
    program."""
    if match["pid"] is None and match["tag"].endswith(("Exception", "Error")) and "." in match["tag"]:
        return True
    return match["tag"] in _NO_TAG and (match["pid"] is None or match["tag"] not in ("java", "javax"))


def _unescape(text: str) -> str:
    """rsyslog's `#011` (and 8-bit `#303#244`), and the backslash forms of others, to the characters meant."""
    if "#" in text:
        text = _RSYSLOG_ESCAPE.sub(_octal, text)
    if "\\" in text:
        text = _BACKSLASH_ESCAPE.sub(_backslash, text)
    return text


def _octal(match: re.Match[str]) -> str:
    codes = [int(part, 8) for part in match[0].split("#")[1:]]
    if any(32 <= code < 127 or code > 255 for code in codes):
        return match[0]
    return bytes(codes).decode("utf-8", "replace")


def _backslash(match: re.Match[str]) -> str:
    body = match[0][1:]
    code = int(body[1:], 16) if body[0] == "x" else int(body, 8)
    return chr(code) if code < 32 else match[0]
