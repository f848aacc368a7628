"""A conversation of which it is not known yet whether it matters: the little that must be remembered until then."""

from __future__ import annotations

from sestriage.formats.capture.lifecycle import ACK
from sestriage.formats.capture.protocols import guess, may_become

MAX_HEADS = 8
HOPELESS = (b"GET ", b"POST ", b"HEAD ", b"PUT ", b"HTTP/1.", b"SSH-2.0")
"""First bytes of protocols in which neither SMTP nor TLS follows."""
MAX_TRIES = 3
"""Payloads that are neither TLS nor SMTP before a conversation is given up whose start was captured."""

Head = tuple[int, int, int, int, int, int]
"""Side, flags, sequence number, acknowledgement, frame, nanoseconds of a packet without payload."""


class Seed:
    """`heads` are the packets of the handshake, to be replayed if the conversation turns out to matter; `key` is that
    (source, target, ports) of the side that sent the first of them."""

    __slots__ = ("heads", "key", "tries")

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.heads: list[Head] = []
        self.tries = 0

    def syn(self, side: int, head: Head) -> None:
        """A packet with SYN of a side. One without ACK and with a new number begins a new conversation."""
        _, flags, sequence, ack, frame, nanoseconds = head
        if self.heads and not flags & ACK and any(h[1] & ACK or h[2] != sequence for h in self.heads):
            self.heads.clear()
            self.tries = 0
        if len(self.heads) < MAX_HEADS:
            self.heads.append((side, flags, sequence, ack, frame, nanoseconds))

    def matters(self, data: bytes) -> bool | None:
        """A payload: True when the conversation may matter, False when it does not, None when that is still open."""
        if data.startswith(HOPELESS):
            return False
        if data and (guess(data) is not None or may_become(data)):
            return True
        self.tries += 1
        return False if not self.heads or self.tries >= MAX_TRIES else None
