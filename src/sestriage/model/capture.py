"""Facts read from a packet capture: DNS answers, TCP conversations, SMTP dialogues, TLS sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sestriage.model.known.own_words import said_in
from sestriage.model.known.ses import HostForm, host_form
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate
from sestriage.model.vocabulary import Side, Visibility


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address and a TCP port. IPv6 addresses are compressed and without brackets.

    In what was pasted instead of a capture both may be unknown: then the address is empty, the port 0.
    """

    ip: str
    port: int

    def __str__(self) -> str:
        return f"{self.ip or 'unknown'}:{self.port}"

    @property
    def known(self) -> bool:
        """True if address or port is known."""
        return bool(self.ip or self.port)


@dataclass(frozen=True, slots=True)
class DnsLookup:
    """A DNS question with the answer that was seen (RFC 1035).

    `rcode` is the standard name (`NOERROR`, `NXDOMAIN`, `SERVFAIL`, …), or `none` when no answer was captured.
    """

    source: SourceRef
    name: str
    rcode: str
    qtype: str = "A"
    addresses: tuple[str, ...] = ()
    time: datetime | None = None

    @property
    def host_form(self) -> HostForm | None:
        """The kind of AWS mail host that `name` names, for rules; None for any other name."""
        return host_form(self.name)


@dataclass(frozen=True, slots=True)
class TcpConnection:
    """The course of one TCP connection.

    `established`: the three-way handshake was seen, or data flowed. `syn_count` counts the client's SYNs.
    `refused`: the SYN was answered by RST. `unanswered`: SYNs were seen, and nothing at all came back. `icmp`: an
    ICMP error for this connection (`host-unreachable`, `port-unreachable`, `admin-prohibited`, `network-unreachable`,
    `fragmentation-needed`), None when there was none. `closed_by`: who sent the first FIN (`client`, `server`),
    `reset_by`: who sent the first RST that ended it; None when not seen. `reset_after` / `closed_after`: the last
    protocol message before that end, as `client:ClientHello`, `server:220`, `client:STARTTLS` (None when nothing had
    been sent). `silent_since`: seconds between the last payload and the end of the capture or the close, with
    `waiting_for` naming whose turn it was (`client` or `server`), None when unknown.
    """

    established: bool = False
    syn_seen: bool = False
    synack_seen: bool = False
    syn_count: int = 0
    refused: bool = False
    unanswered: bool = False
    icmp: str | None = None
    closed_by: Side | None = None
    reset_by: Side | None = None
    closed_after: str | None = None
    reset_after: str | None = None
    client_bytes: int = 0
    server_bytes: int = 0
    retransmissions: int = 0
    missing_bytes: int = 0
    """Bytes of payload that the capture lacks (lost packets or snaplen cuts), both directions."""
    truncated_frames: int = 0
    """Frames cut by the snaplen."""
    large_lost: Side | None = None
    """Whose large segments did not reach the other side: sent three times without an acknowledgement, or missing at the
    other side's end while small ones behind them arrived there. None when there is no sign of that."""
    waiting_for: Side | None = None
    silent_since: float | None = None
    one_sided: bool = False
    """Only one direction was captured."""
    end_frame: int | None = None
    """The frame of the FIN or RST by which it was closed, reset or refused, and its time; None when not seen."""
    end_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class WireReply:
    """An SMTP reply on the wire: code, text (lines joined by newline), frame and time."""

    code: int
    text: str
    frame: int
    time: datetime | None = None
    after: str = ""
    """The command that it answers (upper case: `EHLO`, `STARTTLS`, `AUTH`, `MAIL`, `RCPT`, `DATA`, `.` for the end of
    data, `QUIT`), empty for the greeting or when unknown."""
    decrypted: bool = False

    @property
    def said(self) -> str:
        """The text for rules: the enhanced status code and the server's own words (`own_words`), in one line."""
        return said_in(self.text)


@dataclass(frozen=True, slots=True)
class WireCommand:
    """An SMTP command on the wire. `verb` is upper case; `argument` is never given for AUTH or its continuations."""

    verb: str
    argument: str
    frame: int
    time: datetime | None = None
    decrypted: bool = False


