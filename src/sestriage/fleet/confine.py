"""What a worker may cost: limits that the system enforces, and an end with the process that started it."""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import select
import signal
import sys
import threading
from contextlib import suppress

PR_SET_PDEATHSIG = 1
"""prctl(2)."""


def confine(memory: int, owner: int) -> None:
    """Limit this process for good: `memory` is in bytes of data (RLIMIT_DATA of setrlimit(2): heap, private mappings,
    stacks). Beyond it Python raises MemoryError. It ends when the process `owner` does."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    end_with_parent()
    end_with(owner)
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # as the command line does (cli/entry.py)


def end_with_parent() -> None:
    """Killed when the parent is gone, whatever ended that: nobody would read the result (Linux)."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def end_with(owner: int) -> None:
    """End when another process ends, however that comes. The parent of a worker is only a server of forks, which lives
    as long as its children; and a worker may wait for a lock that a killed one took with it (Linux)."""
    if not hasattr(os, "pidfd_open"):
        return
    try:
        handle = os.pidfd_open(owner)
    except ProcessLookupError:
        os._exit(1)
    except OSError:  # a kernel without it
        return

    def watch() -> None:
        select.select([handle], [], [])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
