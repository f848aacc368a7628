"""The log and its rotated files, opened in one consistent moment, oldest first."""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Final

from sestriage import system
from sestriage.errors import InputError, reason_of
from sestriage.model.message import Message

HEAD_BYTES: Final = 4096
"""How much of a file's beginning identifies it."""
TAIL_BYTES: Final = 512
"""How much before the place where reading stopped must be unchanged."""
CHUNK: Final = 1 << 18
MAX_KIN: Final = 1000
"""Rotated files looked at."""
MAX_FOLDERS: Final = 100
"""Folders beside the log that are looked into for rotated files."""
ATTEMPTS: Final = 5
"""How often the folder is read again when it changes meanwhile."""
BETWEEN_NAMES: Final = 5
"""Tenths of a second to wait for a log that is not there."""

_COMPRESSED: Final = (b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
_SUFFIX = re.compile(r"(?i)\.(?:gz|bz2|xz|zst|zstd)$")
_KINDS: Final = (
    (stat.S_ISDIR, Message("is a folder, not a log")),
    (stat.S_ISFIFO, Message("is a named pipe, not a log")),
    (stat.S_ISSOCK, Message("is a socket, not a log")),
    (stat.S_ISCHR, Message("is a device, not a log")),
    (stat.S_ISBLK, Message("is a device, not a log")),
)


class LogUnreadable(InputError):  # noqa: N818 - a condition that is reported, not a failure
    """The log itself cannot be read."""


class Changed(Exception):  # noqa: N818 - not an error: the work is done again
    """The files changed while they were looked at; begin again."""


@dataclass(frozen=True, slots=True)
class Print:
    """A fingerprint: SHA-256 of `length` bytes. Of no bytes at all it tells nothing."""

    length: int
    digest: bytes

    @classmethod
    def of(cls, data: bytes) -> Print:
        """The fingerprint of these bytes."""
        return cls(len(data), sha256(data).digest())

    def fits(self, data: bytes) -> bool:
        """True if `data` begins with those bytes."""
        return len(data) >= self.length and sha256(data[: self.length]).digest() == self.digest


@dataclass(slots=True)
class OpenLog:
    """One open file of the family. `size` is what it had when it was opened; no more is read."""

    path: str
    handle: int
    device: int
    inode: int
    size: int
    mtime: float
    live: bool
    compressed: bool
    _head: bytes | None = None

    def close(self) -> None:
        """Close the file."""
        os.close(self.handle)

    def head(self) -> bytes:
        """The first bytes of the content, as they were when this was first asked."""
        if self._head is None:
            self._head = self.window(0, HEAD_BYTES)
        return self._head

    def intact(self) -> bool:
        """True if the file still begins as it did and is not shorter than it was: it was not emptied meanwhile."""
        if os.fstat(self.handle).st_size < self.size:
            return False
        return self.compressed or system.read_at(self.handle, min(HEAD_BYTES, self.size), 0) == self.head()

    def chunks(self, start: int, end: int | None = None) -> Iterator[bytes]:
        """The content from `start` (an offset after decompression) to `end`; damage ends it silently."""
        if self.compressed:
            yield from self._unpacked(start)
            return
        at, stop = start, self.size if end is None else min(end, self.size)
        while at < stop:
            data = system.read_at(self.handle, min(CHUNK, stop - at), at)
            if not data:
                return
            at += len(data)
            yield data

    def window(self, start: int, end: int) -> bytes:
        """The content between two offsets."""
        if not self.compressed:
            return system.read_at(self.handle, max(0, min(end, self.size) - start), start)
        data = b""
        for chunk in self.chunks(start):
            data += chunk
            if len(data) >= end - start:
                break
        return data[: end - start]

    def length(self) -> int:
        """Bytes of the content; a compressed file is read for it."""
        return sum(len(chunk) for chunk in self.chunks(0)) if self.compressed else self.size

    def _unpacked(self, start: int) -> Iterator[bytes]:
        from sestriage.ingest import Limits, walk

        # The handle, not the name: the file may have been renamed since it was opened.
        for member in walk([system.path_of(self.handle)], Limits(), []):
            skip = start
            with member.open() as stream:
                while data := stream.read(CHUNK):
                    if skip >= len(data):
                        skip -= len(data)
                        continue
                    yield data[skip:]
                    skip = 0
            return


def open_live(path: str) -> tuple[int, os.stat_result]:
    """The log itself, open for reading, and its status.

    Raises LogUnreadable when it is missing, not a regular file, or may not be read.
    """
    try:
        # O_NONBLOCK: a named pipe in the log's place must not stop us
        handle = system.open_to_read(path)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    status = os.fstat(handle)
    problem = kind_problem(status)
    if problem is not None:
        os.close(handle)
        raise LogUnreadable(Message("{file} {problem}", file=path, problem=problem))
    return handle, status


def status_soon(path: str) -> os.stat_result:
    """The log's status. Waits a little for a missing log: while it is rotated it has no name.

    Raises LogUnreadable.
    """
    for _ in range(BETWEEN_NAMES):
        if os.path.lexists(path):
            break
        time.sleep(0.1)
    return _status(path)


def _status(path: str) -> os.stat_result:
    """The log's status. Raises LogUnreadable, also for a log that may not be read."""
    try:
        status = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    problem = kind_problem(status)
    if problem is not None:
        raise LogUnreadable(Message("{file} {problem}", file=path, problem=problem))
    if not os.access(path, os.R_OK):
        raise unreadable(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    return status


def unreadable(path: str, error: OSError | ValueError) -> LogUnreadable:
    """The error that says why the log could not be opened or looked at."""
    if isinstance(error, FileNotFoundError):
        if os.path.islink(path):  # noqa: PTH114
            return LogUnreadable(Message("the log {file} is a link that leads nowhere", file=path))
        return LogUnreadable(Message("the log {file} does not exist", file=path))
    return LogUnreadable(Message("cannot read the log {file}: {reason}", file=path, reason=reason_of(error)))


def kind_problem(status: os.stat_result) -> Message | None:
    """Why a file of this kind is no log; None for a regular file."""
    return next((text for test, text in _KINDS if test(status.st_mode)), None)


def open_family(path: str) -> list[OpenLog]:
    """The log and its rotated files, oldest first, all open. The caller closes them.

    The folder is read again after the files were opened: a rotation in between would hide one of them. Raises
    LogUnreadable for the log itself; rotated files that cannot be read are left out.
    """
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(0.05 * attempt)
        before = _listing(path)
        try:
            members = _open_all(path, before)
        except LogUnreadable:
            if attempt < ATTEMPTS - 1 and not os.path.lexists(path):
                continue
            raise
        if _listing(path) == before and _same(members):
            return _without_copies(_by_age(members))
        close(members)
    raise LogUnreadable(Message("the log {file} is rotated faster than it can be opened", file=path))


def close(members: list[OpenLog]) -> None:
    """Close all files."""
    for member in members:
        member.close()


def _listing(path: str) -> list[str]:
    """Paths of the rotated files, oldest first, without the log itself; the folder of a link's target counts too.

    So do the folders beside the log: logrotate's `olddir`, or an archive folder of the service's own logging.
    """
    from sestriage.ingest import rotation_key
    from sestriage.model.source import SourceRef

    places = [path]
    if os.path.islink(path):  # noqa: PTH114
        places.append(os.path.realpath(path))
    found: list[tuple[tuple[int, str, int, str], str]] = []
    for place in places:
        folder, name = os.path.split(place)
        own = rotation_key(SourceRef(name))
        for within in (folder, *_folders(folder)):
            for other in _names(within):
                if other == name or not other.startswith(name[:1]):
                    continue
                key = rotation_key(SourceRef(other))
                if key[0] == own[0] and key[1:] != own[1:]:
                    found.append(((*key[1:], other), os.path.join(within, other)))  # noqa: PTH118
    return [place for _, place in sorted(found)][-MAX_KIN:]


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder or ".")  # noqa: PTH208
    except OSError:
        return []  # the log may be readable in a folder that is not


def _folders(folder: str) -> list[str]:
    """The folders in a folder, without links; not so many that looking into them would take long."""
    try:
        with os.scandir(folder or ".") as entries:
            return sorted(entry.path for entry in entries if entry.is_dir(follow_symlinks=False))[:MAX_FOLDERS]
    except OSError:
        return []


def _open_all(path: str, kin: list[str]) -> list[OpenLog]:
    members: list[OpenLog] = []
    for place in kin:
        try:
            handle = system.open_to_read(place, follow=False)
        except OSError:
            continue
        status = os.fstat(handle)
        if kind_problem(status) is not None:
            os.close(handle)
            continue
        members.append(_member(place, handle, status, live=False))
    try:
        handle, status = open_live(path)
    except LogUnreadable:
        close(members)
        raise
    members.append(_member(path, handle, status, live=True))
    return members


def _by_age(members: list[OpenLog]) -> list[OpenLog]:
    """The files oldest first: those with a number are listed as if the highest one were the oldest; where they were
    last written in the other order, it is the newest."""
    from sestriage.ingest import number_of
    from sestriage.model.source import SourceRef

    numbered = [(number_of(SourceRef(member.path)), member) for member in members if not member.live]
    written = {number: member.mtime for number, member in numbered if number is not None}
    times = [written[number] for number in sorted(written, reverse=True)]
    if len(times) < 2 or times[0] <= times[-1] or any(one < other for one, other in pairwise(times)):
        return members
    first = next(at for at, (number, _) in enumerate(numbered) if number is not None)
    turned = sorted((pair for pair in numbered if pair[0] is not None), key=lambda pair: pair[0] or 0)
    return members[:first] + [member for _, member in turned] + members[first + len(turned) :]


def open_member(path: str) -> OpenLog:
    """The log itself without its rotated files; raises LogUnreadable."""
    handle, status = open_live(path)
    return _member(path, handle, status, live=True)


def _member(path: str, handle: int, status: os.stat_result, live: bool) -> OpenLog:
    magic = system.read_at(handle, 6, 0)
    return OpenLog(
        path,
        handle,
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime,
        live,
        not live and magic.startswith(_COMPRESSED),
    )


def _same(members: list[OpenLog]) -> bool:
    """True if every name still leads to the file that was opened."""
    try:
        return all(_identity(os.stat(m.path)) == (m.device, m.inode) for m in members)  # noqa: PTH116
    except OSError:
        return False


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _without_copies(members: list[OpenLog]) -> list[OpenLog]:
    """Of two files with the same content (a rotation under way, a compression under way) the more complete one.

    The newer place wins when both are plain: the log itself before the copy that is about to replace it.
    """
    kept: list[OpenLog] = []
    heads: list[bytes] = []
    for member in members:
        head = member.head()
        twin = next((i for i, other in enumerate(heads) if head and _alike(head, other)), None)
        if twin is None or not _copy(kept[twin], member, min(len(head), len(heads[twin]))):
            kept.append(member)
            heads.append(head)
            continue
        old = kept[twin]
        if member.compressed and not old.compressed:
            member.close()
            continue
        old.close()
        del kept[twin], heads[twin]
        kept.append(member)
        heads.append(head)
    return kept


def _alike(one: bytes, other: bytes) -> bool:
    size = min(len(one), len(other))
    return size > 0 and one[:size] == other[:size]


def _copy(one: OpenLog, other: OpenLog, head: int) -> bool:
    """True if the shorter of two files with the same beginning is the beginning of the longer one."""
    if one.compressed or other.compressed:
        # Compression keeps the name: `x.1` and `x.1.gz` are one file by their names as well.
        return _SUFFIX.sub("", one.path) == _SUFFIX.sub("", other.path) and head >= min(HEAD_BYTES, 64)
    size = min(one.size, other.size)
    for at in {max(0, size - TAIL_BYTES), size // 2}:
        length = min(TAIL_BYTES, size - at)
        if system.read_at(one.handle, length, at) != system.read_at(other.handle, length, at):
            return False
    return size > 0