@dataclass(frozen=True, slots=True)
class SmtpDialogue:
    """The clear (or decrypted) part of an SMTP conversation (RFC 5321, RFC 3207)."""

    banner: str | None = None
    """The greeting, first line with code; None when none was captured."""
    greeting_code: int | None = None
    ehlo_seen: bool = False
    starttls_offered: bool | None = None
    """EHLO reply lists STARTTLS; False also for a server that knows only HELO; None when no EHLO reply was captured, or
    the server refused the client there."""
    starttls_masked: bool = False
    """EHLO reply has a keyword overwritten by a middlebox (`XXXXXXXA`)."""
    starttls_command: bool = False
    starttls_reply: int | None = None
    auth_offered: tuple[str, ...] = ()
    auth_in_clear: bool = False
    """AUTH was sent outside TLS; what of it went along is `secret_in_clear`."""
    secret_in_clear: str | None = None
    """The secret that a login outside TLS sent: `password` (it can be read by anyone with this capture) or `response`
    (computed from the password, so that it can be attacked offline); None when no secret was seen to be sent."""
    commands: tuple[WireCommand, ...] = ()
    replies: tuple[WireReply, ...] = ()
    message_id: str | None = None
    """The id in the `250 Ok <id>` that answered the end of data."""
    accepted: bool = False
    """The end of data was answered by 250, in the newest transaction."""
    looks_like_tls: bool = False
    """The peer sent TLS bytes where a greeting or reply was due."""

    @property
    def newest_replies(self) -> tuple[WireReply, ...]:
        """The replies of the newest transaction, from that to its MAIL on; all of a dialogue without any."""
        newest = max((n for n, reply in enumerate(self.replies) if reply.after == "MAIL"), default=0)
        return self.replies[newest:]

    @property
    def reply_codes(self) -> tuple[int, ...]:
        """Codes of all replies in order."""
        return tuple(r.code for r in self.replies)


@dataclass(frozen=True, slots=True)
class TlsAlert:
    """A readable TLS alert. `sender` is `client` or `server`; `level` `warning` or `fatal`; `description` as in the
    TLS registry (`handshake_failure`), `alert(N)` when unassigned."""

    sender: Side
    level: str
    code: int
    description: str
    frame: int
    decrypted: bool = False


@dataclass(frozen=True, slots=True)
class TlsMessage:
    """One step of the handshake for the ladder picture: `sender`, `name` (`ClientHello`, `Certificate`,
    `ChangeCipherSpec`, `Alert`, `ApplicationData` (first only), `Encrypted`), frame and time."""

    sender: Side
    name: str
    frame: int
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class TlsSession:
    """One TLS session as the wire shows it (RFC 5246, RFC 8446). None means: not seen."""

    version: str | None = None
    """Negotiated: `TLSv1.2` …, `SSLv2`, `SSLv3`; unknown or draft as `0x7f12`. None without a ServerHello."""
    offered_versions: tuple[str, ...] = ()
    """The versions that the client offered (supported_versions, else the hello's version)."""
    cipher: str | None = None
    """IANA name; unassigned as `0xNNNN`."""
    offered_ciphers: tuple[str, ...] = ()
    sni: str | None = None
    key_exchange: str | None = None
    """`DHE`, `ECDHE`, `RSA`, `DH_anon`, `ECDH_anon`, `PSK`, `DHE_PSK`, …; `TLS13` suites give `ECDHE`/`DHE` by group
    when known."""
    authentication: str | None = None
    """`RSA`, `ECDSA`, `DSS`, `anon`, `PSK`, None for TLS 1.3 without visible certificate."""
    dh_bits: int | None = None
    """Bit length of the DHE prime of the ServerKeyExchange."""
    group: str | None = None
    """Named group (`secp256r1`, `x25519`)."""
    resumed: bool = False
    certificates_visibility: Visibility = "absent"
    """`clear`, `encrypted` (TLS 1.3 without keys), `decrypted`, `absent` (none was sent), `truncated`."""
    certificates: tuple[Certificate, ...] = ()
    """The server's chain in the order in which it was sent."""
    client_certificate_requested: bool = False
    alerts: tuple[TlsAlert, ...] = ()
    encrypted_alerts: tuple[Side, ...] = ()
    """Senders of alerts that are there but encrypted."""
    messages: tuple[TlsMessage, ...] = ()
    client_hello_seen: bool = False
    server_hello_seen: bool = False
    completed: bool = False
    """Both sides finished the handshake (both ChangeCipherSpec and Finished seen, or application data from the
    client)."""
    client_finished: bool = False
    """The client sent its Finished (after ChangeCipherSpec): it accepted the server's certificate and key exchange."""
    application_data: bool = False
    """Application data records were seen from both sides."""
    client_application_bytes: int = 0
    server_application_bytes: int = 0
    plaintext_reply: str | None = None
    """First line of what the server sent instead of a TLS record (`220 …`, `HTTP/1.1 400`), None when it spoke TLS."""
    started_by: str = "connect"
    """`connect` (TLS from the first byte), `starttls`, the other protocol's STARTTLS, or `unknown` (in what was pasted
    instead of a capture, and where the begin was not captured)."""
    malformed: str | None = None
    """The fault of malformed records or messages; None if there was none."""
    source: SourceRef | None = None
    """The frame of the ClientHello (else the first TLS frame)."""

    @property
    def alert(self) -> TlsAlert | None:
        """The first fatal readable alert other than close_notify."""
        return next((a for a in self.alerts if a.level == "fatal" and a.code != 0), None)

    @property
    def leaf(self) -> Certificate | None:
        """The server's own certificate."""
        return self.certificates[0] if self.certificates else None

    @property
    def chain_length(self) -> int | None:
        """Number of certificates that the server sent; None when the chain cannot be seen whole."""
        seen = self.certificates_visibility in ("clear", "decrypted") or bool(self.certificates)
        return len(self.certificates) if seen and self.certificates_visibility != "truncated" else None


