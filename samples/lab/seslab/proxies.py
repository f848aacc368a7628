"""Proxies in front of the mail server: SOCKS 5 (RFC 1928) and a web proxy that knows CONNECT (RFC 9110, 9.3.6)."""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

GRANTED, FORBIDDEN = 0, 2
"""Answers of SOCKS 5."""
_NAME, _IPV4 = 3, 1
_WAIT = 20.0
_PAUSE = 0.1
"""Of a web proxy behind its answer: JavaMail loses a greeting that comes with it."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that connects to the addresses which it has for the names. ``refusal`` is an answer of SOCKS 5, or the
    status line of HTTP; "" opens the way. An ``eager`` one sends the server's greeting along with its own answer."""

    kind: Literal["socks", "web"]
    address: str
    port: int
    names: Mapping[str, str]
    refusal: str = ""
    eager: bool = False

    def properties(self, protocol: str) -> dict[str, str]:
        """How JavaMail is told of it."""
        word = "socks" if self.kind == "socks" else "proxy"
        return {f"mail.{protocol}.{word}.host": self.address, f"mail.{protocol}.{word}.port": str(self.port)}


def _exactly(sock: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise OSError("the client is gone")
        data += more
    return data


def _socks(proxy: Proxy, client: socket.socket) -> socket.socket | None:
    _exactly(client, _exactly(client, 2)[1])
    client.sendall(b"\x05\x00")
    _, _, _, kind = _exactly(client, 4)
    if kind == _NAME:
        host = _exactly(client, _exactly(client, 1)[0]).decode("ascii")
    else:
        host = socket.inet_ntoa(_exactly(client, 4))
    (port,) = struct.unpack("!H", _exactly(client, 2))
    code = int(proxy.refusal or GRANTED)
    server = None if code else _connected(proxy, host, port)
    client.sendall(bytes([5, code, 0, _IPV4]) + socket.inet_aton(proxy.address) + struct.pack("!H", port))
    return server


def _web(proxy: Proxy, client: socket.socket) -> socket.socket | None:
    request = b""
    while b"\r\n\r\n" not in request:
        request += _exactly(client, 1)
    host, _, port = request.split(b" ", 2)[1].decode("ascii").rpartition(":")
    server = None if proxy.refusal else _connected(proxy, host, int(port))
    status = proxy.refusal or "HTTP/1.1 200 Connection established"
    greeting = server.recv(1024) if server is not None and proxy.eager else b""
    client.sendall(f"{status}\r\nVia: 1.1 proxy.example.com\r\n\r\n".encode("ascii") + greeting)
    time.sleep(_PAUSE)
    return server


def _connected(proxy: Proxy, host: str, port: int) -> socket.socket:
    return socket.create_connection(
        (proxy.names.get(host, host), port), timeout=_WAIT, source_address=(proxy.address, 0)
    )


def _relay(client: socket.socket, server: socket.socket) -> None:
    other = {client: server, server: client}
    with selectors.DefaultSelector() as ready:
        for sock in other:
            ready.register(sock, selectors.EVENT_READ)
        while ready.get_map():
            for key, _ in ready.select(_WAIT):
                data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                if data:
                    other[key.fileobj].sendall(data)  # type: ignore[index]
                else:
                    ready.unregister(key.fileobj)
                    with contextlib.suppress(OSError):
                        other[key.fileobj].shutdown(socket.SHUT_WR)  # type: ignore[index]


def _serve(proxy: Proxy, client: socket.socket) -> None:
    client.settimeout(_WAIT)
    with client, contextlib.suppress(OSError):
        server = (_socks if proxy.kind == "socks" else _web)(proxy, client)
        if server is not None:
            with server:
                _relay(client, server)


@contextlib.contextmanager
def relaying(proxy: Proxy | None) -> Iterator[None]:
    """Runs the proxy while the block runs; does nothing without one."""
    if proxy is None:
        yield
        return
    listener = socket.create_server((proxy.address, proxy.port))
    threads: list[threading.Thread] = []

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                threads.append(threading.Thread(target=_serve, args=(proxy, client), daemon=True))
                threads[-1].start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in threads:
            thread.join(timeout=_WAIT)
