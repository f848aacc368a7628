"""What is fuzzed in captures: bytes in, and what must hold of what comes out of each parser."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from formats.capture.wire import Talk, pcap, pcapng, read, section
from sestriage.formats.capture.read import UNEXPECTED
from sestriage.model.capture import Capture

LINKS = (0, 1, 6, 10, 12, 101, 113, 204, 228, 229, 239, 276)
MAX_PIECES = 200


def _check(capture: Capture) -> None:
    """What holds for every capture, whatever is in it."""
    assert not (capture.problem or "").startswith(UNEXPECTED), capture.problem
    for stream in capture.streams:
        assert 1 <= stream.first_frame <= stream.last_frame <= capture.packets
        assert stream.tcp.client_bytes >= 0 <= stream.tcp.server_bytes
        assert 0 < stream.server.port < 65_536 or stream.server.port == 0
        if stream.smtp is not None:
            assert all(100 <= reply.code <= 999 for reply in stream.smtp.replies)
            assert all(not c.argument for c in stream.smtp.commands if c.verb == "AUTH")
        if stream.tls is not None:
            assert stream.tls.certificates_visibility in ("clear", "encrypted", "decrypted", "absent", "truncated")
            assert all(1 <= alert.frame <= capture.packets for alert in stream.tls.alerts)


def _pcap(data: bytes) -> None:
    """A file header of any link type, then the bytes."""
    if data:
        _check(read(pcap([], link=LINKS[data[0] % len(LINKS)]) + data[1:]))
    _check(read(data))


def _pcapng(data: bytes) -> None:
    """A section header, then the bytes."""
    _check(read(section() + data))
    _check(read(data))


def _talk(data: bytes, port: int) -> Capture:
    """A conversation: each piece begins with a byte for the side and two for its length."""
    talk = Talk(server=("192.0.2.25", port)).connect()
    pos = 0
    for _ in range(MAX_PIECES):
        if pos + 3 > len(data):
            break
        side, length = struct.unpack_from(">BH", data, pos)
        talk.says(bool(side & 1), data[pos + 3 : pos + 3 + length])
        if side & 0x40:
            talk.client_seq += side & 7  # lost bytes
        pos += 3 + length
    return read((pcapng if len(data) & 1 else pcap)(talk.frames()))


def _smtp(data: bytes) -> None:
    _check(_talk(data, 587))


def _tls(data: bytes) -> None:
    _check(_talk(data, 465))
    _check(_talk(data, 8443))


CAPTURE_TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "pcap": _pcap,
    "pcapng": _pcapng,
    "smtp": _smtp,
    "tls": _tls,
}
"""Parser to the function that fuzzes it."""


def pieces(*said: tuple[bool, bytes]) -> bytes:
    """A conversation in the form that `smtp` and `tls` take."""
    return b"".join(struct.pack(">BH", side, len(data)) + data for side, data in said)
