"""SMTP on the wire, one direction at a time: bytes in any pieces, commands or replies out (RFC 5321, 4954, 3030).

Secrets stay out: of AUTH and its continuation lines only the fact that they were sent is given on. Message bodies are
skipped, not kept. A bare LF ends a line as CR LF does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

MAX_LINE = 4096
"""Of a longer line only so many bytes are kept."""
MAX_REPLY_LINES = 100
"""Of a longer reply only so many lines are kept."""
MAX_ARGUMENT = 512

VERBS = frozenset(
    (
        *("EHLO", "HELO", "LHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "QUIT", "VRFY"),
        *("EXPN", "HELP", "ETRN", "TURN", "ATRN", "SEND", "SOML", "SAML", "XCLIENT", "XFORWARD", "ONEX", "VERB"),
        *("BURL", "X-EXPS", "XEXCH50", "XADR", "XCIR", "XSTA", "XGEN", "X-ANONYMOUSTLS"),
    )
)
"""Commands that are shown by name; anything else that a client sends is counted as unknown and not shown."""

_REPLY = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)

Stop = Callable[[bytes], bool]
"""Says of bytes at a line's start that they are no line, but TLS."""
LineSink = Callable[[str, str, int, datetime | None], None]
"""Takes verb, argument, frame, time."""
ReplySink = Callable[[int, list[bytes], int, datetime | None], None]
"""Takes code, lines of text, frame, time."""


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def looks_like_reply(data: bytes) -> bool:
    """True if the bytes begin like an SMTP reply."""
    return len(data) >= 4 and data[:3].isdigit() and 0x32 <= data[0] <= 0x35 and data[3:4] in (b" ", b"-", b"\r", b"\n")


_COMMAND = re.compile(rb"(?:EHLO|HELO|LHLO)(?:[ \t][^\r\n]*)?\r?(?:\n|$)|MAIL FROM:|STARTTLS\r?\n", re.IGNORECASE)


def looks_like_command(data: bytes) -> bool:
    """True if the bytes begin like a command that only SMTP (or LMTP) has."""
    return _COMMAND.match(data) is not None


class _Lines:
    """Splits bytes into lines; of an endless line only the start is kept."""

    __slots__ = ("frame", "partial", "skipping", "time")

    def __init__(self) -> None:
        self.partial = bytearray()
        self.skipping = False  # after a gap: until the next line begins
        self.frame = 0
        self.time: datetime | None = None

    def next_line(self, data: bytes, pos: int, frame: int, time: datetime | None) -> tuple[bytes | None, int]:
        """The line that ends in `data` at or behind `pos` and where the next begins; (None, len) when none ends."""
        if not self.partial:
            self.frame, self.time = frame, time
        newline = data.find(b"\n", pos)
        stop = len(data) if newline < 0 else newline
        room = MAX_LINE - len(self.partial)
        if room > 0:
            self.partial += data[pos : min(stop, pos + room)]
        if newline < 0:
            return None, len(data)
        line = bytes(self.partial)
        self.partial.clear()
        if self.skipping:
            self.skipping = False
            return None, newline + 1
        return line.removesuffix(b"\r"), newline + 1

    @property
    def at_start(self) -> bool:
        """True if the next byte begins a line."""
        return not self.partial and not self.skipping


