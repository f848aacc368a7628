"""Where fuzzing begins: small good inputs of each target, some of them real."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cache

from formats.capture.damage import foreign
from formats.capture.wire import (
    CCS,
    HELLO_DONE,
    alert,
    certificate,
    client_hello,
    dhe_key_exchange,
    finished,
    pcap,
    record,
    server_hello,
)
from fuzz.capture_targets import LINKS, pieces
from sestriage.formats.capture.pcap import HEADER_SIZE
from sestriage.model.capture import Stream
from support import SAMPLES

GREETING = b"220 email-smtp.amazonaws.com ESMTP\r\n"
EHLO = b"250-x\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n"
MAX_SEED = 30_000

_STARTTLS = ((False, GREETING), (True, b"EHLO a\r\n"), (False, EHLO), (True, b"STARTTLS\r\n"), (False, b"220 go\r\n"))
_HELLOS = (
    (True, record(22, client_hello())),
    (False, record(22, server_hello() + certificate(b"0\x03der") + dhe_key_exchange(512) + HELLO_DONE)),
)
SMTP = (
    pieces(*_STARTTLS, *_HELLOS),
    pieces(
        (False, GREETING),
        (True, b"EHLO a\r\n"),
        (False, EHLO),
        (True, b"AUTH PLAIN AGEAYg==\r\n"),
        (False, b"235 ok\r\n"),
        (True, b"MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n"),
        (False, b"250 Ok\r\n250 Ok\r\n354 go\r\n"),
        (True, b"Subject: x\r\n\r\n..\r\n.\r\nBDAT 4 LAST\r\nabcdQUIT\r\n"),
        (False, b"250 Ok 0100018e\r\n554-5.7.1 no\r\n554 5.7.1 really\r\n221 Bye\r\n"),
    ),
    pieces((False, b"* OK imap\r\n"), (True, b"a STARTTLS\r\n"), (False, b"a OK\r\n"), *_HELLOS),
    pieces((True, b"CONNECT a:587 HTTP/1.1\r\n\r\n"), (False, b"HTTP/1.1 200 ok\r\n\r\n" + GREETING)),
)
TLS = (
    pieces(*_HELLOS, (True, CCS + finished()), (False, CCS + finished()), (True, record(23, bytes(40)))),
    pieces(*_HELLOS, (True, alert(2, 40))),
    pieces(
        (True, record(22, client_hello(extra=b"\x00\x2b\x00\x03\x02\x03\x04"))), (False, b"HTTP/1.1 400 no\r\n\r\n")
    ),
    pieces((True, b"\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10" + bytes(40)), (False, record(22, server_hello()))),
)


def _real(suffixes: tuple[str, ...]) -> Iterator[bytes]:
    for path in (*sorted(SAMPLES.glob("*/*.pcap*")), *foreign()):
        data = path.read_bytes()
        data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
        if path.name.removesuffix(".gz").endswith(suffixes) and len(data) <= MAX_SEED:
            yield data


@cache
def seeds(target: str) -> tuple[bytes, ...]:
    """The good inputs of a target."""
    if target == "smtp":
        return SMTP
    if target == "tls":
        return TLS
    if target == "pcapng":
        return tuple(data[int.from_bytes(data[4:8], "little") :] for data in _real((".pcapng",)))
    link = bytes([LINKS.index(1)])
    return tuple(link + data[HEADER_SIZE:] for data in _real((".pcap",)))


def streams_of(target: str) -> tuple[Stream, ...]:
    """What the seeds are read as: they must mean something, or fuzzing begins nowhere."""
    from formats.capture.wire import read, section
    from fuzz.capture_targets import _talk

    found: list[Stream] = []
    for seed in seeds(target):
        if target in ("smtp", "tls"):
            found += _talk(seed, 587 if target == "smtp" else 465).streams
        else:
            found += read((section() if target == "pcapng" else pcap([])) + seed[target == "pcap" :]).streams
    return tuple(found)
