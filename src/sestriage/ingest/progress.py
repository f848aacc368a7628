"""The progress of a walk and of what follows it, for a progress bar."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from sestriage.ingest.layers import Source


_T = TypeVar("_T")


class Reading:
    """The file that a walk reads at the moment, and behind the last one how many attempts were judged.

    It is told of files, never of bytes, so that reading costs the same.

    One thread reads; another one may ask at any time.
    """

    def __init__(self) -> None:
        self.name: str | None = None
        """The file as the user named it; None before the first one and behind the last."""
        self.started = False
        """Some file was begun."""
        self.done = 0
        """Bytes of the files before it."""
        self.judged = 0
        """Attempts that were judged."""
        self.to_judge = 0
        """Attempts that are to be judged, those before included; 0 while that is not known."""
        self._size: int | None = None
        self._source: Source | None = None
        self._stream: IO[bytes] | None = None

    def begin(self, name: str, size: int | None, source: Source | None = None) -> None:
        """The next file; `size` is None for a pipe. Without `source`, `opened` has to tell through what it is read."""
        self.end()
        self._source, self._size, self.name = source, size, name
        self.started = True

    def opened(self, stream: IO[bytes]) -> None:
        """The current file was opened again: from here on it is read through this."""
        self._stream = stream

    def end(self) -> None:
        """The current file was read or skipped."""
        if self.name is not None:
            self.done += self._size if self._size is not None else self.position
        self.name = self._source = self._stream = self._size = None

    def judging(self, attempts: Sequence[_T]) -> Iterator[_T]:
        """The attempts one by one; each is judged when the next one is asked for."""
        self.to_judge += len(attempts)
        for attempt in attempts:
            yield attempt
            self.judged += 1

    @property
    def position(self) -> int:
        """Bytes of the current file that were read, as they lie on disk (packed ones, of an archive)."""
        source, stream = self._source, self._stream
        if stream is not None:
            try:
                return os.lseek(stream.fileno(), 0, os.SEEK_CUR)
            except (OSError, ValueError):  # closed meanwhile, or no file of the system
                return self._size or 0
        return source.raw if source is not None else 0
