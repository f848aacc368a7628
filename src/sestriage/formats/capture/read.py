"""The door of this package: a stream of bytes in, a `Capture` out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import BinaryIO, TypeVar

from sestriage.formats.capture import pcap, pcapng
from sestriage.formats.capture.candidate import Seed
from sestriage.formats.capture.conversation import Conversation
from sestriage.formats.capture.facts import StreamBuilder, lookups
from sestriage.formats.capture.flow_table import FlowTable, let_go
from sestriage.formats.capture.input_buffer import Buffer, Feed
from sestriage.formats.capture.magic import PCAP, PCAPNG
from sestriage.formats.capture.oddlink import MAX_FRAMES, is_missing
from sestriage.formats.capture.packet_time import moment
from sestriage.formats.capture.packet_walk import Walker
from sestriage.formats.capture.scope import Scope
from sestriage.formats.tls.decrypt import Keys
from sestriage.formats.tls.keylog import KeyLog
from sestriage.model.capture import Capture, Stream
from sestriage.model.message import Message, together
from sestriage.model.source import SourceRef

MAX_STREAMS = 1500
"""Conversations at mail ports or with SMTP, and others with TLS, that are kept: the newest of each."""


UNEXPECTED = Message("reading stopped on an unexpected error")
"""How a problem begins that is a mistake in this program (the tests see to it that none is known)."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A finished conversation that is no facts yet, and the time of the newest packet when it was finished."""

    found: Conversation | Seed
    now: int | None


_Kept = TypeVar("_Kept")


class _Collector:
    """Turns finished conversations into streams, and keeps the newest."""

    def __init__(self, source: SourceRef, keys: Keys, scope: Scope) -> None:
        self.builder = StreamBuilder(source)
        self.walker = Walker(FlowTable(keys, self.take, scope))
        self.mail: deque[Stream | _Waiting] = deque(maxlen=MAX_STREAMS)
        self.other: deque[Stream] = deque(maxlen=MAX_STREAMS)
        self.left_out = 0

    def take(self, found: Conversation | Seed) -> None:
        """A conversation has come to its end. Of one at a mail port in which nothing was said (of a scan there are
        many) facts are made only when it is kept to the end."""
        if isinstance(found, Seed) or (found.mail_port and found.session is None and found.dialogue is None):
            self._keep(self.mail, _Waiting(found, self.walker.last_time))
            return
        stream = self._stream(found, self.walker.last_time)
        if found.mail_port or stream.smtp is not None:
            self._keep(self.mail, stream)
        else:
            self._keep(self.other, stream)

    def _keep(self, kept: deque[_Kept], one: _Kept) -> None:
        self.left_out += len(kept) == kept.maxlen
        kept.append(one)

    def _stream(self, found: Conversation, now: int | None) -> Stream:
        names = self.walker.table.dns.names
        stream = self.builder.stream(found, moment(now) if now is not None else None, names)
        let_go(found)
        return stream

    def _grown(self, waiting: _Waiting) -> Stream:
        found = waiting.found
        if isinstance(found, Seed):
            found = self.walker.table.grown(found)
            found.close()
        return self._stream(found, waiting.now)

    def streams(self) -> tuple[Stream, ...]:
        """Those that were kept, in the order in which they began; they are handed over once."""
        mail = []
        while self.mail:
            each = self.mail.popleft()
            mail.append(self._grown(each) if isinstance(each, _Waiting) else each)
        return tuple(sorted((*mail, *self.other), key=lambda s: s.first_frame))


def read_capture(
    stream: BinaryIO, source: SourceRef, keylog: KeyLog | None = None, scope: Scope | None = None
) -> Capture:
    """Reads a capture; never raises for what the bytes are.

    Of the stream only `read(n)` is used; gzip is taken off. `keylog` are the secrets of the case;
    those inside a pcapng are used as well. Damage becomes `problem` of the result, and what came before it is used.
    `scope` says which ports are looked at however large the capture is, besides those of mail.
    """
    return read_in_order([stream], (source,), keylog, scope)


