"""What one captured conversation says about an attempt: is it about mail, how far did it get, did it fail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sestriage.model.known.ses import PORT_MODES, is_ses_endpoint
from sestriage.model.phase import Phase

if TYPE_CHECKING:
    from sestriage.model.capture import SmtpDialogue, Stream, TlsSession, WireReply

CERTIFICATE_ALERTS = frozenset(
    """bad_certificate unsupported_certificate certificate_revoked certificate_expired certificate_unknown
    unknown_ca""".split()  # noqa: SIM905 - one name a line would hide the list
)
"""Alerts by which a peer refuses a certificate."""

UNRESOLVED = frozenset({"NXDOMAIN", "SERVFAIL", "REFUSED", "none"})
"""Results of a DNS question that give no address."""

RECONNECT_GAP = timedelta(seconds=1)
"""JavaMail's fallback to the default socket factory connects again within this time."""

_REPLY_PHASES = {
    "": Phase.GREETING,
    "EHLO": Phase.STARTTLS,
    "HELO": Phase.STARTTLS,
    "STARTTLS": Phase.STARTTLS,
    "AUTH": Phase.AUTH,
    "MAIL": Phase.MAIL,
    "RCPT": Phase.RCPT,
    "DATA": Phase.DATA,
    ".": Phase.DATA,
}

_NEXT_STEP = {"AUTH": Phase.MAIL, "MAIL": Phase.RCPT, "RCPT": Phase.DATA}
"""The step that the server was waiting for, when it spoke up without a command (`421 … timeout exceeded`) after its
reply to this one; behind EHLO it may be any."""


def is_mail(stream: Stream, host: str | None = None) -> bool:
    """The conversation is an attempt to hand in mail: SMTP by content, a mail port, or a mail host's name; not the
    bare end of an earlier one."""
    if _only_its_end(stream):
        return False
    if stream.smtp is not None or stream.port in PORT_MODES:
        return True
    name = stream.host
    return name is not None and (is_ses_endpoint(name) or (host is not None and name.lower() == host))


def _only_its_end(stream: Stream) -> bool:
    """The capture began when all was said: a FIN, a reset or an acknowledgement is all it has of the connection."""
    tcp = stream.tcp
    began = tcp.syn_seen or tcp.synack_seen or tcp.refused or tcp.unanswered or tcp.icmp is not None
    payload = tcp.client_bytes or tcp.server_bytes or tcp.missing_bytes
    return not began and not payload and stream.smtp is None and stream.tls is None


def accepted(stream: Stream) -> bool:
    """The server took the mail, and the capture shows its reply."""
    return stream.smtp is not None and stream.smtp.accepted


def failing_phase(stream: Stream) -> Phase | None:
    """The phase at which the conversation visibly broke; None when it did not, or when that cannot be seen."""
    tcp = stream.tcp
    if not tcp.established:
        return Phase.TCP if tcp.refused or tcp.unanswered or tcp.icmp else None
    if accepted(stream):
        return None
    if stream.proxy is not None and stream.smtp is None and stream.tls is None:
        ended = tcp.closed_by is not None or tcp.reset_by is not None
        return Phase.TCP if stream.proxy.refused or (ended and stream.proxy.answer is None) else _silent_phase(stream)
    if stream.tls is not None and stream.tls.client_hello_seen:
        phase = _tls_phase(stream, stream.tls)
        return phase or _smtp_phase(stream)
    return _smtp_phase(stream) or _lost_greeting(stream) or _silent_phase(stream)


def _lost_greeting(stream: Stream) -> Phase | None:
    """Behind a web proxy the greeting came, and the client said nothing until the connection ended: JavaMail may have
    read it away together with the proxy's answer."""
    tcp, smtp = stream.tcp, stream.smtp
    if stream.proxy is None or stream.proxy.protocol != "http-connect" or smtp is None or smtp.commands:
        return None
    ended = tcp.closed_by is not None or tcp.reset_by is not None
    return Phase.GREETING if ended and not tcp.missing_bytes and not tcp.one_sided else None


