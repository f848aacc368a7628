"""Runs of `openssl s_client` (1.0 to 3.x) in a text: found, told apart, and read line by line.

Sources of the forms: the s_client of OpenSSL 3.0 run against real servers (tests/formats/transcript/recorded), and for
other releases published transcripts. The order of the lines is not to be relied on: with both outputs in one file the
errors come first, on a terminal they come between.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sestriage.formats.certs import pem
from sestriage.formats.certs.pem import PemBlock

MAX_RUNS = 200
MAX_LINES = 2_000_000
MAX_LINE = 4096
MAX_ERRORS = 20

_COMMAND = re.compile(r"(?:\bopenssl(?:\.exe)?\s+|^\s*OpenSSL>\s*)s_client\b(?P<rest>.*)")


_QUOTED = re.compile(rb"(?m)^>[ \t]?")
_FILLED = re.compile(rb"(?m)^[^\r\n]")
"""Lines with something in them, to find out whether a text is a quotation as a whole."""


@dataclass(slots=True)
class NumberedLine:
    """A line with its number, from 1."""

    number: int
    text: str


@dataclass(slots=True)
class PrintedCertificate:
    """An entry of the list `Certificate chain`: position, subject and issuer as printed, line."""

    index: int
    subject: str
    line: int
    issuer: str = ""


@dataclass(slots=True)
class Run:
    """What one run of s_client printed. None means: not there."""

    first: int
    last: int = 0
    command: str | None = None
    peer_address: str | None = None
    connected: NumberedLine | None = None
    connect_errno: int | None = None
    trouble: list[NumberedLine] = field(default_factory=list)
    """Errors of OpenSSL and of the system, in the order of the text."""
    verify_errors: list[tuple[int, str, NumberedLine]] = field(default_factory=list)
    verify: tuple[int, str, NumberedLine] | None = None
    entries: list[PrintedCertificate] = field(default_factory=list)
    no_certificate: bool = False
    reused: bool = False
    """An earlier session was taken up again: no certificate is sent."""
    temp_key: NumberedLine | None = None
    protocol: NumberedLine | None = None
    cipher: NumberedLine | None = None
    started: int | None = None
    read_bytes: int | None = None
    written_bytes: int | None = None
    no_starttls: NumberedLine | None = None
    smtp_reply: NumberedLine | None = None
    greeting: NumberedLine | None = None
    """The mail server's greeting, which is printed when TLS began at once (or when `-quiet` was given)."""
    closing: NumberedLine | None = None
    """The server's 421: it closes the session, usually because nobody typed a command."""
    blocks: list[PemBlock] = field(default_factory=list)
    finished_line: bool = False
    """The end of the report was reached (`Verify return code`, or its like)."""

    @property
    def option(self) -> dict[str, str]:
        """Options of the command line with their values; empty without one."""
        return _options(self.command) if self.command is not None else {}


def _options(command: str) -> dict[str, str]:
    try:
        words = shlex.split(command, comments=False)
    except ValueError:
        words = command.split()
    found: dict[str, str] = {}
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word in ("|", ">", "<", "<<<", ";", "&&", "2>&1", "2>/dev/null", "</dev/null"):
            break
        if word.startswith("-"):
            found["-" + word.lstrip("-").lower()] = "" if following.startswith("-") else following
    return found


def plain_text(data: bytes) -> bytes:
    """The text without UTF-16 and without the `> ` of a quoted mail or ticket; its lines stay where they were."""
    data = pem.plain_text(data)
    quoted = len(_QUOTED.findall(data))
    if quoted < 3 or quoted < 0.6 * len(_FILLED.findall(data)):
        return data
    return _QUOTED.sub(b"", data)


def find_runs(data: bytes) -> list[Run]:
    """The runs in the order of the text; empty when there is none. Bounded by MAX_RUNS and MAX_LINES."""
    data = plain_text(data)
    blocks = [b for b in pem.blocks(data) if b.label in pem.CERTIFICATE_LABELS]
    runs = _Splitter().split(_rejoined(_lines(data)))
    for block in blocks:
        owner = next((run for run in reversed(runs) if run.first <= block.line), None)
        if owner is not None:
            owner.blocks.append(block)
            owner.last = max(owner.last, block.end_line)
    return [run for run in runs if _tells(run)]


def _tells(run: Run) -> bool:
    """More than a command line is there; of what `grep` leaves, the line of the key is enough."""
    return bool(run.connected or run.connect_errno is not None or run.entries or run.trouble or run.temp_key)


