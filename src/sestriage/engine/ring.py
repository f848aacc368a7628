"""A file that one process reads into memory while another one works on what has been read.

Copying hundreds of megabytes out of the page cache takes as long as walking over some hundred thousand packets. The
memory is shared: nothing is copied from one process to the other.
"""

from __future__ import annotations

import os
from contextlib import suppress
from mmap import mmap

from sestriage.model.effort import Effort

SLOT = 1 << 19
"""Bytes of a portion."""
SLOTS = 4
"""Few and small enough for all of them to stay in a processor's cache: what one process has written there, the other
one need not fetch from memory."""
BATCH = 2
"""Portions that are given back at a time: the process that reads is woken less often."""
FRONT = 1 << 18
"""Bytes before each portion, for what is left of the one before it."""
_STRIDE = FRONT + SLOT
_NUMBER = 4
"""Bytes of a number in the pipe: the length of a portion, 0 at the end of the file, or an error's number, negative."""


class Ring:
    """Made before the two processes are. One of them calls `fill`, the other one `take`, the maker `forget`."""

    front = FRONT

    def __init__(self) -> None:
        self.problem: str | None = None
        self._memory = mmap(-1, SLOTS * _STRIDE)
        self._taken = 0
        self._full, self._full_end = os.pipe()
        """What has been read, number by number."""
        try:
            self._free, self._free_end = os.pipe()
            """A byte for each portion that may be overwritten."""
        except OSError:
            os.close(self._full)
            os.close(self._full_end)
            raise

    def forget(self) -> None:
        """Leaves the ring to the other two processes: as soon as one of them is gone, the other one notices."""
        for end in (self._full, self._full_end, self._free, self._free_end):
            os.close(end)
        self._memory.close()

    def fill(self, path: str) -> None:
        """The life of the process that reads. It ends with the file, or when nobody takes the portions any more."""
        os.close(self._full)
        os.close(self._free_end)
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            self._fill(file.readinto)

    def _fill(self, readinto) -> None:  # type: ignore[no-untyped-def]
        slots = [memoryview(self._memory)[start + FRONT : start + _STRIDE] for start in _starts()]
        number, free = 0, SLOTS
        while free:
            try:
                count = readinto(slots[number % SLOTS])
            except OSError as error:
                count = -(error.errno or 1)
            os.write(self._full_end, count.to_bytes(_NUMBER, "little", signed=True))
            if count <= 0:
                return
            number += 1
            free -= 1
            free = free or len(os.read(self._free, SLOTS))

    def begin(self) -> None:
        """Before the first `take`, and where it is called."""
        from sestriage.ingest.limits import Limits

        self._effort = Effort(Limits().max_seconds)
        os.close(self._full_end)
        os.close(self._free)

    def take(self) -> memoryview | None:
        """The next portion behind `front` bytes of room; None at the end of the file. The one before is given back.

        Raises `SystemExit` when the other process ended before its time, or this one took too much of the processor's:
        who asked for the capture then reads it himself, and says how far that went.
        """
        if self._effort.spent:
            raise SystemExit("it takes too long")
        if self._taken and not self._taken % BATCH:
            with suppress(BrokenPipeError):  # it has come to the end of the file
                os.write(self._free_end, bytes(BATCH))
        number = os.read(self._full, _NUMBER)
        if len(number) < _NUMBER:
            raise SystemExit("nobody reads the file any more")
        count = int.from_bytes(number, "little", signed=True)
        if count < 0:
            self.problem = f"reading stopped: {OSError(-count, os.strerror(-count))}"
        if count <= 0:
            return None
        start = self._taken % SLOTS * _STRIDE
        self._taken += 1
        return memoryview(self._memory)[start : start + FRONT + count]


def _starts() -> range:
    return range(0, SLOTS * _STRIDE, _STRIDE)
