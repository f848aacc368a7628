"""Open what the user named: a file, or a pipe that some program writes to."""

from __future__ import annotations

import io
import os
import stat
from typing import BinaryIO, Final, cast

from sestriage import system
from sestriage.model.message import Message

WAIT: Final = 5.0
"""Seconds in which a program must open a named pipe for writing; how long it then takes to write is its own affair."""
_FIRST: Final = 1 << 16
"""Bytes that are taken to see whether there is a writer."""


def open_named(path: str) -> BinaryIO:
    """Open a path for reading; a named pipe to which nothing writes is not waited for without end.

    Raises:
        OSError: it cannot be opened, or nothing writes to it.
    """
    handle = system.open_to_read(path)
    try:
        first = _first_bytes(handle) if stat.S_ISFIFO(os.fstat(handle).st_mode) else b""
        system.may_block(handle)
        stream = os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise
    return stream if not first else cast(BinaryIO, io.BufferedReader(_Continued(first, stream)))


def _first_bytes(pipe: int) -> bytes:
    """What a pipe that does not block has to give by now. Raises OSError where nothing writes to it."""
    for waited in (False, True):
        try:
            first = os.read(pipe, _FIRST)
        except BlockingIOError:
            return b""  # a program has it open, and has written nothing yet
        if first or (waited and system.wait_for_bytes(pipe, 0)):
            return first
        if not waited:
            system.wait_for_bytes(pipe, WAIT)
    raise OSError(Message("no program writes to this pipe"))


class _Continued(io.RawIOBase):
    """Bytes that were read already, and the rest of their stream."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._first = memoryview(first)
        self._rest = rest

    def readable(self) -> bool:
        """Yes."""
        return True

    def fileno(self) -> int:
        """Of the rest."""
        return self._rest.fileno()

    def readinto(self, buffer: object, /) -> int:
        """Fill a buffer."""
        view = memoryview(cast(bytearray, buffer)).cast("B")
        if not self._first:
            data = cast(io.BufferedReader, self._rest).read1(len(view))
            view[: len(data)] = data
            return len(data)
        size = min(len(view), len(self._first))
        view[:size] = self._first[:size]
        self._first = self._first[size:]
        return size

    def close(self) -> None:
        """Close the rest, too."""
        self._rest.close()
        super().close()