def _tls_phase(stream: Stream, tls: TlsSession) -> Phase | None:
    if tls.plaintext_reply is not None:
        return Phase.TLS
    if tls.alert is not None:
        return Phase.CERTIFICATE if tls.alert.description in CERTIFICATE_ALERTS else Phase.TLS
    if tls.application_data or tls.completed:
        return _unused_session(stream)
    if tls.server_hello_seen and tls.version == "TLSv1.3":
        return None  # from here on everything is encrypted: an end may be a refusal or the end of a good session
    ended = stream.tcp.reset_by is not None or stream.tcp.closed_by is not None
    if not ended or stream.tcp.missing_bytes or stream.tcp.one_sided:
        return None
    return Phase.TLS


def _unused_session(stream: Stream) -> Phase | None:
    """A finished handshake that the client closes without a word is a refused host name, if the capture lost none, and
    the certificate is not seen to bear the name."""
    if left_unused(stream) and stream.leaf_fits_host is not True:
        return Phase.CERTIFICATE
    return None


def left_unused(stream: Stream) -> bool:
    """The client finished the handshake and ended it without a command: by its FIN, or by an alert that the server's
    end follows."""
    tls = stream.tls
    if tls is None or stream.tcp.missing_bytes or stream.tcp.one_sided:
        return False
    taken_leave = tls.encrypted_alerts[:1] == ("client",)
    ended = stream.tcp.closed_by == "client" or (stream.tcp.closed_by == "server" and taken_leave)
    return tls.client_finished and not tls.client_application_bytes and ended


def _smtp_phase(stream: Stream) -> Phase | None:
    """The step whose reply was the last refusal of the newest transaction, or of the dialogue where there is none."""
    if stream.smtp is None:
        return None
    replies = stream.smtp.newest_replies
    for number in range(len(replies) - 1, -1, -1):
        reply = replies[number]
        if reply.after == "QUIT" or reply.code < 400:
            continue
        return _REPLY_PHASES.get(reply.after) if reply.after or not number else _awaited_phase(replies[number - 1])
    return _unanswered_phase(stream, stream.smtp)


def _awaited_phase(reply: WireReply) -> Phase | None:
    """The step that the server was waiting for after this reply."""
    return Phase.DATA if reply.code == 354 else _NEXT_STEP.get(reply.after)


def _unanswered_phase(stream: Stream, smtp: SmtpDialogue) -> Phase | None:
    """The step of the command in clear text behind which the connection ended without a reply."""
    tcp = stream.tcp
    if stream.tls is not None or tcp.missing_bytes or tcp.one_sided or smtp.greeting_code != 220:
        return None
    if not smtp.commands or (tcp.closed_by is None and tcp.reset_by is None):
        return None
    answered = {reply.after for reply in smtp.replies}
    verb = next((command.verb for command in smtp.commands if command.verb not in answered), None)
    return _REPLY_PHASES.get(verb) if verb is not None else None


def _silent_phase(stream: Stream) -> Phase | None:
    """A connection over which no greeting came before it ended; where its begin was not captured, one may have come."""
    if not (stream.tcp.syn_seen or stream.tcp.synack_seen):
        return None
    smtp_seen = stream.smtp is not None and stream.smtp.greeting_code is not None
    ended = stream.tcp.closed_by is not None or stream.tcp.reset_by is not None
    if not smtp_seen and ended and not stream.tcp.missing_bytes and not stream.tcp.one_sided:
        return Phase.GREETING
    return None


def is_reconnect(first: Stream, second: Stream) -> bool:
    """`second` is JavaMail's second connect after a failed first one over TLS from the start (socket factory
    fallback)."""
    if first.server != second.server or first.client.ip != second.client.ip:
        return False
    if first.tls is None or second.tls is None or "starttls" in (first.tls.started_by, second.tls.started_by):
        return False
    if first.tls.client_application_bytes or first.ended is None or second.started is None:
        return False
    return abs(second.started - first.ended) <= RECONNECT_GAP
