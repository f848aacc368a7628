"""Large plain logs are scanned by a process of their own while this one gets ready, as captures are (`ahead`).

Only the lines that are worth reading come back. A log that turns out to be read otherwise costs that process little:
it waits as soon as the pipe is full, and is ended in the end.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from sestriage.formats.log.selection import Selection
    from sestriage.model.source import SourceRef

WORTH_IT = 48 << 20
"""Bytes of a log that are worth a process of their own."""
MAX_READINGS = 2
"""Processes at a time."""
NOT_WHOLE = ("--since", "--until")
"""Options with which a log is not read from its beginning to its end."""
_HEAD_BYTES = 1 << 12
_CHUNK = 1 << 20
_NOT_TEXT = frozenset(range(32)) - frozenset(b"\t\n\r\x1b\f")


class LogsAhead:
    """Readings that are under way, by path."""

    def __init__(self) -> None:
        self._pipes: dict[str, int] = {}
        self._processes: list[int] = []

    @property
    def busy(self) -> bool:
        """Something is being read."""
        return bool(self._pipes)

    def begin(self, arguments: Sequence[str]) -> None:
        """Starts reading the large logs among the words of a command line; never raises."""
        if not hasattr(os, "fork") or any(word.startswith(NOT_WHOLE) for word in arguments):
            return
        for word in dict.fromkeys(arguments):
            if len(self._pipes) < MAX_READINGS and not word.startswith("-") and _is_large_text(word):
                try:
                    self._start(word)
                except OSError:
                    return

    def take(self, source: SourceRef, again: Callable[[], Iterable[bytes]]) -> Selection | None:
        """The lines of the log that is the source; None when it is not being read. `again` opens it anew, for the case
        that the process ends before its time.
        """
        pipe = None if source.member is not None else self._pipes.pop(source.path, None)
        if pipe is None:
            return None
        from sestriage.formats.log.selection import Selection

        return Selection(os.fdopen(pipe, "rb"), again)

    def stop(self) -> None:
        """Ends what is still being read; no process is left behind."""
        for pipe in self._pipes.values():
            os.close(pipe)
        self._pipes.clear()
        while self._processes:
            import signal

            process = self._processes.pop()
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)

    def _start(self, path: str) -> None:
        """Raises `OSError` when there can be no more processes or pipes."""
        ours, theirs = os.pipe()
        try:
            process = os.fork()
        except OSError:
            os.close(ours)
            os.close(theirs)
            raise
        if not process:
            os.close(ours)
            _read(path, theirs)
        os.close(theirs)
        self._pipes[path] = ours
        self._processes.append(process)


def _is_large_text(path: str) -> bool:
    try:
        found = os.stat(path)  # noqa: PTH116
        if not stat.S_ISREG(found.st_mode) or found.st_size < WORTH_IT:
            return False
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib takes longer to import than this to run
            return _NOT_TEXT.isdisjoint(file.read(_HEAD_BYTES))
    except (OSError, ValueError):
        return False


def _read(path: str, pipe: int) -> NoReturn:
    """The life of the process that reads: it never returns."""
    status = 1
    try:
        from sestriage.formats.log.selection import send_selection

        with os.fdopen(pipe, "wb") as out:
            send_selection(_chunks(path), out)
        status = 0
    finally:
        os._exit(status)


def _chunks(path: str) -> Iterator[bytes]:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123
        while chunk := file.read(_CHUNK):
            yield chunk
