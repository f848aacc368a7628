"""Sessions of mail clients that somebody ran by hand: swaks, telnet, netcat, curl, Python's smtplib.

    $ telnet mail.example.com 587
    Trying 192.0.2.7...
    Connected to mail.example.com.
    220 mail.example.com ESMTP

A session begins with the command line, or with the words that only such a program prints, and ends before the next
line that a log begins (with a time), or before the next command line. What a program's own log holds of the same client
(a dialogue of libcurl without a command line) is none; curl itself says at last `curl: (60) …`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sestriage.model.capture import Endpoint, Stream, TcpConnection
from sestriage.model.source import SourceRef
from sestriage.model.transcript import Transcript

if TYPE_CHECKING:
    from sestriage.model.log import LogEvent

MAX_SESSIONS = 40
MAX_LINES = 20_000
MAX_COMMAND = 2000
"""Characters of a line in which a command line, and the server in it, are looked for."""

_QUOTED = r"(?:>[ \t]?)?"
_PROMPT = (
    r"(?:\[[^\]\r\n]{1,80}\][#$%] ?|[\w.-]{1,40}+@[^\s#$%>]{1,120}+ ?[#$%>] ?|[#$%] ?"
    r"|PS(?: [^>\r\n]{1,60})?> ?|[A-Za-z]:\\[^>\r\n]{0,60}> ?)?(?:sudo |timeout \S{1,8} |time ){0,3}"
)
_MAIL_PORT = r"(?:25|465|587|2465|2525|2587|smtps?|submission)"
_COMMANDS = (
    r"(?P<swaks>swaks) +-\S.*",
    rf"(?P<telnet>telnet) +(?:-\S+ +){{0,20}}\S+ +{_MAIL_PORT}",
    rf"(?P<netcat>nc|ncat|netcat) +(?:-\S+ +(?:\d+ +)?){{0,20}}\S+ +{_MAIL_PORT}",
    r"(?P<curl>curl) .*\bsmtps?://.*",
)
_COMMAND = re.compile(rf"{_QUOTED}{_PROMPT}(?:{'|'.join(_COMMANDS)})\s*$")
_OWN_WORDS = re.compile(
    rf"{_QUOTED}(?:(?P<swaks>=== (?:Trying|Connected to) \S)|(?P<telnet>Escape character is )"
    r"|(?P<python>>>> .*\bsmtplib\b))"
)
"""Words that nothing but such a program prints; Python's prompt with the name of its client."""
_CURL_RESULT = re.compile(r"curl: \(\d{1,3}\) (?P<said>\S.*)")
"""The line with which curl ends, where it failed."""
_CURL_BEGINS = re.compile(r"\* {1,4}(?:Trying|Added|Hostname|Host|Connected to|Could not resolve|Rebuilt URL) ?\S")
_CURL_MAIL = re.compile(
    rb"(?m)^\* {1,4}(?:Trying|Connected to|connect to) [^\r\n]{1,300}(?: port |:)(?:25|465|587|2465|2525|2587)\b"
)
_LOG_LINE = re.compile(r"\s{0,4}[\[(]?(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )")
_TARGETS = (
    re.compile(
        r"(?:--?s(?:erver)?[ =]+|smtps?://|=== (?:Trying|Connected to) )\[?(?P<host>[\w.-]{1,253})\]?"
        r"(?::(?P<port>\d{1,5}))?"
    ),
    re.compile(
        rf"(?:telnet|nc|ncat|netcat) +(?:-\S+ +(?:\d+ +)?){{0,20}}(?P<host>[\w.-]{{1,253}}) +(?P<port>{_MAIL_PORT})"
    ),
    re.compile(r"\* {1,4}Connected to (?P<host>[\w.-]{1,253}) \([^)\r\n]{1,60}\) port (?P<port>\d{1,5})"),
    re.compile(r"SMTP(?:_SSL)?\(\s*['\"](?P<host>[\w.-]{1,253})['\"](?:\s*,\s*(?P<port>\d{1,5}))?"),
)
_PROGRAMS = {"swaks": "swaks", "telnet": "telnet", "netcat": "netcat", "curl": "curl", "python": "Python smtplib"}
_PORT_NAMES = {"smtp": 25, "smtps": 465, "submission": 587}
_HINTS = (
    *(b"swaks", b"telnet", b"nc ", b"ncat", b"netcat", b"smtp://", b"smtps://", b"=== ", b"Escape char", b"smtplib"),
    b"curl: (",
)


