"""From followed conversations to the facts of the model."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_address

from sestriage.formats.capture.conversation import Conversation, Mode
from sestriage.formats.capture.dns import DnsLog
from sestriage.formats.capture.protocols import GREETERS, MAIL_PORTS
from sestriage.formats.tls import registry
from sestriage.formats.tls.parts import SentChain
from sestriage.formats.tls.session import Session
from sestriage.model.capture import (
    DnsLookup,
    Endpoint,
    SmtpDialogue,
    Stream,
    TcpConnection,
    TlsAlert,
    TlsMessage,
    TlsSession,
)
from sestriage.model.known.ses import PORT_MODES
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate
from sestriage.model.vocabulary import Side, Visibility

_LEVELS = {1: "warning", 2: "fatal"}
MAX_CACHED_CERTIFICATES = 500
_ENDS = ("QUIT", "221")


def lookups(log: DnsLog, source: SourceRef) -> tuple[DnsLookup, ...]:
    """The DNS lookups of a capture."""
    return tuple(
        DnsLookup(source.at_frame(q.frame), q.name, q.rcode, q.qtype, tuple(q.addresses), q.time) for q in log.lookups
    )


class StreamBuilder:
    """Makes a `Stream` of a conversation."""

    def __init__(self, source: SourceRef) -> None:
        self.source = source
        self._certificates = Certificates()

    def stream(self, talk: Conversation, now: datetime | None, names: dict[str, str]) -> Stream:
        """The facts of a finished conversation; `now` is the time of the newest packet of the capture."""
        if talk.client is None:
            talk.know_client_by_port()
        client = talk.client or 0
        ends = [Endpoint(str(ip_address(address)), port) for address, port in talk.ends]
        return Stream(
            source=self.source.at_frame(talk.first_frame),
            client=ends[client],
            server=ends[1 - client],
            tcp=_tcp(talk, client, now),
            smtp=_smtp(talk),
            tls=self._tls(talk, client),
            started=talk.started,
            ended=talk.ended,
            first_frame=talk.first_frame,
            last_frame=talk.last_frame,
            server_name=names.get(ends[1 - client].ip),
            proxy=talk.proxy,
            other_protocol=talk.kind if talk.kind in GREETERS and talk.modes[1 - client] is Mode.WATCH else None,
            marks=_marks(talk, client),
        )

    def _tls(self, talk: Conversation, client: int) -> TlsSession | None:
        session = talk.session
        if session is None:
            return None
        tls_client = session.client_side if session.client_side is not None else client
        suite = registry.suite(session.cipher) if session.cipher is not None else None
        served = next((c for c in session.chains if c.side != tls_client), None)
        certificates = self._chain(served)
        mine, theirs = session.sides[tls_client], session.sides[1 - tls_client]
        hello = session.client_hello
        late = _after_the_end(talk, session)
        version = registry.version_name(session.version) if session.version is not None else None
        exchange = suite.key_exchange if suite else None
        authentication = suite.authentication if suite else None
        if session.tls13:
            exchange = registry.group_exchange(session.group) if session.group is not None else None
            authentication = authentication_by(certificates)
        # without a ServerHello: the version is not known, and that of TLS 1.3 wraps Finished and alerts as data
        finished = mine.finished
        used = mine.application_bytes > 0 and (session.version is not None or session.server_hello is not None)
        return TlsSession(
            version=version,
            offered_versions=_offered_versions(session),
            cipher=suite.name if suite else None,
            offered_ciphers=_offered_ciphers(session),
            sni=session.sni,
            key_exchange=exchange,
            authentication=authentication,
            dh_bits=session.dh_bits,
            group=registry.group_name(session.group) if session.group is not None else None,
            resumed=session.resumed,
            certificates_visibility=_visibility(session, served, talk.streams[1 - tls_client].missing),
            certificates=certificates,
            client_certificate_requested=session.certificate_requested,
            alerts=tuple(
                TlsAlert(
                    _side(a.side, client),
                    _LEVELS.get(a.level, f"level({a.level})"),
                    a.code,
                    registry.alert_name(a.code),
                    a.frame,
                    a.decrypted,
                )
                for a in session.alerts
                if (a.side, a.frame) not in late
            ),
            encrypted_alerts=tuple(_side(n, client) for n in (0, 1) if session.sides[n].encrypted_alert),
            messages=tuple(
                TlsMessage(_side(s.side, client), s.name, s.frame, s.time)
                for s in session.steps
                if s.name != "Alert" or (s.side, s.frame) not in late
            ),
            client_hello_seen=hello is not None,
            server_hello_seen=session.server_hello is not None or session.ssl2,
            completed=(finished and theirs.finished) or used,
            client_finished=finished or used,
            application_data=mine.application_bytes > 0 and theirs.application_bytes > 0,
            client_application_bytes=mine.application_bytes,
            server_application_bytes=theirs.application_bytes,
            plaintext_reply=session.plaintext_reply,
            started_by=_started_by(talk),
            malformed=session.malformed,
            source=self.source.at_frame(session.first_frame),
        )

    def _chain(self, served: SentChain | None) -> tuple[Certificate, ...]:
        if served is None:
            return ()
        source = self.source.at_frame(served.frame)
        return tuple(self._certificates.take(der, source) for der in served.chain.certificates)


class Certificates:
    """Parses certificates; one that is served again is parsed once."""

    def __init__(self) -> None:
        self._known: dict[bytes, Certificate] = {}

    def take(self, der: bytes, source: SourceRef) -> Certificate:
        """The certificate, served at that place."""
        from sestriage.formats.certs.x509 import parse_certificate

        known = self._known.get(der)
        if known is None:
            if len(self._known) >= MAX_CACHED_CERTIFICATES:
                self._known.clear()
            known = self._known[der] = parse_certificate(der, source)
            return known
        return replace(known, source=replace(source, sha256=known.sha256))


_RANDOM_BYTES = 32


def _marks(talk: Conversation, client: int) -> tuple[str, ...]:
    """As `Stream.marks`: a ClientHello's random is drawn anew for each, a first sequence number nearly so."""
    hello = talk.session.client_hello if talk.session is not None else None
    marks = [f"random {hello.random.hex()}"] if hello is not None and len(hello.random) == _RANDOM_BYTES else []
    if talk.isn is not None and talk.syn_side == client:
        marks.append(f"sequence {talk.isn}")
    return tuple(marks)


