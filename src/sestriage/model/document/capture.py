"""What a capture shows: DNS, and the conversations with their TCP, SMTP and TLS."""

from __future__ import annotations

from typing import Annotated, TypedDict

from sestriage.model.document.parts import Certificate
from sestriage.model.document.words import AtLeast, Number, Size, Socket, Time
from sestriage.model.vocabulary import Side, Visibility


class DnsQuestion(TypedDict):
    """A DNS question with its answer."""

    name: Annotated[str, "The name that was asked for."]
    rcode: Annotated[str, "Standard name of the answer's code (`NXDOMAIN`); `none` when no answer was captured."]
    qtype: Annotated[str, "The type of record that was asked for: `A`, `AAAA`, ..."]
    addresses: Annotated[list[str], "The addresses in the answer."]
    frame: Annotated[Number | None, "The frame of the answer, else of the question."]
    time: Annotated[Time | None, "When it was."]


class TcpConnection(TypedDict):
    """The course of a TCP connection."""

    established: Annotated[bool, "The handshake was seen, or data flowed."]
    closed_by: Annotated[Side | None, "Who sent the first FIN; null when none was seen."]
    reset_by: Annotated[Side | None, "Who sent the RST that ended it; null when none was seen."]
    closed_after: Annotated[str | None, "The last message before the FIN: `client:STARTTLS`, `server:220`."]
    reset_after: Annotated[str | None, "The last message before the RST."]
    syn_seen: Annotated[bool, "The client's SYN was captured."]
    synack_seen: Annotated[bool, "The server's SYN-ACK was captured."]
    syn_count: Annotated[Size, "How many SYNs the client sent."]
    refused: Annotated[bool, "The SYN was answered by RST."]
    unanswered: Annotated[bool, "SYNs were seen, and nothing at all came back."]
    icmp: Annotated[str | None, "An ICMP error for it: `host-unreachable`, `admin-prohibited`, ..."]
    client_bytes: Annotated[Size, "Bytes of payload from the client."]
    server_bytes: Annotated[Size, "Bytes of payload from the server."]
    retransmissions: Annotated[Size, "Segments that were sent again."]
    missing_bytes: Annotated[Size, "Bytes of payload that the capture lacks, both directions."]
    truncated_frames: Annotated[Size, "Frames that were cut when they were captured."]
    waiting_for: Annotated[Side | None, "Whose turn it was when nothing more came."]
    silent_since: Annotated[float | None, "Seconds from the last payload to the end of the capture or connection."]
    one_sided: Annotated[bool, "Only one direction was captured."]


class SmtpReply(TypedDict):
    """A reply of the server."""

    code: Annotated[int, "Its code."]
    text: Annotated[str, "Its text, lines joined by newline."]
    after: Annotated[str | None, "The command that it answers; `.` for the end of data; null for the greeting."]
    frame: Annotated[int, "Its frame."]
    decrypted: Annotated[bool, "It was read with the secrets of a TLS key log."]


class SmtpDialogue(TypedDict):
    """The part of the SMTP conversation that can be read."""

    starttls_offered: Annotated[bool | None, "The reply to EHLO offers STARTTLS; null when none was captured."]
    starttls_command: Annotated[bool, "The client sent STARTTLS."]
    banner: Annotated[str | None, "The greeting; null when none was captured."]
    reply_codes: Annotated[list[int], "The codes of all replies, in order."]
    greeting_code: Annotated[int | None, "The code of the greeting."]
    ehlo_seen: Annotated[bool, "The client sent EHLO."]
    starttls_masked: Annotated[bool, "A middlebox overwrote a keyword in the reply to EHLO (`XXXXXXXA`)."]
    starttls_reply: Annotated[int | None, "The code of the reply to STARTTLS."]
    auth_offered: Annotated[list[str], "The login methods that are offered."]
    auth_in_clear: Annotated[bool, "The client logged in outside TLS."]
    secret_in_clear: Annotated[str | None, "What a login outside TLS gave away: `password` or `response`."]
    accepted: Annotated[bool, "The end of data was answered by 250."]
    message_id: Annotated[str | None, "The id in that answer."]
    looks_like_tls: Annotated[bool, "The server sent TLS where a greeting or reply was due."]
    replies: Annotated[list[SmtpReply], "All replies."]


