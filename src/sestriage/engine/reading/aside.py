"""A log that can only be read forwards, put aside to be read from its end: one that is compressed, in an archive or
comes from a pipe, and tells of one attempt after the other."""

from __future__ import annotations

import io
import shutil
import tempfile
from types import TracebackType
from typing import BinaryIO

CHUNK = 1 << 20
SHARE = 4
"""Of the free space for temporary files one part in so many is used at most."""


class Aside:
    """The rest of a stream, in a temporary file that has no name. As a stream it goes on where that one stood.

    Raises:
        OSError: there can be no temporary file.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.problem: OSError | EOFError | None = None
        """What ended the stream before its time; what came before that is there."""
        self._stream = stream
        self._no_room = b""
        """What was read, and found no room in the file."""
        self.whole = False
        """All of the rest is in the file."""
        room = shutil.disk_usage(tempfile.gettempdir()).free // SHARE
        raw: io.FileIO = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        try:
            self._fill(raw, room)
            raw.seek(0)
        except BaseException:
            raw.close()
            raise
        self.file: BinaryIO = io.BufferedReader(raw)

    def __enter__(self) -> Aside:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.file.close()

    def _fill(self, file: io.FileIO, room: int) -> None:
        while chunk := self._next():
            kept = 0
            try:
                while kept < len(chunk) <= room:
                    kept += file.write(chunk[kept:])
            except OSError:  # the room went to others
                pass
            room -= kept
            self._no_room = chunk[kept:]
            if self._no_room:
                return
        self.whole = True

    def _next(self) -> bytes:
        try:
            return self._stream.read(CHUNK)
        except (OSError, EOFError) as error:
            self.problem = error
            return b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes: first those that were put aside.

        Raises:
            OSError, EOFError: the stream ended before its time.
        """
        if data := self.file.read(size):
            return data
        if self._no_room:
            data, self._no_room = self._no_room, b""
            return data
        if self.problem is not None:
            problem, self.problem = self.problem, None
            raise problem
        return b"" if self.whole else self._stream.read(size)
