"""The places and quotes to show for facts of captures, trust stores, settings and mails.

Apart from `cite.py` because an excerpt of a log needs none of their classes.
"""

from __future__ import annotations

from collections.abc import Iterator

from sestriage.model.capture import DnsLookup, SmtpDialogue, Stream, TcpConnection, TlsSession, WireReply
from sestriage.model.config import CipherList, EmailAction, SmtpSettings
from sestriage.model.facts import FactBase
from sestriage.model.mail import DeliveredMail
from sestriage.model.message import Message, together
from sestriage.model.source import SourceRef
from sestriage.model.transcript import NameAnswer
from sestriage.model.trust import REASONS, Certificate, TrustPath, TrustStore

_NO_SOURCE = SourceRef("?")
PATH_STATUS = {
    "trusted": Message("trusted"),
    "no-path": Message("no-path"),
    "invalid": Message("invalid"),
    "empty-store": Message("empty-store"),
    "undecided": Message("undecided"),
}
"""What is decided of a chain and a store (`TrustPath.status`), in words."""
_PEERS = {"client": Message("client"), "server": Message("server")}
_NOTHING = Message("nothing")
MAX_REPLIES = 3
"""Of the replies that decide, the newest are shown: a sender may be told the same of many recipients."""


def places(fact: object, facts: FactBase) -> Iterator[tuple[SourceRef, str]]:
    """Places and lines of a fact that does not come from a log."""
    match fact:
        case DnsLookup():
            answer = ", ".join(fact.addresses) or {"none": Message("no answer")}.get(fact.rcode, fact.rcode)
            yield fact.source, Message("DNS {type} {name}: {answer}", type=fact.qtype, name=fact.name, answer=answer)
        case NameAnswer():
            yield fact.source, _asked(fact)
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
            content = fact.problem or Message(
                "{count} entries, {anchors} of them trust anchors", count=len(fact.entries), anchors=fact.anchor_count
            )
            yield fact.source, Message("trust store ({format}): {content}", format=fact.format, content=content)
        case CipherList():
            yield fact.source, together("tls-ciphers", _cipher_list(fact), between=": ")
        case SmtpSettings():
            yield fact.source, _settings(fact)
        case EmailAction():
            recipients = ", ".join(fact.recipients) or Message("not given")
            yield fact.source, Message("e-mail action: To {recipients}", recipients=recipients)
        case DeliveredMail():
            for sign in fact.strong or fact.weak:
                yield sign.source, sign.quote


def _asked(fact: NameAnswer) -> Message:
    found = ", ".join(fact.addresses) or Message("no address")
    if fact.container:
        return Message("getent inside the container, {name}: {found}", name=fact.name, found=found)
    return Message("getent on the appliance, {name}: {found}", name=fact.name, found=found)


def _cipher_list(fact: CipherList) -> Message:
    if fact.empty:
        return Message("the list is empty")
    dhe = ", ".join(fact.dhe_tokens) or Message("none")
    return Message("{count} entries; with DHE: {tokens}", count=len(fact.tokens), tokens=dhe)


def _stream(stream: Stream) -> Iterator[tuple[SourceRef, str]]:
    tls = stream.tls
    if tls is not None and (tls.server_hello_seen or tls.alerts or tls.certificates):
        yield from _session(tls, stream)
        yield from _replies(stream)
        if tls.alert is None and (end := _end(stream.tcp)):
            place = stream.tcp.end_frame or stream.last_frame or stream.source.frame
            yield _at(stream.source, place), Message("connection {end}", end=end)
        return
    client = str(stream.client) if stream.client.known else _PEERS["client"]
    server = f"{stream.host}:{stream.port}" if stream.host and stream.port else stream.host or str(stream.server)
    said = _conversation(stream)
    yield stream.source, Message("{client} -> {server}: {said}", client=client, server=server, said=said)
    yield from _replies(stream)


def _replies(stream: Stream) -> Iterator[tuple[SourceRef, str]]:
    """The replies that decide: a command was refused, or the mail was accepted."""
    for reply in _deciding(stream.smtp)[-MAX_REPLIES:]:
        asked = Message("the data") if reply.after == "." else reply.after
        label = Message("reply to {command}", command=asked) if asked else Message("greeting or reply")
        said = Message("{label}: {code} {reply}", label=label, code=reply.code, reply=reply.text[:200])
        yield _at(stream.source, reply.frame or None), said


def _deciding(smtp: SmtpDialogue | None) -> list[WireReply]:
    if smtp is None:
        return []
    return [r for r in smtp.replies if r.code >= 400 or (r.after == "." and smtp.accepted)]


def _conversation(stream: Stream) -> str:
    tcp, smtp, tls = stream.tcp, stream.smtp, stream.tls
    parts: list[str] = []
    if tcp.refused:
        parts.append(Message("SYN answered by RST (refused)"))
    elif tcp.unanswered:
        parts.append(Message("{count} SYN without any answer", count=tcp.syn_count or Message("all")))
    elif tcp.established:
        parts.append(Message("connected"))
    if tcp.icmp:
        parts.append(f"ICMP {tcp.icmp}")
    if stream.proxy is not None:
        answer = stream.proxy.answer or Message("nothing")
        parts.append(Message("proxy ({protocol}) answered `{answer}`", protocol=stream.proxy.protocol, answer=answer))
    if smtp is not None and smtp.banner:
        parts.append(Message("greeting `{banner}`", banner=smtp.banner[:60]))
    elif stream.other_protocol is not None:
        parts.append(Message("greeted as {protocol}, not as SMTP", protocol=stream.other_protocol.upper()))
    elif tcp.established and tls is None and not (stream.proxy is not None and stream.proxy.refused):
        parts.append(Message("no greeting"))
    if smtp is not None and smtp.starttls_offered is False:
        parts.append(Message("STARTTLS not offered"))
    if smtp is not None and smtp.replies and smtp.replies[-1] not in _deciding(smtp):
        last = smtp.replies[-1]
        parts.append(Message("last reply `{code} {reply}`", code=last.code, reply=last.text[:80]))
    if tls is not None and tls.client_hello_seen:
        answer = f"`{tls.plaintext_reply[:60]}`" if tls.plaintext_reply else _NOTHING
        parts.append(Message("ClientHello answered by {answer}", answer=answer))
    if end := _end(tcp):
        parts.append(end)
    return together(*parts, between=", ") or Message("no data")


