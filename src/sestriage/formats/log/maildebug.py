"""An SMTP dialogue between the lines of a log: JavaMail's trace with `mail.debug`, and those of other clients.

Nothing of it is copied into an event but the server's replies and the line that names the host: commands may hold
credentials, and the mail itself follows after `354`.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from sestriage.formats.log.dialogue_forms import Line, connect_of, line_of
from sestriage.formats.log.header import parse_header, starts_event
from sestriage.formats.log.wording.smtp_reply import reply_at_start
from sestriage.formats.log.wording.vocabulary import ACCEPTED_REPLY, ANY_ACCEPTED, QUEUED_REPLY
from sestriage.model.log import SmtpReply
from sestriage.model.phase import Phase
from sestriage.model.vocabulary import ConnectionMode, EventOutcome

_DEBUG = re.compile(r"DEBUG(?: SMTPS?)?: ")
_LOGIN = re.compile(
    r"DEBUG SMTPS?: protocolConnect login, host=[^,\s]{1,255}, user=(?P<user>(?!<)[^,\n]{1,320}), password="
)
"""What JavaMail prints when it begins to log in, where it may show user names (`mail.debug.auth.username`)."""
_END = re.compile(r"\s*\.\s*$")
_REPLY = re.compile(r"(?P<code>[2345]\d\d)(?P<sep>[ -])(?= {0,3}\S|$)")
"""Google writes two blanks: `354  Go ahead`."""
_COMMAND = re.compile(
    r"(?P<verb>EHLO|HELO|STARTTLS|AUTH|MAIL FROM:|RCPT TO:|DATA$|BDAT|RSET$|NOOP|QUIT$|VRFY)(?P<rest>.{0,400})$"
)
_MARKED_COMMAND = re.compile(_COMMAND.pattern, re.IGNORECASE)
"""A line that is marked as the client's: smtplib writes its commands in lower case."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]{4,}={0,2}$")
_USER_PROMPT = re.compile(r"334[ -](?:VXNlcm5hbWU6?|dXNlcm5hbWU6?|VXNlciBOYW1lAA==|VXNlcjo=)")
_SENT_WITH_AUTH = re.compile(r"\s(?P<mechanism>PLAIN|LOGIN)\s(?P<value>[A-Za-z0-9+/]{4,}={0,2})$", re.IGNORECASE)
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
_AGREED: dict[tuple[str, int], Phase] = {
    ("greeting", 220): Phase.GREETING,
    ("starttls", 220): Phase.STARTTLS,
    ("auth", 235): Phase.AUTH,
    ("mail", 250): Phase.MAIL,
    ("rcpt", 250): Phase.RCPT,
    ("rcpt", 251): Phase.RCPT,
}
"""What a reply to a step shows to have worked (RFC 5321, section 4.3.2; RFC 3207; RFC 4954)."""
_OPENING = re.compile(
    r"(?:(?:MAIL FROM|RCPT TO):\s?<|354[ -] {0,3}(?:End|Start|Enter|Go ahead|OK|Send|Continue|Ready|Please)"
    r"|220[ -](?:\S{1,255} .{0,200}ESMTP|\S{1,200}\.\S{1,55} .{0,200}SMTP))"
)
"""What shows that an SMTP dialogue is going on whose beginning is not in the log."""
_NEXT_SERVER = re.compile(r"220[ -](?!\d\.\d)")
"""A greeting has no enhanced status code (RFC 2034), the answer to STARTTLS may."""
_GREETING = re.compile(r"(?:^|[:<>~*\"'-] {0,2})220[ -]")
_OPENERS = frozenset(("EHLO", "HELO", "MAIL FROM:", "RCPT TO:"))
"""Commands that show by themselves that a dialogue is going on."""
_BETWEEN_MAILS = frozenset(("QUIT", "RSET", "NOOP"))
"""Commands behind a mail that was taken which begin no other."""
DELIVERED = ": message successfully delivered to mail server"
"""JavaMail's last word on a mail (`SMTPTransport.sendMessage`): it tells where the dialogue before it is not there."""
MAX_GREETING = 512
"""A reply line has so many characters at most (RFC 5321, section 4.5.3.1.5)."""
MAX_QUIET_LINES = 400
"""After so many lines that fit no dialogue, the dialogue is over."""
MAX_NEAR_LINES = 60
"""So many lines after its last line a dialogue still says something of the failure that is logged there."""
MAX_DUE_LINES = 3
"""So many lines after `220 Ready to start TLS` trouble with TLS is that of the handshake that is due."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What a dialogue shows up to a line that is none of its own.

    `answered` are the steps that its replies show to have worked. `handshake_due`: the server has just agreed to
    STARTTLS, and nothing was said since. `thread` is that of its last line; None when the log shows none. `greeting` is
    the first line of the server's greeting with its code; None when the log begins behind it. `user_shape` is the form
    of the user name with which the client began to log in.
    """

    host: str | None
    port: int | None
    mode: ConnectionMode | None
    answered: tuple[Phase, ...]
    handshake_due: bool
    thread: str | None
    greeting: str | None
    user_shape: str | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """Something of a dialogue that makes an event.

    `outcome` is `start`, `success` or `failure`; `number` the line, `text` what may be shown of it; `answered` and
    `greeting` as in `Talk`.
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
    answered: tuple[Phase, ...] = ()
    user_shape: str | None = None
    greeting: str | None = None


def _ends_mail(said: str) -> bool:
    """What stands behind a time stamp ends the mail's text, or answers it."""
    return _END.match(said) is not None or ACCEPTED_REPLY.match(said) is not None


