"""A file with a budget of processor time: when that is spent the file ends, and reports it."""

from __future__ import annotations

import io
from typing import BinaryIO

from sestriage.model.effort import Effort


class Paced(io.RawIOBase):
    """Passes on what the stream below has until the effort is spent; from then on every read finds the end.

    `cut_at` is the number of bytes that were read up to there, None while nothing was cut off.
    """

    def __init__(self, stream: BinaryIO, effort: Effort) -> None:
        super().__init__()
        self._stream = stream
        self._effort = effort
        self._read = 0
        self.cut_at: int | None = None

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """As the stream below."""
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """As the stream below."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """As the stream below."""
        return self._stream.tell()

    def fileno(self) -> int:
        """As the stream below."""
        return self._stream.fileno()

    def read(self, size: int | None = -1, /) -> bytes:
        """At most `size` bytes, an empty string at the end."""
        return self._counted(b"" if self._ended() else self._stream.read(-1 if size is None else size))

    def readline(self, size: int | None = -1, /) -> bytes:
        """A line with its end, at most `size` bytes of it."""
        return self._counted(b"" if self._ended() else self._stream.readline(-1 if size is None else size))

    def readinto(self, buffer: object, /) -> int:
        """Fill a buffer (makes io.BufferedReader possible)."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """This and the stream below."""
        self._stream.close()
        super().close()

    def _counted(self, data: bytes) -> bytes:
        self._read += len(data)
        return data

    def _ended(self) -> bool:
        if self.cut_at is None and self._effort.spent:
            self.cut_at = self._read
        return self.cut_at is not None
