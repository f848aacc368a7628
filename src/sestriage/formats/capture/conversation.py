"""One TCP conversation: its packets in, what was said over it out.

The two sides are numbers, 0 for the sender of the first packet. The protocol is found by content: each side is read as
SMTP text until TLS bytes begin at a line's start, or as TLS from the first byte.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto

from sestriage.formats.capture.lifecycle import ACK, FIN, RST, SYN, Lifecycle
from sestriage.formats.capture.plain_text import first_line, is_printable
from sestriage.formats.capture.protocols import MAIL_PORTS, PROXIES, Guess, guess, is_tls_start, may_become, port_rank
from sestriage.formats.capture.proxies import MAX_TALK, read_proxy
from sestriage.formats.capture.tcp import ByteStream, distance
from sestriage.formats.smtp.dialogue import DialogueCollector
from sestriage.formats.smtp.lines import looks_like_command, looks_like_reply
from sestriage.formats.tls import records
from sestriage.formats.tls.decrypt import Keys
from sestriage.formats.tls.session import Session
from sestriage.model.capture import ProxyHop

LIGHT_BYTES = 1 << 14
"""Application data of both sides together after which the payload of a session is not looked at any more."""
LIGHT_MAIL_BYTES = 1 << 15
"""The same for a session that SMTP has started."""
MAX_WATCHED = 400
"""Portions of another protocol in which the start of TLS is looked for."""
UNKNOWN_WATCHED = 4
"""The same for a protocol that is not known."""


class Mode(Enum):
    """How a side's bytes are read."""

    START = auto()
    TEXT = auto()
    TLS = auto()
    WATCH = auto()
    """Another protocol, until TLS or SMTP begins."""
    IGNORE = auto()


