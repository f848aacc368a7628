"""A finished conversation is freed at once, without the garbage collector, which seldom runs in a large case."""

from __future__ import annotations

import gc

from formats.capture.wire import Talk, client_hello, pcap, read, record
from sestriage.formats.capture.conversation import Conversation
from sestriage.formats.tls.session import Session


def frames(port: int, count: int, said: tuple[tuple[bool, bytes], ...]) -> list[bytes]:
    found: list[bytes] = []
    for number in range(count):
        talk = Talk(client=("192.0.2.9", 20_000 + number), server=("192.0.2.25", port)).connect()
        for client, data in said:
            talk.says(client, data)
        found += talk.frames()
    return found


def test_many_conversations_leave_nothing_behind() -> None:
    smtp = frames(587, 120, ((False, b"220 a ESMTP\r\n"), (True, b"EHLO b\r\n"), (False, b"250 a\r\n")))
    tls = frames(465, 120, ((True, record(22, client_hello())),))
    data = pcap([*smtp, *tls])
    gc.collect()
    gc.disable()
    try:
        capture = read(data)
        left = [type(each).__name__ for each in gc.get_objects() if isinstance(each, Conversation | Session)]
    finally:
        gc.enable()
    assert len(capture.streams) == 240
    assert not left
