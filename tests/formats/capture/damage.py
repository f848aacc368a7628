"""Foreign captures, and random damage to a capture."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from pathlib import Path

from support import FOREIGN_CAPTURES


def foreign() -> Iterator[Path]:
    """The captures of others; none where they are not beside the checkout."""
    for path in sorted(FOREIGN_CAPTURES.glob("*")):
        if path.suffix in (".pcap", ".pcapng", ".gz"):
            yield path


def keylog_of(path: Path) -> bytes | None:
    log = path.with_name(path.name + ".keylog.txt")
    return log.read_bytes() if log.is_file() else None


def mutated(rng: random.Random, data: bytes) -> bytes:
    """A few random changes: bytes, bits, pieces cut out, put in, copied elsewhere."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 8, 32))):
        place = rng.randrange(len(changed))
        kind = rng.randrange(5)
        if kind == 0:
            changed[place] = rng.randrange(256)
        elif kind == 1:
            changed[place] ^= 1 << rng.randrange(8)
        elif kind == 2:
            changed[place : place + rng.randrange(1, 9)] = rng.randbytes(rng.randrange(9))
        elif kind == 3:
            other, length = rng.randrange(len(changed)), rng.randrange(1, 100)
            changed[place : place + length] = changed[other : other + length]
        else:
            changed[place : place + 4] = struct.pack("<I", rng.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 65535)))
        if not changed:
            break
    return bytes(changed)
