"""A run over a fleet: what was not read before is read, and its rows are kept, whatever ends the run."""

from __future__ import annotations

import shlex
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from sestriage.fleet.folder import FAILURES, Folder, locked
from sestriage.fleet.index import Index
from sestriage.fleet.parts import PartWriter
from sestriage.fleet.pool import Feed
from sestriage.fleet.sources import Found
from sestriage.fleet.task import Done, Source, Task, Terms
from sestriage.ingest.names import safe_name

MOST_NAMED = 20
"""Bundles that could not be read whose names are kept for the end; the log has all."""


class Reader(Protocol):
    """What reads bundles: a pool on this machine, or a cluster."""

    def run(self, feed: Feed) -> Iterator[Done]:
        """All bundles that the feed gives, as they are done."""

    def close(self) -> None:
        """End what is running."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A bundle that could not be read, by its name, with the line that reads it alone."""

    name: str
    ending: str
    detail: str
    command: str


@dataclass(slots=True)
class Counts:
    """How far a run has come. `found` are bundles that were looked at, `read` those with new rows, `before` those that
    were read by an earlier run, `equal` further names of bundles, `failed` those that could not be read."""

    found: int = 0
    read: int = 0
    before: int = 0
    equal: int = 0
    failed: int = 0
    interrupted: bool = False
    failures: list[Failure] = field(default_factory=list)
    """The first of those that failed."""

    @property
    def over(self) -> int:
        """Bundles that are dealt with."""
        return self.read + self.before + self.equal + self.failed


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is asked for. `limit`: no more bundles than that are read (None: all); `again`: also those that could
    not be read before."""

    folder: Folder
    terms: Terms
    limit: int | None = None
    again: bool = False


def run(found: Iterator[Found], plan: Plan, reader: Reader, told: Callable[[Counts], object]) -> Counts:
    """Read what was not read before. `told` is called after each bundle.

    An interrupt (KeyboardInterrupt) ends it cleanly: everything that is done is kept, and `Counts.interrupted` is set.
    Raises `InputError` for a folder that another run writes to, OSError where results cannot be written.
    """
    with locked(plan.folder):
        index = Index(plan.folder, plan.terms, again=plan.again)
        work = _Run(found, plan, index, told)
        try:
            work.go(reader)
        finally:
            index.close()
        return work.counts


class _Run:
    def __init__(self, found: Iterator[Found], plan: Plan, index: Index, told: Callable[[Counts], object]) -> None:
        self.counts = Counts()
        self._found = found
        self._plan = plan
        self._index = index
        self._told = told
        self._writer = PartWriter(plan.folder, plan.terms)
        self._inside: deque[Source] = deque()
        self._handed_out = 0

    def go(self, reader: Reader) -> None:
        """To the end, or to the interrupt."""
        try:
            for done in reader.run(self._next):
                self._take(done)
                self._writer.flush_when_due()
                self._told(self.counts)
        except KeyboardInterrupt:
            self.counts.interrupted = True
        finally:
            reader.close()
            self._writer.flush()

    def _next(self) -> Task | None:
        """The next bundle that is to be read."""
        limit = self._plan.limit
        while limit is None or self._handed_out < limit:
            source = self._inside.popleft() if self._inside else self._next_found()
            if source is None:
                return None
            if self._index.is_done(source):
                self.counts.before += 1
                self._told(self.counts)
                continue
            self._handed_out += 1
            return Task(source, self._plan.terms, self._index.known(source.size))
        return None

    def _next_found(self) -> Source | None:
        for found in self._found:
            self.counts.found += 1
            if isinstance(found, Source):
                return found
            self._fail(found.name, "unreadable", found.reason, found.name)
        return None

    def _take(self, done: Done) -> None:
        source = done.source
        if done.ending == "container":
            self.counts.found += len(done.inside) - 1
            self._handed_out -= 1
            self._inside.extend(done.inside)
            return
        if done.ending in ("unreadable", "refused") or not done.digest:
            self._not_read(done)
            return
        new = not self._index.has(done.digest)
        new_name = not self._index.has_name(source, done.digest)
        if new or new_name:
            self._writer.add(source, done.digest, done.rows if new else (), new_name=new_name)
            self._index.add(source, done.digest)
        if not new:
            self.counts.equal += 1
        elif done.ending == "read":
            self.counts.read += 1
        else:
            self._not_read(done)

    def _not_read(self, done: Done) -> None:
        source = done.source
        self._fail(source.name, done.ending, source.told(done.detail or ""), source.place)

    def _fail(self, name: str, ending: str, detail: str, path: str) -> None:
        self.counts.failed += 1
        failure = Failure(name, ending, detail, alone(path, self._plan.folder))
        if len(self.counts.failures) < MOST_NAMED:
            self.counts.failures.append(failure)
        line = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\t{ending}\t{safe_name(name)}\t{detail}\t{failure.command}\n"
        with (self._plan.folder.path / FAILURES).open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(line)


def alone(path: str, folder: Folder) -> str:
    """The line that reads one bundle alone, by one process."""
    words = ("sestriage", "fleet", "run", path, "--out", str(folder.path), "--again", "--max-workers", "1")
    return safe_name(shlex.join(words))
