"""What Postfix's SMTP client was doing when a delivery broke off, by its own words (`smtp_proto.c`, `smtp_trouble.c`).

lost connection with mx.example.com[192.0.2.25] while performing the EHLO handshake
"""

from __future__ import annotations

import re

_WHILE = re.compile(
    r"\b(?:lost connection with|conversation with) \S{1,300} (?:timed out )?while (?P<doing>[A-Za-z ]{4,50}[A-Za-z])"
)
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
    match = _WHILE.search(text) if " while " in text else None
    if match is None:
        return None
    return next((step for doing, step in _STEPS if match["doing"].startswith(doing)), None)
