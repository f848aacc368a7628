"""The function for one bundle: where it is, in; rows, out. It is the same on this machine and on any other.

Its input is hostile: it may take all time and memory, or end the process. Whoever calls it sets limits (`limits`).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, cast

from sestriage import __version__
from sestriage.engine.reading.collect import Options
from sestriage.engine.triage import TriageOptions, triage_inputs
from sestriage.errors import InputError, reason_of
from sestriage.fleet.inner import Opener, held, opened
from sestriage.fleet.lines import lines, renamer
from sestriage.fleet.remote import open_url
from sestriage.fleet.rows import Places, case_rows, stopped
from sestriage.fleet.tables import Bundle, State
from sestriage.fleet.task import Done, OtherVersionError, Source, Task, Terms
from sestriage.formats.guard import fault_of
from sestriage.ingest.files import find_files
from sestriage.ingest.limits import Limits
from sestriage.ingest.pipes import open_named
from sestriage.model.fault import Fault
from sestriage.model.message import Message
from sestriage.rules import load_rules

PIECE = 1 << 20
NO_MEMORY = "MemoryError"
MAX_INSIDE = 5
"""Containers inside each other."""


@lru_cache(maxsize=4)
def rules_digest(rule_dirs: tuple[str, ...]) -> str:
    """Names the rules that this process judges by, those of the site included."""
    return load_rules(tuple(map(Path, rule_dirs))).digest


def read_bundle(task: Task) -> Done:
    """Read one bundle. Never raises for what is in it.

    Raises `OtherVersionError` where this process is of another version, or has other rules, than the one who asks.
    """
    refuse_other(task.terms)
    source = task.source
    try:
        return _read(task)
    except MemoryError:
        return Done(source, "memory")
    except (OSError, InputError) as error:
        return Done(source, "unreadable", detail=str(reason_of(error)))
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        return Done(source, "failed", detail=str(fault_of(error).sentence))


def refuse_other(terms: Terms) -> None:
    """Raises `OtherVersionError` where this process is not what the terms ask for."""
    ours = (__version__, rules_digest(terms.rule_dirs))
    if ours != (terms.version, terms.rules):
        raise OtherVersionError(
            Message(
                "sestriage {version} with rules {rules}, not {wanted} with {wanted_rules}",
                version=ours[0],
                rules=ours[1],
                wanted=terms.version,
                wanted_rules=terms.rules,
            )
        )


def digest_of(task: Task) -> Done:
    """The digest of a bundle, and nothing else of it: for the row of one that could not be read."""
    source = task.source
    try:
        if source.kind == "folder":
            return Done(source, "known", _folder_digest(source.path))
        with opened(opener(source), source.inner) as stream:
            return Done(source, "known", _digest(stream))
    except (OSError, InputError, MemoryError) as error:
        return Done(source, "unreadable", detail=str(reason_of(error)))


def stopped_rows(source: Source, digest: str, state: State, detail: str, terms: Terms) -> tuple[tuple[str, str], ...]:
    """The row of a bundle that could not be read."""
    row = stopped(source, terms, state, source.told(detail), _modified(source))
    key = {"bundle": digest, "version": terms.version, "rules": terms.rules, "manager": ""}
    return tuple((table, "\n".join(found)) for table, found in lines([row], key).items())


def opener(source: Source) -> Opener:
    """Opens the outermost file of a source."""
    if source.kind == "url":
        return lambda: open_url(source.path)
    return lambda: open_named(source.path)


# --- inside ------------------------------------------------------------------------------------------------------


def _read(task: Task) -> Done:
    source, began = task.source, time.process_time()
    plain = source.kind != "url" and not source.inner
    digest = ""
    if plain:
        digest = _digest_on_disk(source)
        if digest in task.known:
            return Done(source, "known", digest)
    inside = _inside(source)
    if inside:
        return Done(source, "container", digest, inside=inside)
    if plain:
        return _judged(task, source.path, None, digest, began)
    with opened(opener(source), source.inner) as stream:
        content = _Hashed(stream)
        done = _judged(task, "-", cast(BinaryIO, content), None, began)
        return done if done.ending != "read" else _with_digest(done, content.digest())


def _inside(source: Source) -> tuple[Source, ...]:
    """The bundles in a container, as sources."""
    if source.kind == "folder" or len(source.inner) >= MAX_INSIDE:
        return ()
    found = held(opener(source), source.inner)
    return tuple(replace(source, size=each.size, inner=(*source.inner, each.name)) for each in found)


def _judged(task: Task, path: str, stream: BinaryIO | None, digest: str | None, began: float) -> Done:
    """The triage of a bundle as rows; `digest` None: it is known when all was read, and stands in the rows as `-`."""
    source, terms = task.source, task.terms
    reading = Options(store_password_file=terms.store_password_file)
    options = TriageOptions(reading=reading, rule_dirs=tuple(map(Path, terms.rule_dirs)), now=terms.now)
    reports = triage_inputs((path,), options, stream).reports
    if any(_no_memory(note.fault) for report in reports for note in report.inputs):
        return Done(source, "memory", digest or "")
    tables: dict[str, list[str]] = {}
    for report in reports:
        case, rows, redactor = case_rows(report, source, Places(path), terms, _modified(source))
        spent = round(time.process_time() - began, 4)
        rows = [replace(row, seconds=spent) if isinstance(row, Bundle) else row for row in rows]
        key = {"bundle": digest or "-", "version": terms.version, "rules": terms.rules, "manager": case}
        rename = renamer(redactor, terms.key)
        for table, found in lines(rows, key).items():
            tables.setdefault(table, []).extend(map(rename, found))
    return Done(source, "read", digest or "", tuple((table, "\n".join(found)) for table, found in tables.items()))


def _with_digest(done: Done, digest: str) -> Done:
    before, after = '{"bundle":"-",', f'{{"bundle":"{digest}",'
    rows = tuple((table, text.replace(before, after)) for table, text in done.rows)
    return replace(done, digest=digest, rows=rows)


def _no_memory(fault: Fault | None) -> bool:
    return fault is not None and fault.kind == NO_MEMORY


def _modified(source: Source) -> datetime | None:
    try:
        return datetime.fromtimestamp(source.stamp / 1e9, UTC) if source.stamp else None
    except (OverflowError, ValueError, OSError):
        return None


class _Hashed:
    """A stream whose bytes are hashed as they are read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer at the end."""
        data = self._stream.read(size)
        self._hash.update(data)
        return data

    def digest(self) -> str:
        """That of the whole stream: what nobody has read is read now."""
        while self.read(PIECE):
            pass
        return self._hash.hexdigest()


def _digest(stream: BinaryIO) -> str:
    whole = hashlib.sha256()
    while data := stream.read(PIECE):
        whole.update(data)
    return whole.hexdigest()


def _digest_on_disk(source: Source) -> str:
    if source.kind == "folder":
        return _folder_digest(source.path)
    with open_named(source.path) as stream:
        return _digest(stream)


def _folder_digest(folder: str) -> str:
    """Over the names and contents of all its files."""
    whole = hashlib.sha256()
    for name, digest in _files(folder):
        whole.update(f"{digest} {name}\0".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def _files(folder: str) -> Iterator[tuple[str, str]]:
    for file in find_files(folder, Limits()):
        if file.refused is None:
            with open_named(file.path) as stream:
                yield file.path.removeprefix(folder), _digest(stream)
