"""What Postfix's SMTP client was doing when a delivery broke off or was refused, by its own words (`smtp_proto.c`,
`smtp_trouble.c`).

lost connection with mx.example.com[192.0.2.25] while performing the EHLO handshake
host mx.example.com[192.0.2.25] said: 450 4.2.0 Greylisted (in reply to RCPT TO command)
"""

from __future__ import annotations

import re

_WHILE = re.compile(
    r"\b(?:lost connection with|conversation with) \S{1,300} (?:timed out )?while (?P<doing>[A-Za-z ]{4,50}[A-Za-z])"
)
_ANSWERED = re.compile(r"\(in reply to (?P<command>MAIL FROM|RCPT TO|DATA|end of DATA|QUIT) command\)")
_COMMANDS: dict[str, str] = {
    "MAIL FROM": "mail",
    "RCPT TO": "rcpt",
    "DATA": "data",
    "end of DATA": "data",
    "QUIT": "quit",
}
_STEPS: tuple[tuple[str, str], ...] = (
    ("receiving the initial server greeting", "greeting"),
    ("performing the EHLO handshake", "ehlo"),
    ("performing the HELO handshake", "ehlo"),
    ("receiving the STARTTLS response", "starttls"),
    ("sending MAIL FROM", "mail"),
    ("sending RCPT TO", "rcpt"),
    ("sending DATA command", "data"),
    ("sending message body", "data"),
    ("sending end of data", "data"),
    ("sending QUIT", "quit"),
)


def relay_step(text: str) -> str | None:
    """The step that a delivery was at; None where the text does not say."""
    if "(in reply to " in text:
        answered = list(_ANSWERED.finditer(text))
        if answered:  # the last one is this Postfix's own: what it quotes may be the words of another
            return _COMMANDS[answered[-1]["command"]]
    match = _WHILE.search(text) if " while " in text else None
    if match is None:
        return None
    return next((step for doing, step in _STEPS if match["doing"].startswith(doing)), None)
