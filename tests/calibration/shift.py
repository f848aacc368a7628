"""A capture moved in time: classic pcap (the format of libpcap, link types as they are)."""

from __future__ import annotations

import struct
from pathlib import Path

_HEADER, _RECORD = 24, 16


def at_the_time_of(capture: Path, other: Path, scratch: Path) -> Path:
    """A copy of the capture below `scratch` whose first packet has the second of the first packet of `other`."""
    raw = bytearray(capture.read_bytes())
    order = "<" if raw[0] in (0xD4, 0x4D) else ">"
    moved = _first_second(other.read_bytes()) - _first_second(bytes(raw))
    position = _HEADER
    while position + _RECORD <= len(raw):
        second, _, size = struct.unpack_from(f"{order}III", raw, position)
        struct.pack_into(f"{order}I", raw, position, second + moved)
        position += _RECORD + size
    copy = scratch / f"{capture.parent.name}-at-{other.parent.name}.pcap"
    copy.write_bytes(raw)
    return copy


def _first_second(raw: bytes) -> int:
    order = "<" if raw[0] in (0xD4, 0x4D) else ">"
    return int(struct.unpack_from(f"{order}I", raw, _HEADER)[0])
