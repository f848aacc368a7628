"""A capture as JSON: DNS, and the conversations with their TCP, SMTP and TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sestriage.model.capture import Capture, DnsLookup, SmtpDialogue, Stream, TcpConnection, TlsSession
from sestriage.report.common import iso_time
from sestriage.report.json.parts import certificate_json, place_json

if TYPE_CHECKING:
    from sestriage.model.document import capture as shape
    from sestriage.model.document.triage import StreamName


def stream_name_json(stream: Stream) -> StreamName:
    """What a conversation is known by."""
    return {**place_json(stream.source), "client": str(stream.client), "server": str(stream.server)}


def capture_json(capture: Capture) -> shape.Capture:
    """A capture as a whole."""
    return {
        "path": capture.source.path,
        "member": capture.source.member,
        "packets": capture.packets,
        "started": iso_time(capture.started),
        "ended": iso_time(capture.ended),
        "problem": capture.problem,
        "snaplen_cut": capture.snaplen_cut,
        "dns": [_dns(lookup) for lookup in capture.dns],
        "streams": [_stream(stream) for stream in capture.streams],
    }


def _dns(lookup: DnsLookup) -> shape.DnsQuestion:
    return {
        "name": lookup.name,
        "rcode": lookup.rcode,
        "qtype": lookup.qtype,
        "addresses": list(lookup.addresses),
        "frame": lookup.source.frame,
        "time": iso_time(lookup.time),
    }


def _stream(stream: Stream) -> shape.Stream:
    return {
        "client": str(stream.client),
        "server": str(stream.server),
        "server_name": stream.server_name,
        "first_frame": stream.first_frame or stream.source.frame or None,
        "last_frame": stream.last_frame or None,
        "started": iso_time(stream.started),
        "ended": iso_time(stream.ended),
        "tcp": _tcp(stream.tcp),
        "smtp": _smtp(stream.smtp) if stream.smtp else None,
        "tls": _tls(stream.tls) if stream.tls else None,
    }


def _tcp(tcp: TcpConnection) -> shape.TcpConnection:
    return {
        "established": tcp.established,
        "closed_by": tcp.closed_by,
        "reset_by": tcp.reset_by,
        "closed_after": tcp.closed_after,
        "reset_after": tcp.reset_after,
        "syn_seen": tcp.syn_seen,
        "synack_seen": tcp.synack_seen,
        "syn_count": tcp.syn_count,
        "refused": tcp.refused,
        "unanswered": tcp.unanswered,
        "icmp": tcp.icmp,
        "client_bytes": tcp.client_bytes,
        "server_bytes": tcp.server_bytes,
        "retransmissions": tcp.retransmissions,
        "missing_bytes": tcp.missing_bytes,
        "truncated_frames": tcp.truncated_frames,
        "waiting_for": tcp.waiting_for,
        "silent_since": None if tcp.silent_since is None else round(tcp.silent_since, 6),
        "one_sided": tcp.one_sided,
    }


def _smtp(smtp: SmtpDialogue) -> shape.SmtpDialogue:
    return {
        "starttls_offered": smtp.starttls_offered,
        "starttls_command": smtp.starttls_command,
        "banner": smtp.banner,
        "reply_codes": list(smtp.reply_codes),
        "greeting_code": smtp.greeting_code,
        "ehlo_seen": smtp.ehlo_seen,
        "starttls_masked": smtp.starttls_masked,
        "starttls_reply": smtp.starttls_reply,
        "auth_offered": list(smtp.auth_offered),
        "auth_in_clear": smtp.auth_in_clear,
        "secret_in_clear": smtp.secret_in_clear,
        "accepted": smtp.accepted,
        "message_id": smtp.message_id,
        "looks_like_tls": smtp.looks_like_tls,
        "replies": [
            {"code": r.code, "text": r.text, "after": r.after or None, "frame": r.frame, "decrypted": r.decrypted}
            for r in smtp.replies
        ],
    }


def _tls(tls: TlsSession) -> shape.TlsSession:
    return {
        "version": tls.version,
        "cipher": tls.cipher,
        "sni": tls.sni,
        "key_exchange": tls.key_exchange,
        "authentication": tls.authentication,
        "dh_bits": tls.dh_bits,
        "group": tls.group,
        "certificates_visibility": tls.certificates_visibility,
        "certificates": [certificate_json(certificate) for certificate in tls.certificates],
        "alerts": [
            {
                "sender": a.sender,
                "level": a.level,
                "code": a.code,
                "description": a.description,
                "frame": a.frame,
                "decrypted": a.decrypted,
            }
            for a in tls.alerts
        ],
        "encrypted_alerts": list(tls.encrypted_alerts),
        "offered_versions": list(tls.offered_versions),
        "started_by": tls.started_by,
        "resumed": tls.resumed,
        "completed": tls.completed,
        "client_finished": tls.client_finished,
        "plaintext_reply": tls.plaintext_reply,
        "malformed": tls.malformed,
        "frame": tls.source.frame if tls.source else None,
    }
