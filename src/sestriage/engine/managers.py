"""Tell apart the Managers whose evidence came in together: each is a case of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sestriage import system
from sestriage.engine.reading.collect import Inputs, LogFile
from sestriage.model.source import SourceRef

_APPLIANCE_ROOTS = ("lancope", "iancope")
"""First folder of an appliance's own tree (the second is a misreading that Cisco's document has)."""


@dataclass(frozen=True, slots=True)
class Case:
    """The evidence of one Manager. `name` is the folder or archive that holds it, None when there is only one case."""

    name: str | None
    collected: Inputs


def split_cases(collected: Inputs, paths: Sequence[str] = ()) -> list[Case]:
    """One case for each tree that holds a response-management log of its own.

    Of the folders and archives in `paths`, those that hold captures and no log are cases of their own beside several
    such trees, and among themselves where no conversation is in two of them.

    A log that the user named directly (or pasted) belongs to the tree with which it shares an event, else to all that
    is left over; captures, stores and cipher lists belong to the tree in which they lie, and to every case when they
    lie in none.
    """
    roots = _outermost({root for log in collected.logs if (root := _root(log)) is not None})
    roots = _with_captures(roots, collected, paths)
    if len(roots) < 2:
        return [Case(None, collected)]
    logs = {root: [log for log in collected.logs if _root(log) and _inside(log.source, root)] for root in roots}
    with_logs = {root: found for root, found in logs.items() if found} or logs
    loose = [log for log in collected.logs if _root(log) is None]
    for log in loose:
        _join_loose(log, with_logs)
    return [Case(root, _part(collected, root, roots, logs[root])) for root in roots]


def _with_captures(roots: list[str], collected: Inputs, paths: Sequence[str]) -> list[str]:
    """The trees, and what was named beside them: one tree with a log may have its captures anywhere."""
    if len(roots) == 1 or (collected.logs and not roots):
        return roots
    marks: dict[str, set[str]] = {}
    for path in dict.fromkeys(paths):
        root = system.with_slashes(path).rstrip("/") or path
        inside = [each for each in collected.captures if _is_in(each.source, root)]
        if inside and not any(_below(root, other) or _below(other, root) for other in roots):
            marks[root] = {mark for capture in inside for stream in capture.streams for mark in stream.marks}
    seen = [mark for each in marks.values() for mark in each]
    apart = len(seen) == len(set(seen))
    return [*roots, *sorted(marks)] if roots or apart else roots


def _is_in(source: SourceRef, root: str) -> bool:
    """It lies in a folder or archive of that name; a file that was named itself does not."""
    return source.path.startswith(root.rstrip("/") + "/") or (source.path == root and source.member is not None)


def _root(log: LogFile) -> str | None:
    """The tree in which a log lies: what stands before `lancope/`, else its own folder; None for a named plain file."""
    if log.named and log.source.member is None:
        return None
    parts = log.source.file.split("/")
    for index, part in enumerate(parts):
        if part.lower() in _APPLIANCE_ROOTS:
            return "/".join(parts[:index]).removesuffix("!") or "/"
    return "/".join(parts[:-1]) or "."


def _outermost(roots: set[str]) -> list[str]:
    """Trees that lie in no other one: a log beside a bundle in one folder is of the same Manager as the bundle."""
    return sorted(r for r in roots if not any(other != r and _below(r, other) for other in roots))


def _below(file: str, root: str) -> bool:
    return file == root or file.startswith((root.rstrip("/") + "/", root.removesuffix("!") + "!/"))


def _join_loose(log: LogFile, logs: dict[str, list[LogFile]]) -> None:
    keys = _keys([log])
    shared = [root for root, members in logs.items() if keys & _keys(members)]
    for root in shared or list(logs):
        logs[root].append(log)


def _keys(logs: Iterable[LogFile]) -> set[tuple[object, tuple[str, str]]]:
    return {(event.time, event.words) for log in logs for event in log.events if event.time is not None}


def _part(collected: Inputs, root: str, roots: list[str], logs: list[LogFile]) -> Inputs:
    others = [other for other in roots if other != root]

    def mine(source: SourceRef) -> bool:
        return _inside(source, root) or not any(_inside(source, other) for other in others)

    return replace(
        collected,
        logs=logs,
        other_logs=[log for log in collected.other_logs if mine(log.source)],
        captures=[capture for capture in collected.captures if mine(capture.source)],
        stores=[store for store in collected.stores if mine(store.source)],
        cipher_lists=[ciphers for ciphers in collected.cipher_lists if mine(ciphers.source)],
        answers=[answer for answer in collected.answers if mine(answer.source)],
        transcripts=[transcript for transcript in collected.transcripts if mine(transcript.source)],
        settings=[each for each in collected.settings if mine(each.source)],
        mails=[mail for mail in collected.mails if mine(mail.source)],
        notes=[note for note in collected.notes if mine(note.source)],
        portions=[portion for portion in collected.portions if mine(portion.source)],
    )


def _inside(source: SourceRef, root: str) -> bool:
    return root == "." or _below(source.file, root)
