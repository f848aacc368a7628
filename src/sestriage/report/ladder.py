"""Conversations as ladders: time, frame, direction, SMTP command or reply, TLS message, alert, and where it broke."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from sestriage.model.capture import Endpoint, SmtpDialogue, Stream, TcpConnection, TlsMessage, TlsSession
from sestriage.model.verdict import Report
from sestriage.report.blocks import Block, Ladder, Prose, Rung, Section
from sestriage.report.common import clock
from sestriage.report.safe import one_line

MAX_LADDERS = 40
"""Conversations that are drawn; a capture of a whole interface may hold thousands."""

MAX_RUNGS = 200
"""Lines of one ladder."""

_ARROWS = {"client": "->", "server": "<-"}
_UNREAD = {"Encrypted": "encrypted-handshake", "ApplicationData": "encrypted-data"}
"""Messages that stand for what could not be read, to the word for it."""


class _Placed(NamedTuple):
    """Something that was said, before it is put in order. `hidden`: it was encrypted, and a key log opened it."""

    frame: int
    time: datetime | None
    sender: str
    what: str
    broken: bool = False
    hidden: bool = False


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
    placed = [*_smtp(stream.smtp), *_tls(stream.tls, _is_decrypted(stream.smtp), words)]
    if stream.tls is not None and stream.tls.plaintext_reply and not (stream.smtp is not None and stream.smtp.replies):
        placed.append(_plaintext(stream.tls, stream.tls.plaintext_reply))
    pasted = stream.source.line is not None and not (stream.smtp is not None and stream.smtp.replies)
    if not pasted:  # the lines of a transcript prove the steps, and do not stand in their order
        placed.sort(key=lambda item: item.frame)  # stable: within a frame the order of the wire stays
    said = _said(placed[:MAX_RUNGS], words, (lambda number: _line(number, words)) if pasted else _frame)
    rungs = [*_beginning(stream, words), *said, *_endings(stream.tcp, words)]
    title = words["ladder"].format(
        client=_name(stream.client, words), server=_server(stream, words), file=stream.source.file
    )
    if stream.started is not None:  # with date and zone, which its lines do not repeat
        title = f"{title}, {clock(stream.started)}"
    return Ladder(title, tuple(rungs))


def _name(end: Endpoint, words: Mapping[str, str]) -> str:
    return str(end) if end.known else words["unknown-end"]


def _server(stream: Stream, words: Mapping[str, str]) -> str:
    name = _name(stream.server, words)
    if not stream.host:
        return name
    return f"{stream.host} ({name})" if stream.server.known else stream.host


def _time(time: datetime | None) -> str:
    return "" if time is None else f"{time:%H:%M:%S}.{time.microsecond // 1000:03d}"


def _frame(frame: int | None) -> str:
    return f"#{frame}" if frame else ""


def _beginning(stream: Stream, words: Mapping[str, str]) -> Iterator[Rung]:
    """The SYN, or that there was none."""
    tcp = stream.tcp
    if tcp.syn_seen:
        what = words["syn-times"].format(count=tcp.syn_count) if tcp.syn_count > 1 else "SYN"
        yield Rung(_time(stream.started), _frame(stream.first_frame), "->", what)
    elif stream.first_frame and not tcp.synack_seen:
        yield Rung(_time(stream.started), _frame(stream.first_frame), "", words["midstream"])


def _line(number: int, words: Mapping[str, str]) -> str:
    return words["line"].format(number=number) if number else ""


def _said(placed: list[_Placed], words: Mapping[str, str], place: Callable[[int], str]) -> Iterator[Rung]:
    """What was said, and at which `place`; a line of its own says where decryption begins."""
    decrypted = False
    for item in placed:
        if item.hidden and not decrypted:
            decrypted = True
            yield Rung("", "", "", words["decrypted-from-here"])
        yield Rung(_time(item.time), place(item.frame), _ARROWS.get(item.sender, ""), item.what, item.broken)


def _is_decrypted(smtp: SmtpDialogue | None) -> bool:
    return smtp is not None and (any(c.decrypted for c in smtp.commands) or any(r.decrypted for r in smtp.replies))


def _smtp(smtp: SmtpDialogue | None) -> Iterator[_Placed]:
    if smtp is None:
        return
    for command in smtp.commands:
        text = one_line(f"{command.verb} {command.argument}")
        yield _Placed(command.frame, command.time, "client", text, hidden=command.decrypted)
    for reply in smtp.replies:
        text = one_line(f"{reply.code} {reply.text}")
        yield _Placed(reply.frame, reply.time, "server", text, reply.code >= 400, reply.decrypted)


def _tls(tls: TlsSession | None, read_on: bool, words: Mapping[str, str]) -> Iterator[_Placed]:
    """`read_on`: what the session carried is shown itself."""
    if tls is None:
        return
    alerts = {(a.sender, a.frame): a for a in tls.alerts}
    hidden = False
    for message in tls.messages:
        if message.name == "Alert" and (message.sender, message.frame) in alerts:
            continue
        if message.name == "ApplicationData" and read_on:
            continue
        hidden = hidden or message.name == "EncryptedExtensions"  # in the clear there is no such message
        yield _Placed(message.frame, message.time, message.sender, _message(message, tls, words), hidden=hidden)
    times = {message.frame: message.time for message in tls.messages}
    for alert in tls.alerts:
        broken = alert.level == "fatal" and alert.code != 0
        text = f"Alert {alert.level}: {alert.description} ({alert.code})"
        yield _Placed(alert.frame, times.get(alert.frame), alert.sender, text, broken, alert.decrypted)


def _plaintext(tls: TlsSession, reply: str) -> _Placed:
    """What came instead of TLS: behind the last message."""
    last = max((message.frame for message in tls.messages), default=0)
    return _Placed(last, None, "server", one_line(reply), True)


def _message(message: TlsMessage, tls: TlsSession, words: Mapping[str, str]) -> str:
    if message.name in _UNREAD:
        return words[_UNREAD[message.name]]
    if message.name == "Alert":
        return words["encrypted"].format(what=message.name)
    return ", ".join(part for part in (message.name, _remark(message, tls, words)) if part)


def _remark(message: TlsMessage, tls: TlsSession, words: Mapping[str, str]) -> str:
    """What is worth saying of a handshake message beside its name."""
    if message.name == "ClientHello":
        newest = max((v for v in tls.offered_versions if v.startswith("TLSv")), default="")
        offer = words["up-to"].format(version=newest) if newest else ""
        return ", ".join(part for part in (f"SNI {tls.sni}" if tls.sni else "", offer) if part)
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


def _endings(tcp: TcpConnection, words: Mapping[str, str]) -> Iterator[Rung]:
    """How the connection ended, and what the capture lacks."""
    sides = {side: words[side] for side in ("client", "server")}

    def end(sender: str | None, text: str, broken: bool) -> Rung:
        return Rung(_time(tcp.end_time), _frame(tcp.end_frame), _ARROWS.get(sender or "", ""), text, broken)

    if tcp.refused:
        yield end("server", words["refused"], True)
    if tcp.unanswered:
        yield Rung("", "", "", words["unanswered"].format(count=tcp.syn_count), True)
    if tcp.icmp:
        yield Rung("", "", "", words["icmp"].format(kind=tcp.icmp), True)
    if tcp.waiting_for in sides and tcp.silent_since is not None and tcp.silent_since >= 1:
        text = words["silence"].format(seconds=f"{tcp.silent_since:.1f}", who=sides[tcp.waiting_for])
        yield Rung("", "", "", text, True)
    if tcp.closed_by in sides:
        text = _after(words["closed"].format(who=sides[tcp.closed_by]), tcp.closed_after, words)
        yield end(tcp.closed_by, text, False)
    if tcp.reset_by in sides and not tcp.refused:
        text = _after(words["reset"].format(who=sides[tcp.reset_by]), tcp.reset_after, words)
        yield end(tcp.reset_by, text, True)
    if tcp.missing_bytes:
        yield Rung("", "", "", words["missing"].format(count=tcp.missing_bytes))
    if tcp.one_sided:
        yield Rung("", "", "", words["one-sided"])


def _after(what: str, last_message: str | None, words: Mapping[str, str]) -> str:
    """An ending with the last protocol message before it (`client:ClientHello`), where one was seen."""
    if last_message is None:
        return what
    sender, _, message = last_message.partition(":")
    return words["after"].format(what=what, sender=words.get(sender, sender), message=message)
