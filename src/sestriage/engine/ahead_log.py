"""Large plain logs are searched by processes of their own while this one gets ready, as captures are read (`ahead`).

They tell in which places there are lines that matter; only those are read here. A log that turns out to be read
otherwise costs little: the processes are ended.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from sestriage.engine.children import WORTH_IT as WORTH_IT
from sestriage.engine.children import end, forked, large_file

if TYPE_CHECKING:
    from sestriage.formats.log.finder import Finder
    from sestriage.formats.log.places import Place, Selection, Stretch
    from sestriage.model.source import SourceRef

MAX_LOGS = 2
"""Logs that are searched at the same time."""
MAX_PROCESSES = 4
"""Processes that search one log."""
STRETCH_BYTES = 64 << 20
"""What a process searches before it tells what it found; the parser begins with the first ones meanwhile."""
NOT_WHOLE = ("--since", "--until")
"""Options with which a log is not read from its beginning to its end."""
END_BYTES = 1 << 16
"""The end of a log, by which is told whether it holds little else than what matters."""
DENSE = 200
"""Hits in the end of a log from which on such processes are not worth it: it is read from its end (`newest`)."""
_LENGTH = 4
"""Bytes of a message's length in a pipe."""
_NOT_TEXT = frozenset(range(32)) - frozenset(b"\t\n\r\x1b\f")


class _Search(NamedTuple):
    """The pipes through which the processes tell of their stretches, in turn, how many stretches there are, and which
    file (device and number) is searched: the path may name another one by and by."""

    pipes: list[int]
    stretches: int
    file: tuple[int, int]


class LogsAhead:
    """Searches that are under way, by path."""

    def __init__(self) -> None:
        self._searches: dict[str, _Search] = {}
        self._processes: list[int] = []

    @property
    def busy(self) -> bool:
        """Something is being searched."""
        return bool(self._searches)

    def begin(self, arguments: Sequence[str]) -> None:
        """Starts searching the large logs among the words of a command line; never raises."""
        if not hasattr(os, "fork") or any(word.startswith(NOT_WHOLE) for word in arguments):
            return
        for word in dict.fromkeys(arguments):
            if len(self._searches) < MAX_LOGS and not word.startswith("-") and (found := _large_text(word)):
                self._search(word, found)

    def take(self, source: SourceRef, open_log: Callable[[], BinaryIO]) -> Selection | None:
        """The lines of the log that is the source; None when it is not being searched."""
        search = self._searches.pop(source.path, None) if source.member is None else None
        if search is None:
            return None
        from sestriage.formats.log.places import Selection

        if not _is(source.path, search.file):
            _close(search.pipes)
            return None
        return Selection(open_log, _received(search))

    def stop(self) -> None:
        """Ends what still runs; no process is left behind."""
        for search in self._searches.values():
            _close(search.pipes)
        self._searches.clear()
        end(self._processes)

    def _search(self, path: str, found: os.stat_result) -> None:
        from sestriage.formats.log.finder import hyperscan_finder
        from sestriage.formats.log.places import cut

        find = hyperscan_finder()  # compiles what all of them need
        if find is not None and _is_dense(path, find):
            return
        size = found.st_size
        stretches = cut(size, max(_processors(), size // STRETCH_BYTES))
        count = min(_processors(), MAX_PROCESSES)
        pipes: list[int] = []
        try:
            for number in range(count):
                pipes.append(self._start(path, _file(found), stretches[number::count], pipes))
        except OSError:  # no more processes or pipes
            _close(pipes)
            return
        self._searches[path] = _Search(pipes, len(stretches), _file(found))

    def _start(
        self, path: str, wanted: tuple[int, int], stretches: Sequence[tuple[int, int]], others: Sequence[int]
    ) -> int:
        """The end of the pipe that is read here. `others` are those of the processes before it."""
        ours, theirs = os.pipe()

        def life() -> None:
            _close((ours, *others))
            _find(path, wanted, stretches, theirs)

        try:
            self._processes.append(forked(life))
        except OSError:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        return ours


def _close(pipes: Iterable[int]) -> None:
    for pipe in pipes:
        os.close(pipe)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _file(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _is_dense(path: str, find: Finder) -> bool:
    with suppress(OSError), open(path, "rb") as file:  # noqa: PTH123
        file.seek(-END_BYTES, os.SEEK_END)
        return len(find(file.read(END_BYTES), 0, END_BYTES)[0]) >= DENSE
    return False


def _is(path: str, file: tuple[int, int]) -> bool:
    try:
        return _file(os.stat(path)) == file  # noqa: PTH116
    except OSError:
        return False


def _large_text(path: str) -> os.stat_result | None:
    """None for all other files."""
    large = large_file(path, WORTH_IT, 1 << 12)
    return large[0] if large is not None and _NOT_TEXT.isdisjoint(large[1]) else None


def _find(path: str, wanted: tuple[int, int], stretches: Sequence[tuple[int, int]], pipe: int) -> None:
    """The life of a process that searches. It ends early when a stretch must be read as a whole, and at once when the
    path names another file by now."""
    from sestriage.formats.log.places import find_places

    with open(path, "rb") as file, os.fdopen(pipe, "wb") as out:  # noqa: PTH123
        for start, stop in stretches if _file(os.fstat(file.fileno())) == wanted else ():
            found = find_places(file, start, stop)
            if found is None:
                break
            places = map(_plain, (found.tail, *found.places))
            _send(marshal.dumps((found.begin, found.end, found.lines, *places)), out)


def _plain(place: Place) -> tuple[int, int, int]:
    return place.begin, place.lines, place.last


def _send(message: bytes, out: BinaryIO) -> None:
    out.write(len(message).to_bytes(_LENGTH, "little") + message)
    out.flush()


def _message(pipe: BinaryIO) -> bytes:
    """The next message, less when its sender ended. `marshal.load` would make an end of an interrupt while it waits."""
    return pipe.read(int.from_bytes(pipe.read(_LENGTH), "little"))


def _received(search: _Search) -> Iterator[Stretch | None]:
    """What the processes find, in the order of the log; None in the end where one of them found no way or ended."""
    from sestriage.formats.log.places import Place, Stretch

    streams = [os.fdopen(pipe, "rb") for pipe in search.pipes]
    try:
        for number in range(search.stretches):
            try:
                told = _message(streams[number % len(streams)])
                begin, end, lines, tail, *places = marshal.loads(told)  # noqa: S302 - our child's
            except (EOFError, ValueError, TypeError):
                yield None
                return
            yield Stretch(begin, end, lines, Place(*tail), tuple(Place(*place) for place in places))
    finally:
        for stream in streams:
            stream.close()
