"""Key logs that a user named, and that open nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sestriage.model.message import Message
from sestriage.model.source import InputNote, SourceRef

if TYPE_CHECKING:
    from sestriage.model.capture import Capture

_RANDOM = "random "
"""Before the ClientHello's random in `Stream.marks`."""


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
