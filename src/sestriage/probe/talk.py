"""One conversation: clear SMTP up to STARTTLS where it is due, our own ClientHello, and the server's answer to it."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sestriage.formats.tls.records import looks_like_record
from sestriage.formats.tls.session import Session
from sestriage.model.message import Message
from sestriage.model.probe import ProbeTalk
from sestriage.model.vocabulary import ConnectionMode
from sestriage.probe.channel import Channel, EndError
from sestriage.probe.dial import Address, connect
from sestriage.probe.hello import CLOSE_NOTIFY, client_hello

MAX_STEPS = 50
"""Messages of a server's answer to a hello; eight are usual."""

EHLO = b"EHLO sestriage.invalid\r\n"
"""A name that cannot exist (RFC 6761): it reveals nothing about this machine."""


@dataclass(frozen=True, slots=True)
class TalkPlan:
    """The plan of a conversation: `connect_timeout` and `talk_timeout` in seconds; the second is for the whole
    conversation."""

    host: str
    port: int
    mode: ConnectionMode
    source: str | None
    connect_timeout: float
    talk_timeout: float


def converse(plan: TalkPlan, address: Address, offer: str) -> ProbeTalk:
    """Have one conversation; never raises for what the network or the server does."""
    started = datetime.now(UTC)
    try:
        sock = connect(address, plan.source, plan.connect_timeout)
    except EndError as error:
        return _record(plan, address, offer, started, error)
    channel = Channel(sock, time.monotonic() + plan.talk_timeout)
    local = sock.getsockname()[:2]
    keylog = b""
    end = EndError("done", "")
    try:
        if plan.mode == "starttls":
            start_tls(channel)
        if offer == "tls13":
            keylog = _whole_handshake(channel, plan.host)
        else:
            hello = client_hello(offer, plan.host)
            channel.send(hello)
            _take_flight(channel, hello)
    except EndError as error:
        end = error
    finally:
        channel.close(CLOSE_NOTIFY if end.end == "done" else b"")
    talk = _record(plan, address, offer, started, end)
    return _with(talk, channel, (str(local[0]), int(local[1])), keylog)


def _record(plan: TalkPlan, address: Address, offer: str, started: datetime, end: EndError) -> ProbeTalk:
    return ProbeTalk(
        offer=offer,
        mode=plan.mode,
        host=plan.host,
        address=address.ip,
        port=plan.port,
        started=started,
        ended=datetime.now(UTC),
        end=end.end,
        problem=end.problem or None,
    )


def _with(talk: ProbeTalk, channel: Channel, local: tuple[str, int], keylog: bytes) -> ProbeTalk:
    from dataclasses import replace

    return replace(talk, chunks=tuple(channel.chunks), local=local, keylog=keylog)


def start_tls(channel: Channel) -> None:
    """Greeting, EHLO, STARTTLS (RFC 3207); raises EndError when the server does not go along."""
    greeting = channel.reply()
    if not greeting[0].startswith(b"220"):
        said = greeting[0][:80].decode("ascii", "backslashreplace")
        raise EndError("gave-up", Message("the greeting is no 220 but `{greeting}`", greeting=said))
    channel.send(EHLO)
    capabilities = channel.reply()
    offered = any(line[4:].strip().upper().split(b" ")[0] == b"STARTTLS" for line in capabilities)
    if not offered:
        raise EndError("gave-up", Message("STARTTLS is not offered"))
    channel.send(b"STARTTLS\r\n")
    if not channel.reply()[-1].startswith(b"220"):
        raise EndError("gave-up", Message("STARTTLS is refused"))


def _take_flight(channel: Channel, hello: bytes) -> None:
    """Read until the server has answered the hello: ServerHelloDone, a TLS 1.3 ServerHello, an alert, or no TLS."""
    seen: list[str] = []
    session = Session(None, lambda side, name: seen.append(name), _no_data)
    session.feed(0, hello, 1, None)
    start = b""
    while True:
        data = channel.receive()
        start = (start + data)[:16] if len(start) < 16 else start
        if not looks_like_record(start) and len(start) > 1:
            raise EndError("gave-up", Message("the answer is no TLS"))
        session.feed(1, data, 1, None)
        if session.alerts:
            raise EndError("gave-up", Message("the server sent an alert"))
        if "ServerHelloDone" in seen or (session.server_hello is not None and session.tls13):
            return
        if len(seen) > MAX_STEPS:
            raise EndError("gave-up", Message("more than {count} TLS messages and no end", count=MAX_STEPS))
        if session.malformed is not None or session.sides[1].reader.lost:
            raise EndError("gave-up", Message("the answer is no proper TLS"))


def _no_data(side: int, data: bytes, frame: int, moment: datetime | None) -> None:
    return None


def _whole_handshake(channel: Channel, host: str) -> bytes:
    """A handshake by the local TLS library, nothing verified; gives its key log, for the chain is encrypted."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with contextlib.suppress(ssl.SSLError):
        context.set_ciphers("ALL:@SECLEVEL=0")
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "keys")
        context.keylog_filename = str(log)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_hostname=host)
        try:
            _pump(channel, tls.do_handshake, incoming, outgoing)
        except ssl.SSLError as error:
            _flush(channel, outgoing)
            said = Message("the local TLS library gave up: {error}", error=error.reason or error)
            raise EndError("gave-up", said) from error
        return log.read_bytes() if log.exists() else b""


def _pump(channel: Channel, step: Callable[[], None], incoming: object, outgoing: object) -> None:
    import ssl

    assert isinstance(incoming, ssl.MemoryBIO)  # noqa: S101 - typed loosely to keep ssl out of the start-up
    while True:
        try:
            step()
        except ssl.SSLWantReadError:
            _flush(channel, outgoing)
            incoming.write(channel.receive())
            continue
        _flush(channel, outgoing)
        return


def _flush(channel: Channel, outgoing: object) -> None:
    import ssl

    assert isinstance(outgoing, ssl.MemoryBIO)  # noqa: S101 - as above
    while data := outgoing.read():
        channel.send(data)
