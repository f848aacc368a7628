"""Size, time and SHA-256 of the files that were handed in, for the foot of a report."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

from sestriage.model.source import InputDigest, SourceRef

if TYPE_CHECKING:
    from hashlib import _Hash

MIB = 1 << 20
MAX_WHOLE = 64 * MIB
"""Files up to this size are hashed as a whole."""
SAMPLE = MIB
"""Of larger files, this much of each end is hashed."""
MAX_LISTED = 100
"""Files that are listed and hashed; more are counted."""
MAX_COUNTED = 10_000
"""Files of folders that are counted."""
_PIECE = MIB


def fingerprints(paths: Sequence[str], *, whole: bool = False) -> tuple[tuple[InputDigest, ...], int]:
    """The files at `paths` and in the folders among them, and how many more are not listed.

    `whole` hashes files of any size. Links in folders are not followed, and nothing but regular files is opened. Never
    raises for a file: what cannot be known of it is None.
    """
    listed: list[InputDigest] = []
    left_out = 0
    for number, path in enumerate(_files(paths)):
        if number >= MAX_COUNTED:
            break
        if number < MAX_LISTED:
            listed.append(fingerprint(path, whole=whole))
        else:
            left_out += 1
    return tuple(listed), left_out


def fingerprint(path: str, *, whole: bool = False) -> InputDigest:
    """One file; only its name for standard input (`-`) and for what is no regular file."""
    source = SourceRef(path)
    if path == "-":
        return InputDigest(source)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116
            return InputDigest(source)
        with open(path, "rb") as file:  # noqa: PTH123  (opened as named)
            known = os.fstat(file.fileno())
            sampled = known.st_size > MAX_WHOLE and not whole
            pieces = ((0, SAMPLE), (known.st_size - SAMPLE, SAMPLE)) if sampled else ((0, known.st_size),)
            digest = hashlib.sha256()
            for start, length in pieces:
                file.seek(start)
                _feed(digest, file, length)
    except (OSError, ValueError):
        return InputDigest(source)
    return InputDigest(source, known.st_size, _utc(known.st_mtime), digest.hexdigest(), sampled)


def _utc(seconds: float) -> datetime | None:
    """A file may bear a time that no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=0)
    except (OverflowError, ValueError, OSError):
        return None


def _feed(digest: _Hash, file: BinaryIO, length: int) -> None:
    """So many bytes; fewer where the file has become shorter."""
    while length > 0 and (piece := file.read(min(_PIECE, length))):
        digest.update(piece)
        length -= len(piece)


def _files(paths: Sequence[str]) -> Iterator[str]:
    for path in dict.fromkeys(paths):
        if path == "-" or not os.path.isdir(path):  # noqa: PTH112
            yield path
            continue
        for where, folders, names in os.walk(path):
            folders.sort()
            for name in sorted(names):
                file = os.path.join(where, name)  # noqa: PTH118
                if not os.path.islink(file):  # noqa: PTH114
                    yield file
