"""The key logs that the user named, and those of them that open nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sestriage.errors import InputError, reason_of
from sestriage.formats.tls.keylog import KeyLog
from sestriage.ingest.pipes import open_named
from sestriage.model.message import Message
from sestriage.model.source import InputNote, SourceRef

if TYPE_CHECKING:
    from sestriage.model.capture import Capture

_RANDOM = "random "
"""Before the ClientHello's random in `Stream.marks`."""


def key_log(paths: Iterable[str]) -> KeyLog:
    """The secrets of these files; those of key logs among the evidence may be added.

    Raises:
        InputError: one cannot be read.
    """
    return read_key_logs(paths)[0]


def read_key_logs(paths: Iterable[str]) -> tuple[KeyLog, Mapping[str, bytes]]:
    """The secrets of these files together, and the content of each by its path.

    Raises:
        InputError: one cannot be read.
    """
    found = KeyLog()
    contents: dict[str, bytes] = {}
    for path in paths:
        try:
            with open_named(path) as file:
                contents[path] = file.read(found.room)
        except OSError as error:
            raise InputError(
                Message("cannot read the key log {file}: {reason}", file=path, reason=reason_of(error))
            ) from error
        found.add(contents[path])
    return found, contents


def keylog_notes(named: Mapping[str, bytes], captures: Sequence[Capture]) -> Iterator[InputNote]:
    """A note on each key log (path to content) without any key, or without one of a captured TLS session."""
    from sestriage.formats.tls.keylog import SESSION_ID, parse_keylog

    streams = [stream for capture in captures for stream in capture.streams]
    randoms = {mark.removeprefix(_RANDOM) for stream in streams for mark in stream.marks if mark.startswith(_RANDOM)}
    for path, content in named.items():
        keys = parse_keylog(content)
        problem = None
        if not keys:
            problem = Message("no line of it is a key of a TLS session (SSLKEYLOGFILE format)")
        elif not captures:
            problem = Message("there is no capture whose TLS sessions it could open")
        elif all(label != SESSION_ID and owner.hex() not in randoms for label, owner in keys):
            problem = Message("none of its keys is of a captured TLS session")
        if problem is not None:
            yield InputNote(SourceRef(path), "keylog", problem, used=False, size=len(content))
