"""The pcap file format (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html): a walk over its records."""

from __future__ import annotations

from struct import Struct

from sestriage.formats.capture.feed import Buffer
from sestriage.formats.capture.table import DROP, SKIP
from sestriage.formats.capture.walk import FLAGS_THAT_MATTER, Walker

MAGICS: dict[bytes, tuple[str, int, int]] = {
    b"\xd4\xc3\xb2\xa1": ("<", 1000, 16),
    b"\xa1\xb2\xc3\xd4": (">", 1000, 16),
    b"\x4d\x3c\xb2\xa1": ("<", 1, 16),
    b"\xa1\xb2\x3c\x4d": (">", 1, 16),
    b"\x34\xcd\xb2\xa1": ("<", 1000, 24),
    b"\xa1\xb2\xcd\x34": (">", 1000, 24),
}
"""Magic number to byte order, nanoseconds per unit of time, size of a record header (24: Kuznetzov's variant)."""
HEADER_SIZE = 24
MAX_RECORD = 262_144
"""No capture tool writes longer packets; a record that claims to be longer is damage."""


def walk(buffer: Buffer, walker: Walker) -> str | None:
    """Walks over a pcap file from its first byte; what was wrong, None when nothing was."""
    if buffer.size < HEADER_SIZE and not buffer.refill(0, HEADER_SIZE):
        return f"the capture ends inside its file header (at byte {buffer.size})"
    order, unit, header = MAGICS[buffer.data[:4]]
    link_type = Struct(f"{order}I").unpack_from(buffer.data, 20)[0] & 0x0FFFFFFF
    return _records(buffer, walker, order, unit, header, link_type)


def _peek(order: str, header: int, walker: Walker) -> Struct:
    """Reads a record's length, and key and flags where the front plan has them."""
    return Struct(f"{order}8xI{header - 12}x{walker.front.key.format}")


def _records(buffer: Buffer, walker: Walker, order: str, unit: int, header: int, link_type: int) -> str | None:
    full = Struct(f"{order}IIII").unpack_from
    peek = _peek(order, header, walker).unpack_from
    get = walker.table.flows.get
    frame, pos, length = 0, HEADER_SIZE, 0
    while True:
        data, size = buffer.data, buffer.size
        last = size - header
        begun = frame
        newest = -1
        while pos <= last:
            length, key, flags = peek(data, pos)
            after = pos + header + length
            if after > size:
                break
            frame += 1
            newest = pos
            state = get(key)
            if state is SKIP:
                if not flags & FLAGS_THAT_MATTER:
                    pos = after
                    continue
            elif state is DROP:
                pos = after
                continue
            if length > MAX_RECORD:
                frame -= 1
                break
            start = pos + header
            if not (walker.others and walker.passes_over(data, start)):
                seconds, fraction, _, wire = full(data, pos)
                if wire > length:
                    walker.cut_frames = True
                walker.packet(frame, seconds * 1_000_000_000 + fraction * unit, link_type, data, start, after, wire)
            pos = after
        walker.frames = frame
        if newest >= 0:
            seconds, fraction, _, _ = full(data, newest)
            walker.note_time(seconds * 1_000_000_000 + fraction * unit)
        if walker.settle_plans(frame - begun):
            peek = _peek(order, header, walker).unpack_from
        if pos <= last and length > MAX_RECORD:
            place = buffer.base + pos
            return (
                f"record {frame + 1} is damaged: it claims {length} bytes (at byte {place}); what follows was not read"
            )
        if not buffer.refill(pos, header + (length if pos <= last else 0)) and buffer.ended:
            if not buffer.size:
                return None
            return f"the capture ends inside record {frame + 1} (at byte {buffer.base + buffer.size})"
        pos = 0
