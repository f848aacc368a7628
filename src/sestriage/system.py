"""Everything that differs between Linux, macOS and Windows; no other module asks which system it runs on.

Whatever a system does not have has a harmless answer here: there is no owner of a file to compare, no link to refuse,
no pipe to wait for. `check` alone is for Linux (`is_linux`): it needs locks and the identity of open files.

`tests/test_system.py` runs the commands that read evidence with all of it taken away.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

_CLOSED_TO_CHILDREN: Final = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOINHERIT", 0)
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
_AT_ONCE: Final = getattr(os, "O_NONBLOCK", 0)
"""A named pipe in the place of a file does not stop the one who opens it."""
_BYTES: Final = getattr(os, "O_BINARY", 0)
"""Windows changes the ends of lines without it."""

RESERVED_NAME: Final = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")
"""Names that Windows takes for devices, with any ending (https://learn.microsoft.com/windows/win32/fileio/naming-a-file)."""


def is_linux() -> bool:
    """True on the one system that `check` is made for."""
    return sys.platform.startswith("linux")


def with_slashes(path: str) -> str:
    """A path as the rest of sestriage takes it apart. Windows opens `C:/logs/x` as it does `C:\\logs\\x`; elsewhere a
    backslash is a letter of a name like any other."""
    return path if os.sep == "/" else path.replace(os.sep, "/")


# --- files --------------------------------------------------------------------------------------------------------


def open_to_read(path: str, follow: bool = True) -> int:
    """A descriptor; without `follow` a link is refused, where the system can. It does not wait, and may not block.

    Raises OSError.
    """
    return os.open(path, os.O_RDONLY | _AT_ONCE | _CLOSED_TO_CHILDREN | _BYTES | (0 if follow else _NO_LINK))


def create(path: str | os.PathLike[str], mode: int) -> int:
    """A descriptor of a new file; a name that is taken, by a link too, is an error.

    Raises OSError.
    """
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _CLOSED_TO_CHILDREN | _BYTES | _NO_LINK, mode)


def open_or_create(path: str, mode: int, empty: bool = False) -> int:
    """A descriptor to read and write; no link is followed. With `empty` what was in it goes.

    Raises OSError.
    """
    flags = os.O_RDWR | os.O_CREAT | (os.O_TRUNC if empty else 0)
    return os.open(path, flags | _CLOSED_TO_CHILDREN | _BYTES | _NO_LINK, mode)


def may_block(handle: int) -> None:
    """Reading waits for bytes again, as it did before `open_to_read`."""
    if _AT_ONCE:
        os.set_blocking(handle, True)


def read_at(handle: int, size: int, offset: int) -> bytes:
    """Up to so many bytes of a file from a place on. Raises OSError."""
    if hasattr(os, "pread"):
        return os.pread(handle, size, offset)
    os.lseek(handle, offset, os.SEEK_SET)
    return os.read(handle, size)


def give_mode(handle: int, mode: int) -> None:
    """Set the rights of an open file, where files have such. Raises OSError."""
    if hasattr(os, "fchmod"):
        os.fchmod(handle, mode)


def wait_for_bytes(pipe: int, seconds: float) -> bool:
    """Wait until a named pipe has something to read, or was closed by who wrote to it; True for closed."""
    import select

    if not hasattr(select, "poll"):
        return True
    poll = select.poll()
    poll.register(pipe, (select.POLLIN if seconds else 0) | select.POLLHUP)
    return any(event & select.POLLHUP for _, event in poll.poll(1000 * seconds))


def path_of(handle: int) -> str:
    """A path that leads to an open file, whatever became of its name (Linux)."""
    return f"/proc/self/fd/{handle}"


# --- accounts and rights --------------------------------------------------------------------------------------------


def account() -> int | None:
    """The number of the account that this process has the rights of; None where accounts have none."""
    return os.geteuid() if hasattr(os, "geteuid") else None


def is_of_others(status: os.stat_result) -> bool:
    """True for a file of an account that is neither this one nor root; False where files tell of none."""
    me = account()
    return me is not None and status.st_uid not in (0, me)


def every_user_may_write(mode: int) -> bool:
    """True where the rights say so; Windows says it of every file, which means nothing there."""
    return account() is not None and bool(mode & stat.S_IWOTH)


# --- what only `check` needs ----------------------------------------------------------------------------------------


def locked(handle: int, wait: float) -> bool:
    """Take the lock on an open file, waiting up to so many seconds; the kernel frees it when the process ends."""
    import fcntl

    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            if time.monotonic() >= end:
                return False
            time.sleep(0.05)


def appends(handle: int) -> bool:
    """True if what is written goes to the end of the file, wherever that is by then."""
    import fcntl

    return bool(fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_APPEND)


def to_syslog(name: str, lines: Sequence[str]) -> None:
    """One warning of a daemon for each line."""
    import syslog

    syslog.openlog(name, syslog.LOG_PID, syslog.LOG_DAEMON)
    for line in lines:
        syslog.syslog(syslog.LOG_WARNING, line)


# --- what only `fleet` needs ------------------------------------------------------------------------------------------


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def limit_memory(size: int) -> None:
    """Limit this process for good, where the system can: `size` is in bytes of data (RLIMIT_DATA of setrlimit(2): heap,
    private mappings, stacks). Beyond it Python raises MemoryError. No picture of its memory is written when it dies."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = size if hard == resource.RLIM_INFINITY else min(size, hard)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def end_with_parent() -> None:
    """Killed when the parent is gone, whatever ended that (Linux: prctl(2), PR_SET_PDEATHSIG)."""
    if is_linux():
        import ctypes
        import signal

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)


def end_with(owner: int) -> None:
    """End when another process ends, however that comes (Linux). Raises nothing."""
    if not hasattr(os, "pidfd_open"):
        return
    try:
        handle = os.pidfd_open(owner)
    except ProcessLookupError:
        os._exit(1)
    except OSError:  # a kernel without it
        return
    import select
    import threading

    def watch() -> None:
        select.select([handle], [], [])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


# --- the console ----------------------------------------------------------------------------------------------------


def leave_nothing_to_write(handle: int) -> None:
    """What is still to be written to a descriptor goes nowhere: its reader is gone."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), handle)
