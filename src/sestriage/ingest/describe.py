"""What is in the input: one entry for each file, member and archive, used or not ("did it even see my file?")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sestriage.ingest.layers import CHUNK
from sestriage.ingest.limits import Limits
from sestriage.ingest.members import Member
from sestriage.ingest.walker import walk
from sestriage.model.source import InputNote, SourceRef


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, archive member or archive.

    `kind`, `format`, `role` and `compression` as in `Member`; an archive has the kind `archive` and its make-up in
    `detail`. `size` is what was read, in bytes after decompression; None for what was not read. `problem` is None or
    says what is wrong with it, or why it was refused.
    """

    source: SourceRef
    kind: str
    size: int | None
    format: str | None = None
    role: str = ""
    compression: tuple[str, ...] = ()
    mtime: datetime | None = None
    detail: str | None = None
    problem: str | None = None


def describe(paths: Sequence[str], limits: Limits, stdin: BinaryIO | None = None) -> tuple[Entry, ...]:
    """Walk the input, read every member to its end, and list it in the order of the walk.

    An archive comes behind its members. Raises `InputError` as `walk` does.
    """
    notes: list[InputNote] = []
    entries: list[Entry] = []
    taken = 0
    pending: tuple[Member, int] | None = None
    for member in walk(paths, limits, notes, stdin):
        taken = _settle(pending, notes, taken, entries)
        pending = member, _length(member)
    _settle(pending, notes, taken, entries)
    return tuple(entries)


def _length(member: Member) -> int:
    length = 0
    with member.open() as stream:
        while data := stream.read(CHUNK):
            length += len(data)
    return length


def _settle(pending: tuple[Member, int] | None, notes: list[InputNote], taken: int, entries: list[Entry]) -> int:
    """Enter the member that was read last, then what was noted since; returns how many notes are entered."""
    if pending is not None:
        member, length = pending
        entries.append(
            Entry(
                member.ref,
                member.kind,
                length,
                member.format,
                member.role,
                member.compression,
                member.mtime,
                problem=member.problem,
            )
        )
    for note in notes[taken:]:
        if pending is None or note.source != pending[0].ref:
            entries.append(Entry(note.source, note.kind, note.size, detail=note.detail, problem=note.problem))
    return len(notes)