def _side(side: int, client: int) -> Side:
    return "client" if side == client else "server"


def _after_the_end(talk: Conversation, session: Session) -> frozenset[tuple[int, int]]:
    """The alerts (side and frame) of a side behind the other side's end of a session that the client had begun: they
    complain of that end, and did not bring it about."""
    ender = talk.closed_by if talk.closed_by is not None else talk.reset_by
    end = talk.end_frame
    if session.client_hello is None or ender is None or end is None:
        return frozenset()
    return frozenset((a.side, a.frame) for a in session.alerts if a.side != ender and a.frame > end)


def _started_by(talk: Conversation) -> str:
    """`unknown` where the client's first byte of TLS was not captured, or what may have stood before it."""
    if talk.kind is not None and talk.kind not in ("socks", "http-connect"):
        return talk.kind
    dialogue = talk.dialogue.result() if talk.dialogue is not None else None
    if dialogue is not None:
        clear = any(not reply.decrypted for reply in dialogue.replies)
        spoken = dialogue.greeting_code == 220 and clear and _one_sided(talk)  # the command was not captured
        if dialogue.starttls_command or spoken:
            return "starttls"
    session = talk.session
    if session is not None and session.plaintext_reply is None:
        begun = talk.begun or PORT_MODES.get(talk.ends[1 - (talk.client or 0)][1]) == "wrapper"
        if session.client_hello is None or not begun:
            return "unknown"
    return "connect"


def _one_sided(talk: Conversation) -> bool:
    return (talk.packets[0] == 0) != (talk.packets[1] == 0)


def _offered_versions(session: Session) -> tuple[str, ...]:
    hello = session.client_hello
    if hello is None:
        return ()
    if hello.problem is not None and not hello.versions and not hello.ssl2_framed:
        return ()  # what is cut off may have held supported_versions, beside which the hello's version says nothing
    return tuple(registry.version_name(v) for v in hello.versions or (hello.version,))


def _offered_ciphers(session: Session) -> tuple[str, ...]:
    hello = session.client_hello
    if hello is None:
        return ()
    hidden = registry.GREASE | registry.SIGNALLING
    return tuple(registry.suite(c).name for c in hello.ciphers if c not in hidden)


_KEY_AUTHENTICATION = {"RSA": "RSA", "RSASSA-PSS": "RSA", "EC": "ECDSA", "DSA": "DSS"}


def authentication_by(certificates: tuple[Certificate, ...]) -> str | None:
    """How the server authenticated, by its certificate's key (TLS 1.3: the suite does not say)."""
    if not certificates or certificates[0].key_type is None:
        return None
    return _KEY_AUTHENTICATION.get(certificates[0].key_type, certificates[0].key_type)


def _visibility(session: Session, served: SentChain | None, missing: int) -> Visibility:
    """`missing`: bytes of the server's direction that the capture lacks; a chain may have been among them."""
    if served is not None:
        if served.chain.cut:
            return "truncated"
        return "decrypted" if served.decrypted else "clear"
    if session.tls13 and not session.resumed and session.server_hello is not None:
        return "encrypted"
    sends_none = session.resumed or session.cipher is None
    sends_none = sends_none or registry.suite(session.cipher or 0).authentication not in _CERTIFIED
    return "absent" if sends_none or not missing else "truncated"


