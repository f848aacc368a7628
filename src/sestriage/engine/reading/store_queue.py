"""Key stores wait until all input was seen: those that were named, and cheap ones, are opened before others.

All of them share one budget of key derivation (`formats.certs.derivation`). A file that asks for very much must not
take it from the store that counts.
"""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from sestriage.engine.reading.pasted import Pasted, ReadAs
from sestriage.formats.certs.derivation import DerivationBudget
from sestriage.formats.guard import Guard
from sestriage.ingest import Member
from sestriage.model.fault import Fault
from sestriage.model.message import Message, together
from sestriage.model.source import InputNote, SourceRef

MAX_WAITING_BYTES = 128 << 20
"""Memory for stores that wait."""
KEPT_FOR_OTHERS = 4
"""One part in so many of the budget is kept for what was not named, as long as something of it waits."""

NOT_OPENED = Message(
    "not opened: with it, more than {size} MiB of key stores would wait for their turn; hand it in alone",
    size=MAX_WAITING_BYTES >> 20,
)

_USUAL_NAME = re.compile(r"(?i)trust[-_.]?store|cacerts|key[-_.]?store")
NAMED, USUAL, OTHER = 0, 1, 2


@dataclass(frozen=True, slots=True, order=True)
class Waiting:
    """A store that waits: the first ones are opened first."""

    rank: int
    cost: int
    number: int
    source: SourceRef = field(compare=False)
    data: bytes | None = field(compare=False, repr=False)
    """None: there was no room for it."""


class StoreQueue:
    """Holds back the stores whose passwords cost key derivation."""

    def __init__(self, passwords: Sequence[str], budget: DerivationBudget) -> None:
        self.budget = budget
        self._passwords = tuple(passwords)
        self._waiting: list[Waiting] = []
        self._without_room: list[Waiting] = []
        self._held = 0
        self._seen = 0

    def takes(self, data: bytes, member: Member, *, named: bool = False) -> bool:
        """The store has to wait; False: reading it costs no key derivation. `named`: the user called it a store."""
        from sestriage.formats.certs.stores import declared_cost

        cost = declared_cost(data, self._passwords)
        if not cost:
            return False
        rank = NAMED if named or member.named else USUAL if _USUAL_NAME.search(member.ref.name) else OTHER
        self._seen += 1
        insort(self._waiting, Waiting(rank, cost, self._seen, member.ref, data))
        self._held += len(data)
        while self._held > MAX_WAITING_BYTES:
            last = self._waiting.pop()
            self._held -= len(last.data or b"")
            self._without_room.append(Waiting(last.rank, last.cost, last.number, last.source, None))
        return True

    def __iter__(self) -> Iterator[Waiting]:
        """All that wait, the first to be opened first. What the budget keeps for others is set for each."""
        behind = [0, 0, 0]
        for each in self._waiting:
            behind[each.rank] += each.cost
        while self._waiting:
            each = self._waiting.pop(0)
            others = sum(behind[each.rank + 1 :])
            self.budget.reserved = min(others, self.budget.total // KEPT_FOR_OTHERS)
            yield each
        self.budget.reserved = 0
        yield from self._without_room


def read_waiting(queue: StoreQueue, pasted: Pasted, passwords: Sequence[str], notes: list[InputNote]) -> None:
    """Reads the stores that wait; the note about each, which is there already, gets what that gave."""
    for each in queue:
        with Guard(partial(_lost, notes, each.source)):
            if each.data is None:
                _note(notes, each.source, ReadAs("trust-store", NOT_OPENED, used=False))
            else:
                _note(notes, each.source, pasted.add_store(each.data, each.source, passwords, queue.budget))


def _lost(notes: list[InputNote], source: SourceRef, fault: Fault) -> None:
    read = ReadAs("trust-store", fault.sentence, used=False)
    _note(notes, source, read, fault)


def _note(notes: list[InputNote], source: SourceRef, read: ReadAs, fault: Fault | None = None) -> None:
    for index in range(len(notes) - 1, -1, -1):
        note = notes[index]
        if note.source == source:
            problem = together(read.problem or "", note.problem or "", between="; ") or None
            notes[index] = replace(note, kind=read.kind, problem=problem, used=read.used, fault=fault)
            return
