"""Which bundles there are: files, folders, globs, lists of names, URLs. One after the other, however many.

A folder that holds archives is searched: each archive is a bundle, and so is each file of evidence beside it. A folder
that holds evidence without archives beside it, or the tree of an appliance, is a bundle with everything below it. Any
other folder is searched.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal

from sestriage.errors import InputError, reason_of
from sestriage.fleet.inner import NO_EVIDENCE, is_archive
from sestriage.fleet.remote import is_url
from sestriage.fleet.task import Source
from sestriage.ingest.codecs import codec_of
from sestriage.ingest.files import find_files
from sestriage.ingest.limits import KIB, Limits
from sestriage.ingest.names import safe_name, short_name
from sestriage.ingest.pipes import open_named
from sestriage.ingest.sniff import sniff
from sestriage.model.message import Message

ARCHIVE_NAME: Final = re.compile(r"\.(?:tgz|txz|tbz2?|tzst|tar|zip|tar\.(?:gz|xz|bz2|zst))\Z", re.IGNORECASE)
"""Names by which an archive is known without a look at it."""
APPLIANCE: Final = ("lancope", "iancope")
"""First folder of an appliance's own tree, as `engine.managers` knows it."""
MAX_DEPTH = 32
"""Folders inside folders."""
MAX_LOOKED_AT = 1000
"""Files of a folder without archives that are looked at to see whether it is a bundle."""
LOOKED_AT = 4 * KIB
"""Bytes of a file by which it is known: here it matters only whether it is evidence."""
MAX_NAME = 16 << 10
"""Bytes of a line of a list."""
_GLOB: Final = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Lost:
    """A source that cannot be looked at, and why."""

    name: str
    reason: str


Found = Source | Lost


def find(names: Iterable[str], since: float | None = None) -> Iterator[Found]:
    """The bundles behind the names, in a stable order. `since`: only what was written from then on (seconds since
    1970); what does not tell when it was is taken."""
    for name in names:
        for found in _named(name):
            if isinstance(found, Lost) or since is None or not found.stamp or found.stamp >= since * 1e9:
                yield found


def listed(stream: BinaryIO) -> Iterator[str]:
    """The names of a list: one a line, without blank lines and those that begin with `#`."""
    while raw := stream.readline(MAX_NAME):
        line = raw.decode("utf-8", "surrogateescape").strip("\r\n")
        if line.strip() and not line.startswith("#"):
            yield line


def check(name: str) -> None:
    """Raises `InputError` for a name on the command line behind which there is nothing."""
    if is_url(name) or os.path.lexists(name):
        return
    if _GLOB.search(name) and next(glob.iglob(name), None) is not None:  # noqa: PTH207
        return
    raise InputError(Message("there is no {file}", file=short_name(name)))


def _named(name: str) -> Iterator[Found]:
    if is_url(name):
        yield Source(name, "url")
    elif _GLOB.search(name) and not os.path.lexists(name):
        for path in sorted(glob.iglob(name)):  # noqa: PTH207
            yield from _path(path)
    else:
        yield from _path(name)


def _path(path: str) -> Iterator[Found]:
    """What was named: links are followed."""
    try:
        status = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError) as error:
        yield Lost(safe_name(path), str(reason_of(error)))
        return
    if os.path.isdir(path):  # noqa: PTH112
        yield from _folder(path.rstrip("/") or "/", 0)
    else:
        yield Source(path, "file", status.st_size, status.st_mtime_ns)


def _folder(folder: str, depth: int) -> Iterator[Found]:
    """Looked through twice, so that nothing is kept of a folder with a million bundles."""
    if depth > MAX_DEPTH:
        yield Lost(safe_name(folder), str(Message("more than {most} folders inside each other", most=MAX_DEPTH)))
        return
    try:
        is_bundle = _is_bundle(folder)
        if is_bundle:
            yield _as_bundle(folder)
            return
        with os.scandir(folder) as entries:
            for entry in entries:
                yield from _entry(entry, depth)
    except OSError as error:
        yield Lost(safe_name(folder), str(reason_of(error)))


def _entry(entry: os.DirEntry[str], depth: int) -> Iterator[Found]:
    """In a folder that is searched. Links are not followed."""
    if entry.is_dir(follow_symlinks=False):
        yield from _folder(entry.path, depth + 1)
    elif entry.is_file(follow_symlinks=False) and (ARCHIVE_NAME.search(entry.name) or _look(entry.path) is not None):
        status = entry.stat(follow_symlinks=False)
        yield Source(entry.path, "file", status.st_size, status.st_mtime_ns)


def _is_bundle(folder: str) -> bool:
    """It holds evidence or an appliance's tree, and no archive. Raises OSError."""
    appliance = False
    others: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                appliance |= entry.name.lower() in APPLIANCE
            elif ARCHIVE_NAME.search(entry.name):
                return False
            elif len(others) < MAX_LOOKED_AT and entry.is_file(follow_symlinks=False):
                others.append(entry.path)
    if any(map(_is_archive, others)):
        return False
    return appliance or any(_look(path) is not None for path in others)


def _as_bundle(folder: str) -> Source:
    """It is still the same as long as the bytes of all its files together, and the newest time of one, are."""
    size, stamp = 0, 0
    for file in find_files(folder, Limits()):
        size += file.size or 0
        stamp = max(stamp, int((file.mtime or 0) * 1e9))
    return Source(folder, "folder", size, stamp)


def _is_archive(path: str) -> bool:
    return is_archive(_head(path))


def _head(path: str) -> bytes:
    """The first bytes of a file; none of one that cannot be read."""
    try:
        with open_named(path) as stream:
            return stream.read(LOOKED_AT)
    except OSError:
        return b""


def _look(path: str) -> Literal["archive", "evidence"] | None:
    """What a file is by its first bytes; None for what is neither, or cannot be read."""
    head = _head(path)
    if is_archive(head):
        return "archive"
    kind = sniff(head, path, len(head) < LOOKED_AT).name
    return None if kind in NO_EVIDENCE and codec_of(head) is None else "evidence"
