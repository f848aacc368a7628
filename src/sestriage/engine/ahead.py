"""Large captures are read by processes of their own, while this one gets ready: imports, rules, the rest of the input.

One process brings the bytes in, a second one walks over the packets. Large logs are searched likewise (`ahead_log`).

Reading starts from the bare command line, before it is understood. So what is read here may turn out not to be wanted;
then nobody asks for it. Whoever asks and gets None reads the capture himself.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING, NamedTuple

from sestriage.engine.ahead_log import LogsAhead
from sestriage.engine.children import WORTH_IT as WORTH_IT
from sestriage.engine.children import end, forked, large_file

if TYPE_CHECKING:  # every command loads this module, few have a capture to read
    import pickle

    from sestriage.engine.ring import Ring
    from sestriage.model.capture import Capture
    from sestriage.model.source import SourceRef

MAX_READINGS = 2
"""Captures at a time."""
_MAGICS = frozenset(bytes.fromhex(m) for m in ("d4c3b2a1", "a1b2c3d4", "4d3cb2a1", "a1b23c4d", "0a0d0d0a"))
_PORTION = 1 << 20


class _Reading(NamedTuple):
    """The processes that read a capture, and the pipe through which the result comes."""

    processes: tuple[int, int]
    pipe: int


class Ahead:
    """Readings that are under way, by path."""

    def __init__(self) -> None:
        self.logs = LogsAhead()
        self._readings: dict[str, _Reading] = {}
        self._ended: list[int] = []
        """Processes whose result was asked for, or will not be."""

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
        self._ended += reading.processes  # whatever happens from here on, `stop` ends them
        import pickle

        from sestriage.formats.capture.unparsed import parse_all
        from sestriage.formats.x509 import strict_refusal

        strict_refusal(b"")  # imports what it takes to parse certificates
        gc.freeze()  # what has been imported stays: no need to look through it when the evidence has come
        data = _everything(reading.pipe)
        try:
            capture: Capture = pickle.loads(data)  # noqa: S301 - written by our own child
        except (pickle.UnpicklingError, EOFError):  # it ended before its time
            return None
        return parse_all(capture) if capture.source == source else None

    def stop(self) -> None:
        """Ends the readings that nobody asked for; no process is left behind."""
        self.logs.stop()
        for reading in self._readings.values():
            os.close(reading.pipe)
            self._ended += reading.processes
        self._readings.clear()
        end(self._ended)


def _is_large_capture(path: str) -> bool:
    large = large_file(path, WORTH_IT, 4)
    return large is not None and large[1] in _MAGICS


def _start(path: str) -> _Reading:
    """Raises `OSError` when there can be no more processes or pipes."""
    from sestriage.engine.ring import Ring

    ring = Ring()
    try:
        reader = forked(lambda: ring.fill(path))
        try:
            walker, pipe = _start_walker(path, ring)
        except BaseException:
            end([reader])
            raise
    finally:
        ring.forget()
    return _Reading((walker, reader), pipe)


def _start_walker(path: str, ring: Ring) -> tuple[int, int]:
    # imported while the first bytes come: nearly all of it is needed by both processes
    import pickle  # noqa: F401

    from sestriage.formats.capture import read_capture, unparsed  # noqa: F401

    ours, theirs = os.pipe()
    try:
        return forked(lambda: _walk(path, ring, ours, theirs)), ours
    except OSError:
        os.close(ours)
        raise
    finally:
        os.close(theirs)


def _walk(path: str, ring: Ring, others: int, pipe: int) -> None:
    """The life of the process that walks over the capture. `others` is the end of the pipe that is not its own."""
    os.close(others)
    ring.begin()
    gc.freeze()  # what has been imported stays: no need to look through it
    from sestriage.formats.capture import read_capture
    from sestriage.formats.capture.unparsed import unparsed
    from sestriage.model.source import SourceRef

    capture = read_capture(ring, SourceRef(path), certificate=unparsed)
    with os.fdopen(pipe, "wb") as out:
        _pickler(out).dump(capture)


def _pickler(out: IO[bytes]) -> pickle.Pickler:
    """Writes facts as calls of their classes: half the time that dataclasses with slots take by themselves."""
    import pickle
    from dataclasses import fields, is_dataclass
    from operator import attrgetter

    from sestriage.model import capture
    from sestriage.model.source import SourceRef
    from sestriage.model.trust import Certificate

    def reducer(kind: type) -> Callable[[object], tuple[type, tuple[object, ...]]]:
        values = attrgetter(*(field.name for field in fields(kind)))
        return lambda fact: (kind, values(fact))

    pickler = pickle.Pickler(out, pickle.HIGHEST_PROTOCOL)
    kinds = (SourceRef, Certificate, *(kind for kind in vars(capture).values() if is_dataclass(kind)))
    pickler.dispatch_table = {kind: reducer(kind) for kind in kinds if isinstance(kind, type)}
    return pickler


def _everything(pipe: int) -> bytes:
    """What the process wrote until it closed its end."""
    portions = []
    with os.fdopen(pipe, "rb", buffering=0) as stream:
        while portion := stream.read(_PORTION):
            portions.append(portion)
    return b"".join(portions)
