"""Lines that a container runtime split (Docker and CRI do so at 16 KiB), told by their bytes."""

from __future__ import annotations

import re

from sestriage.formats.log.lines.physical import find_bytes

_CRI = re.compile(rb"(?:> ?){0,16}\d{4}-\d\d-\d\d[T ][\d:.,]{8,18}(?:Z|[+-]\d\d:?\d\d) std(?:out|err) P[: ]")
_DOCKER = re.compile(rb'(?:> ?){0,16}\{"log": ?"')
_DOCKER_WHOLE = re.compile(rb'(?<!\\)(?:\\\\)*\\n" ?[,}]')
"""The end of a text that ends in a line feed; an escaped backslash before an `n` is none."""


def may_hold_parts(data: bytes, start: int, end: int) -> bool:
    """Some line between two offsets may go on in the next one of its stream; False is certain."""
    return any(find_bytes(data, sign, start, end) >= 0 for sign in (b'{"log"', b"stdout P", b"stderr P"))


def is_part(data: bytes, start: int, stop: int) -> bool:
    """The line between two offsets goes on in the next one of its stream."""
    if _DOCKER.match(data, start, stop):
        return _DOCKER_WHOLE.search(data, start, stop) is None
    return _CRI.match(data, start, stop) is not None
