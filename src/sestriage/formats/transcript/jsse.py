"""From the trace of a Java client's TLS to the facts that a capture of it would give, and to what it made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from sestriage.formats.certs.x509_names import cut, escape
from sestriage.formats.log.lines.physical import decode_line
from sestriage.formats.log.problems import Problems
from sestriage.formats.log.reader import parse_text
from sestriage.formats.log.timestamp import stamp_at
from sestriage.formats.log.unwrap import LineUnwrapper
from sestriage.formats.tls import registry
from sestriage.formats.tls.openssl_names import suite_number
from sestriage.formats.transcript.jsse_handshake import Handshake, PrintedCertificate
from sestriage.formats.transcript.jsse_lines import TraceLines
from sestriage.formats.transcript.keytool import certificate_named, parse_dn
from sestriage.model.capture import Endpoint, Stream, TcpConnection, TlsAlert, TlsMessage, TlsSession
from sestriage.model.log import LogEvent
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef
from sestriage.model.transcript import TlsTrace, TrustDecision
from sestriage.model.trust import Certificate
from sestriage.model.vocabulary import Side

_CODES: Final = {name: code for code, name in registry.ALERTS.items()}
_CERTIFICATE_ALERTS: Final = frozenset(
    {"bad_certificate", "unsupported_certificate", "certificate_revoked", "certificate_expired"}
    | {"certificate_unknown", "unknown_ca", "no_certificate"}
)
_GONE: Final = re.compile(
    r"Remote host (?:terminated|closed)|Connection (?:reset|or outbound)|Broken pipe|SSL peer shut down|Read timed out"
    r"|Socket (?:is )?closed|Software caused connection abort|Unsupported or unrecognized SSL message"
)
"""The client gave up because nothing came any more: no alert tells the server of a reason."""
_RESET: Final = re.compile(r"Connection reset|Broken pipe")
_CLOSED: Final = re.compile(r"Remote host (?:terminated|closed)|SSL peer shut down")


class TraceReader:
    """Gathers the handshakes from whole lines of a text, whatever they are wrapped in."""

    def __init__(self, source: SourceRef) -> None:
        self._source = source
        self._lines = TraceLines()
        self._unwrapper = LineUnwrapper(Problems())

    @property
    def inside(self) -> bool:
        """The next lines may belong to a handshake that was begun."""
        return self._lines.inside

    def take(self, data: bytes, first_line: int) -> None:
        """The next lines, ends included."""
        for number, raw in enumerate(data.split(b"\n")[:-1], start=first_line):
            for line in self._unwrapper.feed(number, decode_line(raw)[0], hot=False):
                self._lines.take(number, line.text)

    def traces(self, before: int = 0) -> tuple[TlsTrace, ...]:
        """What they tell, in the order in which they began; so many lines of the file lie before what was read. To be
        asked once, at the end."""
        found = [each for each in self._lines.handshakes if not each.serves]
        for each in found if before else ():
            each.move_down(before)
        return tuple(_trace(each, self._source) for each in found)


def read_traces(data: bytes, source: SourceRef) -> tuple[TlsTrace, ...]:
    """The handshakes of a whole text. Never raises."""
    reader = TraceReader(source)
    reader.take(data + b"\n", 1)
    return reader.traces()


def _trace(each: Handshake, source: SourceRef) -> TlsTrace:
    place = source.at_line(each.first, max(each.last, each.first))
    alerts = tuple(_alerts(each))
    tls = _session(each, source, alerts)
    stream = Stream(
        source=place,
        client=Endpoint("", 0),
        server=Endpoint("", 0),
        tcp=_tcp(each),
        tls=tls,
        started=_aware(each.started),
        ended=_aware(each.ended),
        server_name=each.sni,
    )
    failure = _failure(each, source, alerts)
    return TlsTrace(
        place, stream, each.thread, failure, _decision(each, alerts), _printable(each.store), each.store_size
    )


def _decision(each: Handshake, alerts: tuple[TlsAlert, ...]) -> TrustDecision | None:
    """A client sends its Finished once it trusts the chain that it was served."""
    if each.trusted or (each.certificates and "client" in each.finished):
        return "trusted"
    return "refused" if _sent(alerts) in _CERTIFICATE_ALERTS else None


def _printable(text: str | None) -> str | None:
    return None if text is None else cut(escape(text), 300)


def _aware(when: datetime | None) -> datetime | None:
    """A capture's times have a zone; a trace's may not, and then they stay out."""
    return when.astimezone(UTC) if when is not None and when.tzinfo is not None else None


def _sent(alerts: tuple[TlsAlert, ...]) -> str | None:
    return next((a.description for a in alerts if a.sender == "client" and a.level == "fatal"), None)


def _alerts(each: Handshake) -> Iterator[TlsAlert]:
    """The alerts of both sides; the one that the client's end of the handshake sends is printed in words only."""
    for sender, level, name, line in each.alerts:
        yield TlsAlert(_side(sender), level, _CODES.get(name, 0), name, line)
    said = each.fault[0] if each.fault else ""
    told = any(alert[1] == "fatal" for alert in each.alerts)
    if each.fault_alert is not None and not told and not any(map(_GONE.search, (said, *each.fault[:3]))):
        yield TlsAlert("client", "fatal", _CODES.get(each.fault_alert, 0), each.fault_alert, each.fault_line)


