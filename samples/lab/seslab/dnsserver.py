"""A DNS server of one page: it answers A questions from a table and refuses to know anything else."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

from .model import Dns

_CODES = {"NXDOMAIN": 3, "SERVFAIL": 2}


def _question(query: bytes) -> tuple[str, int, bytes]:
    """The name, the type and the raw question section of a query with one question."""
    labels, position = [], 12
    while query[position]:
        length = query[position]
        labels.append(query[position + 1 : position + 1 + length].decode("ascii"))
        position += 1 + length
    (kind,) = struct.unpack_from("!H", query, position + 1)
    return ".".join(labels).lower(), kind, query[12 : position + 5]


def answer(query: bytes, table: Dns) -> bytes:
    """The reply to ``query`` (RFC 1035 section 4)."""
    host, kind, question = _question(query)
    address = table.answers.get(host)
    code = 0 if address else _CODES[table.otherwise]
    record = b""
    if address and kind == 1:
        record = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + socket.inet_aton(address)
    header = query[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, 1 if record else 0, 0, 0)
    return header + question + record


@contextlib.contextmanager
def resolving(address: str, table: Dns | None) -> Iterator[None]:
    """Answers at ``address``:53 while the block runs; does nothing without a table."""
    if table is None:
        yield
        return
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((address, 53))
    ended = threading.Event()
    sock.settimeout(0.2)

    def serve() -> None:
        while not ended.is_set():
            with contextlib.suppress(TimeoutError):
                query, peer = sock.recvfrom(1500)
                sock.sendto(answer(query, table), peer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        sock.close()
