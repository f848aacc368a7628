"""Each report is written out once, whatever instant the run is killed at.

A report is kept in the state, together with everything that it tells, before its first byte is written, and dropped
after its last one. After a kill in between the next run looks whether it was written: in a regular file (a log that
cron's output is appended to) that can be seen exactly, and what is missing is added. Output to a pipe or a terminal
cannot be seen again; there the report is repeated with a line that says so, for a lost alarm is worse.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from dataclasses import asdict, dataclass
from typing import Final

from sestriage import system

MAX_SEARCH: Final = 64 << 20
"""How much of the file after the report's place is searched for it."""
REPEATED: Final = b"(An earlier run was stopped while it wrote the following; it may have come through already.)\n"


@dataclass(frozen=True, slots=True)
class Sink:
    """Where a report goes. `regular` with its identity, path (None: not known) and the offset at which it begins."""

    regular: bool
    device: int = 0
    inode: int = 0
    offset: int = 0
    path: str | None = None
    syslog: bool = False
    """True for lines to syslog: none of the rest is known then."""

    @classmethod
    def of(cls, handle: int) -> Sink:
        """The sink behind an open descriptor, as it is now."""
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return cls(False)
        offset = status.st_size if system.appends(handle) else os.lseek(handle, 0, os.SEEK_CUR)
        path = None
        with contextlib.suppress(OSError):
            path = os.readlink(system.path_of(handle))  # noqa: PTH115
        return cls(True, status.st_dev, status.st_ino, offset, path)

    def dump(self) -> str:
        """As text for the state."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> Sink:
        """The sink that `dump` wrote. Raises ValueError or TypeError for what it never writes."""
        sink = cls(**json.loads(text))
        known = all(type(value) is int for value in (sink.device, sink.inode, sink.offset)) and sink.offset >= 0
        if not known or not isinstance(sink.path, str | None):
            raise ValueError("no sink")
        return sink


def missing(body: bytes, sink: Sink, handle: int) -> bytes | None:
    """The rest of a report that is still to be written to `handle`; None if it is there in full.

    `sink` is where a run that was stopped was about to write it.
    """
    written = _after(sink, handle)
    if written is None:
        return REPEATED + body
    if body in written:
        return None
    now = Sink.of(handle)
    if (now.device, now.inode) != (sink.device, sink.inode):
        return body
    return body[_overlap(written, body) :]


def write(handle: int, body: bytes) -> None:
    """Write all of it; raises OSError."""
    view = memoryview(body)
    while view:
        view = view[os.write(handle, view) :]


def _after(sink: Sink, handle: int) -> bytes | None:
    """The file's bytes from the report's place on; None if it is unknown what was written."""
    if not sink.regular:
        return None
    for path in (sink.path, system.path_of(handle)):
        if path is None:
            continue
        try:
            opened = system.open_to_read(path)
        except OSError:
            continue
        try:
            status = os.fstat(opened)
            if (status.st_dev, status.st_ino) == (sink.device, sink.inode):
                return system.read_at(opened, MAX_SEARCH, min(sink.offset, status.st_size))
        finally:
            os.close(opened)
    return None


def _overlap(written: bytes, body: bytes) -> int:
    """How many first bytes of the report the file ends with."""
    for size in range(min(len(written), len(body) - 1), 0, -1):
        if written.endswith(body[:size]):
            return size
    return 0
