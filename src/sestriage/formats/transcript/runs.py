"""What a text that holds tests by hand is read with, by its kind: one line for each kind.

A new kind of run is one entry here, beside the words by which `detect` knows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sestriage.model.message import Message
from sestriage.model.source import SourceRef
from sestriage.model.transcript import Transcript


@dataclass(frozen=True, slots=True)
class RunReader:
    """`read` gives the runs of a text, in its order. `beside` is the text without them, its lines where they were: a
    log may stand there. `none_found` is said of a text in which no run could be made out."""

    read: Callable[[bytes, SourceRef], list[Transcript]]
    beside: Callable[[bytes], bytes]
    none_found: Message


def reader_of(kind: str | None) -> RunReader | None:
    """The reader for a kind of `detect.looks_like_transcript`; None for kinds that hold no runs."""
    match kind:
        case "s_client":
            from sestriage.formats.transcript.build import read_runs
            from sestriage.formats.transcript.s_client import beside_runs

            return RunReader(read_runs, beside_runs, Message("no run of openssl s_client could be made out in it"))
        case "scan":
            from sestriage.formats.transcript.scan import read_scans

            nothing = Message("this scan lists no cipher suite that the server took")
            return RunReader(read_scans, _nothing_beside, nothing)
        case "by_hand":
            from sestriage.formats.transcript.by_hand import read_sessions, without_sessions

            return RunReader(read_sessions, without_sessions, Message("no session by hand could be made out in it"))
    return None


def _nothing_beside(data: bytes) -> bytes:
    """The output of a scanner is the whole text."""
    return b""
