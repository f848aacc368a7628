"""Looks for TLS handshakes that the JVM traced into a log, while the log is read; what reads them is loaded for such
logs only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from sestriage.formats.log.limits import MAX_LINE_BYTES
from sestriage.formats.log.lines.physical import count_lines
from sestriage.model.source import SourceRef

if TYPE_CHECKING:
    from sestriage.formats.transcript.jsse import TraceReader
    from sestriage.model.transcript import TlsTrace

MARKS: Final = (b"javax.net.ssl|", b"*** ClientHello, ")
"""A text without either holds no trace: with these a handshake begins in its two forms."""


class TraceWatch:
    """Takes the bytes of a log in order, the first of them at `first_line`."""

    def __init__(self, source: SourceRef, first_line: int = 1) -> None:
        self._source = source
        self._first = self._line = first_line
        self._reader: TraceReader | None = None
        self._rest = b""

    @property
    def found(self) -> bool:
        """There is such a trace in it."""
        return self._reader is not None

    @property
    def lines(self) -> int:
        """How many lines of the log ended in what was taken."""
        return self._line - self._first

    def through(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces as they come."""
        for chunk in chunks:
            self.take(chunk)
            yield chunk

    def take(self, chunk: bytes) -> None:
        """The next bytes."""
        data = self._rest + chunk if self._rest else chunk
        end = data.rfind(b"\n") + 1
        self._rest = data[end:][:MAX_LINE_BYTES]
        if any(data.find(mark, 0, end) >= 0 for mark in MARKS) or (self._reader is not None and self._reader.inside):
            self._read(data[:end])
        self._line += count_lines(data, 0, end)

    def traces(self, before: int = 0) -> tuple[TlsTrace, ...]:
        """What was traced, in the order in which the handshakes began, when all is read. So many lines of the file lie
        before what was read."""
        if self._rest:
            self.take(b"\n")
        return self._reader.traces(before) if self._reader is not None else ()

    def _read(self, data: bytes) -> None:
        if self._reader is None:
            from sestriage.formats.transcript.jsse import TraceReader

            self._reader = TraceReader(self._source)
        self._reader.take(data, self._line)
