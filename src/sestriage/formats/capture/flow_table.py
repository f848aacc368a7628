"""All conversations of a capture: which packet belongs to which, which are kept, and when they are done.

Memory is bounded: conversations that do not matter leave a mark only, finished ones become facts at once, and of
those only the newest are kept.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from struct import Struct

from sestriage.formats.capture import ip
from sestriage.formats.capture.candidate import MAX_TRIES, Head, Seed
from sestriage.formats.capture.conversation import Conversation
from sestriage.formats.capture.dns import DnsLog
from sestriage.formats.capture.lifecycle import ACK, FIN, RST, SYN
from sestriage.formats.capture.packet_time import moment
from sestriage.formats.capture.scope import MAIL, NAMED, TLS, Scope, is_known_mail_host, may_be_mail
from sestriage.formats.capture.strangers import Strangers, reverse
from sestriage.formats.tls.decrypt import Keys

MAX_MARKS = 65_536
"""Directions of conversations that are remembered as not mattering, in each of two generations."""
MAX_OPEN = 4096
"""Conversations that are followed at a time, and as many at mail ports of which a SYN is all; the oldest is taken as
finished."""
LINGER = 64
"""Closed conversations that still wait for late packets."""
MAX_BUFFERED = 24 << 20
"""Bytes that may wait, in all conversations together, for others that come before them."""
CHECK_EVERY = 16_384
"""Packets between two looks at that sum."""
MAX_SEGMENT = 1 << 17
"""A longer payload is none (segmentation offload gives 64 KiB)."""
DNS_PORT = 53

_TCP = Struct(">HHIIBB").unpack_from


SKIP, LIGHT, DROP = SYN, FIN | SYN | RST, 0
"""Marks of conversations whose packets may be skipped: the TCP flags of those that must still be read.

