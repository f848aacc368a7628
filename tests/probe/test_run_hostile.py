"""Servers that mean harm: every one costs a bounded time and a bounded memory, and gives a sentence."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
import tracemalloc
from collections.abc import Callable

import pytest

import mailserver as ms
from sestriage.formats.transcript.probe import stream_of
from sestriage.model.probe import Probe
from sestriage.model.source import SourceRef
from sestriage.probe import ProbeSettings, run
from sestriage.probe.channel import MAX_BYTES

TIMEOUT = 1.0
"""Seconds for each conversation in these tests."""
PATIENCE = 10 * TIMEOUT
"""What ends later than this was not ended by the timeouts above."""


def flood(sock: socket.socket, data: bytes) -> None:
    with contextlib.suppress(OSError):
        while True:
            sock.sendall(data)


def after_ehlo(then: Callable[[socket.socket], None]) -> ms.Handler:
    def handle(sock: socket.socket) -> None:
        sock.sendall(b"220 mail.example.com ESMTP\r\n")
        sock.recv(1000)
        then(sock)

    return handle


def after_starttls(then: Callable[[socket.socket], None]) -> ms.Handler:
    def handle(sock: socket.socket) -> None:
        sock.sendall(b"250-mail.example.com\r\n250 STARTTLS\r\n")
        sock.recv(1000)
        sock.sendall(b"220 go\r\n")
        sock.recv(5000)
        then(sock)

    return after_ehlo(handle)


def drip(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            sock.sendall(b"2")
            time.sleep(0.05)


def silent(sock: socket.socket) -> None:
    """Says nothing until the other side goes."""
    sock.settimeout(2 * PATIENCE)
    with contextlib.suppress(OSError):
        while sock.recv(5000):
            pass


def reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def half_record(sock: socket.socket) -> None:
    sock.sendall(b"\x16\x03\x03\x40\x00" + b"\x02\x00")
    silent(sock)


def huge_message(sock: socket.socket) -> None:
    """A Certificate message that claims 16 MB and is sent for as long as it is read."""
    sock.sendall(b"\x16\x03\x03\x40\x00\x0b\xff\xff\xff" + bytes(16380))
    flood(sock, b"\x16\x03\x03\x40\x00" + bytes(16384))


def endless_records(sock: socket.socket) -> None:
    flood(sock, b"\x16\x03\x03\x00\x04\x00\x00\x00\x00" * 1000)  # HelloRequests, over and over


def empty_records(sock: socket.socket) -> None:
    flood(sock, b"\x16\x03\x03\x00\x00" * 3000)


def crumbs(sock: socket.socket) -> None:
    """One byte a packet, as fast as it goes."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    flood(sock, b"2")


HOSTILE: dict[str, tuple[ms.Handler, set[str]]] = {
    "endless banner line": (lambda s: flood(s, b"220 " + b"x" * 5000), {"limit"}),
    "endless banner lines": (lambda s: flood(s, b"220-more\r\n" * 100), {"limit"}),
    "crumbs": (crumbs, {"limit"}),
    "slow drip": (drip, {"timed-out"}),
    "nothing": (silent, {"timed-out"}),
    "reset at once": (reset, {"server-reset", "server-closed"}),
    "closed at once": (lambda s: None, {"server-closed", "server-reset"}),
    "binary greeting": (lambda s: s.sendall(bytes(range(256)) * 4 + b"\r\n"), {"gave-up"}),
    "endless EHLO": (after_ehlo(lambda s: flood(s, b"250-XYZ\r\n" * 100)), {"limit"}),
    "dripping EHLO": (after_ehlo(drip), {"timed-out"}),
    "reset after EHLO": (after_ehlo(reset), {"server-reset", "server-closed"}),
    "silent in TLS": (after_starttls(silent), {"timed-out"}),
    "half a record": (after_starttls(half_record), {"timed-out"}),
    "huge message": (after_starttls(huge_message), {"limit", "gave-up"}),
    "endless messages": (after_starttls(endless_records), {"limit", "gave-up"}),
    "empty records": (after_starttls(empty_records), {"limit", "gave-up"}),
    "flood instead of TLS": (after_starttls(lambda s: flood(s, b"HTTP/1.1 400 Bad Request\r\n" * 500)), {"gave-up"}),
    "dripping TLS": (after_starttls(drip), {"gave-up", "timed-out"}),
    "reset in TLS": (after_starttls(reset), {"server-reset", "server-closed"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_bounded(name: str) -> None:
    handler, ends = HOSTILE[name]
    with ms.serving(handler) as port:
        began = time.monotonic()
        tracemalloc.start()
        try:
            probe = run(ProbeSettings("127.0.0.1", port, "starttls", timeout=TIMEOUT, total=2 * TIMEOUT))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        took = time.monotonic() - began
    assert took < PATIENCE
    assert peak < 32 << 20
    (talk,) = probe.talks
    assert talk.end in ends
    assert talk.problem
    assert sum(len(chunk.data) for chunk in talk.chunks) <= MAX_BYTES + 64 * 1024
    assert stream_of(talk, SourceRef("x")) is not None


def test_all_conversations_together_are_bounded() -> None:
    """The first hello is answered; the others meet a server that says nothing more."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)  # without a certificate: every hello gets an alert
    calls: list[int] = []

    def handle(sock: socket.socket) -> None:
        calls.append(1)
        if len(calls) > 1:
            silent(sock)
        context.wrap_socket(sock, server_side=True)

    with ms.serving(handle) as port:
        began = time.monotonic()
        probe = run(ProbeSettings("127.0.0.1", port, "wrapper", timeout=30, total=1.5))
    assert time.monotonic() - began < PATIENCE
    assert len(probe.talks) > 1
    assert {talk.end for talk in probe.talks[1:]} == {"timed-out"}


def test_a_reset_that_is_quicker_than_the_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux says ECONNRESET, where the server accepted and reset before we woke up; a refused SYN is ECONNREFUSED."""

    def connect(sock: socket.socket, address: object) -> None:
        raise ConnectionResetError(104, "Connection reset by peer")

    monkeypatch.setattr(socket.socket, "connect", connect)
    probe = run(ProbeSettings("127.0.0.1", 25, "starttls", timeout=0.5))
    assert [talk.end for talk in probe.talks] == ["server-reset"]
    stream = stream_of(probe.talks[0], SourceRef("x"))
    assert stream is not None
    assert stream.tcp.reset_by == "server"
    assert not stream.tcp.refused
    assert not stream.tcp.unanswered


def test_an_address_that_does_not_answer() -> None:
    """A listener whose backlog is full drops every further SYN (Linux)."""
    with socket.socket() as listener, contextlib.ExitStack() as stack:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(listener.getsockname())
        time.sleep(0.2)
        probe: Probe = run(ProbeSettings("127.0.0.1", listener.getsockname()[1], "starttls", timeout=0.5))
    assert [talk.end for talk in probe.talks] == ["unanswered"]
    stream = stream_of(probe.talks[0], SourceRef("x"))
    assert stream is not None
    assert stream.tcp.unanswered
