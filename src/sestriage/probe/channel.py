"""A socket with a budget: every read and write ends by a deadline, and only so many bytes are taken.

A server that drips, floods or never ends costs a bounded time and a bounded memory.
"""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sestriage.model.message import Message
from sestriage.model.probe import Chunk

MAX_BYTES = 512 * 1024
"""Bytes that are taken from a server in one conversation: the largest chain that makes sense, several times over."""
MAX_CHUNKS = 4000
"""Pieces (reads) in which these bytes may arrive; a saved case holds each piece."""
MAX_LINE = 4096
"""Longest line of an SMTP reply; RFC 5321 4.5.3.1.5 allows 512."""
MAX_LINES = 200
"""Lines of one SMTP reply."""
READ = 16 * 1024


_NOT_TAKEN = Message("the server does not take what is sent")
_SILENT = Message("the server says nothing more")


class EndError(Exception):
    """The conversation is over: `end` is one of `model.probe.ENDS`."""

    def __init__(self, end: str, problem: str) -> None:
        super().__init__(problem)
        self.end = end
        self.problem = problem


@dataclass(slots=True)
class Channel:
    """A connection that records all that goes over it. `deadline` is on the clock of `time.monotonic`."""

    sock: socket.socket
    deadline: float
    chunks: list[Chunk] = field(default_factory=list)
    _taken: int = 0
    _buffer: bytearray = field(default_factory=bytearray)

    def send(self, data: bytes) -> None:
        """Send everything; raises EndError."""
        self._wait(_NOT_TAKEN)
        self.chunks.append(Chunk(datetime.now(UTC), True, data))
        try:
            self.sock.sendall(data)
        except TimeoutError:
            raise EndError("timed-out", _NOT_TAKEN) from None
        except OSError as error:
            raise broken(error) from error

    def receive(self) -> bytes:
        """The next bytes, those held back first; raises EndError at the end of the connection, time or budget."""
        if self._buffer:
            data = bytes(self._buffer)
            self._buffer.clear()
            return data
        return self._read()

    def line(self) -> bytes:
        """The next line without its end; raises EndError as `receive`, and when a line is too long."""
        while (at := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > MAX_LINE:
                raise EndError("limit", Message("a line of more than {count} bytes", count=MAX_LINE))
            self._buffer += self._read()
        line = bytes(self._buffer[:at])
        del self._buffer[: at + 1]
        return line.rstrip(b"\r")

    def reply(self) -> list[bytes]:
        """The lines of an SMTP reply (RFC 5321 4.2); a line that is no part of one ends it."""
        lines: list[bytes] = []
        while len(lines) < MAX_LINES:
            line = self.line()
            lines.append(line[:MAX_LINE])
            if line[3:4] != b"-" or not line[:3].isdigit():
                return lines
        raise EndError("limit", Message("a reply of more than {count} lines", count=MAX_LINES))

    def _read(self) -> bytes:
        self._wait(_SILENT)
        try:
            data = self.sock.recv(READ)
        except TimeoutError:
            raise EndError("timed-out", _SILENT) from None
        except OSError as error:
            raise broken(error) from error
        if not data:
            raise EndError("server-closed", Message("the server closed the connection"))
        self.chunks.append(Chunk(datetime.now(UTC), False, data))
        self._taken += len(data)
        if len(self.chunks) > MAX_CHUNKS:
            raise EndError("limit", Message("the server sent its bytes in more than {count} pieces", count=MAX_CHUNKS))
        if self._taken > MAX_BYTES:
            raise EndError("limit", Message("the server sent more than {size} KiB", size=MAX_BYTES >> 10))
        return data

    def _wait(self, problem: str) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise EndError("timed-out", problem)
        self.sock.settimeout(left)

    def close(self, farewell: bytes = b"") -> None:
        """Close the connection; errors of that are ignored."""
        with contextlib.suppress(OSError):
            if farewell:
                self.sock.settimeout(0.5)
                self.sock.sendall(farewell)
        with contextlib.suppress(OSError):
            self.sock.close()


def broken(error: OSError) -> EndError:
    """The end that an error of an established connection means."""
    return EndError("server-reset", Message("the connection broke: {error}", error=error.strerror or error))
