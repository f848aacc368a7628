"""All conversations of a capture: which packet belongs to which, which are kept, and when they are done.

Memory is bounded: conversations that do not matter leave a mark only, finished ones become facts at once, and of
those only the newest are kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from struct import Struct

from sestriage.formats.capture import ip, link
from sestriage.formats.capture.candidate import Seed
from sestriage.formats.capture.conversation import Conversation
from sestriage.formats.capture.dns import DnsLog
from sestriage.formats.capture.lifecycle import ACK, FIN, RST, SYN
from sestriage.formats.capture.packet_time import moment
from sestriage.formats.capture.protocols import MAIL_PORTS, TLS_PORTS
from sestriage.formats.tls.decrypt import Keys

MAX_MARKS = 100_000
"""Directions of conversations that are remembered as not mattering."""
MAX_OPEN = 4096
"""Conversations that are followed at a time; the oldest is taken as finished."""
MAX_SEEDS = 20_000
"""Conversations without payload so far, away from the mail ports."""
LINGER = 64
"""Closed conversations that still wait for late packets."""
MAX_IDLE = 8
"""Packets without payload after which a conversation whose start was not captured is skipped."""
MAX_EMPTY = 16
"""The same for one whose start was captured: no peer acknowledges so often before the first payload."""
MAX_BUFFERED = 24 << 20
"""Bytes that may wait, in all conversations together, for others that come before them."""
CHECK_EVERY = 16_384
"""Packets between two looks at that sum."""
MAX_SEGMENT = 1 << 17
"""A longer payload is none (segmentation offload gives 64 KiB)."""
DNS_PORT = 53

_TCP = Struct(">HHIIBB").unpack_from
_ICMP_V4 = {(3, 0): "network-unreachable", (3, 1): "host-unreachable", (3, 3): "port-unreachable"}
_ICMP_V4 |= {(3, 4): "fragmentation-needed", (3, 9): "admin-prohibited", (3, 10): "admin-prohibited"}
_ICMP_V4 |= {(3, 6): "network-unreachable", (3, 7): "host-unreachable", (3, 13): "admin-prohibited"}
_ICMP_V4 |= {(3, 11): "network-unreachable", (3, 12): "host-unreachable"}
_ICMP_V6 = {(1, 0): "network-unreachable", (1, 1): "admin-prohibited", (1, 3): "host-unreachable"}
_ICMP_V6 |= {(1, 4): "port-unreachable", (1, 5): "admin-prohibited", (1, 6): "admin-prohibited"}


SKIP, LIGHT, DROP = SYN, FIN | SYN | RST, 0
"""Marks of conversations whose packets may be skipped: the TCP flags of those that must still be read.

