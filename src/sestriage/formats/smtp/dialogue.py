"""An SMTP conversation from its two directions: commands paired with the replies that answer them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sestriage.formats.smtp.lines import CommandReader, ReplyReader
from sestriage.model.capture import SmtpDialogue, WireCommand, WireReply

MAX_STEPS = 400
"""Commands or replies kept of one conversation: the first half and the newest half."""

_SMTP_GREETING = re.compile(rb"\b(?:E?SMTP|LMTP|mail)\b", re.IGNORECASE)
_MASKED = re.compile(rb"X{4,}[A-Z]?(?:[ =].*)?")
"""An EHLO keyword that a firewall has painted over (`250-XXXXXXXA`)."""
_QUEUED = re.compile(r"(?:\d\.\d\.\d+ )?Ok:? (?:queued as )?(\S+)\s*", re.IGNORECASE)
_IMPLIED = {235: "AUTH", 334: "AUTH", 534: "AUTH", 535: "AUTH", 538: "AUTH", 354: "DATA", 221: "QUIT"}
"""The command that a reply answers when the client's direction was not captured."""
_NO_EHLO = frozenset({500, 502})
"""By these a server that is older than EHLO refuses it (RFC 5321 3.2); by others it refuses the client, or its name."""
_ONLY_SMTP = frozenset({"EHLO", "HELO", "LHLO", "MAIL", "RCPT", "BDAT"})
"""Commands that no other line protocol has."""


