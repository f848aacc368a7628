"""Findings about the input, bounded in number."""

from __future__ import annotations

from dataclasses import replace

from sestriage.ingest.limits import Limits
from sestriage.model.fault import Fault
from sestriage.model.message import Message, together
from sestriage.model.source import InputNote, SourceRef


class Notes:
    """Appends to the list that the caller shares; what is beyond the limit is only counted."""

    def __init__(self, notes: list[InputNote], limits: Limits) -> None:
        self._notes = notes
        self._limits = limits
        self._added = 0
        self._last: SourceRef | None = None

    def add(
        self,
        ref: SourceRef,
        kind: str,
        problem: str | None,
        *,
        used: bool = True,
        size: int | None = None,
        detail: str | None = None,
        fault: Fault | None = None,
    ) -> None:
        """One finding, unless there are too many."""
        self._added += 1
        self._last = ref
        if self._added <= self._limits.max_notes:
            self._notes.append(InputNote(ref, kind, problem, used, size, detail, fault))

    def mark(self) -> int:
        """A place in the list, for `merge`."""
        return len(self._notes)

    def merge(self, since: int, ref: SourceRef, kind: str, problem: str, size: int | None) -> None:
        """Add a problem to the note that the reader of this member left since then, or as a separate note."""
        for at in range(since, len(self._notes)):
            note = self._notes[at]
            if note.source == ref:
                if note.problem is None or problem not in note.problem:
                    joined = problem if note.problem is None else together(note.problem, problem, between="; ")
                    self._notes[at] = replace(note, problem=joined)
                return
        self.add(ref, kind, problem, used=kind != "other", size=size)

    def finish(self) -> None:
        """Say how many findings were not listed."""
        missing = self._added - self._limits.max_notes
        if missing > 0 and self._last is not None:
            text = Message("{count} further findings about the input are not listed", count=missing)
            self._notes.append(InputNote(SourceRef(self._last.path), "archive", text))
