"""Large captures are read by processes of their own, while this one gets ready: imports, rules, the rest of the input.

One process brings the bytes in, a second one walks over the packets.

Reading starts from the bare command line, before it is understood. So what is read here may turn out not to be wanted;
then nobody asks for it. Whoever asks and gets None reads the capture himself.
"""

from __future__ import annotations

import gc
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from sestriage.engine.ring import Ring

if TYPE_CHECKING:
    from sestriage.model.capture import Capture
    from sestriage.model.source import SourceRef

WORTH_IT = 48 << 20
"""Bytes of a capture that are worth a process of their own."""
MAX_READINGS = 2
"""Captures at a time."""
_MAGICS = frozenset(bytes.fromhex(m) for m in ("d4c3b2a1", "a1b2c3d4", "4d3cb2a1", "a1b23c4d", "0a0d0d0a"))
_PORTION = 1 << 20


@dataclass(frozen=True, slots=True)
class _Reading:
    """The processes that read a capture, and the pipe through which the result comes."""

    processes: tuple[int, int]
    pipe: int


class Ahead:
    """Readings that are under way, by path."""

    def __init__(self) -> None:
        self._readings: dict[str, _Reading] = {}
        self._ended: list[int] = []

    @property
    def busy(self) -> bool:
        """Something is being read."""
        return bool(self._readings)

    def begin(self, arguments: Sequence[str]) -> None:
        """Starts reading the large captures among the words of a command line; never raises.

        With a key log among the options nothing is started: captures are read with it.
        """
        if not hasattr(os, "fork") or any(word.startswith("--keylog") for word in arguments):
            return
        for word in dict.fromkeys(arguments):
            if len(self._readings) < MAX_READINGS and not word.startswith("-") and _is_large_capture(word):
                try:
                    self._readings[word] = _start(word)
                except OSError:
                    return

    def take(self, source: SourceRef) -> Capture | None:
        """What was read of the file that is the source; None when that was not read, or not to the end."""
        reading = None if source.member is not None else self._readings.pop(source.path, None)
        if reading is None:
            return None
        import pickle

        from sestriage.formats.capture.unparsed import parse_all
        from sestriage.formats.x509 import strict_refusal

        strict_refusal(b"")  # imports what it takes to parse certificates
        gc.freeze()  # what has been imported stays: no need to look through it when the evidence has come
        data = _everything(reading.pipe)
        self._ended += reading.processes
        try:
            capture: Capture = pickle.loads(data)  # noqa: S301 - written by our own child
        except (pickle.UnpicklingError, EOFError):  # it ended before its time
            return None
        return parse_all(capture) if capture.source == source else None

    def stop(self) -> None:
        """Ends the readings that nobody asked for; no process is left behind."""
        for reading in self._readings.values():
            import signal

            for process in reading.processes:
                os.kill(process, signal.SIGKILL)
            os.close(reading.pipe)
            self._ended += reading.processes
        self._readings.clear()
        while self._ended:
            os.waitpid(self._ended.pop(), 0)


def _is_large_capture(path: str) -> bool:
    try:
        found = os.stat(path)  # noqa: PTH116
        if not stat.S_ISREG(found.st_mode) or found.st_size < WORTH_IT:
            return False
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib takes longer to import than this to run
            return file.read(4) in _MAGICS
    except (OSError, ValueError):
        return False


def _start(path: str) -> _Reading:
    """Raises `OSError` when there can be no more processes or pipes."""
    ring = Ring()
    try:
        reader = _forked(lambda: ring.fill(path))
        try:
            ours, theirs = os.pipe()
            try:
                walker = _forked(lambda: _walk(path, ring, ours, theirs))
            except OSError:
                os.close(ours)
                raise
            finally:
                os.close(theirs)
        except OSError:
            _end(reader)
            raise
    finally:
        ring.forget()
    return _Reading((walker, reader), ours)


def _forked(life: Callable[[], NoReturn]) -> int:
    """A process with that life; its number."""
    return os.fork() or life()


def _end(process: int) -> None:
    import signal

    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def _walk(path: str, ring: Ring, theirs: int, pipe: int) -> NoReturn:
    """The life of the process that walks over the capture."""
    status = 1
    try:
        os.close(theirs)
        ring.begin()
        import pickle

        from sestriage.formats.capture import read_capture
        from sestriage.formats.capture.unparsed import unparsed
        from sestriage.model.source import SourceRef

        capture = read_capture(ring, SourceRef(path), parse=unparsed)
        with os.fdopen(pipe, "wb") as out:
            pickle.dump(capture, out, pickle.HIGHEST_PROTOCOL)
        status = 0
    finally:
        os._exit(status)


def _everything(pipe: int) -> bytes:
    """What the process wrote until it closed its end."""
    portions = []
    with os.fdopen(pipe, "rb", buffering=0) as stream:
        while portion := stream.read(_PORTION):
            portions.append(portion)
    return b"".join(portions)