@dataclass(slots=True)
class Session:
    """`first` and `last` are its lines, counted from 1; `lines` their texts, without the mark of a quotation."""

    program: str
    first: int
    last: int
    lines: list[str]


def find_sessions(data: bytes) -> list[Session]:
    """The sessions in a text, in its order."""
    if not any(hint in data for hint in _HINTS):
        return []
    own_curl = b"\ncurl: (" in data and _CURL_MAIL.search(data) is not None
    found: list[Session] = []
    current: Session | None = None
    quoted = False
    for number, raw in enumerate(data.split(b"\n", MAX_LINES)[:MAX_LINES], start=1):
        text = raw.decode("utf-8", "replace").rstrip("\r")
        program, by_command = _program(text)
        if program is None and own_curl and _CURL_BEGINS.match(text):
            program = "curl"
        if program is not None and (by_command or current is None) and len(found) < MAX_SESSIONS:
            quoted = text.startswith((">\t", "> "))
            current = Session(program, number, number, [])
            found.append(current)
        elif current is None or _LOG_LINE.match(text):
            current = None
            continue
        current.lines.append(re.sub(r"^>[ \t]?", "", text) if quoted else text)
        current.last = number if text.strip() else current.last
    return found


def _program(text: str) -> tuple[str | None, bool]:
    """The program that a line runs or whose words it is, and whether it is the command line."""
    line = text[:MAX_COMMAND]
    command = _COMMAND.match(line)
    match = command or _OWN_WORDS.match(line)
    if match is None:
        return None, False
    return next(_PROGRAMS[name] for name, value in match.groupdict().items() if value), command is not None


def read_sessions(data: bytes, source: SourceRef) -> list[Transcript]:
    """Each session as a run of a client that is not the Manager's."""
    return [_transcript(session, source) for session in find_sessions(data)]


def _transcript(session: Session, source: SourceRef) -> Transcript:
    from sestriage.formats.log import parse_text

    host, port = _target(session.lines)
    place = source.at_line(session.first, session.last)
    padding = "\n" * (session.first - 1)
    told = [
        event for event in parse_text(padding + "\n".join(session.lines) + "\n", source) if event.outcome == "failure"
    ]
    if session.program == "curl" and not any(event.reply is not None for event in told):
        result = _result(session, source)
        answered = tuple(dict.fromkeys(phase for event in told for phase in event.answered))
        told = [replace(result, answered=answered)] if result is not None else told
    events = tuple(replace(event, host=event.host or host, port=event.port or port) for event in told)
    stream = Stream(place, Endpoint("", 0), Endpoint("", port or 0), TcpConnection(), server_name=host)
    return Transcript(place, stream, events, host=host, program=session.program, answered=not events)


def _result(session: Session, source: SourceRef) -> LogEvent | None:
    """The failure with which curl ended, by its last word; none where it has none. Its trace is cut by the lines that
    name each message of TLS, behind which a log would have gone on to something else."""
    from sestriage.formats.log.one_line import read_line

    for number in range(len(session.lines) - 1, -1, -1):
        if (match := _CURL_RESULT.match(session.lines[number][:MAX_COMMAND])) is not None:
            place, line = source.at_line(session.first + number), session.lines[number]
            event = read_line(f"javax.mail.MessagingException: {match['said']}", place)  # as `explain` reads it
            if event is None or event.outcome != "failure":
                return None
            own = replace(event, source=place, message=line, quote=line, quote_line=place.line)
            return replace(own, throwables=(), exceptions=(), root_exception=None, root_message=None)
    return None


def _target(lines: list[str]) -> tuple[str | None, int | None]:
    """The server that the client was told, by the first line that names one."""
    for line in lines:
        for form in _TARGETS:
            if (match := form.search(line[:MAX_COMMAND])) is not None:
                port = match["port"] or ""
                number = _PORT_NAMES.get(port) or (int(port) if port.isdigit() else None)
                return match["host"].lower(), number if number and number < 65536 else None
    return None, None


def without_sessions(data: bytes) -> bytes:
    """The text with its sessions left blank, the lines where they were: a log may stand beside them."""
    lines = data.split(b"\n")
    for session in find_sessions(data):
        for number in range(session.first, min(session.last, len(lines)) + 1):
            lines[number - 1] = b""
    return b"\n".join(lines)