def _takes_mail(reply: str) -> bool:
    """A reply has the form of those that accept a mail: with an id."""
    return any(form.match(reply) is not None for form in (ACCEPTED_REPLY, QUEUED_REPLY, ANY_ACCEPTED))


def may_begin(text: str) -> bool:
    """Cheaply: a line may begin a dialogue although it holds no word that makes a line worth reading."""
    if text.startswith(("connect: ", "=== Trying ")):
        return True
    return "220" in text[:120] and _GREETING.search(text[:120]) is not None


class DebugTrace:
    """Follows the trace of one output stream; `take` says whether a line belongs to it."""

    def __init__(self) -> None:
        self._host: str | None = None
        self._port: int | None = None
        self._mode: ConnectionMode | None = None
        self._open = False
        self._step: tuple[str, Phase | None] = ("greeting", Phase.GREETING)
        self._in_body = False
        self._body_sent = self._delivered = False
        self._answer_open = False
        """The server asked for the mail, and has not answered it: a log whose lines have a header each may not show
        the mail's text, nor its end."""
        self._secret_next = False
        self._reply: list[str] = []
        self._quiet = 0
        self._answered: dict[Phase, None] = {}
        self._last: int | None = None
        """Number of the last line of the dialogue; None when lines after it were left out of the log."""
        self._heard = 0
        """Number of the last line of all; `_blind`: lines after it were left out."""
        self._blind = False
        self._due = False
        self._greeting: str | None = None
        self._user_next = False
        self._user_shape: str | None = None
        self.thread: str | None = None
        """The thread of the dialogue's last line, which the caller knows."""

    @property
    def idle(self) -> bool:
        """No dialogue is going on: only a line that begins one can belong to it."""
        return not self._open and not self._in_body

    @property
    def last_line(self) -> int | None:
        """Number of the dialogue's last line; None when there was none, or lines after it were left out of the log."""
        return self._last

    def lose_sight(self) -> None:
        """Lines were left out: what comes may be of another dialogue."""
        self._last = None
        self._blind = True

    def talk_at(self, number: int) -> Talk | None:
        """What the dialogue shows at a line near its end that is none of its own; None when there is none near."""
        if self._last is None or number - self._last > MAX_NEAR_LINES or not (self._answered or self._host):
            return None
        due = self._due and number - self._last <= MAX_DUE_LINES
        answered = (*self._answered, *([Phase.ACCEPTED] if self._delivered else ()))
        return Talk(self._host, self._port, self._mode, answered, due, self.thread, self._greeting, self._user_shape)

    def take(self, number: int, text: str, inside_exception: bool) -> tuple[bool, Spoken | None]:
        """(the line belongs to the trace, the event it makes).

        `inside_exception`: the line before was the text of an exception, in which replies continue.
        """
        if self._blind:
            self._pass(number - self._heard - 1)
            self._blind = False
        self._heard = number
        mine, spoken = self._take(number, text, inside_exception)
        if mine:
            self._last = number
        return mine, spoken

    def _take(self, number: int, text: str, inside_exception: bool) -> tuple[bool, Spoken | None]:
        line = line_of(text)
        if self._in_body and not self._ends_body(line):
            return self._body(text, line)
        if (connect := connect_of(text)) is not None:
            self._begin()
            self._host, self._port, self._mode = connect.host, connect.port, connect.mode
            return True, Spoken("start", number, text, connect.host, connect.port, connect.mode, "connect")
        if _DEBUG.match(text):
            if self._open and (login := _LOGIN.match(text)) is not None:
                self._keep_form(login["user"])
            if not text.endswith(DELIVERED):
                return True, None
            if not self._open:
                return False, None
            if self._delivered or self._step[0] != "greeting" or number - (self._last or 0) > MAX_DUE_LINES:
                return True, None  # the dialogue tells by itself
            self._delivered = True
            return True, Spoken("success", number, text, self._host, self._port, self._mode, "data", Phase.ACCEPTED)
        begins = not self._open or (self._due_to_answer and _NEXT_SERVER.match(line.said) is not None)
        if begins and not inside_exception and text[:1] != "D" and _OPENING.match(line.said) is not None:
            self._begin(known=line.said.startswith("220"))
        if line.side != "server" and (match := (_MARKED_COMMAND if line.side else _COMMAND).match(line.said)):
            if not self._open and inside_exception:
                return False, None
            return self._command(match, marked=line.side == "client")
        if not self._open or inside_exception:
            return False, None
        if line.repeated:
            return True, None
        if self._answer_open and _END.match(line.said) is not None:
            self._body_sent = True
            return True, None
        if self._secret_next and line.side != "server" and _BASE64.match(line.said):
            self._note_user(line.said if self._user_next else None)
            return True, None
        # PHPMailer indents the further lines of a reply
        said = line.said.lstrip() if self._reply else line.said
        if line.side != "client" and (match := _REPLY.match(said)):
            return True, self._answer(match, said, number)
        self._pass(1)
        return False, None

    def _pass(self, lines: int) -> None:
        """Lines that fit no dialogue."""
        self._quiet += lines
        if self._quiet > MAX_QUIET_LINES:
            self._open = False

    @property
    def _due_to_answer(self) -> bool:
        """The answer to STARTTLS is still to come, and other lines stand where it was to be."""
        return self._step[0] == "starttls" and self._quiet > MAX_DUE_LINES

    def _begin(self, *, known: bool = True) -> None:
        """A dialogue begins, or (not `known`) goes on: the command that the next reply answers is not known."""
        self._open = True
        self._step = ("greeting", Phase.GREETING) if known else ("unknown", None)
        self._host = self._port = self._mode = self._greeting = None
        self._secret_next = False
        self._body_sent = self._delivered = self._answer_open = False
        self._due = False
        self._user_shape = None
        self._reply.clear()
        self._answered.clear()
        self._quiet = 0

    def _command(self, match: re.Match[str], *, marked: bool) -> tuple[bool, Spoken | None]:
        verb = match["verb"].upper()
        if not self._open:
            if verb not in _OPENERS and not (marked and verb == "STARTTLS"):
                return False, None
            self._begin()
        self._quiet = 0
        self._body_sent = self._answer_open = False
        self._due = False
        self._reply.clear()
        if verb in _STEPS:
            self._step = _STEPS[verb]
        if verb not in _BETWEEN_MAILS:
            self._delivered = False
        if verb == "STARTTLS":
            self._mode = "starttls"
        self._secret_next = verb == "AUTH"
        self._user_next = False
        if verb == "AUTH" and (sent := _SENT_WITH_AUTH.match(match["rest"])):
            self._note_user(sent["value"], plain=sent["mechanism"].upper() == "PLAIN")
        return True, None

    def _note_user(self, sent: str | None, *, plain: bool = False) -> None:
        """Keep the form of the user name, and nothing else, of what was sent to log in (RFC 4616)."""
        self._user_next = False
        try:
            text = base64.b64decode(sent or "", validate=True).decode()
        except ValueError:
            return
        if plain:
            text = text.split("\0")[1] if text.count("\0") == 2 else ""
        if text:
            self._keep_form(text)

    def _keep_form(self, user: str) -> None:
        from sestriage.formats.smtp_password import user_shape  # a login is seldom logged

        self._user_shape = user_shape(user)

    def _ends_body(self, line: Line) -> bool:
        """A line that is marked as the server's ends the mail's text: what comes after 354 answers the data."""
        if line.side != "server" or _REPLY.match(line.said) is None:
            return False
        self._in_body = False
        self._body_sent = True
        return True

    def _body(self, text: str, line: Line) -> tuple[bool, Spoken | None]:
        """The mail's own text after `354`: it ends with a line that is a full stop, or where the log goes on."""
        header = parse_header(text) if starts_event(text) else None
        if header is not None and header.stamped and (header.level is not None or _ends_mail(header.message)):
            self._in_body = False
            return False, None
        if _END.match(line.said) is not None or _DEBUG.match(text):
            self._in_body = False
            self._body_sent = True
        return True, None

    def _answer(self, match: re.Match[str], said: str, number: int) -> Spoken | None:
        self._quiet = 0
        if len(self._reply) < 64:
            self._reply.append(said)
        if match["sep"] == "-":
            return None
        whole = "\n".join(self._reply)
        self._reply.clear()
        code = int(match["code"])
        self._secret_next = code == 334
        self._user_next = _USER_PROMPT.match(said) is not None
        if code == 354:
            self._step = _STEPS["DATA"]
            self._in_body = self._answer_open = True
            return None
        if code == 221:
            self._open = False
            if self._delivered:  # a failure that follows is another mail's
                self._host = None
                self._answered.clear()
            return None
        step, phase = self._step
        sent, self._answer_open = self._body_sent or (self._answer_open and _takes_mail(said)), False
        if code >= 400:
            self._body_sent = False
            if step in ("quit", "rset"):
                return None
            return self._spoken("failure", number, whole, phase)
        if (step, code) == ("greeting", 220):
            self._greeting = whole.partition("\n")[0].strip()[:MAX_GREETING]
        self._agreed(step, code)
        if sent and code == 250:
            accepted = ACCEPTED_REPLY.search(said) or ANY_ACCEPTED.match(said)
            self._body_sent = False
            self._delivered = True
            return self._spoken("success", number, whole, Phase.ACCEPTED, accepted["id"] if accepted else None)
        return None

    def _agreed(self, step: str, code: int) -> None:
        """Note what a reply that is no refusal shows to have worked."""
        self._due = (step, code) == ("starttls", 220)
        if (step, code) == ("ehlo", 250) and Phase.STARTTLS in self._answered:
            self._answered.update(dict.fromkeys((Phase.TLS, Phase.CERTIFICATE)))  # said inside TLS
        shown = _AGREED.get((step, code))
        if shown is not None:
            self._answered[shown] = None

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
            tuple(self._answered),
            self._user_shape if phase is Phase.AUTH else None,
            self._greeting,
        )
