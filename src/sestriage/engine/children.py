"""Processes of our own that read large files ahead: forked from the bare command line, ended with it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable

WORTH_IT = 48 << 20
"""Bytes of a file that are worth processes of their own."""


def forked(life: Callable[[], object]) -> int:
    """A process that ends with its life, whether that returns or raises; its number. Raises `OSError`."""
    process = os.fork()
    if not process:
        status = 1
        try:
            life()
            status = 0
        finally:  # not even an interrupt before its life begins may send it into the life of its parent
            os._exit(status)
    return process


def end(processes: list[int]) -> None:
    """Ends processes, those that ended by themselves included, and forgets them."""
    while processes:
        from signal import SIGKILL

        process = processes.pop()
        os.kill(process, SIGKILL)
        os.waitpid(process, 0)


def large_file(path: str, least: int, head: int) -> tuple[os.stat_result, bytes] | None:
    """What the system tells of a file of at least so many bytes, and its first bytes; None for any other path."""
    try:
        found = os.stat(path)  # noqa: PTH116
        if not stat.S_ISREG(found.st_mode) or found.st_size < least:
            return None
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib takes longer to import than this to run
            return found, file.read(head)
    except (OSError, ValueError):
        return None