class ReplyReader:
    """The server's direction. Complete replies go to `emit`."""

    __slots__ = ("_code", "_frame", "_lines", "_text", "_time", "emit")

    def __init__(self, emit: ReplySink) -> None:
        self.emit = emit
        self._lines = _Lines()
        self._code: int | None = None
        self._text: list[bytes] = []
        self._frame = 0
        self._time: datetime | None = None

    def feed(
        self, data: bytes, frame: int, time: datetime | None, stop: Callable[[bytes], bool] | None = None
    ) -> bytes:
        """The next bytes; gives back what begins at a line's start where `stop` says so (TLS), else nothing."""
        pos, size = 0, len(data)
        if self._lines.skipping and looks_like_reply(data):
            self._lines = _Lines()
        while pos < size:
            if stop is not None and self._lines.at_start and stop(data[pos:]):
                return data[pos:]
            line, pos = self._lines.next_line(data, pos, frame, time)
            if line is not None:
                self._line(line)
        return b""

    def gap(self) -> None:
        """Bytes are missing: the line at hand is given up."""
        self.flush()
        self._lines.partial.clear()
        self._lines.skipping = True

    def flush(self) -> None:
        """No more bytes will come: return an unfinished reply as it is."""
        partial = bytes(self._lines.partial)
        self._lines.partial.clear()
        if partial and not self._lines.skipping:
            self._line(partial)
        self._finish()

    def _line(self, line: bytes) -> None:
        match = _REPLY.fullmatch(line)
        if match is None:
            if self._code is not None and len(self._text) < MAX_REPLY_LINES:
                self._text.append(line)
            return
        code = int(match[1])
        if self._code is not None and code != self._code:
            self._finish()
        if self._code is None:
            self._code, self._frame, self._time = code, self._lines.frame, self._lines.time
        if len(self._text) < MAX_REPLY_LINES:
            self._text.append(match[3] or b"")
        if match[2] != b"-":
            self._finish()

    def _finish(self) -> None:
        if self._code is not None:
            code, text = self._code, self._text
            self._code, self._text = None, []
            self.emit(code, text, self._frame, self._time)


_READABLE_AFTER = {b"PLAIN": 1, b"LOGIN": 2, b"XOAUTH2": 1, b"OAUTHBEARER": 1}
"""Mechanism to the number of its answer that holds the password or token itself (RFC 4616, RFC 7628; LOGIN sends the
user name first)."""
_RESPONSE_AFTER = {b"CRAM-MD5": 1, b"DIGEST-MD5": 1, b"NTLM": 2, b"SCRAM-SHA-1": 2, b"SCRAM-SHA-256": 2}
"""Mechanism to the number of its answer that is computed from the password (RFC 2195, RFC 2831, RFC 5802)."""


class LoginWatch:
    """The secrets that AUTH commands sent: the mechanism's name and the number of answers decide, no content is kept.

    `sent` is None as long as no secret was sent, `response` when something computed from the password was, `password`
    when the password (or a token that stands for it) itself was.
    """

    __slots__ = ("_answers", "_mechanism", "sent")

    def __init__(self) -> None:
        self.sent: str | None = None
        self._mechanism = b""
        self._answers = 0

    def begin(self, argument: bytes) -> None:
        """`AUTH MECHANISM [initial response]` (RFC 4954 section 4)."""
        self._mechanism, _, initial = argument.strip().upper().partition(b" ")
        self._answers = 0
        if initial.strip():
            self.answer(initial)

    def answer(self, line: bytes) -> None:
        """A line of the client that is no command; `*` cancels, `=` is an empty initial response."""
        given = line.strip()
        if not self._mechanism or given in (b"", b"*", b"="):
            return
        self._answers += 1
        if self._answers >= _READABLE_AFTER.get(self._mechanism, 99):
            self.sent = "password"
        elif self._answers >= _RESPONSE_AFTER.get(self._mechanism, 99):
            self.sent = self.sent or "response"

    def end(self) -> None:
        """Another command: the login is over."""
        self._mechanism = b""


