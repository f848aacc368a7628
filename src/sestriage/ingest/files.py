"""Files and folders on disk: what the user named and what lies below, in a stable order."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from sestriage import system
from sestriage.errors import InputError, reason_of
from sestriage.ingest.limits import Limits
from sestriage.ingest.names import safe_name
from sestriage.ingest.pipes import open_named
from sestriage.model.message import Message
from sestriage.model.source import SourceRef

STDIN: Final = "-"

_NEVER_OPENED: Final = (
    (stat.S_ISLNK, Message("it is a symbolic link: not followed")),
    (stat.S_ISFIFO, Message("it is a named pipe: not opened")),
    (stat.S_ISSOCK, Message("it is a socket: not opened")),
    (stat.S_ISCHR, Message("it is a device: not opened")),
    (stat.S_ISBLK, Message("it is a device: not opened")),
)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file on disk. `size` and `mtime` are None for a pipe; `refused` says why it is not opened."""

    path: str
    kind: str = "other"
    size: int | None = None
    mtime: float | None = None
    named: bool = False
    refused: str | None = None

    @property
    def ref(self) -> SourceRef:
        """The file as a source: the path as the user would type it, with control characters written out."""
        return SourceRef(safe_name(self.path))


def find_files(path: str, limits: Limits) -> Iterator[FoundFile]:
    """The files at and below a path that the user named. Links and pipes are followed for the named path only.

    Raises `InputError` at the call, not at the first step, when the path can't be used at all.
    """
    if path == STDIN:
        return iter((FoundFile(STDIN, named=True),))
    path = system.with_slashes(path)
    try:
        status = os.stat(path)  # noqa: PTH116 - paths stay as the user typed them
        if stat.S_ISDIR(status.st_mode):
            os.scandir(path).close()
            return _below(path, limits)
        found = FoundFile(path, size=status.st_size, mtime=status.st_mtime, named=True)
        if stat.S_ISREG(status.st_mode):
            open_file(found).close()
            return iter((found,))
    except (OSError, ValueError) as error:
        raise InputError(
            Message("cannot read {file}: {reason}", file=safe_name(path), reason=reason_of(error))
        ) from error
    if stat.S_ISFIFO(status.st_mode):  # a shell's <(command)
        return iter((FoundFile(path, named=True),))
    raise InputError(Message("cannot read {file}: it is neither a file nor a folder", file=safe_name(path)))


def _below(folder: str, limits: Limits, depth: int = 0) -> Iterator[FoundFile]:
    if depth > limits.max_folder_depth:
        nested = Message("more than {most} folders inside each other", most=limits.max_folder_depth)
        yield FoundFile(folder, "folder", refused=nested)
        return
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError as error:
        yield FoundFile(folder, "folder", refused=Message("cannot be listed: {reason}", reason=reason_of(error)))
        return
    for name in names:
        path = system.with_slashes(os.path.join(folder, name))  # noqa: PTH118 - `./x` stays `./x`
        try:
            status = os.lstat(path)
        except OSError as error:
            yield FoundFile(path, refused=Message("cannot be looked at: {reason}", reason=reason_of(error)))
            continue
        if stat.S_ISDIR(status.st_mode):
            yield from _below(path, limits, depth + 1)
        else:
            reason = next((text for test, text in _NEVER_OPENED if test(status.st_mode)), None)
            yield FoundFile(path, size=status.st_size, mtime=status.st_mtime, refused=reason)


def open_file(found: FoundFile) -> BinaryIO:
    """Open for reading. Below a folder, a link that took the file's place meanwhile is not followed; raises OSError."""
    if found.named:
        return open_named(found.path)
    handle = system.open_to_read(found.path, follow=False)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError("it is no regular file any more")
    return os.fdopen(handle, "rb")
