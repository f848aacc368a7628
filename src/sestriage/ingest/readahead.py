"""The content of a large member, read and decompressed by a thread of its own while what came before is looked at."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import Final

from sestriage.ingest.layers import CHUNK, Layer
from sestriage.ingest.limits import MIB

BLOCK: Final = 4 * CHUNK
"""Bytes asked for at a time; what a decompressor gives at most."""
BATCH: Final = 4 * BLOCK
"""Bytes handed over at a time: waking the other side costs more than reading a block."""
AHEAD: Final = 3
"""Batches that may wait."""
DIRECT: Final = MIB
"""A member this small is read without a thread."""


class ReadAhead(Layer):
    """The same bytes as `inner`. From `DIRECT` bytes on a thread, if there can be one, reads ahead, at most `AHEAD` + 2
    batches.

    While it does, nothing else may touch the layers below: call `stop` before using them again. The thread ends with
    the content or at `stop`. `problem` is set when the end is reached here. What the thread raises is raised here.
    """

    def __init__(self, inner: Layer) -> None:
        super().__init__()
        self._inner = inner
        self._blocks: list[bytes] = []
        """What was handed over, last block first."""
        self._thread: threading.Thread | None = None
        self._ready: SimpleQueue[list[bytes] | BaseException] = SimpleQueue()
        self._room = threading.Semaphore(AHEAD)
        self._stopping = False
        self._ended = False

    def _next(self, size: int) -> bytes:
        if not self._blocks and not self._take(size):
            return b""
        data = self._blocks.pop()
        if len(data) > size:
            self._blocks.append(data[size:])
            return data[:size]
        return data

    def _take(self, size: int) -> bool:
        """Get the next blocks; False at the end."""
        if self._ended or self._stopping:
            return False
        if self._thread is None and (self.position < DIRECT or not self._started()):
            return self._took([self._inner.read(size)])
        batch = self._ready.get()
        self._room.release()
        if isinstance(batch, BaseException):
            self._ended = True
            raise batch
        return self._took(batch)

    def _started(self) -> bool:
        """A thread reads ahead; False when there can be no more threads."""
        thread = threading.Thread(target=self._run, name="read-ahead", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            return False
        self._thread = thread
        return True

    def _took(self, blocks: list[bytes]) -> bool:
        """Blocks in the order of the content; an empty one marks the end."""
        if not blocks[-1]:
            self._ended = True
            self.problem = self._inner.problem
            blocks.pop()
        self._blocks = blocks[::-1]
        return bool(blocks)

    def _run(self) -> None:
        try:
            ended = False
            while not ended and not self._stopping:
                self._room.acquire()
                batch: list[bytes] = []
                size = 0
                while not ended and not self._stopping and size < BATCH:
                    batch.append(self._inner.read(BLOCK))
                    size += len(batch[-1])
                    ended = not batch[-1]
                if batch:
                    self._ready.put(batch)
        except BaseException as error:
            self._ready.put(error)

    def stop(self) -> None:
        """End the thread, if there is one, and this content."""
        self._stopping = True
        self._blocks.clear()
        if self._thread is not None:
            self._room.release()
            self._thread.join()
            self._thread = None