ProxyProtocol = Literal["socks", "http-connect"]


@dataclass(frozen=True, slots=True)
class ProxyHop:
    """A proxy that the client asked for the mail server. `host` and `port` are what it asked for, None when it did not
    come to that. `answer` is what the proxy said, in words for SOCKS, the status line for HTTP; None when it said
    nothing. `refused`: it said no."""

    protocol: ProxyProtocol
    host: str | None = None
    port: int | None = None
    answer: str | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """One TCP conversation that speaks SMTP or TLS, or tried to reach a mail port.

    `source.frame` is its first frame. `started` and `ended` are aware UTC times of its first and last packet.
    """

    source: SourceRef
    client: Endpoint
    server: Endpoint
    tcp: TcpConnection
    smtp: SmtpDialogue | None = None
    tls: TlsSession | None = None
    started: datetime | None = None
    ended: datetime | None = None
    first_frame: int = 0
    last_frame: int = 0
    server_name: str | None = None
    """Name under which the client knew the server: SNI, else a DNS answer in the same capture."""
    other_protocol: str | None = None
    """What the server greeted with in place of SMTP: `http`, `imap`, `nntp`, `pop3`, `sieve`, `ssh`, `xmpp`; None for
    any other greeting and where none came."""
    marks: tuple[str, ...] = ()
    """What of it is the same wherever on its way it is captured, addresses translated or not: the random of its
    ClientHello, and the first sequence number of its client."""

    proxy: ProxyHop | None = None
    """The proxy in front of the mail server, whose address and port `server` then are; None when there was none."""

    @property
    def port(self) -> int:
        """The mail server's port: behind a proxy the one that it was asked for."""
        return self.proxy.port if self.proxy and self.proxy.port else self.server.port

    @property
    def host(self) -> str | None:
        """SNI or DNS name of the mail server, for rules; behind a proxy the name that it was asked for."""
        asked = self.proxy.host if self.proxy else self.server_name
        return (self.tls.sni if self.tls else None) or asked

    @property
    def host_form(self) -> HostForm | None:
        """The kind of AWS mail host that `host` names, for rules; None for any other name."""
        return host_form(self.host)

    @property
    def leaf_expired(self) -> bool | None:
        """The server's certificate had expired when the conversation began; None when that cannot be seen."""
        until = self.tls.leaf.not_after if self.tls and self.tls.leaf else None
        return None if until is None or self.started is None else until < self.started

    @property
    def expired_ca(self) -> Certificate | None:
        """The first CA certificate that the server sent which had expired when the conversation began; None where there
        is none, or that cannot be seen."""
        if self.tls is None or self.started is None:
            return None
        dated = ((each, each.not_after) for each in self.tls.certificates[1:])
        return next((each for each, until in dated if until is not None and until < self.started), None)

    @property
    def leaf_not_yet_valid(self) -> bool | None:
        """The server's certificate became valid only after the conversation began; None when that cannot be seen."""
        since = self.tls.leaf.not_before if self.tls and self.tls.leaf else None
        return None if since is None or self.started is None else since > self.started

    @property
    def issuer_key_differs(self) -> bool | None:
        """The server sent a certificate with the name of its own one's issuer, and by the key identifiers none of that
        name has signed it; None where no such certificate came, or an identifier is missing."""
        leaf = self.tls.leaf if self.tls else None
        if self.tls is None or leaf is None or leaf.authority_key_id is None or leaf.self_issued:
            return None
        named = [each for each in self.tls.certificates[1:] if each.subject_name_id == leaf.issuer_name_id != ""]
        keys = [each.subject_key_id for each in named]
        return None if not keys or None in keys else leaf.authority_key_id not in keys

    @property
    def leaf_fits_host(self) -> bool | None:
        """The server's certificate is valid for `host`; None when either is not known."""
        leaf, host = self.tls.leaf if self.tls else None, self.host
        return None if leaf is None or leaf.problem or not host else leaf.fits(host)


@dataclass(frozen=True, slots=True)
class PortsRead:
    """What was not looked at in a large capture.

    `ports` were looked at all through. Of other ports, from frame `since` on, nothing was (`narrow`: the mail ports
    show mail), else only what begins as SMTP, for a proxy, or with the name of a mail server.
    """

    ports: tuple[int, ...]
    since: int
    narrow: bool


@dataclass(frozen=True, slots=True)
class Capture:
    """All that one capture file tells.

    `problem` is None when the whole file was read; else what was damaged and where.
    """

    source: SourceRef
    streams: tuple[Stream, ...] = ()
    dns: tuple[DnsLookup, ...] = ()
    packets: int = 0
    started: datetime | None = None
    ended: datetime | None = None
    problem: str | None = None
    snaplen_cut: bool = False
    parts: tuple[SourceRef, ...] = ()
    """The files that were read one after the other as one capture, oldest first; empty for a single file. Frames then
    count through all of them, as in what `mergecap -a` makes of them."""
    ports_read: PortsRead | None = None
    """None when all ports were looked at from the first packet to the last."""