class Alert(TypedDict):
    """A TLS alert that can be read."""

    sender: Annotated[Side, "Who sent it."]
    level: Annotated[str, "`warning` or `fatal`."]
    code: Annotated[int, AtLeast(0), "Its number in the TLS registry."]
    description: Annotated[str, "Its name there; `alert(N)` when unassigned."]
    frame: Annotated[int, "Its frame."]
    decrypted: Annotated[bool, "It was read with the secrets of a TLS key log."]


class TlsSession(TypedDict):
    """A TLS session as the wire shows it; null: not seen."""

    version: Annotated[str | None, "`TLSv1.2`, ...; unknown or draft as `0x7f12`; null without a ServerHello."]
    cipher: Annotated[str | None, "IANA name of the suite; unassigned as `0xNNNN`."]
    sni: Annotated[str | None, "The server's name as the client asked for it."]
    key_exchange: Annotated[str | None, "`DHE`, `ECDHE`, `RSA`, ..."]
    authentication: Annotated[str | None, "`RSA`, `ECDSA`, ...; null where no certificate can be seen."]
    dh_bits: Annotated[int | None, "Bits of the server's DH prime."]
    group: Annotated[str | None, "The named group: `secp256r1`, `x25519`."]
    certificates_visibility: Annotated[Visibility, "Whether the served certificates can be read."]
    certificates: Annotated[list[Certificate], "The served chain, in the order in which it was sent."]
    alerts: Annotated[list[Alert], "The alerts that can be read."]
    encrypted_alerts: Annotated[list[Side], "Who sent alerts that cannot be read."]
    offered_versions: Annotated[list[str], "The versions that the client offered."]
    started_by: Annotated[str, "`connect` (TLS from the first byte), `starttls`, or `unknown`."]
    resumed: Annotated[bool, "An earlier session was continued, so that no certificates were sent."]
    completed: Annotated[bool, "Both sides finished the handshake."]
    client_finished: Annotated[bool, "The client finished: it took the certificate and the key exchange."]
    plaintext_reply: Annotated[str | None, "What the server sent in place of TLS; null when it spoke TLS."]
    malformed: Annotated[str | None, "What is wrong with records or messages that are none."]
    frame: Annotated[Number | None, "The frame of the ClientHello, else the first frame of TLS."]


class Stream(TypedDict):
    """A conversation with a mail server."""

    client: Annotated[Socket, "address:port; IPv6 without brackets, the port follows the last colon."]
    server: Annotated[Socket, "address:port of the server, or of the proxy in front of it."]
    server_name: Annotated[str | None, "The name under which the client knew the server."]
    first_frame: Annotated[Number | None, "Its first frame."]
    last_frame: Annotated[Number | None, "Its last frame."]
    started: Annotated[Time | None, "The time of its first packet."]
    ended: Annotated[Time | None, "The time of its last packet."]
    tcp: Annotated[TcpConnection, "The connection."]
    smtp: Annotated[SmtpDialogue | None, "The SMTP dialogue; null when none can be read."]
    tls: Annotated[TlsSession | None, "The TLS session; null when there is none."]


class Capture(TypedDict):
    """All that a capture tells."""

    path: Annotated[str, "The file."]
    member: Annotated[str | None, "The path inside an archive."]
    packets: Annotated[Size, "How many packets it holds."]
    started: Annotated[Time | None, "The time of its first packet."]
    ended: Annotated[Time | None, "The time of its last packet."]
    problem: Annotated[str | None, "What was damaged, and where; null when all of it was read."]
    snaplen_cut: Annotated[bool, "Packets were cut when they were captured."]
    dns: Annotated[list[DnsQuestion], "The DNS questions in it."]
    streams: Annotated[list[Stream], "The conversations with mail servers."]