_CERTIFIED = frozenset({"RSA", "DSS", "ECDSA"})
"""Ways to authenticate for which a server sends its certificate."""


def _smtp(talk: Conversation) -> SmtpDialogue | None:
    dialogue = talk.dialogue
    asked = talk.proxy is not None and talk.proxy.port in MAIL_PORTS
    if dialogue is None or not (dialogue.evidence or talk.mail_port or asked):
        return None
    if not dialogue.seen and talk.session is not None and Mode.TEXT not in talk.modes:
        return None
    found = dialogue.result()
    if not talk.begun and (found.greeting_code or 220) != 220:  # the answer to a command before the capture began
        return replace(found, greeting_code=None)
    return found


SYN_RETRY = timedelta(seconds=1)
"""When a client repeats an unanswered SYN (RFC 6298, section 2). A capture that ends earlier shows no answer."""


def _tcp(talk: Conversation, client: int, now: datetime | None) -> TcpConnection:
    server = 1 - client
    to_server, to_client = talk.streams[client], talk.streams[server]
    answered = talk.synack_seen or not talk.packets[server]
    shaken = answered and talk.acks[client] > 0
    one_sided = _one_sided(talk)
    unanswered = (
        talk.syn_count > 0
        and not talk.packets[server]
        and not talk.acks[client]
        and talk.icmp is None
        and (talk.syn_count > 1 or now is None or talk.started is None or now - talk.started >= SYN_RETRY)
    )
    return TcpConnection(
        established=any(talk.payload_bytes) or shaken,
        syn_seen=talk.syn_count > 0,
        synack_seen=talk.synack_seen,
        syn_count=talk.syn_count,
        refused=talk.refused,
        unanswered=unanswered,
        icmp=talk.icmp,
        closed_by=None if talk.closed_by is None else _side(talk.closed_by, client),
        reset_by=None if talk.reset_by is None else _side(talk.reset_by, client),
        closed_after=_named(talk.closed_after, client),
        reset_after=_named(talk.reset_after, client),
        client_bytes=to_server.delivered,
        server_bytes=to_client.delivered,
        retransmissions=to_server.retransmissions + to_client.retransmissions,
        missing_bytes=to_server.missing + to_client.missing,
        truncated_frames=talk.cut_frames,
        large_lost=_large_lost(talk, client),
        waiting_for=_waiting_for(talk, client),
        silent_since=_silence(talk, now),
        end_frame=talk.end_frame,
        end_time=talk.closed_time,
        one_sided=one_sided and not (talk.syn_count > 0 and not talk.acks[client] and not talk.payload_bytes[client]),
    )


def _large_lost(talk: Conversation, client: int) -> Side | None:
    """A hole counts where the capture lacks its bytes, too: else they came in another order."""
    if talk.light or not all(talk.packets):
        return None
    for side in (1 - client, client):
        unheard = talk.unheard[side]
        if unheard.resent or (unheard.hole and talk.streams[side].missing):
            return _side(side, client)
    return None


def _named(step: tuple[int, str] | None, client: int) -> str | None:
    return None if step is None else f"{_side(step[0], client)}:{step[1]}"


_SERVER_GOES_ON = frozenset(
    {"ServerHello", "Certificate", "ServerKeyExchange", "CertificateRequest", "CertificateStatus"}
)
"""Messages after which a server has more to say."""
_CLIENT_GOES_ON = frozenset(
    {"ClientKeyExchange", "Certificate", "CertificateVerify", "ChangeCipherSpec", "DATA", "BDAT"}
)


def _waiting_for(talk: Conversation, client: int) -> Side | None:
    """Whose turn it was when the last message had been sent."""
    if talk.light:
        return None
    if talk.last_step is None:
        if not talk.synack_seen or not talk.mail_port or any(talk.payload_bytes):
            return None
        return "client" if PORT_MODES.get(talk.ends[1 - client][1]) == "wrapper" else "server"
    side, name = talk.last_step
    if name in _ENDS or name == "Alert":
        return None
    speaker = _side(side, client)
    other = _side(1 - side, client)
    if side == client:
        return speaker if name in _CLIENT_GOES_ON and not _asks(talk, name) else other
    return speaker if name in _SERVER_GOES_ON and not (talk.session is not None and talk.session.tls13) else other


def _asks(talk: Conversation, name: str) -> bool:
    """True for a DATA after which the client waits for the server's 354."""
    return name == "DATA" and talk.dialogue is not None and talk.dialogue.client.body_expected is None


def _silence(talk: Conversation, now: datetime | None) -> float | None:
    since = talk.last_payload or talk.started
    until = talk.closed_time or now
    if since is None or until is None or talk.light:
        return None
    return max(0.0, (until - since).total_seconds())
