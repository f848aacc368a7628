"""List the input: one entry for each file, member and archive, used or not ("did it even see my file?")."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import BinaryIO, cast

from sestriage.formats.guard import Guard
from sestriage.ingest.layers import CHUNK
from sestriage.ingest.limits import Limits
from sestriage.ingest.members import Member
from sestriage.ingest.progress import Reading
from sestriage.ingest.walker import walk
from sestriage.model.fault import Fault
from sestriage.model.source import InputNote, SourceRef


@dataclass(frozen=True, slots=True)
class InputEntry:
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
    read: bool = True
    """False for what was refused or could not be read at all."""


Look = Callable[[Member, BinaryIO], None]


def describe(
    paths: Sequence[str],
    limits: Limits,
    stdin: BinaryIO | None = None,
    look: Look | None = None,
    reading: Reading | None = None,
) -> tuple[InputEntry, ...]:
    """Walk the input, read every member to its end, and list it in the order of the walk.

    `look` is called with each member and its content, of which it may read as much as it likes. An archive comes
    behind its members. `reading` as for `walk`. Raises `InputError` as `walk` does.
    """
    notes: list[InputNote] = []
    entries: list[InputEntry] = []
    taken = 0
    pending: tuple[Member, int] | None = None
    for member in walk(paths, limits, notes, stdin, reading):
        taken = _settle(pending, notes, taken, entries)
        counted = _Counted(member.open())
        with Guard(partial(_lost, notes, member)):
            _read(member, counted, look)
        pending = member, counted.length
    _settle(pending, notes, taken, entries)
    return tuple(entries)


class _Counted(io.RawIOBase):
    """A stream that counts what is read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self.length = 0

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._stream.close()
        super().close()

    def read(self, size: int | None = -1, /) -> bytes:
        data = self._stream.read(-1 if size is None else size)
        self.length += len(data)
        return data


def _read(member: Member, counted: _Counted, look: Look | None) -> None:
    with counted:
        if look is not None:
            look(member, cast(BinaryIO, counted))
        while counted.read(CHUNK):
            pass


def _lost(notes: list[InputNote], member: Member, fault: Fault) -> None:
    notes.append(InputNote(member.ref, member.note_kind, fault.sentence, used=False, size=member.size, fault=fault))


def _settle(pending: tuple[Member, int] | None, notes: list[InputNote], taken: int, entries: list[InputEntry]) -> int:
    """Enter the member that was read last, then what was noted since; returns how many notes are entered."""
    if pending is not None:
        member, length = pending
        entries.append(
            InputEntry(
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
        if pending is None or (note.source, note.problem) != (pending[0].ref, pending[0].problem):
            entry = InputEntry(
                note.source, note.kind, note.size, detail=note.detail, problem=note.problem, read=note.used
            )
            entries.append(entry)
    return len(notes)