def _end(tcp: TcpConnection) -> str:
    if tcp.reset_by:
        told = {"peer": _PEERS[tcp.reset_by], "message": tcp.reset_after or _NOTHING}
        return Message("reset by the {peer} after {message}", **told)
    if tcp.closed_by:
        told = {"peer": _PEERS[tcp.closed_by], "message": tcp.closed_after or _NOTHING}
        return Message("closed by the {peer} after {message}", **told)
    waiting = tcp.waiting_for
    return Message("silent, waiting for the {peer}", peer=_PEERS[waiting]) if waiting else ""


def _session(tls: TlsSession, stream: Stream | None) -> Iterator[tuple[SourceRef, str]]:
    source = tls.source or (stream.source if stream else _NO_SOURCE)
    if hello := _hello(tls, half=stream is not None and stream.tcp.one_sided):
        yield _at(source, _frame(tls, "ServerHello") or _frame(tls, "ClientHello") or source.frame), hello
    if alert := tls.alert:
        told = {"peer": _PEERS[alert.sender], "level": alert.level, "alert": alert.description}
        yield _at(source, alert.frame), Message("TLS alert from the {peer}: {level} {alert}", **told)


def _at(source: SourceRef, frame: int | None) -> SourceRef:
    """A frame of a capture; in a transcript, which has none, the line that tells of it."""
    if source.line is None:
        return source.at_frame(frame)
    return source.at_line(frame) if frame else source


def _hello(tls: TlsSession, half: bool = False) -> str:
    """The hellos as far as they are there; empty for a session that shows none (the server's alert alone). `half`: only
    one direction was captured, and a ServerHello may have been sent in the other."""
    if tls.server_hello_seen or tls.version is not None:
        hello = ("ServerHello", tls.version or Message("of unknown version"), tls.cipher or "")
        text = together(*hello)
    elif tls.certificates:
        text = Message("served chain")
    elif tls.client_hello_seen and half:
        return Message("ClientHello; the server's direction was not captured")
    elif tls.client_hello_seen:
        if not tls.offered_versions:
            return Message("ClientHello, no ServerHello")
        return Message("ClientHello (offers {versions}), no ServerHello", versions=", ".join(tls.offered_versions))
    else:
        return ""
    return together(text, _key(tls), _served(tls), between=", ")


def _key(tls: TlsSession) -> str:
    if tls.dh_bits is not None:
        return Message("DH prime {bits} bits", bits=tls.dh_bits)
    return Message("group {group}", group=tls.group) if tls.group else ""


def _served(tls: TlsSession) -> str:
    if tls.certificates:
        issuer = tls.certificates[0].issuer or Message("unknown")
        return Message("{count} certificate(s), leaf issued by {issuer}", count=len(tls.certificates), issuer=issuer)
    return Message("certificates encrypted (TLS 1.3)") if tls.certificates_visibility == "encrypted" else ""


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
    moments = (moment for moment in (certificate.not_before, certificate.not_after) if moment)
    days = [f"{moment:%Y-%m-%d}" for moment in moments]
    dates = Message("{since} to {until}", since=days[0], until=days[1]) if len(days) == 2 else "".join(days)
    return Message(
        "certificate {subject}, issued by {issuer}, valid {dates}",
        subject=certificate.subject or certificate.sha256[:16],
        issuer=certificate.issuer,
        dates=dates,
    )


def store_answer(path: TrustPath) -> str:
    """What a store says of a chain: its name, and trusted or not."""
    return together(path.store.name, PATH_STATUS[path.status], between=": ")


def _trust_path(path: TrustPath) -> Iterator[tuple[SourceRef, str]]:
    if path.status == "trusted":
        anchor = path.anchor.label if path.anchor else Message("an anchor")
        yield path.store, Message("the served chain ends in the stored {anchor}: trusted", anchor=anchor)
    elif path.gap is not None:
        key_id = path.gap.authority_key_id
        missing = Message(
            "no path: `{label}` needs the issuer `{issuer}`{key}, not an anchor here",
            label=path.gap.child.label,
            issuer=path.gap.issuer,
            key=Message(" (key id {id})", id=key_id) if key_id else "",
        )
        yield path.store, missing
    else:
        told = together(PATH_STATUS[path.status], REASONS.get(path.reason or "", path.reason or ""), between=": ")
        culprit = Message("{status} at `{label}`", status=told, label=path.culprit.label) if path.culprit else told
        yield path.store, culprit
    if path.frame_source is not None:
        names = " <- ".join(certificate.label for certificate in path.chain)
        yield path.frame_source, Message("served chain: {names}", names=names)


def _settings(settings: SmtpSettings) -> str:
    pairs = (
        (Message("server"), settings.server),
        (Message("port"), settings.port),
        (Message("encryption"), settings.encryption),
        (Message("from"), settings.sender),
        (Message("user name"), settings.user_shape),
        (Message("password"), settings.password_shape),
        (Message("verified"), ", ".join(settings.verified_domains) or None),
    )
    given = (together(name, str(value)) for name, value in pairs if value is not None)
    return Message("SMTP settings: {fields}", fields=together(*given, between=", "))
