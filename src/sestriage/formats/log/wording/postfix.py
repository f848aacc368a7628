"""What Postfix's SMTP client was doing when a delivery broke off or was refused, by its own words (`smtp_proto.c`,
`smtp_trouble.c`), and Exim's when it waited in vain (`check_response` in its `transports/smtp.c`).

lost connection with mx.example.com[192.0.2.25] while performing the EHLO handshake
host mx.example.com[192.0.2.25] said: 450 4.2.0 Greylisted (in reply to RCPT TO command)
Connection timed out: SMTP timeout after sending data block (12345 bytes written)

Of a handshake that failed Postfix prints the cause on lines of their own (`tls_client.c`, `tls_misc.c`), and then what
becomes of the mail:

SSL_connect error to mx.example.com[192.0.2.25]:587: -1
warning: TLS library problem: error:0A000086:SSL routines::certificate verify failed:../ssl/statem/statem_clnt.c:1889:
5D1F21C00: to=<ops@example.com>, relay=mx.example.com[192.0.2.25]:587, … (Cannot start TLS: handshake failure)
"""

from __future__ import annotations

import re

_WHILE = re.compile(
    r"\b(?:lost connection with|conversation with) \S{1,300} (?:timed out )?while (?P<doing>[A-Za-z ]{4,50}[A-Za-z])"
)
_ANSWERED = re.compile(r"\(in reply to (?P<command>MAIL FROM|RCPT TO|DATA|end of DATA|QUIT) command\)")
_COMMANDS: dict[str, str] = {
    "initial connection": "greeting",
    "EHLO": "ehlo",
    "HELO": "ehlo",
    "STARTTLS": "starttls",
    "MAIL FROM": "mail",
    "RCPT TO": "rcpt",
    "DATA": "data",
    "sending data block": "data",
    "end of data": "data",
    "end of DATA": "data",
    "QUIT": "quit",
}
"""What Postfix says was refused, and what Exim waited for."""
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
_EXIM = re.compile(
    r": SMTP timeout after (?:pipelined )?"
    r"(?P<doing>initial connection|EHLO|HELO|STARTTLS|MAIL FROM|RCPT TO|DATA|sending data block|end of data)\b"
)


def relay_step(text: str) -> str | None:
    """The step that a delivery was at; None where the text does not say."""
    if "(in reply to " in text:
        answered = list(_ANSWERED.finditer(text))
        if answered:  # the last one is this Postfix's own: what it quotes may be the words of another
            return _COMMANDS[answered[-1]["command"]]
    exim = _EXIM.search(text) if ": SMTP timeout after " in text else None
    if exim is not None:
        return _COMMANDS[exim["doing"]]
    match = _WHILE.search(text) if " while " in text else None
    if match is None:
        return None
    return next((step for doing, step in _STEPS if match["doing"].startswith(doing)), None)


_LIBRARY = "warning: TLS library problem: "
_TROUBLE = re.compile(
    r"(?:SSL_connect error to|certificate verification failed for) (?P<server>\S{1,300}): |" + _LIBRARY
)
_BECAME = re.compile(
    r"\w{5,30}: to=<[^>\s]{1,320}>, (?:orig_to=<[^>\s]{1,320}>, )?relay=(?P<server>\S{1,300}), .{0,300}?"
    r"status=(?:deferred|bounced) \((?:Cannot start TLS|Server certificate not )"
)


def continues_delivery(first: str, before: str, text: str) -> bool:
    """A line goes on with what one process said of a failed handshake, in lines of which these are the first and the
    last: with OpenSSL's reason, or what became of the mail at the same server."""
    begun = _TROUBLE.match(first)
    if begun is None or _TROUBLE.match(before) is None:
        return False
    if text.startswith(_LIBRARY):
        return True
    became = _BECAME.match(text)
    return became is not None and begun["server"] in (None, became["server"])
