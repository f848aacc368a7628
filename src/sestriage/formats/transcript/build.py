"""From a run of s_client to the facts that a capture of it would give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import zip_longest

from sestriage.formats.certs.x509 import parse_certificate
from sestriage.formats.log.wording.openssl_error import ALERTS, alert_number, find_error
from sestriage.formats.tls import registry
from sestriage.formats.tls.openssl_names import suite_number
from sestriage.formats.transcript.s_client import NumberedLine, Run, find_runs
from sestriage.model.capture import Endpoint, SmtpDialogue, Stream, TcpConnection, TlsAlert, TlsMessage, TlsSession
from sestriage.model.known.ses import PORT_MODES
from sestriage.model.log import LogEvent
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef
from sestriage.model.transcript import Transcript
from sestriage.model.trust import Certificate
from sestriage.model.vocabulary import ConnectionMode, Visibility

MAX_CERTIFICATES = 64
MAX_NAME = 500
"""Characters of a printed name."""

SERVER_FAULTS = frozenset({9, 10, 18, 21, 62, 66, 67, 68})
"""Verify codes that tell of the served chain whatever the trust store: dates, a certificate that is its own issuer, an
issuer that was not sent, a wrong name, weak keys. The others (2, 19, 20) depend on the store that openssl was given."""

NO_CIPHER = ("(NONE)", "0000")
"""What s_client prints instead of a suite when the handshake was not finished."""

_VERSIONS = {"TLSv1": "TLSv1.0", "SSLv3.0": "SSLv3"}
"""OpenSSL's names that differ from ours."""

