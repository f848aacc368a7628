"""One run at a time: a lock on a file in the state folder, freed by the kernel however the run ends."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sestriage import system
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
        handle = system.open_or_create(os.path.join(folder, NAME), 0o600)  # noqa: PTH118
    except OSError as error:
        raise InputError(
            Message(
                "cannot use the state folder {folder}: {reason} (choose another with --state)",
                folder=folder,
                reason=reason_of(error),
            )
        ) from error
    try:
        if system.locked(handle, wait):
            os.utime(handle)
            yield None
        else:
            yield max(0.0, time.time() - os.fstat(handle).st_mtime)
    finally:
        os.close(handle)


def _refuse_of_others(folder: str) -> None:
    """Raises InputError for a folder in which another account could put files in the place of ours."""
    status = os.stat(folder)  # noqa: PTH116
    if not system.is_of_others(status) and not system.every_user_may_write(status.st_mode):
        return
    raise InputError(
        Message("the state folder {folder} belongs to others, or every user may write to it: not used", folder=folder)
    )
