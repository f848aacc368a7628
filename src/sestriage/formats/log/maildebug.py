"""The trace that JavaMail prints with `mail.debug`: an SMTP dialogue, printed raw between the lines of the log.

Nothing of it is copied into an event but the server's replies and the line that names the host: commands may hold
credentials, and the mail itself follows after `354`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sestriage.formats.log.header import parse_header, starts_event
from sestriage.formats.log.wording.smtp_reply import reply_at_start
from sestriage.formats.log.wording.vocabulary import ACCEPTED_REPLY, ANY_ACCEPTED
from sestriage.model.log import SmtpReply
from sestriage.model.phase import Phase
from sestriage.model.vocabulary import ConnectionMode, EventOutcome

_DEBUG = re.compile(r"DEBUG(?: SMTPS?)?: ")
_CONNECT = re.compile(
    r'DEBUG SMTPS?: trying to connect to host "(?P<host>[^"]{1,255})", port (?P<port>\d{1,5}), isSSL (?P<ssl>true'
    r"|false)"
)
_LEAD = (
    r"(?:(?:\[[\w-]{1,20}\] )?(?:C|S|>>>|<<<|>>|<<|-->|<--|->|<-|>|<|~>|<~|(?:SERVER|CLIENT) -> (?:CLIENT|SERVER))"
    r"\s?:?\s{0,2})?"
)
_SERVERS = re.compile(r"(?:\[[\w-]{1,20}\] )?(?:S|<<<|<<|<--|<-|<~|SERVER -> CLIENT)\s?:?\s{0,2}[2345]\d\d(?:[ -]|$)")
_END = re.compile(rf"\s*{_LEAD}\.\s*$")
_REPLY = re.compile(_LEAD + r"(?P<code>[2345]\d\d)(?P<sep>[ -])(?=\S|$)")
_COMMAND = re.compile(
    _LEAD + r"(?P<verb>EHLO|HELO|STARTTLS|AUTH|MAIL FROM:|RCPT TO:|DATA$|BDAT|RSET$|NOOP|QUIT$|VRFY)(?P<rest>.{0,400})$"
)
_BASE64 = re.compile(_LEAD + r"[A-Za-z0-9+/]{8,}={0,2}$")
_STEPS: dict[str, tuple[str, Phase]] = {
    "EHLO": ("ehlo", Phase.STARTTLS),
    "HELO": ("ehlo", Phase.STARTTLS),
    "STARTTLS": ("starttls", Phase.STARTTLS),
    "AUTH": ("auth", Phase.AUTH),
    "MAIL FROM:": ("mail", Phase.MAIL),
    "RCPT TO:": ("rcpt", Phase.RCPT),
    "DATA": ("data", Phase.DATA),
    "BDAT": ("data", Phase.DATA),
    "RSET": ("rset", Phase.MAIL),
    "QUIT": ("quit", Phase.ACCEPTED),
}
_OPENING = re.compile(
    _LEAD + r"(?:(?:MAIL FROM|RCPT TO):\s?<|354[ -](?:End|Start|Enter|Go ahead|OK|Send|Continue|Ready|Please)"
    r"|220[ -]\S{1,255} .{0,200}E?SMTP)"
)
"""What shows that an SMTP dialogue is going on whose beginning is not in the log."""
MAX_QUIET_LINES = 400
"""After so many lines that fit no dialogue, the dialogue is over."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Something of a dialogue that makes an event.

    `outcome` is `start`, `success` or `failure`; `number` the line, `text` what may be shown of it.
    """

    outcome: EventOutcome
    number: int
    text: str
    host: str | None
    port: int | None
    mode: ConnectionMode | None
    step: str
    phase: Phase | None = None
    reply: SmtpReply | None = None
    message_id: str | None = None


class DebugTrace:
    """Follows the trace of one output stream; `take` says whether a line belongs to it."""

    def __init__(self) -> None:
        self._host: str | None = None
        self._port: int | None = None
        self._mode: ConnectionMode | None = None
        self._open = False
        self._step: tuple[str, Phase | None] = ("greeting", Phase.GREETING)
        self._in_body = False
        self._body_sent = False
        self._secret_next = False
        self._reply: list[str] = []
        self._quiet = 0

    @property
    def idle(self) -> bool:
        """No dialogue is going on: only a line that begins one can belong to it."""
        return not self._open and not self._in_body

    def take(self, number: int, text: str, inside_exception: bool) -> tuple[bool, Spoken | None]:
        """(the line belongs to the trace, the event it makes).

        `inside_exception`: the line before was the text of an exception, in which replies continue.
        """
        if self._in_body and not self._answered(text):
            return self._body(text)
        if _DEBUG.match(text):
            return True, self._debug(number, text)
        if not self._open and not inside_exception and text[:1] != "D" and _OPENING.match(text) is not None:
            self._begin(known=False)
        if match := _COMMAND.match(text):
            if not self._open and inside_exception:
                return False, None
            return self._command(match)
        if not self._open or inside_exception:
            return False, None
        if self._secret_next and _BASE64.match(text):
            return True, None
        if match := _REPLY.match(text):
            return True, self._answer(match, text, number)
        self._quiet += 1
        if self._quiet > MAX_QUIET_LINES:
            self._open = False
        return False, None

    def _debug(self, number: int, text: str) -> Spoken | None:
        match = _CONNECT.match(text)
        if match is None:
            return None
        self._begin()
        self._host, self._port = match["host"].lower(), int(match["port"])
        self._mode = "wrapper" if match["ssl"] == "true" else None
        return Spoken("start", number, text, self._host, self._port, self._mode, "connect")

    def _begin(self, *, known: bool = True) -> None:
        """A dialogue begins, or (not `known`) goes on: the command that the next reply answers is not known."""
        self._open = True
        self._step = ("greeting", Phase.GREETING) if known else ("unknown", None)
        self._secret_next = False
        self._body_sent = False
        self._reply.clear()
        self._quiet = 0

    def _command(self, match: re.Match[str]) -> tuple[bool, Spoken | None]:
        verb = match["verb"]
        if not self._open:
            if verb not in ("EHLO", "HELO", "MAIL FROM:", "RCPT TO:"):
                return False, None
            self._begin()
        self._quiet = 0
        self._body_sent = False
        self._reply.clear()
        if verb in _STEPS:
            self._step = _STEPS[verb]
        if verb == "STARTTLS":
            self._mode = "starttls"
        self._secret_next = verb == "AUTH"
        return True, None

    def _answered(self, text: str) -> bool:
        """A line that is marked as the server's ends the mail's text: what comes after 354 answers the data."""
        if _SERVERS.match(text) is None:
            return False
        self._in_body = False
        self._body_sent = True
        return True

    def _body(self, text: str) -> tuple[bool, Spoken | None]:
        """The mail's own text after `354`: it ends with a line that is a full stop, or where the log goes on."""
        header = parse_header(text) if starts_event(text) else None
        if header is not None and header.stamped and header.level is not None:
            self._in_body = False
            return False, None
        if _END.match(text) is not None or _DEBUG.match(text):
            self._in_body = False
            self._body_sent = True
        return True, None

    def _answer(self, match: re.Match[str], text: str, number: int) -> Spoken | None:
        self._quiet = 0
        line = text[match.start("code") :]
        if len(self._reply) < 64:
            self._reply.append(line)
        if match["sep"] == "-":
            return None
        whole = "\n".join(self._reply)
        self._reply.clear()
        code = int(match["code"])
        self._secret_next = code == 334
        if code == 354:
            self._step = _STEPS["DATA"]
            self._in_body = True
            return None
        if code == 221:
            self._open = False
            return None
        step, phase = self._step
        if code >= 400:
            self._body_sent = False
            if step in ("quit", "rset"):
                return None
            return self._spoken("failure", number, whole, phase)
        if self._body_sent and code == 250:
            accepted = ACCEPTED_REPLY.search(line) or ANY_ACCEPTED.match(line)
            self._body_sent = False
            return self._spoken("success", number, whole, Phase.ACCEPTED, accepted["id"] if accepted else None)
        return None

    def _spoken(
        self, outcome: EventOutcome, number: int, text: str, phase: Phase | None, message_id: str | None = None
    ) -> Spoken:
        return Spoken(
            outcome,
            number,
            text,
            self._host,
            self._port,
            self._mode,
            self._step[0] if outcome == "failure" else "data",
            phase,
            reply_at_start(text),
            message_id,
        )