def beside_runs(data: bytes) -> bytes:
    """The text without its runs, with the lines where they were: a log may have been pasted together with them."""
    data = plain_text(data)
    lines = data.split(b"\n", MAX_LINES)
    for run in find_runs(data):
        for number in range(run.first, min(run.last, len(lines)) + 1):
            lines[number - 1] = b""
    return b"\n".join(lines)


def _lines(data: bytes) -> Iterator[NumberedLine]:
    for number, raw in enumerate(data.split(b"\n", MAX_LINES), start=1):
        if number > MAX_LINES:
            return
        yield NumberedLine(number, raw[:MAX_LINE].decode("utf-8", "replace").rstrip("\r"))


_WIDE = 79
"""From this width on a line may have been broken off by a console (Windows: 80 columns)."""
_NAME_LINE = re.compile(r" {0,2}\d{1,3} s:| {2,4}i:|depth=\d|(?:subject|issuer)=|(?:[0-9A-Fa-f]+:)?error:\w{8}:")
_NEXT_LINE = re.compile(_NAME_LINE.pattern + r"|\s*$|---|-----BEGIN|verify |\s+[avi]:|Certificate chain|SSL|[$#>] ")


def _begins_anew(text: str) -> bool:
    """The line is one of its own, no rest of the one above."""
    return bool(_NEXT_LINE.match(text) or _PREAMBLE.match(text) or any(form.match(text) for form, _ in _READERS))


def _rejoined(lines: Iterable[NumberedLine]) -> Iterator[NumberedLine]:
    """The lines with what a console broke off a long name or error; such a rest is left empty in its place."""
    held: NumberedLine | None = None
    for line in lines:
        if held is not None and not _begins_anew(line.text):
            width = len(line.text)
            held.text = (held.text + line.text)[:MAX_LINE]
            line.text = ""
            if width >= _WIDE:
                continue
        if held is not None:
            yield held
        held = line if _NAME_LINE.match(line.text) and len(line.text) >= _WIDE else None
        if held is None:
            yield line
    if held is not None:
        yield held


_PREAMBLE = re.compile(
    r"depth=\d+ |verify error:|verify return:|Can't use SSL_get_servername|Connecting to \S+$"
    r"|[Dd]idn't f(?:ind|ound) (?:STARTTLS|starttls)"
    r"|connect:errno=|connect: |write:errno=|(?:[0-9A-Fa-f]+:)?error:[0-9A-Fa-f]{8}:|getaddrinfo:|Using default temp"
)
"""Lines that the program prints before or beside CONNECTED."""


TEMP_KEY = ("Server Temp Key: ", "Peer Temp Key: ")
"""Beginnings of the line of the key exchange, which stands alone where `grep` cut the rest away."""


class _Splitter:
    """Gives each line to its run."""

    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._current: Run | None = None
        self._waiting: list[NumberedLine] = []

    def split(self, lines: Iterable[NumberedLine]) -> list[Run]:
        for line in lines:
            if len(self._runs) >= MAX_RUNS:
                break
            self._place(line)
        for line in self._waiting:  # nothing began behind them: they belong to the run before
            self._take(line)
        return self._runs

    def _place(self, line: NumberedLine) -> None:
        text = line.text
        if command := _COMMAND.search(text):
            self._begin(line)
            assert self._current is not None  # noqa: S101 - just begun
            self._current.command = command["rest"].strip()
            return
        run = self._current
        over = run is None or run.finished_line or run.connect_errno is not None
        begins = text.startswith(("CONNECTED(", "CONNECTION ESTABLISHED")) or _errno(text) is not None
        known = run is not None and run.connected is not None and _is_plain(run.connected)
        if begins and (over or known):
            self._begin(line)
        elif over and _PREAMBLE.match(text):
            self._waiting.append(line)
            return
        elif run is None and text.startswith(("Certificate chain", "SSL handshake has read", *TEMP_KEY)):
            self._begin(line)
        self._take(line)

    def _begin(self, line: NumberedLine) -> None:
        waiting, self._waiting = self._waiting, []
        self._current = Run(waiting[0].number if waiting else line.number)
        self._runs.append(self._current)
        for earlier in waiting:
            self._take(earlier)

    def _take(self, line: NumberedLine) -> None:
        if self._current is None:
            return
        if read_line(self._current, line):
            self._current.last = line.number


def _errno(text: str) -> int | None:
    match = re.match(r"connect:errno=(\d{1,5})$", text)
    return int(match[1]) if match else None


# --- single lines ------------------------------------------------------------------------------------------------


