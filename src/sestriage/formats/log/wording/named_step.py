"""The command that a client names in its error: nodemailer's `command`, the exception classes of Python's smtplib.

code: 'EENVELOPE', response: '454 4.7.0 Try again later', responseCode: 454, command: 'MAIL FROM'
smtplib.SMTPSenderRefused: (454, b'4.7.0 Try again later', 'alerts@example.com')
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_COMMAND = re.compile(r"(?:\bcommand['\"]?: ?['\"]|^SMTP step: )(?P<command>[A-Za-z][A-Za-z0-9 -]{2,30})", re.MULTILINE)
_NODEMAILER = re.compile(r"\bcode['\"]?: ?['\"]E[A-Z0-9]{3,20}['\"]|^SMTP step: ", re.MULTILINE)
"""Its errors have a code of their own; `SMTP step:` is what the reader of JSON logs makes of the same keys."""
_COMMANDS: dict[str, str] = {
    "EHLO": "ehlo",
    "HELO": "ehlo",
    "LHLO": "ehlo",
    "STARTTLS": "starttls",
    "AUTH": "auth",
    "MAIL FROM": "mail",
    "RCPT TO": "rcpt",
    "DATA": "data",
}
"""`CONN` stands for whatever happened to the connection, at any step, `API` for what was never sent."""
_GREETED = "Invalid greeting"
_UPGRADING = "Error initiating TLS"
"""What nodemailer says of a handshake that failed, which it gives the command STARTTLS, too."""
_CLASS = re.compile(
    r"\bSMTP(?P<name>HeloError|AuthenticationError|SenderRefused|RecipientsRefused|RecipientRefused|DataError"
    r"|ConnectError(?=(?:: )?\(\d{3},))"
)
"""Of smtplib, and of aiosmtplib, which raises the one about connecting without a reply, too."""
_CLASSES: dict[str, str] = {
    "ConnectError": "greeting",
    "HeloError": "ehlo",
    "AuthenticationError": "auth",
    "SenderRefused": "mail",
    "RecipientsRefused": "rcpt",
    "RecipientRefused": "rcpt",
    "DataError": "data",
}
"""By the command whose reply raises them."""


def class_step(text: str) -> str | None:
    """The step whose reply an exception of smtplib stands for; None without one."""
    match = _CLASS.search(text) if "SMTP" in text else None
    return _CLASSES[match["name"]] if match is not None else None


def command_step(text: str) -> str | None:
    """The step that nodemailer names in its error; None where it names none, or several."""
    if "command" not in text and "SMTP step" not in text:
        return None
    if _NODEMAILER.search(text) is None:
        return None
    named = {match["command"].strip().upper() for match in _COMMAND.finditer(text)}
    if named == {"CONN"}:
        return "greeting" if _GREETED in text else None
    if named == {"STARTTLS"} and _UPGRADING in text:
        return None
    steps = {_COMMANDS.get(name.split(" ")[0] if name.startswith("AUTH") else name) for name in named}
    return steps.pop() if len(steps) == 1 else None


_LOGGED = frozenset(("starttls", "auth", "auth plain", "auth login", "mail from", "rcpt to", "ehlo", "helo"))


def logged_step(flat: Mapping[str, object]) -> str:
    """What a client of mail servers was doing, as a line for the message, where the record of a JSON log or its error
    has nodemailer's keys (`"stage": "starttls"`, `"command": "AUTH PLAIN"`); empty when no key says so. Words that
    other programs have for commands as well need the server's code beside them."""
    for inside in ("", "err.", "error."):
        named = (flat.get(inside + "stage"), flat.get(inside + "command"))
        step = next((value for value in named if isinstance(value, str) and value), "")
        answered = f"{inside}responseCode" in flat and (step == "DATA" or step.startswith("AUTH "))
        if answered or step.lower() in _LOGGED:
            return f"\nSMTP step: {step}"
    return ""