def _side(sender: str) -> Side:
    return "client" if sender == "client" else "server"


def _tcp(each: Handshake) -> TcpConnection:
    said = "\n".join(each.fault[:3])
    after = f"{each.steps[-1][0]}:{each.steps[-1][1]}" if each.steps else None
    reset, closed = _RESET.search(said) is not None, _CLOSED.search(said) is not None
    return TcpConnection(
        established=True,
        reset_by="server" if reset else None,
        reset_after=after if reset else None,
        closed_by="server" if closed and not reset else None,
        closed_after=after if closed and not reset else None,
        end_frame=each.fault_line or None if reset or closed else None,
    )


def _session(each: Handshake, source: SourceRef, alerts: tuple[TlsAlert, ...]) -> TlsSession:
    number = suite_number(each.suite) if each.suite else None
    suite = registry.suite(number) if number is not None else registry.named_suite(each.suite or "")
    group = each.group.lower() if each.group else None
    exchange = "ECDHE" if each.version == "TLSv1.3" and group else suite.key_exchange
    certificates = tuple(_certificate(item, source) for item in each.certificates)
    done = {"client", "server"} <= each.finished
    return TlsSession(
        version=each.version if each.suite else None,
        offered_versions=each.offered_versions,
        cipher=(suite.name or each.suite) if each.suite else None,
        offered_ciphers=each.offered_suites,
        sni=each.sni,
        key_exchange=exchange if each.suite else None,
        authentication=suite.authentication if each.suite else None,
        dh_bits=each.dh_bits,
        group=group,
        resumed=each.resumed,
        certificates_visibility="truncated" if certificates else "absent",
        certificates=certificates,
        client_certificate_requested=each.asks_for_certificate,
        alerts=alerts,
        messages=tuple(TlsMessage(_side(who), name, line, when) for who, name, line, when in each.steps),
        client_hello_seen=True,
        server_hello_seen=each.suite is not None,
        completed=done,
        client_finished="client" in each.finished,
        application_data=len(each.data) == 2,
        client_application_bytes=int("client" in each.data),
        server_application_bytes=int("server" in each.data),
        started_by="unknown",
        source=source.at_line(each.first),
    )


# --- certificates ------------------------------------------------------------------------------------------------


def _certificate(item: PrintedCertificate, source: SourceRef) -> Certificate:
    """What a trace prints of a certificate: it has no DER, so that nothing is known of its key."""
    owner, issuer = (parse_dn(item.values.get(name, "")) for name in ("subject", "issuer"))
    serial = re.sub(r"[^0-9a-f]", "", item.values.get("serial number", "").lower()).lstrip("0")
    return replace(
        certificate_named(owner, issuer),
        serial=serial,
        not_before=_moment(item.values.get("not before")),
        not_after=_moment(item.values.get("not after")),
        signature_algorithm=_printable(item.values.get("signature algorithm")),
        dns_names=tuple(item.names),
        ip_addresses=tuple(item.addresses),
        has_san=bool(item.names or item.addresses),
        source=source.at_line(item.line),
    )


def _moment(text: str | None) -> datetime | None:
    stamp = stamp_at(text, 0) if text else None
    return _aware(stamp.when) if stamp is not None else None


# --- the end of a handshake --------------------------------------------------------------------------------------


def _failure(each: Handshake, source: SourceRef, alerts: tuple[TlsAlert, ...]) -> LogEvent | None:
    """The exception by which it ended, read as any exception of a log is; about mail where its host shows it is told
    by others."""
    if not each.fault:
        return None
    text = "\n".join(line for line in each.fault if line.strip())
    read = parse_text(text, source)
    if not read:
        return None
    event = read[0]
    sent = _sent(alerts)
    phase = event.phase or (Phase.CERTIFICATE if sent in _CERTIFICATE_ALERTS else Phase.TLS)
    line = each.fault_line
    return replace(
        event,
        source=source.at_line(line, max(each.last, line)),
        time=each.ended,
        thread=each.thread,
        throwables=tuple(throwable.moved_down(line) for throwable in event.throwables),
        quote_line=(event.quote_line or 1) + line,
        outcome="failure",
        mail=True,
        perhaps=None,
        phase=phase,
        host=each.sni,
        port=None,
    )