class Conversation(Lifecycle):
    """Follows one conversation.

    `wanted` is True for one that is kept, False for one that is neither SMTP nor TLS nor at a mail port, None while
    that is not known yet.
    """

    __slots__ = (
        *("_head", "_secrets", "_watched", "dialogue", "ends", "keys", "kind", "light", "lingering", "mail_port"),
        *("modes", "proxied", "retired", "session", "streams", "tls_port", "wanted"),
    )

    def __init__(
        self,
        ends: tuple[tuple[bytes, int], tuple[bytes, int]],
        keys: tuple[bytes, bytes],
        secrets: Keys | None,
        *,
        mail: bool,
        tls: bool,
    ) -> None:
        super().__init__()
        self.ends = ends
        self.keys = keys
        self._secrets = secrets
        self.lingering = False
        self.retired = False
        self.mail_port = mail
        self.tls_port = tls
        self.wanted: bool | None = True if mail else None
        self.streams = (self._stream(0), self._stream(1))
        self.modes = [Mode.START, Mode.START]
        self._head = [b"", b""]
        self._watched = 0
        self.proxied = [b"", b""]  # what each side said to a proxy, or as one, before the mail server was reached
        self.dialogue: DialogueCollector | None = None
        self.session: Session | None = None
        self.kind: str | None = None  # another protocol that may start TLS
        self.light = False

    def _stream(self, side: int) -> ByteStream:
        return ByteStream(
            lambda data, frame, time: self._deliver(side, data, frame, time), lambda length: self._gap(side, length)
        )

    # -- packets -------------------------------------------------------------------------------------------------

    def packet(
        self,
        side: int,
        flags: int,
        sequence: int,
        ack: int,
        data: bytes,
        length: int,
        frame: int,
        time: datetime | None,
    ) -> None:
        """One packet of `side`: `data` is the captured part of `length` bytes of payload."""
        self.note_packet(side, frame, time)
        if flags & SYN:
            self.syn(side, flags, sequence, ack)
            sequence = (sequence + 1) % (1 << 32)
            self.streams[side].start(sequence)
        if flags & ACK and not flags & RST:
            self.acks[side] += 1
            self.unheard[1 - side].heard(ack)
            if not self.light:
                self.streams[1 - side].acknowledged(ack)
        if length and not flags & RST:
            self.payload_bytes[side] += length
            self.unheard[side].sent(sequence, length)
            if len(data) < length:
                self.cut_frames += 1
            if distance(sequence + length, self.streams[side].expected or sequence) > 0:
                self.last_payload = time
            self.streams[side].segment(sequence, data, length, frame, time)
        if flags & FIN:
            self.streams[side].fin((sequence + length) % (1 << 32))
            self.fin(side, time)
        if flags & RST:
            self.rst(side, time)

    def end_of_light(self, side: int, flags: int, sequence: int, ack: int, frame: int, time: datetime | None) -> None:
        """A packet of a light conversation at its end; `sequence` is the one behind its payload.

        The numbers tell how many bytes were skipped.
        """
        if not flags & RST and not self.fins[side]:
            self.streams[side].passed_over(sequence)
        self.packet(side, flags, sequence, ack, b"", 0, frame, time)

    def ended_by_itself(self) -> bool:
        """True if the peers said goodbye (QUIT or close_notify), so that a RST is normal. An encrypted alert counts as
        a close_notify: nothing follows it."""
        if self.last_step in ((0, "QUIT"), (1, "QUIT"), (0, "221"), (1, "221")):
            return True
        if self.session is None:
            return False
        if any(a.code == 0 for a in self.session.alerts):
            return True
        return any(s.encrypted_alert or s.maybe_alerts for s in self.session.sides)

    @property
    def buffered(self) -> int:
        """Bytes that wait for others."""
        return self.streams[0].held + self.streams[1].held + (self.session.buffered if self.session is not None else 0)

    @property
    def may_be_light(self) -> bool:
        """True if only the end of it is still of interest: a TLS session away from the mail ports that has come to
        application data in both directions, or one at a TLS port whose bytes cannot be made out."""
        if self.mail_port:
            return False
        if self.session is None:
            return Mode.IGNORE in self.modes
        if self.session.opened:
            return False
        first, second = self.session.sides
        sent, received = first.application_bytes, second.application_bytes
        if not sent or not received or first.maybe_alerts or second.maybe_alerts:
            return False
        return sent + received > (LIGHT_BYTES if self.dialogue is None else LIGHT_MAIL_BYTES)

    @property
    def shows_mail(self) -> bool:
        """SMTP or TLS was seen."""
        return self.session is not None or (self.dialogue is not None and self.dialogue.evidence)

    @property
    def worth_keeping(self) -> bool:
        """True if it gives facts: SMTP, TLS, a mail port, or unreadable payload at a TLS port."""
        return bool(self.wanted) or (self.wanted is None and self.tls_port and Mode.IGNORE in self.modes)

    def side_of(self, key: bytes) -> int:
        """The side that sends packets with that key (source, target, ports)."""
        return 0 if key == self.keys[0] else 1

    def close(self) -> None:
        """No more packets will come."""
        for side, head in enumerate(self._head):
            if head:
                self._head[side] = b""
                self._begin(side, head, self.last_frame, self.ended, final=True)
        for stream in self.streams:
            stream.close()
        if self.session is not None:
            self.session.flush()
        if self.dialogue is not None:
            self.dialogue.flush()

    # -- bytes in order ------------------------------------------------------------------------------------------

    def _deliver(self, side: int, data: bytes, frame: int, time: datetime | None) -> None:
        mode = self.modes[side]
        if mode is Mode.TLS:
            assert self.session is not None  # noqa: S101
            self.session.feed(side, data, frame, time)
        elif mode is Mode.TEXT:
            self._text(side, data, frame, time)
        elif mode is Mode.START:
            if guess(data) is not Guess.TLS_CLIENT:
                data = self._head[side] + data
            self._head[side] = b""
            if may_become(data):
                self._head[side] = data
            else:
                self._begin(side, data, frame, time)
        elif mode is Mode.WATCH:
            self._watch(side, data, frame, time)

    def _gap(self, side: int, length: int) -> None:
        mode = self.modes[side]
        if mode is Mode.TLS and self.session is not None:
            self.session.gap(side, length)
        elif mode is Mode.TEXT and self.dialogue is not None:
            if side == self.client:
                self.dialogue.client.gap(length)
            else:
                self.dialogue.server.gap()

    def _begin(self, side: int, data: bytes, frame: int, time: datetime | None, *, final: bool = False) -> None:
        """The first bytes of a side: what are they?"""
        found = guess(data)
        unasked = self.mail_port and self.kind is None and self.modes[1 - side] is Mode.START  # as of a time-out
        if found is Guess.TLS_CLIENT or found is Guess.TLS_SERVER or found is Guess.TLS:
            self._know_role(side, found is Guess.TLS_CLIENT, found is Guess.TLS_SERVER)
            self._begin_tls(side, data, frame, time)
        elif found is Guess.SMTP_COMMAND or found is Guess.SMTP_REPLY:
            self._know_role(side, found is Guess.SMTP_COMMAND, found is Guess.SMTP_REPLY)
            self._begin_text(side, data, frame, time)
        elif isinstance(found, str) and (found != "http" or unasked):
            self._begin_watch(side, found)
            self._watch(side, data, frame, time)
        elif self.session is not None:
            self._answer_to_tls(side, data, frame, time)
        elif self.mail_port and not (self.kind in PROXIES and self.modes[1 - side] is Mode.WATCH):
            self._know_role(side, False, False)
            self._begin_text(side, data, frame, time)
        elif self.dialogue is not None and self.dialogue.evidence:
            self._begin_text(side, data, frame, time)
        elif self.modes[1 - side] is Mode.WATCH:
            self.modes[side] = Mode.WATCH
            self._watch(side, data, frame, time)
        elif self.tls_port:
            self.modes[side] = Mode.IGNORE
        else:
            self.modes[side] = Mode.WATCH
            self._watched = MAX_WATCHED - UNKNOWN_WATCHED

    def _answer_to_tls(self, side: int, data: bytes, frame: int, time: datetime | None) -> None:
        """No TLS from a side whose peer speaks TLS: plain text, or the middle of a record."""
        assert self.session is not None  # noqa: S101
        if is_printable(data[:16]) and side != self.session.client_side:
            self.modes[side] = Mode.IGNORE
            self.session.plaintext_reply = first_line(data)
            return
        self.modes[side] = Mode.TLS
        hello = self.session.client_hello
        if not (hello is not None and hello.ssl2_framed and records.looks_like_ssl2_reply(data)):
            self.session.sides[side].reader.lost = True
        self.session.feed(side, data, frame, time)

    def _know_role(self, side: int, is_client: bool, is_server: bool) -> None:
        """Settles who is the client, where no SYN told it: by content, else by port."""
        if self.begun or self.role == "hello":
            return
        if is_client or is_server:
            self.set_client(side if is_client else 1 - side, "hello")
        elif self.client is None:
            self.know_client_by_port()

    def know_client_by_port(self) -> None:
        """Without any other sign: the well-known or lower port is the server's."""
        self.set_client(self._client_by_port(), "port")

    def _client_by_port(self) -> int:
        return 0 if port_rank(self.ends[1][1]) <= port_rank(self.ends[0][1]) else 1

    # -- TLS -----------------------------------------------------------------------------------------------------

    def _begin_tls(self, side: int, data: bytes, frame: int, time: datetime | None) -> None:
        self.wanted = True
        self._know_role(side, False, False)
        if self.session is None:
            self.session = Session(self._secrets, self._tls_step, self._decrypted)
            if self.dialogue is not None and side != self.client:
                self.dialogue.note_tls_bytes()
        self.modes[side] = Mode.TLS
        self.session.feed(side, data, frame, time)
        other = 1 - side
        if self.dialogue is not None and self.modes[other] is Mode.TEXT and side == self.client:
            reply = next((r for r in self.dialogue.replies if not self.dialogue.ready_for_tls), None)
            first = reply is not None and (self.begun or "SMTP" in reply.text.upper())  # else: perhaps to STARTTLS
            if reply is not None and first and self.session.plaintext_reply is None:
                self.session.plaintext_reply = f"{reply.code} {reply.text.partition(chr(10))[0]}".rstrip()

    def _tls_step(self, side: int, name: str) -> None:
        self.last_step = (side, name)

    def _decrypted(self, side: int, data: bytes, frame: int, time: datetime | None) -> None:
        """Application data that a key log has opened."""
        if self.kind is not None and self.kind not in PROXIES:
            return
        if self.dialogue is None or not self.dialogue.seen:
            if not (self.mail_port or looks_like_reply(data) or looks_like_command(data)):
                return
            self.dialogue = self.dialogue or DialogueCollector(self._smtp_step)
        self.dialogue.decrypted_phase()
        if side == self.client:
            self.dialogue.client.feed(data, frame, time)
        else:
            self.dialogue.server.feed(data, frame, time)

    # -- SMTP ----------------------------------------------------------------------------------------------------

    def _begin_text(self, side: int, data: bytes, frame: int, time: datetime | None) -> None:
        if self.dialogue is None:
            self.dialogue = DialogueCollector(self._smtp_step)
        self.modes[side] = Mode.TEXT
        if self.session is not None and side != self.session.client_side:
            self.session.plaintext_reply = first_line(data)
        self._text(side, data, frame, time)

    def _smtp_step(self, is_client: bool, name: str) -> None:
        if self.client is not None:
            self.last_step = (self.client if is_client else 1 - self.client, name)
        if self.dialogue is not None and self.dialogue.evidence:
            self.wanted = True

    def _text(self, side: int, data: bytes, frame: int, time: datetime | None) -> None:
        assert self.dialogue is not None  # noqa: S101
        if side == self.client:
            rest = self.dialogue.client.feed(data, frame, time, self._client_stop)
        else:
            begun = self.session if self.dialogue.told_to_begin_tls else None  # before this reply
            rest = self.dialogue.server.feed(data, frame, time, is_tls_start)
            if begun is not None and not rest:
                begun.plaintext_reply = begun.plaintext_reply or first_line(data)
        if rest:
            self._begin_tls(side, rest, frame, time)

    def _client_stop(self, data: bytes) -> bool:
        asked = self.dialogue is not None and self.dialogue.ready_for_tls
        return is_tls_start(data) or (asked and records.looks_like_ssl2_hello(data))

    # -- other protocols that may start TLS ----------------------------------------------------------------------

    def _begin_watch(self, side: int, kind: str) -> None:
        self.kind = kind
        self.modes[side] = Mode.WATCH
        if self.modes[1 - side] is Mode.TEXT and not self.mail_port:
            self.modes[1 - side] = Mode.WATCH
            self.dialogue = None

    def _watch(self, side: int, data: bytes, frame: int, time: datetime | None) -> None:
        self._watched += 1
        if self.kind in PROXIES:
            data = self._note_proxy(side, data)
        found = guess(data)
        started = self.session is not None and records.looks_like_record(data)
        if started or found is Guess.TLS_CLIENT or found is Guess.TLS_SERVER:
            self._begin_tls(side, data, frame, time)
        elif self.kind in PROXIES and found in (Guess.SMTP_COMMAND, Guess.SMTP_REPLY):
            self._know_role(side, found is Guess.SMTP_COMMAND, found is Guess.SMTP_REPLY)
            self._begin_text(side, data, frame, time)
        elif self._watched > MAX_WATCHED and self.session is None and not self.mail_port:
            self.wanted = False

    def _note_proxy(self, side: int, data: bytes) -> bytes:
        """Keeps what is said to a proxy and by it; gives what follows the answer to CONNECT in one packet with it."""
        rest = data
        if data.startswith(b"HTTP/1.") and (end := data.find(b"\r\n\r\n")) >= 0 and data[end + 4 :]:
            data, rest = data[: end + 4], data[end + 4 :]
        if (self.session is None and self.dialogue is None and guess(rest) not in _MAIL_BEGINS) or rest is not data:
            if self.kind == "http-connect" and data.startswith((b"CONNECT ", b"HTTP/1.")):
                self.proxied[side] = b""  # a login in steps (Negotiate, NTLM) asks again: the newest answer counts
            self.proxied[side] = (self.proxied[side] + data)[:MAX_TALK]
        if self.wanted is None and self._asks_for_mail():
            self.wanted = True
        return rest

    def _asks_for_mail(self) -> bool:
        hop = self.proxy
        return hop is not None and hop.port in MAIL_PORTS

    @property
    def proxy(self) -> ProxyHop | None:
        """The proxy that the client asked for a server."""
        if self.kind not in PROXIES:
            return None
        client = self.client if self.client is not None else self._client_by_port()
        return read_proxy(self.kind, self.proxied[client], self.proxied[1 - client])


_MAIL_BEGINS = (Guess.SMTP_REPLY, Guess.SMTP_COMMAND, Guess.TLS_CLIENT, Guess.TLS_SERVER)
