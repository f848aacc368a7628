"""One TLS session from the records of its two directions.

Sides are numbers (0 and 1) here: who is the client is decided by the caller, or by who sent the ClientHello.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sestriage.formats.tls import handshake, records, registry
from sestriage.formats.tls.decrypt import Keys
from sestriage.formats.tls.parts import Alert, HandshakeStep, SentChain, Side
from sestriage.formats.tls.records import TlsRecord
from sestriage.formats.tls.session_keys import SessionKeys

MAX_MESSAGE = 1 << 20
"""A longer handshake message is not collected."""
MAX_MESSAGES = 150
"""Steps of the handshake that are listed."""
MAX_ALERTS = 20

ALERT_BARE, ALERT_PADDED = 2, 18
LAST_ALERTS = 2
"""Inner length of an encrypted TLS 1.3 alert: as most stacks send it, and as Java pads it. No handshake message that
could stand in its place is that long (Finished has 36 bytes and more, an empty Certificate 8 or 24)."""

CLIENT_HELLO, SERVER_HELLO, CERTIFICATE, SERVER_KEY_EXCHANGE, CERTIFICATE_REQUEST = 1, 2, 11, 12, 13
SERVER_HELLO_DONE, FINISHED, KEY_UPDATE = 14, 20, 24


class Session:
    """Collects what the records tell; `feed`, `gap` and `flush` take the bytes of a side.

    `step` is told of each message (side, name), `data` gets decrypted application data (side, bytes, frame, time).
    """

    def __init__(
        self,
        keys: Keys | None,
        step: Callable[[int, str], None],
        data: Callable[[int, bytes, int, datetime | None], None],
    ) -> None:
        self.keys = keys
        self.on_step = step
        self.on_data = data
        self.sides = (
            Side(records.RecordReader(lambda r: self._record(0, r))),
            Side(records.RecordReader(lambda r: self._record(1, r))),
        )
        self.client_side: int | None = None
        self.client_hello: handshake.ClientHello | None = None
        self.server_hello: handshake.ServerHello | None = None
        self.ssl2 = False
        self.sni: str | None = None
        self.version: int | None = None
        self.cipher: int | None = None
        self.group: int | None = None
        self.dh_bits: int | None = None
        self.resumed = False
        self.certificate_requested = False
        self.chains: list[SentChain] = []
        self.alerts: list[Alert] = []
        self.steps: list[HandshakeStep] = []
        self.plaintext_reply: str | None = None
        self.malformed: str | None = None
        self.first_frame: int | None = None
        self._crypto: SessionKeys | None = None

    # -- bytes in ------------------------------------------------------------------------------------------------

    def feed(self, side: int, data: bytes, frame: int, time: datetime | None) -> None:
        """The next bytes of a side."""
        self.sides[side].reader.feed(data, frame, time)

    def gap(self, side: int, length: int) -> None:
        """Bytes of a side are missing: an unfinished message stays unfinished."""
        self.sides[side].gapped = True
        self.sides[side].reader.gap(length)
        self._give_up_message(side)
        if self._crypto is not None and self.sides[side].reader.lost:
            self._crypto.lost(side)

    def flush(self) -> None:
        """No more bytes will come: read unfinished records and messages to their ends."""
        for number, side in enumerate(self.sides):
            side.reader.flush()
            if side.maybe_alerts:
                side.encrypted_alert = True
                padded = ALERT_PADDED * min(side.maybe_alerts, LAST_ALERTS)
                side.application_bytes = max(0, side.application_bytes - padded)
            self._give_up_message(number)
            if side.reader.garbage is not None and self.malformed is None:
                self.malformed = "bytes that are no TLS record follow TLS records"

    @property
    def opened(self) -> bool:
        """True if a key log has secrets of this session."""
        return self._crypto is not None

    @property
    def buffered(self) -> int:
        """Bytes held back in both directions."""
        return sum(s.reader.buffered + len(s.handshake) for s in self.sides)

    @property
    def tls13(self) -> bool:
        """True if TLS 1.3 or a draft of it was negotiated."""
        return self.version is not None and registry.is_tls13(self.version)

    @property
    def _overhead(self) -> int:
        """The bytes that encryption adds to a TLS 1.3 record without padding: the inner type and the tag."""
        short_tag = self.cipher is not None and registry.suite(self.cipher).name.endswith("_CCM_8_SHA256")
        return 1 + (8 if short_tag else 16)

    # -- records -------------------------------------------------------------------------------------------------

    def _record(self, number: int, record: TlsRecord) -> None:
        self.sides[number]
        if self.first_frame is None:
            self.first_frame = record.frame
        if record.kind == records.SSL2:
            self._ssl2_record(number, record)
        elif record.kind == records.CHANGE_CIPHER_SPEC:
            self._change_cipher_spec(number, record)
        elif record.kind == records.HANDSHAKE:
            self._handshake_record(number, record)
        elif record.kind == records.ALERT:
            self._alert_record(number, record)
        elif record.kind == records.APPLICATION_DATA:
            self._data_record(number, record)

    def _note(self, number: int, name: str, record: TlsRecord) -> None:
        """Lists a step; runs of the same unreadable step count once."""
        self.on_step(number, name)
        if name == "ApplicationData":
            if self.sides[number].data_noted:
                return
        elif name == "Encrypted" and any(s.side == number and s.name == name for s in self.steps[-3:]):
            return
        if len(self.steps) < MAX_MESSAGES:
            self.steps.append(HandshakeStep(number, name, record.end_frame, record.time))
            if name == "ApplicationData":
                self.sides[number].data_noted = True

    def _change_cipher_spec(self, number: int, record: TlsRecord) -> None:
        self._note(number, "ChangeCipherSpec", record)
        side = self.sides[number]
        if not side.ciphered and not self.tls13 and self.cipher is not None and self._is_server(number):
            asked = any(s.name in ("Certificate", "ServerKeyExchange", "ServerHelloDone") for s in self.steps)
            self.resumed = self.resumed or not (asked or side.gapped)
        side.ciphered = True
        if self._crypto is not None:
            self._crypto.change_cipher_spec(number)

    def _is_server(self, number: int) -> bool:
        return self.client_side is not None and number != self.client_side

    def _handshake_record(self, number: int, record: TlsRecord) -> None:
        side = self.sides[number]
        if side.ciphered and not self.tls13 and not self._reads_as_hello(record.payload):
            plain = self._open(number, record)
            if plain is not None:
                self._handshake_bytes(number, plain, record, decrypted=True)
                return
            name = "Encrypted" if side.finished or not record.complete else "Finished"
            side.finished = side.finished or record.complete
            self._note(number, name, record)
            return
        self._handshake_bytes(number, record.payload, record, decrypted=False)

    def _reads_as_hello(self, payload: bytes) -> bool:
        """True for a clear hello after ChangeCipherSpec: the compatibility mode of TLS 1.3 before its ServerHello."""
        if self.version is not None or len(payload) < 38 or payload[0] not in (CLIENT_HELLO, SERVER_HELLO):
            return False
        return payload[1] == 0 and payload[4] == 3 and payload[5] <= 4

    def _open(self, number: int, record: TlsRecord) -> bytes | None:
        """The plaintext of a record in TLS 1.2 and below; None without keys."""
        if self._crypto is None or self.tls13:
            return None
        opened = self._crypto.open(number, record)
        return None if opened is None else opened[1]

    # -- handshake messages --------------------------------------------------------------------------------------

    def _handshake_bytes(self, number: int, payload: bytes, record: TlsRecord, *, decrypted: bool) -> None:
        buffer = self.sides[number].handshake
        buffer += payload
        while len(buffer) >= 4:
            length = int.from_bytes(buffer[1:4], "big")
            if buffer[0] not in registry.MESSAGES or length > MAX_MESSAGE:
                self._unreadable(number, record)
                return
            if len(buffer) < 4 + length:
                break
            body = bytes(buffer[4 : 4 + length])
            kind = buffer[0]
            del buffer[: 4 + length]
            self._message(number, kind, body, record, decrypted=decrypted)
            if not decrypted and self.sides[number].ciphered and not self.tls13:
                break
        if buffer and not record.complete:
            self._give_up_message(number, record)

    def _unreadable(self, number: int, record: TlsRecord) -> None:
        self.sides[number].handshake.clear()
        self._note(number, "Encrypted", record)
        if self.client_hello is not None and self.malformed is None:
            self.malformed = "a handshake record whose content is no handshake message"

    def _give_up_message(self, number: int, record: TlsRecord | None = None) -> None:
        """Read an unfinished hello or certificate message to its end."""
        buffer = self.sides[number].handshake
        if len(buffer) >= 6 and buffer[0] in (CLIENT_HELLO, SERVER_HELLO, CERTIFICATE):
            kind, body = buffer[0], bytes(buffer[4:])
            frame = (
                record.end_frame if record is not None else (self.steps[-1].frame if self.steps else self.first_frame)
            )
            cut = TlsRecord(records.HANDSHAKE, 0, b"", 0, False, frame or 0, frame or 0, None)
            if kind == CERTIFICATE:
                chain = handshake.parse_certificates(body, tls13=self.tls13)
                self._chain(
                    number, handshake.CertificateMessage(chain.certificates, cut=True), cut, decrypted=self.tls13
                )
            elif self.client_hello is None or kind == SERVER_HELLO:
                self._message(number, kind, body, record or cut, decrypted=False)
        buffer.clear()

    def _message(self, number: int, kind: int, body: bytes, record: TlsRecord, *, decrypted: bool) -> None:
        side = self.sides[number]
        if kind == CLIENT_HELLO and not decrypted:
            self._take_client_hello(number, handshake.parse_client_hello(body), record)
        elif kind == SERVER_HELLO and not decrypted:
            self._take_server_hello(number, handshake.parse_server_hello(body), record)
            return
        elif kind == CERTIFICATE:
            chain = handshake.parse_certificates(body, tls13=self.tls13)
            self._chain(number, chain, record, decrypted=decrypted)
            return
        elif kind == SERVER_KEY_EXCHANGE:
            self._take_key_exchange(body)
        elif kind == CERTIFICATE_REQUEST:
            self.certificate_requested = True
        elif kind == FINISHED and decrypted:
            side.finished = True
            if self._crypto is not None:
                self._crypto.finished(number)
        elif kind == KEY_UPDATE and decrypted and self._crypto is not None:
            self._crypto.key_update(number)
        self._note(number, registry.message_name(kind), record)

    def _complain(self, problem: str | None) -> None:
        if problem is not None and self.malformed is None:
            self.malformed = problem

    def _take_client_hello(self, number: int, hello: handshake.ClientHello, record: TlsRecord) -> None:
        self._complain(hello.problem)
        self.sni = self.sni or hello.sni
        if self.client_hello is None:
            self.client_hello = hello
            self.client_side = number
            self.first_frame = record.frame
        elif self.server_hello is not None and self.server_hello.retry:
            hello.sni = self.sni
            self.client_hello = hello

    def _take_server_hello(self, number: int, hello: handshake.ServerHello, record: TlsRecord) -> None:
        self._complain(hello.problem)
        self._note(number, "HelloRetryRequest" if hello.retry else "ServerHello", record)
        if self.client_side is None:
            self.client_side = 1 - number
        self.server_hello = hello
        self.version = hello.version if hello.version is not None else self.version
        self.cipher = hello.cipher if hello.cipher is not None else self.cipher
        if hello.cipher is None or hello.version is None:
            return
        self.group = hello.group if self.tls13 else None
        offered = self.client_hello.session_id if self.client_hello is not None else b""
        self.resumed = hello.psk if self.tls13 else bool(offered) and offered == hello.session_id
        if self.client_hello is not None and self.keys is not None and not hello.retry:
            self._crypto = self.keys.session(self.client_hello.random, hello, client_side=1 - number)
            for side in self.sides:
                side.reader.keep_data = self.opened

    def _take_key_exchange(self, body: bytes) -> None:
        exchange = registry.suite(self.cipher).key_exchange if self.cipher is not None else None
        found = handshake.parse_server_key_exchange(body, exchange)
        self._complain(found.problem)
        self.dh_bits = found.prime_bits if self.dh_bits is None else self.dh_bits
        self.group = found.group if self.group is None else self.group

    def _chain(self, number: int, chain: handshake.CertificateMessage, record: TlsRecord, *, decrypted: bool) -> None:
        self.chains.append(SentChain(number, chain, record.end_frame, decrypted))
        self._note(number, "Certificate", record)

    # -- alerts and data -----------------------------------------------------------------------------------------

    def _alert_record(self, number: int, record: TlsRecord) -> None:
        side = self.sides[number]
        payload = record.payload
        clear = not side.ciphered or self.tls13 or record.length == 2
        if not clear:
            plain = self._open(number, record)
            if plain is None:
                side.encrypted_alert = True
                self._note(number, "Alert", record)
                return
            self._alerts(number, plain, record, decrypted=True)
        elif record.length in (1, 2, 4) and record.complete:
            payload = side.alert_half + payload
            side.alert_half = payload if len(payload) == 1 else b""
            self._alerts(number, payload, record, decrypted=False)
        else:
            side.encrypted_alert = True
            self._note(number, "Alert", record)

    def _alerts(self, number: int, payload: bytes, record: TlsRecord, *, decrypted: bool) -> None:
        for start in range(0, len(payload) - 1, 2):
            level, code = payload[start], payload[start + 1]
            if len(self.alerts) < MAX_ALERTS:
                self.alerts.append(Alert(number, level, code, record.end_frame, decrypted))
            self._note(number, "Alert", record)

    def _data_record(self, number: int, record: TlsRecord) -> None:
        side = self.sides[number]
        if not self.tls13:
            self._application(number, record, record.length)
            plain = self._open(number, record) if side.ciphered else None
            if plain:
                self.on_data(number, plain, record.end_frame, record.time)
            return
        if self.server_hello is None or self.server_hello.retry:
            return
        opened = self._crypto.open(number, record) if self._crypto is not None else None
        if opened is None:
            self._hidden_record(number, record)
            return
        kind, plain = opened
        if kind == records.HANDSHAKE:
            self._handshake_bytes(number, plain, record, decrypted=True)
        elif kind == records.ALERT:
            self._alerts(number, plain, record, decrypted=True)
        elif kind == records.APPLICATION_DATA:
            self._application(number, record, len(plain))
            self.on_data(number, plain, record.end_frame, record.time)

    def _application(self, number: int, record: TlsRecord, length: int) -> None:
        side = self.sides[number]
        side.application_bytes += length
        self._note(number, "ApplicationData", record)

    def _hidden_record(self, number: int, record: TlsRecord) -> None:
        """An encrypted record of TLS 1.3 without keys: lengths and order tell what it must be."""
        side = self.sides[number]
        inner = record.length - self._overhead
        established = side.finished if number == self.client_side else self.sides[1 - number].finished
        side.maybe_alerts = side.maybe_alerts + 1 if inner == ALERT_PADDED and established else 0
        if inner == ALERT_BARE or (inner == ALERT_PADDED and not established):
            side.encrypted_alert = True
            self._note(number, "Alert", record)
        elif not established:
            side.finished = number == self.client_side
            self._note(number, "Encrypted", record)
        else:
            side.finished = True
            self._application(number, record, max(0, inner))

    # -- SSL 2.0 -------------------------------------------------------------------------------------------------

    def _ssl2_record(self, number: int, record: TlsRecord) -> None:
        kind = record.payload[0] if record.payload else -1
        if kind == 1 and self.client_hello is None:
            hello = handshake.parse_ssl2_client_hello(record.payload)
            self._take_client_hello(number, hello, record)
            self._note(number, "ClientHello", record)
        elif kind == 4 and not self.ssl2 and number != self.client_side:
            self._take_ssl2_server_hello(number, handshake.parse_ssl2_server_hello(record.payload), record)
        else:
            self._note(number, "Encrypted", record)

    def _take_ssl2_server_hello(self, number: int, hello: handshake.Ssl2ServerHello, record: TlsRecord) -> None:
        self._complain(hello.problem)
        self.ssl2 = True
        self.version = 2
        self.resumed = hello.resumed
        self.client_side = 1 - number if self.client_side is None else self.client_side
        self._note(number, "ServerHello", record)
        if hello.certificate is not None:
            chain = handshake.CertificateMessage((hello.certificate,), cut=hello.problem is not None)
            self.chains.append(SentChain(number, chain, record.end_frame, False))
