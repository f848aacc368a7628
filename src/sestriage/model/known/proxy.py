"""Proxies in front of a mail server: how JavaMail's words tell of one.

Source: JavaMail's SocketFetcher and SMTPTransport (1.6.5). Of a connection that stands, JavaMail names the port of its
socket, which is the proxy's: `Got bad greeting from SMTP host: email-smtp.us-east-1.amazonaws.com, port: 3128,
response: [EOF]`. SES listens on none of these ports.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sestriage.model.known.ports import PROXY_PORTS
from sestriage.model.known.ses import is_ses_endpoint

if TYPE_CHECKING:
    from sestriage.model.log import LogEvent

_USED = re.compile(r"Using (?:web proxy|SOCKS) host, port: [^\s,]{1,255}, (\d{1,5})\b")
_CONNECTED = ("Got bad greeting from SMTP host", "Could not connect to SMTP host")


def proxy_port(event: LogEvent) -> int | None:
    """The port of the proxy that the event's connection went to; None where the event does not show one."""
    used = _USED.search(event.text)
    if used is not None:
        return int(used[1])
    stood = "response:" in event.text and any(words in event.text for words in _CONNECTED)
    return event.port if stood and event.port in PROXY_PORTS and is_ses_endpoint(event.host) else None


def server_port(event: LogEvent) -> int | None:
    """The mail server's port by the event; None where it names none, or the proxy's in its place."""
    return event.port if event.port is not None and event.port != proxy_port(event) else None