def read_in_order(
    streams: Iterable[BinaryIO], parts: Sequence[SourceRef], keylog: KeyLog | None = None, scope: Scope | None = None
) -> Capture:
    """Reads the files of one capture (a ring buffer), oldest first, as `read_capture` reads one: conversations go on
    from one into the next, and frames count through all of them."""
    keys = Keys(keylog)
    source = _joined(parts)
    scope = scope or Scope()
    collector = _Collector(source, keys, scope)
    walker = collector.walker
    damage: list[str] = []
    try:
        for part, stream in zip(parts, streams, strict=False):
            buffer = Buffer(Feed(stream))
            buffer.refill(0, pcap.HEADER_SIZE)
            try:
                found = _walk(buffer, walker)
            finally:
                walker.leave_file()
            problem = buffer.problem or found
            if problem is not None:
                damage.append(problem if len(parts) == 1 else f"{part}: {problem}")
        walker.table.finish()
    except Exception as error:  # a mistake of ours must not cost the rest of the case
        damage.append(
            Message(
                "{stopped} behind packet {frame} ({error})",
                stopped=UNEXPECTED,
                frame=walker.frames,
                error=type(error).__name__,
            )
        )
    return Capture(
        source=source,
        streams=collector.streams(),
        dns=lookups(walker.table.dns, source),
        packets=walker.frames,
        started=moment(walker.first_time) if walker.first_time is not None else None,
        ended=moment(walker.last_time) if walker.last_time is not None else None,
        problem=_problem("; ".join(damage) or None, walker, collector.left_out),
        snaplen_cut=walker.cut_frames,
        parts=tuple(parts) if len(parts) > 1 else (),
        ports_read=scope.read(),
    )


MAX_NAMED = 3


def _joined(parts: Sequence[SourceRef]) -> SourceRef:
    """One name for the files that are read as one: the first, and the names of the next ones beside it."""
    first, *others = parts
    names = [first.name, *(PurePosixPath(other.name).name for other in others[:MAX_NAMED])]
    if len(others) > MAX_NAMED:
        names.append(f"({len(others) - MAX_NAMED} more)")
    name = " + ".join(names)
    return replace(first, path=name) if first.member is None else replace(first, member=name)


def _walk(buffer: Buffer, walker: Walker) -> str | None:
    if bytes(buffer.view[:4]) in PCAP:
        return pcap.walk(buffer, walker)
    if bytes(buffer.view[:4]) == PCAPNG:
        return pcapng.walk(buffer, walker)
    return Message("not a packet capture (neither pcap nor pcapng)")


def _problem(damage: str | None, walker: Walker, left_out: int) -> str | None:
    parts: list[str] = [damage] if damage else []
    if walker.unknown_links:
        kinds = ", ".join(str(k) for k in sorted(walker.unknown_links)[:5])
        parts.append(_unread(kinds))
    odd = walker.odd_links
    if odd.failed:
        parts.append(Message("{count} packets of an odd link type could not be taken apart", count=odd.failed))
    if odd.left_out:
        parts.append(
            Message(
                "{count} packets of an odd link type were left out (only the first {most} are read)",
                count=odd.left_out,
                most=MAX_FRAMES,
            )
        )
    if left_out:
        parts.append(
            Message(
                "{count} older conversations were left out (only the newest {most} are kept)",
                count=left_out,
                most=MAX_STREAMS,
            )
        )
    return together(*parts, between="; ") or None


def _unread(kinds: str) -> Message:
    if is_missing():
        return Message(
            "packets of link type {kinds} cannot be read (the Python package {name} reads more, and is missing)",
            kinds=kinds,
            name="scapy",
        )
    return Message("packets of link type {kinds} cannot be read", kinds=kinds)
