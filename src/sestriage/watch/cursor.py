"""The place up to which the log was read, and how to find it again after any rotation."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from sestriage.watch.rotation import HEAD_BYTES, TAIL_BYTES, OpenLog, Print


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where reading stopped.

    `offset` counts bytes of the content (after decompression), `line` the lines before it, in the log itself or in a
    rotated copy of it. `head` and `tail` are fingerprints of that file's first bytes and of the bytes before `offset`.
    `device`, `inode`, `size` and `mtime_ns` are those of the log when it was looked at, so that an unchanged log is
    known by its status alone. `held`: something at the end was left for the next run. `known` are the heads of older
    files that were read to their ends. `looked` is when that was (seconds since 1970).
    """

    device: int
    inode: int
    offset: int
    line: int
    size: int
    mtime_ns: int
    head: Print
    tail: Print
    known: tuple[Print, ...]
    looked: float
    held: bool

    def unchanged(self, status: os.stat_result) -> bool:
        """True if the log has not changed since it was looked at."""
        return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns) == (
            self.device,
            self.inode,
            self.size,
            self.mtime_ns,
        )


def settled(status: os.stat_result, cursor: Cursor | None, grace: float, now: float) -> bool:
    """True if nothing was written to the log for `grace` seconds, so that its last event is whole.

    A time of change in the future (clocks that jumped) proves nothing; then it counts whether the log has the size it
    had at the last look, and that was long enough ago, or in the future too.
    """
    age = now - status.st_mtime
    if age >= grace or grace <= 0:
        return True
    same = cursor is not None and (status.st_dev, status.st_ino, status.st_size) == (
        cursor.device,
        cursor.inode,
        cursor.size,
    )
    return age < -1 and same and cursor is not None and not 0 <= now - cursor.looked < grace


@dataclass(frozen=True, slots=True)
class Segment:
    """A file of the family to be read from `start`, where `line` lines came before."""

    member: OpenLog
    start: int
    line: int


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """The parts to read, oldest first. `lost`: the place where reading had stopped is nowhere to be found.

    `again`: yet the log begins as it did then, so that (a part of) what was read is read again: it was restored.
    """

    segments: tuple[Segment, ...]
    lost: bool = False
    again: bool = False


def plan(family: Sequence[OpenLog], cursor: Cursor | None, oldest: float) -> ReadingPlan:
    """The parts that are new. Without a cursor: everything in files that changed after `oldest`."""
    if cursor is None:
        return ReadingPlan(tuple(Segment(m, 0, 0) for m in family if m.live or m.mtime >= oldest))
    # Of a log that was empty at the last look there is nothing to find: whatever is not known is new.
    at = _find(family, cursor) if cursor.offset else None
    if at is not None:
        rest = tuple(Segment(member, 0, 0) for member in family[at + 1 :])
        return ReadingPlan((Segment(family[at], cursor.offset, cursor.line), *rest))
    new = [member for member in family if not _known(member, cursor)]
    lost = cursor.offset > 0
    again = lost and any(cursor.head.fits(member.head()) for member in new)
    return ReadingPlan(tuple(Segment(member, 0, 0) for member in new), lost, again)


def _find(family: Sequence[OpenLog], cursor: Cursor) -> int | None:
    """Index of the file in which reading stopped; the newest when several hold that place."""
    for index in range(len(family) - 1, -1, -1):
        if holds(family[index], cursor):
            return index
    return None


def holds(member: OpenLog, cursor: Cursor) -> bool:
    """True if the place of the cursor lies in this file."""
    if not cursor.head.fits(member.head()):
        return False
    if not member.compressed:
        return member.size >= cursor.offset and cursor.tail == tail_print(member, cursor.offset)
    window, begins = b"", 0
    for chunk in member.chunks(0):
        window += chunk
        end = cursor.offset - begins
        if len(window) >= end:
            return cursor.tail.length <= end and cursor.tail == Print.of(window[end - cursor.tail.length : end])
        begins += max(0, len(window) - TAIL_BYTES)
        window = window[-TAIL_BYTES:]
    return False


def _known(member: OpenLog, cursor: Cursor) -> bool:
    head = member.head()
    return any(known.length and known.fits(head) for known in cursor.known)


def tail_print(member: OpenLog, offset: int) -> Print:
    """Fingerprint of the bytes before an offset."""
    return Print.of(member.window(max(0, offset - TAIL_BYTES), offset))


def place(family: Sequence[OpenLog], end: Segment, held: bool, cursor: Cursor | None, now: float) -> Cursor:
    """The cursor after everything up to the place `end` was read."""
    live = family[-1]
    status = os.fstat(live.handle)
    offset = end.start
    index = next(i for i, member in enumerate(family) if member is end.member)
    heads = [Print.of(member.head()) for member in family[:index]]
    # Heads stay known for as long as such a file may be there: rotated files in another folder, or moved back.
    known = tuple(dict.fromkeys((*heads, *(cursor.known if cursor is not None else ()))))[:256]
    return Cursor(
        device=live.device,
        inode=live.inode,
        offset=offset,
        line=end.line,
        size=live.size,
        mtime_ns=status.st_mtime_ns if status.st_size == live.size else 0,
        head=Print.of(end.member.head()[: min(HEAD_BYTES, offset)]),
        tail=tail_print(end.member, offset),
        known=known,
        looked=now,
        held=held,
    )
