"""How a capture begins: what the walk over an input asks of every file, so that nothing else is loaded for it."""

from __future__ import annotations

import zlib

from sestriage.formats.capture.input_buffer import GZIP_MAGIC

PCAP: dict[bytes, tuple[str, int, int]] = {
    b"\xd4\xc3\xb2\xa1": ("<", 1000, 16),
    b"\xa1\xb2\xc3\xd4": (">", 1000, 16),
    b"\x4d\x3c\xb2\xa1": ("<", 1, 16),
    b"\xa1\xb2\x3c\x4d": (">", 1, 16),
    b"\x34\xcd\xb2\xa1": ("<", 1000, 24),
    b"\xa1\xb2\xcd\x34": (">", 1000, 24),
}
"""Magic number to byte order, nanoseconds per unit of time, size of a record header (24: Kuznetzov's variant)."""
PCAPNG = b"\x0a\x0d\x0d\x0a"


def looks_like_capture(head: bytes) -> bool:
    """True if the first bytes are those of a pcap or pcapng file, gzipped or not."""
    if head.startswith(GZIP_MAGIC):
        try:
            head = zlib.decompressobj(31).decompress(head, 64)
        except zlib.error:
            return False
    return head[:4] in PCAP or head.startswith(PCAPNG)
