"""Any fault of ours while one piece of the input is read: the piece is lost, the rest is used.

There is one place for it, `Guard`, around whatever reads one piece. Its exceptions are unforeseen, so nothing of the
error's own text is kept: it may quote what was read.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from hashlib import sha256
from types import TracebackType

from sestriage.errors import InputError, MissingPackageError
from sestriage.model.fault import Fault
from sestriage.model.message import Message

DEBUG_VARIABLE = "SESTRIAGE_DEBUG"
"""Set to anything: faults are raised, for a developer to see."""

PLACES = 3
"""Innermost functions of our own by which a fault is told from others."""

_PASSES = (KeyboardInterrupt, SystemExit, GeneratorExit, InputError, MissingPackageError)
"""No faults: the user or the program wants to end, or a path cannot be used at all. Everything else is one, be it no
`Exception` at all (the `PanicException` of libraries written in Rust is a bare BaseException)."""

_OWN = __name__.partition(".")[0] + "."


class Guard:
    """A context that turns whatever is raised in it into a `Fault`, which is passed to `lost`, and continues after it.

    Not a generator of `contextlib`: that has ways of its own with StopIteration.
    """

    def __init__(self, lost: Callable[[Fault], object], *passes: type[BaseException]) -> None:
        """`passes` are further errors that are raised on purpose, and are left alone."""
        self._lost = lost
        self._passes: tuple[type[BaseException], ...] = (*_PASSES, *passes)

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is None or isinstance(error, self._passes) or os.environ.get(DEBUG_VARIABLE):
            return False
        missing = missing_package(error)
        if missing is not None:
            raise missing from error
        self._lost(fault_of(error))
        return True


def missing_package(error: BaseException | None) -> MissingPackageError | None:
    """The error for a user where a package of others cannot be imported; None for any other cause."""
    name = (error.name or "").partition(".")[0] if isinstance(error, ImportError) else ""
    if not name or name == _OWN.rstrip(".") or name in sys.stdlib_module_names:
        return None
    return MissingPackageError(
        Message(
            "the Python package {package} is missing, or does not load: install sestriage anew, with all that it needs",
            package=name,
        )
    )


def fault_of(error: BaseException) -> Fault:
    """The fault that the error is. The code holds over releases as long as the functions keep their names."""
    name = "".join(c for c in type(error).__name__ if c.isalnum() or c == "_")[:60]
    where = "\n".join(_own_places(error.__traceback__)[-PLACES:])
    code = sha256(f"{name}\n{where}".encode()).hexdigest()[:8]
    reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else None
    return Fault(name, code, reason)


def _own_places(trace: TracebackType | None) -> list[str]:
    """module:function of each frame of our own, the innermost last."""
    places: list[str] = []
    while trace is not None:
        frame = trace.tb_frame
        module = frame.f_globals.get("__name__")
        if isinstance(module, str) and module.startswith(_OWN):
            places.append(f"{module}:{frame.f_code.co_qualname}")
            del places[:-PLACES]
        trace = trace.tb_next
    return places
