"""The life of a TCP connection: how it began, who is the client, and how it ended (RFC 9293)."""

from __future__ import annotations

from datetime import datetime

FIN, SYN, RST, ACK = 1, 2, 4, 16

LifecycleStep = tuple[int, str]
"""Who sent a message (side 0 or 1), and its name."""


LARGE = 1000
"""Bytes of payload from which a segment can be too large for a path whose MTU is smaller than the ends believe."""
MANY = 3
"""Times that a segment is sent before its loss is no chance."""


class Unheard:
    """What one side sent and the other did not acknowledge: large segments that are sent again and again, and data
    that arrived behind a hole which was never filled."""

    __slots__ = ("acknowledged", "beyond", "sequence", "times")

    def __init__(self) -> None:
        self.acknowledged: int | None = None
        self.sequence: int | None = None
        self.times = 0
        self.beyond: int | None = None  # where data stands that came behind a hole

    def sent(self, sequence: int, length: int) -> None:
        """A segment with payload."""
        if length >= LARGE:
            self.times = self.times + 1 if sequence == self.sequence else 1
            self.sequence = sequence
        if self.acknowledged is not None and 0 < (sequence - self.acknowledged) % (1 << 32) < 1 << 30:
            self.beyond = sequence

    def heard(self, number: int) -> None:
        """The other side acknowledges everything before `number`."""
        if self.acknowledged is None or 0 < (number - self.acknowledged) % (1 << 32) < 1 << 30:
            self.acknowledged, self.beyond = number, None
            if self.sequence is not None and 0 < (number - self.sequence) % (1 << 32) < 1 << 30:
                self.times = 0

    @property
    def resent(self) -> bool:
        """A large segment was sent often, and never acknowledged."""
        return self.times >= MANY

    @property
    def hole(self) -> bool:
        """Data of the size of a large segment is missing in front of what came last."""
        if self.beyond is None or self.acknowledged is None:
            return False
        return LARGE <= (self.beyond - self.acknowledged) % (1 << 32) < 1 << 20


class Lifecycle:
    """State of a connection between two sides, 0 (the sender of the first packet) and 1.

    `role` says by what `client` is known: `syn`, `synack`, `hello` (content) or `port`. `last_step` is the newest
    message that was read; `closed_after` and `reset_after` are its value at the end.
    """

    __slots__ = (
        *(
            "acks",
            "broken",
            "client",
            "closed_after",
            "closed_by",
            "closed_time",
            "cut_frames",
            "end_frame",
            "ended",
            "fins",
        ),
        *("first_frame", "icmp", "isn", "last_frame", "last_payload", "last_step", "packets"),
        *("payload_bytes", "refused", "reset_after", "reset_by", "role", "started", "syn_count"),
        *("syn_side", "synack_ack", "synack_seen", "unheard"),
    )

    def __init__(self) -> None:
        self.client: int | None = None
        self.role = ""
        self.first_frame = 0
        self.last_frame = 0
        self.started: datetime | None = None
        self.ended: datetime | None = None
        self.last_payload: datetime | None = None
        self.packets = [0, 0]
        self.payload_bytes = [0, 0]
        self.acks = [0, 0]
        self.isn: int | None = None
        self.syn_side: int | None = None
        self.syn_count = 0
        self.synack_seen = False
        self.synack_ack: int | None = None
        self.fins = [False, False]
        self.refused = False
        self.icmp: str | None = None
        self.closed_by: int | None = None
        self.closed_after: tuple[int, str] | None = None
        self.closed_time: datetime | None = None
        self.end_frame: int | None = None
        self.reset_by: int | None = None
        self.reset_after: tuple[int, str] | None = None
        self.last_step: tuple[int, str] | None = None
        self.cut_frames = 0
        self.broken = False
        self.unheard = (Unheard(), Unheard())

    def note_packet(self, side: int, frame: int, time: datetime | None) -> None:
        """Any packet."""
        if not self.first_frame:
            self.first_frame, self.started = frame, time
        self.last_frame, self.ended = frame, time
        self.packets[side] += 1

    def ended_by_itself(self) -> bool:
        """True if the peers had already said goodbye: a RST now is normal."""
        return False

    @property
    def over(self) -> bool:
        """True if it was closed or reset: few packets, if any, are still to come."""
        return self.broken or all(self.fins)

    def begins_anew(self, side: int, flags: int, sequence: int) -> bool:
        """True for a packet with SYN that belongs to a new conversation between the same two ports."""
        if flags & ACK or not flags & SYN:
            return False
        if self.isn is not None and side == self.syn_side:
            return sequence != self.isn
        if self.synack_ack is not None and self.synack_ack == (sequence + 1) % (1 << 32):
            return False  # the SYN was captured after its answer
        return any(self.payload_bytes) or any(self.fins) or self.reset_by is not None or self.isn is not None

    def syn(self, side: int, flags: int, sequence: int, ack: int) -> None:
        """A SYN or SYN-ACK: it tells who is the client."""
        if flags & ACK:
            self.synack_seen = True
            self.synack_ack = ack
            self.refused = self.broken = False
            if self.client is None or self.role not in ("syn", "synack"):
                self.set_client(1 - side, "synack")
        else:
            self.syn_count += 1
            self.syn_side = side
            self.isn = sequence
            self.set_client(side, "syn")

    @property
    def begun(self) -> bool:
        """The capture has the begin of the connection."""
        return self.role in ("syn", "synack")

    def set_client(self, side: int, role: str) -> None:
        """Settles who is the client, and by what that is known."""
        self.client, self.role = side, role

    def fin(self, side: int, time: datetime | None) -> None:
        """A FIN. The first one closes the conversation, unless it was reset before."""
        self.fins[side] = True
        if self.closed_by is None and self.reset_by is None:
            self.closed_by = side
            self.closed_after = self.last_step
            self._end(time)

    def rst(self, side: int, time: datetime | None) -> None:
        """A RST: it refuses a SYN, or ends the conversation, or comes after the end and means nothing."""
        self.broken = True
        if self.reset_by is not None or self.closed_by is not None:
            return
        if side != self.client and self.syn_count and not self.synack_seen and not any(self.payload_bytes):
            self.refused = True
            self._end(time)
            return
        if self.ended_by_itself():
            self.closed_by = side
            self.closed_after = self.last_step
        else:
            self.reset_by = side
            self.reset_after = self.last_step
        self._end(time)

    def _end(self, time: datetime | None) -> None:
        """The packet at hand ended the conversation."""
        self.closed_time, self.end_frame = time, self.last_frame
