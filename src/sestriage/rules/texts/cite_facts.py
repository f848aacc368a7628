"""The places and quotes to show for facts of captures, trust stores, settings and mails.

Apart from `cite.py` because an excerpt of a log needs none of their classes.
"""

from __future__ import annotations

from collections.abc import Iterator

from sestriage.model.capture import DnsLookup, SmtpDialogue, Stream, TcpConnection, TlsSession, WireReply
from sestriage.model.config import CipherList, EmailAction, SmtpSettings
from sestriage.model.facts import FactBase
from sestriage.model.mail import DeliveredMail
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate, TrustPath, TrustStore

_NO_SOURCE = SourceRef("?")
MAX_REPLIES = 3
"""Of the replies that decide, the newest are shown: a sender may be told the same of many recipients."""


def places(fact: object, facts: FactBase) -> Iterator[tuple[SourceRef, str]]:
    """Places and lines of a fact that does not come from a log."""
    match fact:
        case DnsLookup():
            answer = ", ".join(fact.addresses) or {"none": "no answer"}.get(fact.rcode, fact.rcode)
            yield fact.source, f"DNS {fact.qtype} {fact.name}: {answer}"
        case Stream():
            yield from _stream(fact)
        case TcpConnection() | SmtpDialogue():
            for stream in facts.of("tcp.stream"):
                if isinstance(stream, Stream) and (stream.tcp is fact or stream.smtp is fact):
                    yield from _stream(stream)
                    return
        case TlsSession():
            yield from _session(fact, _stream_of(fact, facts))
        case Certificate():
            yield _certificate_source(fact), _certificate(fact)
        case TrustPath():
            yield from _trust_path(fact)
        case TrustStore():
            content = fact.problem or f"{len(fact.entries)} entries, {fact.anchor_count} of them trust anchors"
            yield fact.source, f"trust store ({fact.format}): {content}"
        case CipherList():
            dhe = ", ".join(fact.dhe_tokens) or "none"
            text = "the list is empty" if fact.empty else f"{len(fact.tokens)} entries; with DHE: {dhe}"
            yield fact.source, f"tls-ciphers: {text}"
        case SmtpSettings():
            yield fact.source, _settings(fact)
        case EmailAction():
            yield fact.source, f"e-mail action: To {', '.join(fact.recipients) or 'not given'}"
        case DeliveredMail():
            for sign in fact.strong or fact.weak:
                yield sign.source, sign.quote


def _stream(stream: Stream) -> Iterator[tuple[SourceRef, str]]:
    tls = stream.tls
    if tls is not None and (tls.server_hello_seen or tls.alerts or tls.certificates):
        yield from _session(tls, stream)
        yield from _replies(stream)
        if tls.alert is None and (end := _end(stream.tcp)):
            yield _at(stream.source, stream.last_frame or stream.source.frame), f"connection {end}"
        return
    client = str(stream.client) if stream.client.known else "client"
    server = f"{stream.host}:{stream.port}" if stream.host and stream.port else stream.host or str(stream.server)
    yield stream.source, f"{client} -> {server}: {_conversation(stream)}"
    yield from _replies(stream)


def _replies(stream: Stream) -> Iterator[tuple[SourceRef, str]]:
    """The replies that decide: a command was refused, or the mail was accepted."""
    for reply in _deciding(stream.smtp)[-MAX_REPLIES:]:
        asked = "the data" if reply.after == "." else reply.after
        label = f"reply to {asked}" if asked else "greeting or reply"
        yield _at(stream.source, reply.frame or None), f"{label}: {reply.code} {reply.text[:200]}"


def _deciding(smtp: SmtpDialogue | None) -> list[WireReply]:
    if smtp is None:
        return []
    return [r for r in smtp.replies if r.code >= 400 or (r.after == "." and smtp.accepted)]


def _conversation(stream: Stream) -> str:
    tcp, smtp, tls = stream.tcp, stream.smtp, stream.tls
    parts: list[str] = []
    if tcp.refused:
        parts.append("SYN answered by RST (refused)")
    elif tcp.unanswered:
        parts.append(f"{tcp.syn_count or 'all'} SYN without any answer")
    elif tcp.established:
        parts.append("connected")
    if tcp.icmp:
        parts.append(f"ICMP {tcp.icmp}")
    if stream.proxy is not None:
        parts.append(f"proxy ({stream.proxy.protocol}) answered `{stream.proxy.answer or 'nothing'}`")
    if smtp is not None and smtp.banner:
        parts.append(f"greeting `{smtp.banner[:60]}`")
    elif stream.other_protocol is not None:
        parts.append(f"greeted as {stream.other_protocol.upper()}, not as SMTP")
    elif tcp.established and tls is None and not (stream.proxy is not None and stream.proxy.refused):
        parts.append("no greeting")
    if smtp is not None and smtp.starttls_offered is False:
        parts.append("STARTTLS not offered")
    if smtp is not None and smtp.replies and smtp.replies[-1] not in _deciding(smtp):
        last = smtp.replies[-1]
        parts.append(f"last reply `{last.code} {last.text[:80]}`")
    if tls is not None and tls.client_hello_seen:
        answer = f"`{tls.plaintext_reply[:60]}`" if tls.plaintext_reply else "nothing"
        parts.append(f"ClientHello answered by {answer}")
    if end := _end(tcp):
        parts.append(end)
    return ", ".join(parts) or "no data"


