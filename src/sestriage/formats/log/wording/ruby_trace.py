"""Backtraces of Ruby in a logged message: what its Net::SMTP was doing when it failed.

Net::ReadTimeout (Net::ReadTimeout with #<TCPSocket:(closed)>):
/usr/lib/ruby/2.7.0/net/protocol.rb:217:in `rbuf_fill'
/usr/lib/ruby/2.7.0/net/smtp.rb:942:in `recv_response'
/usr/lib/ruby/2.7.0/net/smtp.rb:555:in `block in do_start'
"""

from __future__ import annotations

import re

_FRAME = re.compile(r"\bnet/smtp\.rb:\d{1,6}:in [`'](?:[a-z ]{1,40} in )?(?:Net::SMTP[#.])?(?P<method>\w{1,60})")
_STEPS: dict[str, str | None] = {
    "tcp_socket": "connect",
    "tlsconnect": None,
    "ssl_socket": None,
    "do_start": "greeting",
    "do_helo": "ehlo",
    "helo": "ehlo",
    "ehlo": "ehlo",
    "starttls": "starttls",
    "authenticate": "auth",
    "mailfrom": "mail",
    "rcptto": "rcpt",
    "data": "data",
    "quit": "quit",
}
"""Methods of `Net::SMTP` that tell what was being done; in a handshake none is a command's."""


def net_smtp_step(text: str) -> str | None:
    """The step of the innermost telling frame, which Ruby prints first; None without one."""
    if "net/smtp.rb:" not in text:
        return None
    for frame in _FRAME.finditer(text):
        if frame["method"] in _STEPS:
            return _STEPS[frame["method"]]
        if frame["method"].startswith("auth"):
            return "auth"
    return None