SKIP: TCP, of no interest (a SYN may begin a new conversation). LIGHT: TCP, of which the end is still of interest.
DROP: UDP.
"""


def _let_go(conversation: Conversation) -> None:
    """Parts what refers to each other in a finished conversation: its memory is free at once, and of many thousand
    there is never more than a few at a time."""
    if conversation.dialogue is not None:
        del conversation.dialogue.client, conversation.dialogue.server
    if conversation.session is not None:
        del conversation.session.sides
    del conversation.dialogue, conversation.session, conversation.streams


class FlowTable:
    """Sorts datagrams into conversations; a finished one that is to be kept goes to `done`."""

    def __init__(self, keys: Keys | None, done: Callable[[Conversation], None]) -> None:
        self.keys = keys
        self.done = done
        self.flows: dict[bytes, Seed | Conversation] = {}
        self.marks: dict[bytes, int] = {}
        """A direction (addresses and ports) stands here, or among the flows, or nowhere."""
        self.dns = DnsLog()
        self._open: dict[Conversation, None] = {}
        self._seeds: dict[Seed, None] = {}
        self._light: dict[bytes, Conversation] = {}
        self._closed: deque[Conversation] = deque()
        self._idle: dict[bytes, int] = {}
        self._until_check = CHECK_EVERY

    def datagram(self, frame: int, nanoseconds: int, datagram: ip.Datagram) -> bool:
        """Read one datagram. True if packets like this one may be skipped from now on."""
        protocol, source, target, buf, pos, end, length, _ = datagram
        if protocol == ip.TCP:
            return self.tcp(frame, nanoseconds, source + target, buf, pos, end, length)
        if protocol == ip.UDP:
            return self._udp(frame, nanoseconds, datagram)
        if protocol in (ip.ICMP, ip.ICMPV6):
            self._icmp(datagram)
        return False

    def finish(self) -> None:
        """The capture is over: everything that is still open is finished."""
        for conversation in tuple(self._open):
            self._retire(conversation)

    # -- TCP -----------------------------------------------------------------------------------------------------

    def tcp(self, frame: int, nanoseconds: int, hosts: bytes, buf: bytes, pos: int, end: int, length: int) -> bool:
        """A segment, `length` bytes long on the wire, between two addresses. True as for `datagram`."""
        if end - pos < 14:
            return False
        sport, dport, sequence, ack, offset, flags = _TCP(buf, pos)
        header = (offset >> 4) * 4
        length = length - header if length > header else 0
        if header < 20 or length > MAX_SEGMENT:
            return False
        data = buf[pos + header : end] if length else b""
        key = hosts + buf[pos : pos + 4]
        return self.segment(frame, nanoseconds, key, sport, dport, sequence, ack, flags, data, length)

    def segment(
        self,
        frame: int,
        nanoseconds: int,
        key: bytes,
        sport: int,
        dport: int,
        sequence: int,
        ack: int,
        flags: int,
        data: bytes,
        length: int,
    ) -> bool:
        """A segment: `data` is the captured part of `length` bytes of payload. True as for `datagram`."""
        state = self.flows.get(key)
        if state is None and key in self.marks:
            conversation = self._light.get(key)
            if conversation is None:
                if flags & (SYN | ACK) != SYN:
                    return True
            elif not conversation.begins_anew(conversation.side_of(key), flags, sequence):
                self._look_again(conversation)
                return self._ending(conversation, key, flags, sequence + length, ack, frame, nanoseconds)
            else:
                self._retire(conversation)
        elif isinstance(state, Conversation):
            side = state.side_of(key)
            if not (flags & SYN and state.begins_anew(side, flags, sequence)):
                if state.light:
                    return self._ending(state, key, flags, sequence + length, ack, frame, nanoseconds)
                state.packet(side, flags, sequence, ack, data, length, frame, moment(nanoseconds))
                return self._settle(state)
            self._retire(state)
        seed = state if isinstance(state, Seed) else None
        if not (sport in MAIL_PORTS or dport in MAIL_PORTS):
            if seed is None:
                if not flags & SYN and not data:
                    return self._count_idle(key)
                seed = self._sow(key)
            if flags & SYN:
                seed.syn(0 if key == seed.keys[0] else 1, flags, sequence, ack, frame, nanoseconds)
            ripe = self._ripe(seed, flags, data, tls=sport in TLS_PORTS or dport in TLS_PORTS)
            if ripe is not None:
                return ripe
        state = self._begin(key, seed, sport, dport)
        state.packet(state.side_of(key), flags, sequence, ack, data, length, frame, moment(nanoseconds))
        return self._settle(state)

    def _look_again(self, conversation: Conversation) -> None:
        """A light conversation comes to its end: its packets are looked at again, its payload is not."""
        for key in conversation.keys:
            self._light.pop(key, None)
            self._follow(key, conversation)

    def _ending(
        self, conversation: Conversation, key: bytes, flags: int, after: int, ack: int, frame: int, nanoseconds: int
    ) -> bool:
        side = conversation.side_of(key)
        conversation.end_of_light(side, flags, after % (1 << 32), ack, frame, moment(nanoseconds))
        self._settle(conversation)
        return False

    def _sow(self, key: bytes) -> Seed:
        """A conversation away from the mail ports begins."""
        seed = Seed((key, _reverse(key)))
        for end in seed.keys:
            self._follow(end, seed)
        self._seeds[seed] = None
        if len(self._seeds) > MAX_SEEDS:
            self._uproot(next(iter(self._seeds)))
        return seed

    def _ripe(self, seed: Seed, flags: int, data: bytes, *, tls: bool) -> bool | None:
        """None when the conversation matters now. True when it does not matter, False when that is still open."""
        if not data:
            seed.empty += 1
            if flags & (FIN | RST):
                self._uproot(seed)
            elif seed.empty > MAX_EMPTY:
                self._give_up(seed)
                return True
            return False
        matters = True if tls else seed.matters(data)
        if matters is False:
            self._give_up(seed)
        return None if matters else matters is False

    def _give_up(self, seed: Seed) -> None:
        """The conversation does not matter."""
        self._uproot(seed)
        for end in seed.keys:
            self._mark(end, SKIP)

    def _uproot(self, seed: Seed) -> None:
        """Forgets a seed."""
        self._seeds.pop(seed, None)
        for key in seed.keys:
            if self.flows.get(key) is seed:
                del self.flows[key]

    def _begin(self, key: bytes, seed: Seed | None, sport: int, dport: int) -> Conversation:
        """Follows a conversation from now on; what its seed remembers is replayed."""
        keys = (key, _reverse(key))
        half = len(key) // 2 - 2
        ends = ((key[:half], sport), (key[half:-4], dport))
        if seed is not None:
            self._uproot(seed)
            if key != seed.keys[0]:
                keys, ends = (keys[1], keys[0]), (ends[1], ends[0])
        mail = sport in MAIL_PORTS or dport in MAIL_PORTS
        tls = sport in TLS_PORTS or dport in TLS_PORTS
        conversation = Conversation(ends, keys, self.keys, mail=mail, tls=tls)
        for end in keys:
            self._follow(end, conversation)
        self._open[conversation] = None
        if len(self._open) > MAX_OPEN:
            self._retire(next(iter(self._open)))
        for side, flags, sequence, ack, frame, nanoseconds in seed.heads if seed is not None else ():
            conversation.packet(side, flags, sequence, ack, b"", 0, frame, moment(nanoseconds))
        return conversation

    def _count_idle(self, key: bytes) -> bool:
        """A packet without payload of a conversation whose start was not captured. True when it is given up."""
        count = self._idle.get(key, 0) + 1
        self._idle[key] = count
        if count > MAX_IDLE:
            del self._idle[key]
            self._mark(key, SKIP)
            return True
        if len(self._idle) > MAX_MARKS:
            self._idle.clear()
        return False

    def _settle(self, conversation: Conversation) -> bool:
        """After a packet, keep, drop or finish the conversation. True if its packets may be skipped."""
        self._until_check -= 1
        if not self._until_check:
            self._until_check = CHECK_EVERY
            self._limit_buffers()
            if conversation.retired:
                return True
        if conversation.wanted is False:
            self._retire(conversation)
            return True
        if conversation.over and not conversation.lingering:
            conversation.lingering = True
            self._closed.append(conversation)
            if len(self._closed) > LINGER:
                self._retire(self._closed.popleft())
        if not conversation.light and conversation.may_be_light:
            conversation.light = True
            for key in conversation.keys:
                self._light[key] = conversation
                self._mark(key, LIGHT)
        return conversation.light

    def _retire(self, conversation: Conversation) -> None:
        """The conversation is finished, or does not matter."""
        if conversation.retired:
            return
        conversation.retired = True
        self._open.pop(conversation, None)
        for key in conversation.keys:
            self._light.pop(key, None)
            if self.flows.get(key) is conversation or key in self.marks:
                self._mark(key, SKIP)
        if conversation.wanted is not False:
            conversation.close()
            if conversation.worth_keeping:
                self.done(conversation)
        _let_go(conversation)

    def _follow(self, key: bytes, state: Seed | Conversation) -> None:
        self.marks.pop(key, None)
        self.flows[key] = state

    def _mark(self, key: bytes, mark: int) -> None:
        self.flows.pop(key, None)
        self.marks[key] = mark
        if len(self.marks) > MAX_MARKS + len(self._light):
            kept = {light: self.marks[light] for light in self._light if light in self.marks}
            self.marks.clear()  # the loops hold on to this very dictionary
            self.marks.update(kept)

    def _limit_buffers(self) -> None:
        """Bytes that wait for others must not add up without end: the largest heaps are given up."""
        heaps = [(c.buffered, c) for c in tuple(self._open)]
        total = sum(size for size, _ in heaps)
        if total <= MAX_BUFFERED:
            return
        for size, conversation in sorted(heaps, key=lambda h: h[0], reverse=True):
            if total <= MAX_BUFFERED // 2:
                return
            self._retire(conversation)
            total -= size

    # -- UDP and ICMP --------------------------------------------------------------------------------------------

    def _udp(self, frame: int, nanoseconds: int, datagram: ip.Datagram) -> bool:
        buf, pos, end = datagram.buf, datagram.pos, datagram.end
        if end - pos < 8:
            return False
        sport = buf[pos] << 8 | buf[pos + 1]
        dport = buf[pos + 2] << 8 | buf[pos + 3]
        if sport == DNS_PORT or dport == DNS_PORT:
            client = (
                datagram.source + buf[pos : pos + 2] if dport == DNS_PORT else datagram.target + buf[pos + 2 : pos + 4]
            )
            self.dns.message(buf[pos + 8 : end], client, frame, moment(nanoseconds))
            return False
        if not datagram.plain or sport in ip.TUNNEL_PORTS or dport in ip.TUNNEL_PORTS:
            return False
        self._mark(datagram.source + datagram.target + buf[pos : pos + 4], DROP)
        return True

    def _icmp(self, datagram: ip.Datagram) -> None:
        """An ICMP error quotes the start of the packet that it is about (RFC 792, RFC 4443)."""
        buf, pos, end = datagram.buf, datagram.pos, datagram.end
        if pos + 8 > end:
            return
        kind, code = buf[pos], buf[pos + 1]
        if datagram.protocol == ip.ICMP:
            name, quoted, ports = _ICMP_V4.get((kind, code)), link.IPV4, 20
        else:
            name = "fragmentation-needed" if kind == 2 else _ICMP_V6.get((kind, code))
            quoted, ports = link.IPV6, 40
        start = pos + 8
        if name is None or start + ports + 4 > end:
            return
        if quoted == link.IPV4:
            ports = (buf[start] & 15) * 4
            addresses, protocol = buf[start + 12 : start + 20], buf[start + 9]
        else:
            addresses, protocol = buf[start + 8 : start + 40], buf[start + 6]
        if protocol != ip.TCP or start + ports + 4 > end:
            return
        key = addresses + buf[start + ports : start + ports + 4]
        conversation = self.flows.get(key)
        if isinstance(conversation, Conversation):
            conversation.icmp = conversation.icmp or name


def _reverse(key: bytes) -> bytes:
    """The key of the other direction."""
    half = len(key) // 2 - 2
    return key[half:-4] + key[:half] + key[-2:] + key[-4:-2]