def _end(tcp: TcpConnection) -> str:
    if tcp.reset_by:
        return f"reset by the {tcp.reset_by} after {tcp.reset_after or 'nothing'}"
    if tcp.closed_by:
        return f"closed by the {tcp.closed_by} after {tcp.closed_after or 'nothing'}"
    return f"silent, waiting for the {tcp.waiting_for}" if tcp.waiting_for else ""


def _session(tls: TlsSession, stream: Stream | None) -> Iterator[tuple[SourceRef, str]]:
    source = tls.source or (stream.source if stream else _NO_SOURCE)
    if hello := _hello(tls):
        yield _at(source, _frame(tls, "ServerHello") or _frame(tls, "ClientHello") or source.frame), hello
    if alert := tls.alert:
        yield _at(source, alert.frame), f"TLS alert from the {alert.sender}: {alert.level} {alert.description}"


def _at(source: SourceRef, frame: int | None) -> SourceRef:
    """A frame of a capture; in a transcript, which has none, the line that tells of it."""
    if source.line is None:
        return source.at_frame(frame)
    return source.at_line(frame) if frame else source


def _hello(tls: TlsSession) -> str:
    """The hellos as far as they are there; empty for a session that shows none (the server's alert alone)."""
    if tls.server_hello_seen or tls.version is not None:
        text = f"ServerHello {tls.version or 'of unknown version'} {tls.cipher or ''}".rstrip()
    elif tls.certificates:
        text = "served chain"
    elif tls.client_hello_seen:
        offered = f" (offers {', '.join(tls.offered_versions)})" if tls.offered_versions else ""
        return f"ClientHello{offered}, no ServerHello"
    else:
        return ""
    if tls.dh_bits is not None:
        text += f", DH prime {tls.dh_bits} bits"
    elif tls.group:
        text += f", group {tls.group}"
    if tls.certificates:
        text += f", {len(tls.certificates)} certificate(s), leaf issued by {tls.certificates[0].issuer or 'unknown'}"
    elif tls.certificates_visibility == "encrypted":
        text += ", certificates encrypted (TLS 1.3)"
    return text


def _frame(tls: TlsSession, name: str) -> int | None:
    return next((message.frame for message in tls.messages if message.name == name), None)


def _stream_of(tls: TlsSession, facts: FactBase) -> Stream | None:
    for stream in facts.of("tcp.stream"):
        if isinstance(stream, Stream) and stream.tls is tls:
            return stream
    return None


def _certificate_source(certificate: Certificate) -> SourceRef:
    return certificate.source or SourceRef("certificate", sha256=certificate.sha256)


def _certificate(certificate: Certificate) -> str:
    dates = " to ".join(f"{moment:%Y-%m-%d}" for moment in (certificate.not_before, certificate.not_after) if moment)
    return (
        f"certificate {certificate.subject or certificate.sha256[:16]}, issued by {certificate.issuer}, valid {dates}"
    )


def _trust_path(path: TrustPath) -> Iterator[tuple[SourceRef, str]]:
    if path.status == "trusted":
        anchor = path.anchor.label if path.anchor else "an anchor"
        yield path.store, f"the served chain ends in the stored {anchor}: trusted"
    elif path.gap is not None:
        key = f" (key id {path.gap.authority_key_id})" if path.gap.authority_key_id else ""
        yield (
            path.store,
            f"no path: `{path.gap.child.label}` needs the issuer `{path.gap.issuer}`{key}, not an anchor here",
        )
    else:
        culprit = f" at `{path.culprit.label}`" if path.culprit else ""
        yield path.store, f"{path.status}{f': {path.reason}' if path.reason else ''}{culprit}"
    if path.frame_source is not None:
        names = " <- ".join(certificate.label for certificate in path.chain)
        yield path.frame_source, f"served chain: {names}"


def _settings(settings: SmtpSettings) -> str:
    pairs = (
        ("server", settings.server),
        ("port", settings.port),
        ("encryption", settings.encryption),
        ("from", settings.sender),
        ("user name", settings.user_shape),
        ("password", settings.password_shape),
        ("verified", ", ".join(settings.verified_domains) or None),
    )
    return "SMTP settings: " + ", ".join(f"{name} {value}" for name, value in pairs if value is not None)
