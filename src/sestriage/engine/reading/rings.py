"""Files of one capture that was written into several (`tcpdump -C`, `-G`, `-W`; dumpcap's ring buffer).

They are told by what they hold, not by their names, which differ with the program and start again in a ring: files of
one folder whose times follow each other, and a conversation that is open at the end of one and goes on in another.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import BinaryIO, Final

from sestriage.formats.capture.scope import Scope
from sestriage.formats.tls.keylog import KeyLog
from sestriage.ingest import Member
from sestriage.ingest.roles import folder_of
from sestriage.model.capture import Capture, Stream
from sestriage.model.source import SourceRef

OVERLAP: Final = timedelta(seconds=1)
"""By so much a file may begin before the one in front of it ends: two packets out of order at the seam."""
SILENCE: Final = timedelta(minutes=15)
"""A connection that says nothing for longer is not looked for in the next file."""
MAX_BYTES: Final = 256 << 20
"""Of files in archives, which can be read once only, so many bytes are kept in memory to be read as one."""


def rings(captures: Sequence[Capture]) -> list[tuple[SourceRef, ...]]:
    """The groups of files that are parts of one capture, each oldest first."""
    folders: dict[SourceRef, list[Capture]] = {}
    for capture in captures:
        if capture.started is not None and not capture.parts:
            folders.setdefault(folder_of(capture.source), []).append(capture)
    return [group for files in folders.values() for group in _groups(sorted(files, key=_begin))]


def _begin(capture: Capture) -> float:
    return capture.started.timestamp() if capture.started is not None else 0.0


def _groups(files: Sequence[Capture]) -> Iterable[tuple[SourceRef, ...]]:
    """Files, in order of time, of which each goes on with something of an earlier one of its group."""
    runs: list[list[Capture]] = []
    for capture in files:
        run = next((run for run in runs if any(_goes_on(earlier, capture) for earlier in run)), None)
        if run is None:
            runs.append([capture])
        else:
            run.append(capture)
    return (tuple(each.source for each in run) for run in runs if len(run) > 1)


def _goes_on(earlier: Capture, later: Capture) -> bool:
    if earlier.ended is None or later.started is None or later.started < earlier.ended - OVERLAP:
        return False
    open_ones = {_ends(stream): stream for stream in earlier.streams if _open(stream)}
    return any(
        (stream := open_ones.get(_ends(each))) is not None and _soon(stream, each) and not _begins(stream, each)
        for each in later.streams
    )


def _ends(stream: Stream) -> frozenset[tuple[str, int]]:
    return frozenset({(stream.client.ip, stream.client.port), (stream.server.ip, stream.server.port)})


def _open(stream: Stream) -> bool:
    """Nothing says that the connection was over."""
    tcp = stream.tcp
    return tcp.closed_by is None and tcp.reset_by is None and not tcp.refused


def _soon(earlier: Stream, later: Stream) -> bool:
    if earlier.ended is None or later.started is None:
        return False
    return -OVERLAP <= later.started - earlier.ended <= SILENCE


def _begins(earlier: Stream, later: Stream) -> bool:
    """A new connection between the same ends: its client began to count at another number."""
    return later.tcp.syn_seen and not set(earlier.marks) & set(later.marks)


class Again:
    """The members that are to be read once more: files on disk by opening them, others from memory."""

    def __init__(self, wanted: frozenset[SourceRef], room: int) -> None:
        self._wanted = wanted
        self._room = room
        self._members: dict[SourceRef, Member] = {}
        self._held: dict[SourceRef, bytes] = {}

    def take(self, member: Member) -> None:
        """The next member of the walk."""
        if member.ref not in self._wanted:
            return
        if member.plain:
            self._members[member.ref] = member
        elif (member.size or 0) <= self._room:
            data = member.read(self._room)
            self._room -= len(data)
            if self._room > 0:
                self._held[member.ref] = data

    def read(self, group: Sequence[SourceRef], keylog: KeyLog, scope: Scope) -> Capture | None:
        """The files as one capture; None where one of them is too large to be kept."""
        if not all(source in self._members or source in self._held for source in group):
            return None
        from sestriage.formats.capture import read_in_order

        return read_in_order(map(self._open, group), group, keylog, scope)

    def _open(self, source: SourceRef) -> BinaryIO:
        held = self._held.get(source)
        return io.BytesIO(held) if held is not None else self._members[source].open()
