"""Large captures are read by a process of their own, while this one gets ready: imports, rules, the rest of the input.

Large logs are too (`ahead_log`).

Reading starts from the bare command line, before it is understood. So what is read here may turn out not to be wanted;
then nobody asks for it. Whoever asks and gets None reads the capture himself.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sestriage.engine.ahead_log import LogsAhead

if TYPE_CHECKING:
    from sestriage.model.capture import Capture
    from sestriage.model.source import SourceRef

WORTH_IT = 48 << 20
"""Bytes of a capture that are worth a process of their own."""
MAX_READINGS = 2
"""Processes at a time."""
_MAGICS = frozenset(bytes.fromhex(m) for m in ("d4c3b2a1", "a1b2c3d4", "4d3cb2a1", "a1b23c4d", "0a0d0d0a"))
_PORTION = 1 << 20


@dataclass(frozen=True, slots=True)
class _Reading:
    """A process that reads, and the pipe through which its result comes."""

    process: int
    pipe: int


class Ahead:
    """Readings that are under way, by path."""

    def __init__(self) -> None:
        self.logs = LogsAhead()
        self._readings: dict[str, _Reading] = {}
        self._ended: list[int] = []

    @property
    def busy(self) -> bool:
        """Something is being read."""
        return bool(self._readings) or self.logs.busy

    def begin(self, arguments: Sequence[str]) -> None:
        """Starts reading the large captures and logs among the words of a command line; never raises.

        With a key log among the options no capture is: captures are read with it.
        """
        self.logs.begin(arguments)
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
        data = _everything(reading.pipe)
        self._ended.append(reading.process)
        try:
            capture: Capture = pickle.loads(data)  # noqa: S301 - written by our own child
        except (pickle.UnpicklingError, EOFError):  # it ended before its time
            return None
        return parse_all(capture) if capture.source == source else None

    def stop(self) -> None:
        """Ends the readings that nobody asked for; no process is left behind."""
        self.logs.stop()
        for reading in self._readings.values():
            import signal

            os.kill(reading.process, signal.SIGKILL)
            os.close(reading.pipe)
            self._ended.append(reading.process)
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
    return _Reading(process, ours)


def _read(path: str, pipe: int) -> None:
    """The life of the process that reads: it never returns."""
    status = 1
    try:
        import pickle

        from sestriage.formats.capture import read_capture
        from sestriage.formats.capture.unparsed import unparsed
        from sestriage.model.source import SourceRef

        with open(path, "rb") as file:  # noqa: PTH123
            capture = read_capture(file, SourceRef(path), parse=unparsed)
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