def read_line(run: Run, line: NumberedLine) -> bool:
    """Enter what a line says into its run; False when it is none of the known ones."""
    for pattern, enter in _READERS:
        if match := pattern.match(line.text):
            enter(run, line, match)
            return True
    return False


def _connected(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    if run.connected is None or (_is_plain(line) and not _is_plain(run.connected)):
        run.connected = line


def _is_plain(line: NumberedLine) -> bool:
    """It says itself that the connection came about; of other lines that is only concluded."""
    return line.text.startswith("CONNECT")


def _greeting(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    run.greeting = run.greeting or line


def _closing(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    run.closing = run.closing or line


def _address(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    run.peer_address = match[1][:64]


def _refused(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    run.connect_errno = int(match[1])
    run.trouble.append(line)


def _trouble(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    if len(run.trouble) < MAX_ERRORS:
        run.trouble.append(line)


def _verify_error(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    _connected(run, line, match)  # with -quiet nothing else says so
    if len(run.verify_errors) < MAX_ERRORS:
        run.verify_errors.append((int(match[1]), match[2][:120], line))


def _verify(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    if run.verify is None:
        run.verify = int(match[1]), match[2][:120], line
    run.finished_line = True


def _entry(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    index = int(match[1])
    if len(run.entries) < 200 and all(entry.index != index for entry in run.entries):
        run.entries.append(PrintedCertificate(index, match[2], line.number))


def _issuer(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    if run.entries and not run.entries[-1].issuer:
        run.entries[-1].issuer = match[1]


def _no_certificate(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    run.no_certificate = True


def _temp_key(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    run.temp_key = run.temp_key or line


def _protocol(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    run.protocol = run.protocol or NumberedLine(line.number, match[1])


def _new(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    run.reused = match[0].startswith("Reused")
    run.cipher = NumberedLine(line.number, match[2])
    if match[1] != "(NONE)" and "/" not in match[1] and match[2] != "(NONE)" and match[1] == "TLSv1.3":
        run.protocol = NumberedLine(line.number, match[1])


def _suite(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    run.cipher = run.cipher or NumberedLine(line.number, match[1])


def _start(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    run.started = run.started or int(match[1])


def _bytes(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    run.read_bytes, run.written_bytes = int(match[1][:12]), int(match[2][:12])


def _no_starttls(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    run.no_starttls = line


def _reply(run: Run, line: NumberedLine, match: re.Match[str]) -> None:
    run.smtp_reply = run.smtp_reply or line


_Enter = Callable[[Run, NumberedLine, "re.Match[str]"], None]
_READERS: tuple[tuple[re.Pattern[str], _Enter], ...] = tuple(
    (re.compile(pattern), enter)
    for pattern, enter in (
        (r"(?:CONNECTED\([0-9A-Fa-f]{8}\)|CONNECTION ESTABLISHED)\s*$", _connected),
        (r"depth=\d{1,3} \S", _connected),
        (r"Connecting to (\S+)$", _address),
        (r"connect:errno=(\d{1,5})$", _refused),
        (
            r"connect: |write:errno=\d|read:errno=[1-9]|getaddrinfo: |BIO_lookup|(?:[0-9A-Fa-f]+:)?error:\w{8}:",
            _trouble,
        ),
        (r"verify error:num=(\d{1,5}):(.*)", _verify_error),
        (r"\s*Verify return code: (\d{1,5}) \((.*)\)\s*$", _verify),
        (r" {0,2}(\d{1,3}) s:(.*)", _entry),
        (r" {2,4}i:(.*)", _issuer),
        (r"no peer certificate available\s*$", _no_certificate),
        (r"(?:Server|Peer) Temp Key: |Negotiated TLS1\.3 group: ", _temp_key),
        (r"\s*Protocol(?:\s*| version): ?(\S+)\s*$", _protocol),
        (r"(?:New|Reused), ([^,]+), Cipher is (\S+)", _new),
        (r"(?:\s*Cipher\s*|Ciphersuite): (\S+)\s*$", _suite),
        (r"\s*Start Time: (\d{9,11})\s*$", _start),
        (r"SSL handshake has read (\d+) bytes and written (\d+)", _bytes),
        (r"[Dd]idn't f(?:ind|ound) (?:STARTTLS|starttls) in server response", _no_starttls),
        (r"250[ -]\S", _reply),
        (r"220[ -].*\bE?SMTP\b", _greeting),
        (r"421[ -]\S", _closing),
    )
)
"""Line forms, the first that fits counts, and what they tell."""
