"""A case that is made up, to go through the whole way once while a large capture is still being read.

What that imports and compiles is there when the real case comes.
"""

from __future__ import annotations

from sestriage.engine.collected import Collected
from sestriage.model.capture import Capture, Endpoint, SmtpDialogue, Stream, TcpConnection, TlsSession, WireReply
from sestriage.model.source import SourceRef


def made_up_case() -> Collected:
    """One captured conversation up to a TLS handshake."""
    source = SourceRef("-", frame=1)
    stream = Stream(
        source=source,
        client=Endpoint("192.0.2.1", 40000),
        server=Endpoint("192.0.2.2", 587),
        tcp=TcpConnection(established=True),
        smtp=SmtpDialogue(replies=(WireReply(220, "mail.example.com ESMTP", 1),)),
        tls=TlsSession(version="TLSv1.2", client_hello_seen=True, server_hello_seen=True, source=source),
        first_frame=1,
        last_frame=1,
    )
    return Collected(captures=[Capture(source, (stream,), packets=1)])