class CommandReader:
    """The client's direction. Commands go to `emit` (verb in upper case; unknown ones with an empty verb).

    `secret` says that the next line answers an AUTH challenge, `body_expected` that DATA has been accepted (True),
    refused (False) or not yet answered (None); the dialogue sets both as replies come in.
    The end of a message body is given out as the verb `.`. `login` tells what of a login was sent, never its content.
    """

    __slots__ = (
        *("_body", "_chunk", "_chunk_last", "_lines", "_tail"),
        *("body_expected", "emit", "login", "secret"),
    )

    def __init__(self, emit: LineSink) -> None:
        self.emit = emit
        self.secret = False
        self.login = LoginWatch()
        self.body_expected: bool | None = None
        self._lines = _Lines()
        self._body = False  # after DATA: the bytes are the message, until the lonely dot
        self._tail = b""
        self._chunk = 0  # bytes of a BDAT chunk still to come
        self._chunk_last = False

    @property
    def in_body(self) -> bool:
        """True if a message is being sent."""
        return self._body or self._chunk > 0

    def feed(
        self, data: bytes, frame: int, time: datetime | None, stop: Callable[[bytes], bool] | None = None
    ) -> bytes:
        """The next bytes; gives back what begins at a line's start where `stop` says so (TLS), else nothing."""
        pos, size = 0, len(data)
        if self._lines.skipping and looks_like_command(data):
            self._lines = _Lines()
        while pos < size:
            if self._chunk:
                taken = min(self._chunk, size - pos)
                self._chunk -= taken
                pos += taken
                if not self._chunk and self._chunk_last:
                    self.emit(".", "", frame, time)
                continue
            if self._body and self.body_expected is False:
                self._body = False
            if self._body:
                pos = self._skip_body(data, pos, frame, time)
                continue
            if stop is not None and self._lines.at_start and stop(data[pos:]):
                return data[pos:]
            line, pos = self._lines.next_line(data, pos, frame, time)
            if line is not None:
                self._line(line)
        return b""

    def gap(self, length: int) -> None:
        """`length` bytes are missing: the line at hand is given up."""
        if self._chunk:
            self._chunk = max(0, self._chunk - length)
            return
        self._tail = b""
        if not self._body:
            self._lines.partial.clear()
            self._lines.skipping = True

    def flush(self) -> None:
        """No more bytes will come: return an unfinished command as it is."""
        partial = bytes(self._lines.partial)
        self._lines.partial.clear()
        if partial and not self._lines.skipping and not self._body and not self._chunk:
            self._line(partial)

    def _skip_body(self, data: bytes, pos: int, frame: int, time: datetime | None) -> int:
        """Skip the message from `pos`; return where the commands continue."""
        window = self._tail + data[pos:]
        for match in _END_OF_DATA.finditer(window):
            if match.end() > len(self._tail):
                self._body = False
                self._tail = b""
                self.emit(".", "", frame, time)
                return pos + match.end() - (len(window) - (len(data) - pos))
        self._tail = window[-4:]
        return len(data)

    def _line(self, line: bytes) -> None:
        lines = self._lines
        if self.secret:
            self.secret = False
            self.login.answer(line)
            return
        word, _, argument = line.strip().partition(b" ")
        verb = word.upper().decode("ascii", "replace")
        if verb not in VERBS:
            self.login.answer(line)  # without the server's direction nothing else shows that it asked
            self.emit("", "", lines.frame, lines.time)
            return
        if verb in ("AUTH", "X-EXPS"):
            self.login.begin(argument)
            self.emit(verb, "", lines.frame, lines.time)
            return
        self.login.end()
        self.emit(verb, _text(argument[:MAX_ARGUMENT]), lines.frame, lines.time)
        if verb == "DATA":
            self._body, self._tail, self.body_expected = True, b"\n", None
        elif verb == "BDAT":
            self._begin_chunk(argument)

    def _begin_chunk(self, argument: bytes) -> None:
        words = argument.split()
        if not words or not words[0].isdigit() or len(words[0]) > 18:
            return
        self._chunk = int(words[0])
        self._chunk_last = len(words) > 1 and words[1].upper() == b"LAST"
        if not self._chunk and self._chunk_last:
            self.emit(".", "", self._lines.frame, self._lines.time)


_END_OF_DATA = re.compile(rb"\n\.\r?\n")
