"""Conversations as ladders: time, frame, direction, SMTP command or reply, TLS message, alert, and where it broke."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sestriage.model.capture import SmtpDialogue, Stream, TcpConnection, TlsMessage, TlsSession
from sestriage.model.verdict import Report
from sestriage.report.blocks import Block, Ladder, Prose, Rung, Section
from sestriage.report.safe import one_line

MAX_LADDERS = 40
"""Conversations that are drawn; a capture of a whole interface may hold thousands."""

MAX_RUNGS = 200
"""Lines of one ladder."""

_ARROWS = {"client": "->", "server": "<-"}
_Placed = tuple[int, datetime | None, str, str, bool]
"""Frame, time, sender, what, broken."""


def ladders(report: Report, words: Mapping[str, str]) -> Iterator[Block]:
    """One ladder a stream, in the order of the captures; nothing without a capture."""
    streams = [stream for capture in report.captures for stream in capture.streams]
    if not streams:
        return
    yield Section(words["conversations"])
    for stream in streams[:MAX_LADDERS]:
        yield ladder(stream, words)
    if len(streams) > MAX_LADDERS:
        yield Prose(words["more-streams"].format(count=len(streams) - MAX_LADDERS))


def ladder(stream: Stream, words: Mapping[str, str]) -> Ladder:
    """The picture of one conversation."""
    placed = [*_smtp(stream.smtp), *_tls(stream.tls, words)]
    placed.sort(key=lambda item: item[0])  # stable: within a frame the order of the wire stays
    rungs = [
        Rung(_time(time), f"#{frame}" if frame else "", _ARROWS.get(sender, ""), what, broken)
        for frame, time, sender, what, broken in placed[:MAX_RUNGS]
    ]
    rungs += [Rung("", "", "", text, broken) for text, broken in _endings(stream.tcp, words)]
    server = str(stream.server) if stream.server.known else words["server"]
    host = f"{stream.host} ({server})" if stream.host else server
    client = str(stream.client) if stream.client.known else words["client"]
    title = words["ladder"].format(client=client, server=host, file=stream.source.file)
    return Ladder(title, tuple(rungs))


def _time(time: datetime | None) -> str:
    return "" if time is None else f"{time:%H:%M:%S}.{time.microsecond // 1000:03d}"


def _smtp(smtp: SmtpDialogue | None) -> Iterator[_Placed]:
    if smtp is None:
        return
    for command in smtp.commands:
        yield command.frame, command.time, "client", one_line(f"{command.verb} {command.argument}"), False
    for reply in smtp.replies:
        text = one_line(f"{reply.code} {reply.text}")
        yield reply.frame, reply.time, "server", text, reply.code >= 400


def _tls(tls: TlsSession | None, words: Mapping[str, str]) -> Iterator[_Placed]:
    if tls is None:
        return
    alerts = {(a.sender, a.frame): a for a in tls.alerts}
    for message in tls.messages:
        if message.name == "Alert" and (message.sender, message.frame) in alerts:
            continue
        text = ", ".join(part for part in (message.name, _remark(message, tls, words)) if part)
        yield message.frame, message.time, message.sender, text, False
    times = {message.frame: message.time for message in tls.messages}
    for alert in tls.alerts:
        broken = alert.level == "fatal" and alert.code != 0
        text = f"Alert {alert.level}: {alert.description} ({alert.code})"
        yield alert.frame, times.get(alert.frame), alert.sender, text, broken
    if tls.plaintext_reply is not None:
        last = max((message.frame for message in tls.messages), default=0)
        yield last, None, "server", one_line(tls.plaintext_reply), True


def _remark(message: TlsMessage, tls: TlsSession, words: Mapping[str, str]) -> str:
    """What is worth saying of a handshake message beside its name."""
    if message.name == "ClientHello" and tls.sni:
        return f"SNI {tls.sni}"
    if message.sender != "server":
        return ""
    if message.name == "ServerHello":
        return ", ".join(part for part in (tls.version, tls.cipher) if part)
    if message.name == "Certificate" and tls.certificates:
        return words["certificates-count"].format(count=len(tls.certificates))
    if message.name == "ServerKeyExchange":
        if tls.dh_bits:
            return f"DH {tls.dh_bits} bits"
        return tls.group or ""
    return ""


def _endings(tcp: TcpConnection, words: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """How the connection ended, and what the capture lacks; the second value marks a break."""
    sides = {side: words[side] for side in ("client", "server")}
    if tcp.refused:
        yield words["refused"], True
    if tcp.unanswered:
        yield words["unanswered"].format(count=tcp.syn_count), True
    if tcp.icmp:
        yield words["icmp"].format(kind=tcp.icmp), True
    if tcp.waiting_for in sides and tcp.silent_since is not None and tcp.silent_since >= 1:
        yield words["silence"].format(seconds=f"{tcp.silent_since:.1f}", who=sides[tcp.waiting_for]), True
    if tcp.closed_by in sides:
        yield _after(words["closed"].format(who=sides[tcp.closed_by]), tcp.closed_after, words), False
    if tcp.reset_by in sides and not tcp.refused:
        yield _after(words["reset"].format(who=sides[tcp.reset_by]), tcp.reset_after, words), True
    if tcp.missing_bytes:
        yield words["missing"].format(count=tcp.missing_bytes), False
    if tcp.one_sided:
        yield words["one-sided"], False


def _after(what: str, last_message: str | None, words: Mapping[str, str]) -> str:
    """An ending with the last protocol message before it (`client:ClientHello`), where one was seen."""
    if last_message is None:
        return what
    sender, _, message = last_message.partition(":")
    return words["after"].format(what=what, sender=words.get(sender, sender), message=message)
