"""One run at a time: a lock on a file in the state folder, freed by the kernel however the run ends."""

from __future__ import annotations

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sestriage.errors import InputError, reason_of
from sestriage.model.message import Message

NAME = "lock"


@contextmanager
def only_run(folder: str, wait: float = 0.0) -> Iterator[float | None]:
    """None when this run has the lock, which is held inside the context; else how many seconds another has had it.

    Waits up to `wait` seconds for the other run.

    Raises InputError when the folder cannot be used.
    """
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103
        _refuse_of_others(folder)
        handle = os.open(
            os.path.join(folder, NAME),  # noqa: PTH118
            os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC,
            0o600,
        )
    except OSError as error:
        raise InputError(
            Message(
                "cannot use the state folder {folder}: {reason} (choose another with --state)",
                folder=folder,
                reason=reason_of(error),
            )
        ) from error
    try:
        if _take(handle, wait):
            os.utime(handle)
            yield None
        else:
            yield max(0.0, time.time() - os.fstat(handle).st_mtime)
    finally:
        os.close(handle)


def _refuse_of_others(folder: str) -> None:
    """Raises InputError for a folder in which another account could put files in the place of ours."""
    status = os.stat(folder)  # noqa: PTH116
    if status.st_uid in (0, os.geteuid()) and not status.st_mode & stat.S_IWOTH:
        return
    raise InputError(
        Message("the state folder {folder} belongs to others, or every user may write to it: not used", folder=folder)
    )


def _take(handle: int, wait: float) -> bool:
    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            if time.monotonic() >= end:
                return False
            time.sleep(0.05)