class DialogueCollector:
    """Collects an `SmtpDialogue`; `client` and `server` take the bytes of the two directions.

    `step` is told of each message (True for the client's, and its name: `EHLO`, `220`). `ready_for_tls` is True once
    STARTTLS was sent or accepted; `evidence` once something was seen that only SMTP has.
    """

    __slots__ = (
        *("_answered", "_auth", "_decrypted", "_facts", "_implied", "_pending", "_secret", "client", "commands"),
        *("evidence", "ready_for_tls", "replies", "server", "step"),
    )

    def __init__(self, step: Callable[[bool, str], None]) -> None:
        self.step = step
        self.client = CommandReader(self._command)
        self.server = ReplyReader(self._reply)
        self.commands: list[WireCommand] = []
        self.replies: list[WireReply] = []
        self.evidence = False
        self.ready_for_tls = False
        self._facts = SmtpDialogue()
        self._pending: deque[str] = deque()
        self._auth = False
        self._implied = ""
        self._secret: str | None = None
        self._decrypted = False

    def decrypted_phase(self) -> None:
        """From now on the bytes come out of decrypted TLS records: fresh readers, the same conversation."""
        if not self._decrypted:
            self._secret = self.client.login.sent
            self._decrypted = True
            self._pending.clear()
            self.client = CommandReader(self._command)
            self.server = ReplyReader(self._reply)

    def flush(self) -> None:
        """No more bytes will come."""
        self.client.flush()
        self.server.flush()

    @property
    def told_to_begin_tls(self) -> bool:
        """True once the server answered STARTTLS with 220."""
        return self._facts.starttls_reply == 220

    def note_tls_bytes(self) -> None:
        """The server sent TLS: it is noted where a reply was due."""
        if self.commands and not self.ready_for_tls:
            self._facts = replace(self._facts, looks_like_tls=True)

    @property
    def seen(self) -> bool:
        """True if any command or reply was read."""
        return bool(self.commands or self.replies)

    def result(self) -> SmtpDialogue:
        """The dialogue read so far."""
        if not self._decrypted:
            self._secret = self.client.login.sent
        return replace(
            self._facts, secret_in_clear=self._secret, commands=tuple(self.commands), replies=tuple(self.replies)
        )

    def _command(self, verb: str, argument: str, frame: int, time: datetime | None) -> None:
        if verb == ".":
            if self._pending and self._pending[-1] == "BDAT":
                self._pending.pop()  # the last chunk ends the message: one reply answers both (RFC 3030)
            self._pending.append(".")
            self.step(True, ".")
            return
        self._pending.append(verb)
        self.step(True, verb or "unknown")
        _keep(self.commands, WireCommand(verb, argument, frame, time, self._decrypted))
        if verb in _ONLY_SMTP:
            self.evidence = True
        if verb in ("EHLO", "LHLO"):
            self._facts = replace(self._facts, ehlo_seen=True)
        elif verb == "STARTTLS" and not self._decrypted:
            self._facts = replace(self._facts, starttls_command=True)
            self.ready_for_tls = True
        elif verb == "AUTH":
            self._auth = True
            if not self._decrypted:
                self._facts = replace(self._facts, auth_in_clear=True)

    def _answers(self, code: int) -> str:
        """The command that a reply answers; takes it off the list of those that wait."""
        if not self.replies and code == 220 and "STARTTLS" not in self._pending:
            return ""  # the greeting, though the client spoke before it
        if self._pending:
            if code == 421:
                return self._pending[0]
            return self._pending[0] if code == 334 else self._pending.popleft()
        if not self.replies and code in (220, 421, 554):
            return ""
        if self._implied == "DATA":
            return "."
        return _IMPLIED.get(code, "")

    def _reply(self, code: int, lines: list[bytes], frame: int, time: datetime | None) -> None:
        known = bool(self._pending)
        first = not self.replies
        after = self._answers(code)
        self._implied = "DATA" if code == 354 and not known else ""
        text = "" if code == 334 else "\n".join(line.decode("utf-8", "backslashreplace") for line in lines)
        _keep(self.replies, WireReply(code, text, frame, time, after, self._decrypted))
        self.step(False, str(code))
        if after == "AUTH":
            self.client.secret = code == 334
        elif after == "DATA":
            self.client.body_expected = code == 354
        elif after in ("EHLO", "LHLO") and 200 <= code < 300:
            self._capabilities(lines[1:])
        elif not self._decrypted and (code in _NO_EHLO if after == "EHLO" else after == "HELO" and code == 250):
            self._facts = replace(self._facts, starttls_offered=bool(self._facts.starttls_offered))
        elif after == "STARTTLS" and not self._decrypted:
            self._facts = replace(self._facts, starttls_reply=code)
            self.ready_for_tls = code == 220
        elif after == "MAIL":
            self._facts = replace(self._facts, accepted=False, message_id=None)  # a new transaction: that one counts
        elif after == "." and 200 <= code < 300:
            match = _QUEUED.fullmatch(text)
            self._facts = replace(self._facts, accepted=True, message_id=match[1] if match else None)
        elif first and not after:
            self._greeting(code, lines)

    def _greeting(self, code: int, lines: list[bytes]) -> None:
        text = lines[0] if lines else b""
        if _SMTP_GREETING.search(text):
            self.evidence = True
        mark = "-" if len(lines) > 1 else " "
        banner = f"{code}{mark}{text.decode('utf-8', 'backslashreplace')}".rstrip()
        self._facts = replace(self._facts, banner=banner, greeting_code=code)

    def _capabilities(self, lines: list[bytes]) -> None:
        facts = self._facts
        words = [line.upper().split() for line in lines]
        auth = next((w for w in words if w and (w[0] == b"AUTH" or w[0].startswith(b"AUTH="))), None)
        offered = b" ".join(auth).replace(b"=", b" ").split()[1:] if auth else []
        if not self._decrypted:
            facts = replace(
                facts,
                starttls_offered=facts.starttls_offered or any(w[:1] == [b"STARTTLS"] for w in words),
                starttls_masked=facts.starttls_masked or any(_MASKED.fullmatch(line) for line in lines),
            )
        self._facts = replace(facts, auth_offered=tuple(m.decode("ascii", "replace") for m in offered))


_Step = TypeVar("_Step", WireCommand, WireReply)


def _keep(steps: list[_Step], step: _Step) -> None:
    """Appends; a long list loses its middle."""
    steps.append(step)
    if len(steps) > MAX_STEPS:
        del steps[MAX_STEPS // 2]