_GROUPS = {"P-256": "secp256r1", "prime256v1": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1"}

_TEMP_KEY = re.compile(
    r"(?:Server|Peer) Temp Key: (?P<kind>DH|ECDH|X25519|X448)(?:, (?P<group>[A-Za-z0-9_-]+))?, (?P<bits>\d{1,6}) bits"
)
_GROUP = re.compile(r"Negotiated TLS1\.3 group: (?P<group>[A-Za-z0-9_-]{1,60})")

_REFUSED, _UNREACHABLE = {111, 61, 10061}, {113, 101, 51, 65, 10051, 10065}
_TIMED_OUT = {110, 60, 10060}
"""errno values of Linux, BSD and macOS, Windows."""

_NAME_UNKNOWN = re.compile(
    r"Name or service not known|Temporary failure in name resolution|nodename nor servname|host/servname not known"
    r"|No address associated with hostname"
)


def read_runs(data: bytes, source: SourceRef) -> list[Transcript]:
    """The runs of s_client in a text, in its order. Never raises; empty when there is none."""
    return [_transcript(run, source) for run in find_runs(data)]


def _transcript(run: Run, source: SourceRef) -> Transcript:
    place = source.at_line(run.first, run.last or run.first)
    host, port = _target(run)
    tls = _session(run, source, host)
    smtp = _dialogue(run, tls)
    started = _moment(run.started)
    stream = Stream(
        source=place,
        client=Endpoint("", 0),
        server=Endpoint(run.peer_address or "", port or 0),
        tcp=_tcp(run),
        smtp=smtp,
        tls=tls,
        started=started,
        ended=started,
        server_name=host,
    )
    certificates = tls.certificates if tls else ()
    option = run.option
    verify = _verify_code(run, served=bool(certificates))
    return Transcript(
        source=place,
        stream=stream,
        events=tuple(_events(run, source, started, host, port)),
        listed=max(_sent(run), len(certificates)),
        printed=tuple((entry.subject[:MAX_NAME], entry.issuer[:MAX_NAME]) for entry in run.entries[:MAX_CERTIFICATES]),
        verify_code=verify[0] if verify else None,
        verify_text=verify[1] if verify else None,
        host=host,
        cipher_option=option.get("-cipher"),
        restricted="-cipher" in option or "-tls1_2" in option or "-no_tls1_3" in option,
        answered=_turned_away(run),
        chain_only=_is_piece(run),
    )


def _verify_code(run: Run, *, served: bool) -> tuple[int, str, NumberedLine] | None:
    """OpenSSL's last word on the certificate; a code of 0 counts only where a handshake was finished with one."""
    if run.no_certificate or not (served or run.entries or run.verify_errors):
        return None
    code = run.verify or next(reversed(run.verify_errors), None)
    return None if code is not None and code[0] == 0 and not (served or _done(run)) else code


def _is_piece(run: Run) -> bool:
    """The first file of a transcript that was split behind each certificate: it ends with the first one."""
    return run.cipher is None and run.read_bytes is None and not run.trouble and len(run.blocks) == 1


def _moment(seconds: int | None) -> datetime | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _target(run: Run) -> tuple[str | None, int | None]:
    """Host and port of the command line; (None, None) without one."""
    option = run.option
    match = re.match(r"\[?([^\s\[\]/]{1,253}?)\]?(?::(\d{1,5}))?$", option.get("-connect") or option.get("-host") or "")
    host = match[1] if match else None
    name = option.get("-servername") or host
    port = (match[2] if match else None) or option.get("-port")
    number = int(port) if port and port.isdigit() and len(port) < 6 else None
    return name.lower() if name else None, number if number and number < 65536 else None


def _tcp(run: Run) -> TcpConnection:
    errno = run.connect_errno
    if run.connected is None and errno is not None:
        icmp = "host-unreachable" if errno in _UNREACHABLE else None
        known = errno in _REFUSED or errno in _TIMED_OUT or icmp is not None
        return TcpConnection(
            syn_seen=known, syn_count=int(known), refused=errno in _REFUSED, unanswered=errno in _TIMED_OUT, icmp=icmp
        )
    reset = any(re.search(r"errno=104\b", line.text) for line in run.trouble)
    return TcpConnection(
        established=run.connected is not None or bool(run.entries) or run.temp_key is not None,
        syn_seen=True,
        synack_seen=True,
        reset_by="server" if reset else None,
        client_bytes=run.written_bytes or 0,
        server_bytes=run.read_bytes or 0,
    )


def _dialogue(run: Run, tls: TlsSession | None) -> SmtpDialogue | None:
    """What is known of the clear text: s_client prints of it only that STARTTLS was not offered, or the last line of
    the answer to its first EHLO."""
    if run.no_starttls is not None:
        offered = False if _not_offered(run) else None
        return SmtpDialogue(ehlo_seen=_not_offered(run), starttls_offered=offered)
    asked = run.option.get("-starttls") == "smtp" or run.smtp_reply is not None
    if not asked or run.connected is None:
        return None
    secured = tls is not None and (tls.server_hello_seen or bool(tls.certificates))
    if not secured:
        return SmtpDialogue()
    return SmtpDialogue(
        greeting_code=220, ehlo_seen=True, starttls_offered=True, starttls_command=True, starttls_reply=220
    )


def _session(run: Run, source: SourceRef, host: str | None) -> TlsSession | None:
    if run.connected is None and not run.entries and run.cipher is None and run.temp_key is None:
        return None
    certificates = _certificates(run, source)
    name = run.cipher.text if run.cipher is not None and _done(run) else None
    number = suite_number(name) if name else None
    suite = registry.suite(number) if number is not None else registry.Suite(name or "", None, None)
    version = run.protocol.text if run.protocol is not None else None
    version = _VERSIONS.get(version, version) if version else None
    done = name is not None
    alerts = tuple(_alerts(run))
    greeted = run.greeting is not None and "-starttls" not in run.option
    finished = (done or greeted) and not _turned_away(run)
    served = bool(certificates) or done or greeted or run.temp_key is not None
    group, dh_bits, kind = _key(run, version)
    return TlsSession(
        version=version if served else None,
        cipher=(suite.name or None) if done else None,
        sni=host if host and not host.replace(".", "").isdigit() and ":" not in host else None,
        key_exchange=kind or (suite.key_exchange if done else None),
        authentication=suite.authentication if done else None,
        dh_bits=dh_bits,
        group=group,
        resumed=run.reused,
        certificates_visibility=_visibility(run, certificates, version if done else None),
        certificates=certificates,
        alerts=alerts,
        messages=tuple(_messages(run, done=done)),
        client_hello_seen=run.connected is not None or run.temp_key is not None,
        server_hello_seen=served,
        completed=finished,
        client_finished=finished,
        started_by=_started_by(run),
        source=source.at_line(next((line.number for line in (run.connected, run.temp_key) if line), run.first)),
    )


def _started_by(run: Run) -> str:
    """`starttls` or `connect` by the command line, by what was printed of the clear text, or by the port; `unknown`
    without any of them."""
    option = run.option
    if "-starttls" in option or run.smtp_reply is not None or run.no_starttls is not None:
        return "starttls"
    if run.command is not None:
        return "connect"
    return {"starttls": "starttls", "wrapper": "connect"}.get(PORT_MODES.get(_target(run)[1] or 0, ""), "unknown")


def _visibility(run: Run, certificates: tuple[Certificate, ...], version: str | None) -> Visibility:
    if not certificates:
        return "truncated" if run.entries else "absent"
    return "clear" if len(certificates) >= _sent(run) else "truncated"


def _sent(run: Run) -> int:
    """How many certificates the server sent, each counted once: some servers send their own one twice. One that is
    listed and not printed counts."""
    seen: set[bytes] = set()
    count = 0
    ends = [entry.line for entry in run.entries[1:]]
    for entry, end in zip_longest(run.entries, ends):
        printed = (b.content for b in run.blocks if entry.line <= b.line and (end is None or b.line < end))
        content = next(printed, None)
        if content is None or content not in seen:
            count += 1
        seen |= {content} if content is not None else set()
    return count


def _certificates(run: Run, source: SourceRef) -> tuple[Certificate, ...]:
    """In the order in which they were served; the server's own once, although some releases print it twice."""
    found: dict[str, Certificate] = {}
    for block in run.blocks:
        if block.content is None or len(found) >= MAX_CERTIFICATES:
            continue
        certificate = parse_certificate(block.content, source.at_line(block.line, block.end_line))
        found.setdefault(certificate.sha256, certificate)
    return tuple(found.values())


def _key(run: Run, version: str | None) -> tuple[str | None, int | None, str | None]:
    """Group, size of the DH prime (TLS 1.2 and older), and key exchange where the line tells."""
    if run.temp_key is None:
        return None, None, None
    if match := _GROUP.match(run.temp_key.text):
        return match["group"], None, "ECDHE"
    match = _TEMP_KEY.match(run.temp_key.text)
    if match is None:
        return None, None, None
    bits = int(match["bits"])
    if match["kind"] == "DH":
        return (f"ffdhe{bits}", None, "DHE") if version == "TLSv1.3" else (None, bits, "DHE")
    group = match["kind"].lower() if match["kind"] in ("X25519", "X448") else match["group"]
    return _GROUPS.get(group or "", group), None, "ECDHE"


def _alerts(run: Run) -> Iterator[TlsAlert]:
    """Alerts that the server sent; what s_client itself sent is not printed."""
    codes = {name: code for code, name in ALERTS.items()}
    for line in run.trouble:
        error = find_error(line.text)
        name = alert_number(line.text) or (error.alert if error is not None else None)
        if name is not None:
            yield TlsAlert("server", "fatal", codes.get(name, 0), name, line.number)


def _messages(run: Run, *, done: bool) -> Iterator[TlsMessage]:
    """The steps that the transcript proves, at the lines that prove them."""
    if run.connected is not None:
        yield TlsMessage("client", "ClientHello", run.connected.number)
    if run.cipher is not None and done:
        yield TlsMessage("server", "ServerHello", run.cipher.number)
    if run.entries:
        yield TlsMessage("server", "Certificate", run.entries[0].line)
    if run.temp_key is not None and (run.protocol is None or run.protocol.text != "TLSv1.3"):
        yield TlsMessage("server", "ServerKeyExchange", run.temp_key.number)


# --- failures as events ------------------------------------------------------------------------------------------


def _events(run: Run, source: SourceRef, at: datetime | None, host: str | None, port: int | None) -> Iterator[LogEvent]:
    lines = [line for line in run.trouble if not _harmless(line, run)]
    if _not_offered(run) and not _done(run):
        assert run.no_starttls is not None  # noqa: S101 - _not_offered says so
        lines.insert(0, run.no_starttls)
    mode: ConnectionMode | None = "starttls" if run.option.get("-starttls") == "smtp" else None
    if lines:
        yield _event(lines, source, at, host, port, _phase(lines, run), mode=mode)
    fault = next(_faults(run), None)
    if fault is not None:
        number, text, line = fault
        told = NumberedLine(line.number, f"verify error:num={number}:{text}")
        yield _event([told], source, at, host, port, Phase.CERTIFICATE, mode=mode, verify=number)


def _done(run: Run) -> bool:
    """The cipher suite was settled: in TLS 1.2 the handshake was finished, in TLS 1.3 the server had answered."""
    return run.cipher is not None and run.cipher.text not in NO_CIPHER


def _turned_away(run: Run) -> bool:
    """The client itself gave up over the certificate (-verify_return_error), though TLS 1.3 had settled the suite."""
    return _done(run) and any("certificate verify failed" in line.text for line in run.trouble)


def _not_offered(run: Run) -> bool:
    """STARTTLS was missing in an answer to EHLO; s_client says so too when nothing came at all."""
    return run.no_starttls is not None and (run.read_bytes or 0) > 0


def _harmless(line: NumberedLine, run: Run) -> bool:
    """An end of the connection after the handshake."""
    return _done(run) and ("unexpected eof" in line.text or "errno" in line.text)


def _faults(run: Run) -> Iterator[tuple[int, str, NumberedLine]]:
    if run.no_certificate or not (run.blocks or run.entries):
        return
    if run.verify is not None and run.verify[0] in SERVER_FAULTS:
        yield run.verify
    yield from (found for found in run.verify_errors if found[0] in SERVER_FAULTS)


def _phase(lines: list[NumberedLine], run: Run) -> Phase:
    if any(_NAME_UNKNOWN.search(line.text) for line in lines):
        return Phase.DNS
    if run.connected is None:
        return Phase.TCP
    if run.no_starttls is not None:
        return Phase.STARTTLS if lines[0] is run.no_starttls else Phase.GREETING
    return Phase.TLS


def _event(
    lines: list[NumberedLine],
    source: SourceRef,
    at: datetime | None,
    host: str | None,
    port: int | None,
    phase: Phase,
    *,
    mode: ConnectionMode | None,
    verify: int | None = None,
) -> LogEvent:
    text = "\n".join(line.text[:400] for line in lines)
    error = find_error(text)
    return LogEvent(
        source=source.at_line(lines[0].number, lines[-1].number),
        time=at,
        level=None,
        logger=None,
        thread=None,
        message=text,
        throwables=(),
        text=text,
        quote=lines[0].text[:300],
        outcome="failure",
        mail=True,
        phase=phase,
        openssl_reason=error.reason if error else None,
        openssl_function=error.function if error else None,
        openssl_code=error.code if error else None,
        alert=alert_number(text) or (error.alert if error else None),
        verify_code=verify,
        connection_mode=mode,
        host=host,
        port=port,
    )