SKIP: TCP, of no interest (a SYN may begin a new conversation). LIGHT: TCP, of which the end is still of interest.
DROP: UDP.
"""


def let_go(conversation: Conversation) -> None:
    """Parts what refers to each other in a finished conversation: its memory is free at once, and of many thousand
    there is never more than a few at a time."""
    if conversation.dialogue is not None:
        del conversation.dialogue.client, conversation.dialogue.server
    if conversation.session is not None:
        del conversation.session.sides
    del conversation.dialogue, conversation.session, conversation.streams


class FlowTable:
    """Sorts datagrams into conversations; a finished one that is to be kept goes to `done`: of one at a mail port of
    which a SYN is all, only the seed (`grown` makes it a conversation)."""

    def __init__(self, keys: Keys | None, done: Callable[[Conversation | Seed], None], scope: Scope) -> None:
        self.keys = keys
        self.done = done
        self.scope = scope
        self.flows: dict[bytes, Conversation] = {}
        self.marks: dict[bytes, int] = {}
        """A direction (addresses and ports) stands here, or among the flows, or nowhere."""
        self.old_marks: dict[bytes, int] = {}
        """The generation before; what is still met of it gets a mark again."""
        self.light: dict[bytes, Conversation] = {}
        """Those of which only the end is still of interest."""
        self.strangers = Strangers(scope)
        self.dns = DnsLog()
        self._knocks: OrderedDict[bytes, Seed] = OrderedDict()
        self._open: OrderedDict[Conversation, None] = OrderedDict()
        self._closed: deque[Conversation] = deque()
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
        """The capture is over: everything that is still open is finished, in the order in which it began."""
        left: list[tuple[int, Conversation | Seed]] = [(one.first_frame, one) for one in self._open]
        left += [(seed.heads[0][4], seed) for seed in self._knocks.values()]
        for _, each in sorted(left, key=lambda pair: pair[0]):
            if isinstance(each, Seed):
                self.done(each)
            else:
                self._retire(each)

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
        kind = self.scope.kinds[sport] | self.scope.kinds[dport]
        if state is None and kind & MAIL and (knock := self._knock_of(key)) is not None:
            state = self._begin(knock.key, knock, mail=True, tls=False)
        if state is not None:
            side = state.side_of(key)
            if not (flags & SYN and state.begins_anew(side, flags, sequence)):
                if state.light:
                    return self._ending(state, key, flags, sequence + length, ack, frame, nanoseconds)
                state.packet(side, flags, sequence, ack, data, length, frame, moment(nanoseconds))
                return self._settle(state)
            self._retire(state)
            self.forget_marks(key)
        elif key in self.marks or key in self.old_marks:
            conversation = self.light.get(key)
            if conversation is None:
                if flags & (SYN | ACK) != SYN:
                    return True
            elif not conversation.begins_anew(conversation.side_of(key), flags, sequence):
                self._look_again(conversation)
                return self._ending(conversation, key, flags, sequence + length, ack, frame, nanoseconds)
            else:
                self._retire(conversation)
            self.forget_marks(key)
        seed = None
        if not kind & MAIL:
            if flags & SYN and not data:
                self.strangers.began(key, (0, flags, sequence, ack, frame, nanoseconds))
            seed = self.strangers.find(key)
            passed = self._is_stranger(key, seed, kind, flags, data, frame)
            if passed is not None:
                return passed
        state = self._begin(key, seed, mail=bool(kind & MAIL), tls=bool(kind & TLS))
        state.packet(state.side_of(key), flags, sequence, ack, data, length, frame, moment(nanoseconds))
        return self._settle(state)

    def _look_again(self, conversation: Conversation) -> None:
        """A light conversation comes to its end: its packets are looked at again, its payload is not."""
        for key in conversation.keys:
            self.light.pop(key, None)
            self._follow(key, conversation)

    def _ending(
        self, conversation: Conversation, key: bytes, flags: int, after: int, ack: int, frame: int, nanoseconds: int
    ) -> bool:
        side = conversation.side_of(key)
        conversation.end_of_light(side, flags, after % (1 << 32), ack, frame, moment(nanoseconds))
        self._settle(conversation)
        return False

    def _is_stranger(
        self, key: bytes, seed: Seed | None, kind: int, flags: int, data: bytes, frame: int
    ) -> bool | None:
        """A packet away from the mail ports. None when its conversation matters now. True when it does not matter,
        False when that is still open."""
        scope = self.scope
        if scope.narrow and not kind & ~TLS:
            scope.passed(frame)
            self.mark(key, DROP)
            return True
        if not data:
            return not flags & (SYN | FIN | RST) and self.silent(key) and key in self.marks
        matters = True if kind & TLS else (seed or Seed(key)).matters(data)
        if matters and scope.lean and not kind & NAMED and not self._could_be_mail(key, data):
            scope.passed(frame)
            matters = False
        if matters is False:
            self._give_up(key, seed)
        return None if matters else matters is False

    def _could_be_mail(self, key: bytes, data: bytes) -> bool:
        if may_be_mail(data) or (self.keys is not None and self.keys.any):
            return True
        half = len(key) // 2 - 2
        return any(is_known_mail_host(end, self.dns.names) for end in (key[:half], key[half:-4]))

    def pass_stranger(self, key: bytes, *, hopeless: bool) -> None:
        """A payload away from the mail ports that begins nothing which matters."""
        seed = self.strangers.find(key)
        if seed is not None and not hopeless:
            seed.tries += 1
            if seed.tries < MAX_TRIES:
                return
        self._give_up(key, seed)

    def pass_unless_mail(self, key: bytes, frame: int, data: bytes) -> bool:
        """A payload away from the mail ports, once only mail is followed there. False when it may begin mail."""
        if self._could_be_mail(key, data):
            return False
        self.scope.passed(frame)
        self._give_up(key, self.strangers.find(key))
        return True

    def _give_up(self, key: bytes, seed: Seed | None) -> None:
        """The conversation does not matter."""
        if seed is not None:
            self.strangers.forget(seed)
        self.scope.met()
        self.mark(key, SKIP)
        self.mark(reverse(key), SKIP)

    def met(self, key: bytes, head: Head) -> bool:
        """A packet with SYN and without payload away from the mail ports. Always True: nothing is left to do."""
        if key in self.old_marks:
            self.forget_marks(key)
        if head[1] & ACK or not self.strangers.first(key, head):
            self.strangers.began(key, head)
        return True

    def silent(self, key: bytes) -> bool:
        """A packet without payload of a flow away from the mail ports. Always True."""
        if self.strangers.silent(key):
            self.mark(key, SKIP)
        return True

    def knock(self, key: bytes, head: Head) -> bool:
        """The SYN of a client at a mail port, and nothing that is known of its conversation. False when more is."""
        if key in self._knocks or key in self.old_marks or reverse(key) in self._knocks:
            return False
        seed = self._knocks[key] = Seed(key)
        seed.heads.append(head)
        if len(self._knocks) > MAX_OPEN:
            self.done(self._knocks.popitem(last=False)[1])
        return True

    def _knock_of(self, key: bytes) -> Seed | None:
        """Takes the SYN with which the conversation began; None when there is more of it."""
        if not self._knocks:
            return None
        return self._knocks.pop(key, None) or self._knocks.pop(reverse(key), None)

    def _begin(self, key: bytes, seed: Seed | None, *, mail: bool, tls: bool) -> Conversation:
        """Follows a conversation from now on; what its seed remembers is replayed."""
        if seed is not None and not mail:
            self.strangers.forget(seed)
        conversation = self.grown(seed or Seed(key), mail=mail, tls=tls)
        for end in conversation.keys:
            self._follow(end, conversation)
        self._open[conversation] = None
        if len(self._open) > MAX_OPEN:
            self._retire(next(iter(self._open)))
        if not mail:
            self.scope.followed()
        return conversation

    def grown(self, seed: Seed, *, mail: bool = True, tls: bool = False) -> Conversation:
        """The conversation of a seed, so far."""
        key, other = seed.key, reverse(seed.key)
        half = len(key) // 2 - 2
        ends = ((key[:half], int.from_bytes(key[-4:-2], "big")), (key[half:-4], int.from_bytes(key[-2:], "big")))
        conversation = Conversation(ends, (key, other), self.keys, mail=mail, tls=tls)
        for side, flags, sequence, ack, frame, nanoseconds in seed.heads:
            conversation.packet(side, flags, sequence, ack, b"", 0, frame, moment(nanoseconds))
        return conversation

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
        if conversation.mail_port and not self.scope.mail_shown and conversation.shows_mail:
            self.scope.shows_mail()
        if conversation.over and not conversation.lingering:
            conversation.lingering = True
            self._closed.append(conversation)
            if len(self._closed) > LINGER:
                self._retire(self._closed.popleft())
        if not conversation.light and conversation.may_be_light:
            conversation.light = True
            for key in conversation.keys:
                self.light[key] = conversation
                self.mark(key, LIGHT)
        return conversation.light

    def _retire(self, conversation: Conversation) -> None:
        """The conversation is finished, or does not matter."""
        if conversation.retired:
            return
        conversation.retired = True
        self._open.pop(conversation, None)
        for key in conversation.keys:
            self.light.pop(key, None)
            if self.flows.get(key) is conversation or key in self.marks:
                self.mark(key, SKIP)
        if conversation.wanted is not False:
            conversation.close()
            if conversation.worth_keeping:
                self.done(conversation)
                return
        let_go(conversation)

    def _follow(self, key: bytes, conversation: Conversation) -> None:
        self.marks.pop(key, None)
        self.old_marks.pop(key, None)
        self.flows[key] = conversation

    def forget_marks(self, key: bytes) -> None:
        """The packets of both directions are looked at again."""
        for end in (key, reverse(key)):
            self.marks.pop(end, None)
            self.old_marks.pop(end, None)

    def mark(self, key: bytes, mark: int) -> None:
        """What packets with that key are passed over from now on."""
        self.flows.pop(key, None)
        self.marks[key] = mark
        self.limit_marks()

    def limit_marks(self) -> None:
        """When there are too many, they become the old generation."""
        if len(self.marks) > MAX_MARKS + len(self.light):
            self.old_marks.clear()  # the loops hold on to these very dictionaries
            self.old_marks.update(self.marks)
            self.marks.clear()
            self.marks.update(dict.fromkeys(self.light, LIGHT))

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
        return datagram.plain and self.drop(datagram.source + datagram.target + buf[pos : pos + 4], sport, dport)

    def drop(self, key: bytes, sport: int, dport: int) -> bool:
        """UDP that is no DNS: no packet with that key is looked at any more. False for a tunnel."""
        if sport in ip.TUNNEL_PORTS or dport in ip.TUNNEL_PORTS:
            return False
        self.mark(key, DROP)
        return True

    def _icmp(self, datagram: ip.Datagram) -> None:
        """An ICMP error is about the conversation that it quotes."""
        quoted = ip.quoted_tcp(datagram)
        if quoted is None:
            return
        name, key = quoted
        conversation = self.flows.get(key)
        if conversation is None and key in self._knocks:
            conversation = self._begin(key, self._knocks.pop(key), mail=True, tls=False)
        if conversation is not None:
            conversation.icmp = conversation.icmp or name
