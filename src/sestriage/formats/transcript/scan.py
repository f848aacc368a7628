"""From the output of a scanner of TLS to facts: one conversation for what the server prefers, one for its DHE suites.

A scanner makes many connections; what it lists was taken by the server, and never met by the Manager.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sestriage.formats.certs import pem
from sestriage.formats.certs.x509 import parse_certificate
from sestriage.formats.tls import registry
from sestriage.formats.tls.openssl_names import suite_number
from sestriage.formats.transcript.scan_lines import VERSIONS, Scan, Taken, find_scans
from sestriage.model.capture import Endpoint, SmtpDialogue, Stream, TcpConnection, TlsMessage, TlsSession
from sestriage.model.known.ses import PORT_MODES
from sestriage.model.source import SourceRef
from sestriage.model.transcript import Transcript
from sestriage.model.trust import Certificate

DHE_SUITES = "DHE suites"
"""Label of the conversation that tells of them."""


def read_scans(data: bytes, source: SourceRef) -> list[Transcript]:
    """What the scans of a text show, in its order; nothing of a scan that met no TLS. Never raises."""
    data = pem.plain_text(data)
    found: list[Transcript] = []
    for scan in find_scans(data.decode("utf-8", "replace")):
        found += _conversations(scan, data, source)
    return found


def _conversations(scan: Scan, data: bytes, source: SourceRef) -> list[Transcript]:
    if not scan.suites:
        return []
    best = max(scan.suites, key=lambda taken: (_age(taken.version), -taken.line))
    small = min((taken for taken in scan.suites if taken.dh_bits), key=lambda taken: taken.dh_bits or 0, default=None)
    leaf = _leaf(scan, data, source)
    if small is None or all(taken.dh_bits for taken in scan.suites):
        return [_transcript(scan, small or best, source, leaf)]
    dhe = replace(_transcript(scan, small, source, ()), restricted=True, cipher_option="DHE", label=DHE_SUITES)
    return [dhe, _transcript(scan, best, source, leaf)]


def _age(version: str) -> int:
    return VERSIONS.index(version) if version in VERSIONS else -1


def _leaf(scan: Scan, data: bytes, source: SourceRef) -> tuple[Certificate, ...]:
    """The server's certificate, where sslscan was asked to show it."""
    for block in pem.blocks(data):
        if scan.first <= block.line <= max(scan.last, scan.first) and block.content is not None:
            return (parse_certificate(block.content, source.at_line(block.line, block.end_line)),)
    return ()


def _transcript(scan: Scan, taken: Taken, source: SourceRef, leaf: tuple[Certificate, ...]) -> Transcript:
    place = source.at_line(scan.first, max(scan.last, scan.first))
    tls = _session(scan, taken, source, leaf)
    started = _moment(scan.started)
    host = scan.host.lower() if scan.host else None
    stream = Stream(
        source=place,
        client=Endpoint("", 0),
        server=Endpoint("", scan.port if scan.port and scan.port < 65536 else 0),
        tcp=TcpConnection(established=True, syn_seen=True, synack_seen=True),
        smtp=_dialogue() if scan.smtp else None,
        tls=tls,
        started=started,
        ended=started,
        server_name=host,
    )
    printed = ((scan.subject or "", scan.issuer),) if scan.issuer else ()
    return Transcript(
        source=place,
        stream=stream,
        listed=scan.served or 0,
        printed=printed,
        host=host,
        program=scan.program,
        answered=True,
        accepted=_accepted(scan),
    )


def _accepted(scan: Scan) -> tuple[str, ...]:
    return tuple(version for version in VERSIONS if scan.versions.get(version))


def _dialogue() -> SmtpDialogue:
    return SmtpDialogue(
        greeting_code=220, ehlo_seen=True, starttls_offered=True, starttls_command=True, starttls_reply=220
    )


def _session(scan: Scan, taken: Taken, source: SourceRef, leaf: tuple[Certificate, ...]) -> TlsSession:
    number = suite_number(taken.name)
    suite = registry.suite(number) if number is not None else registry.named_suite(taken.name)
    exchange = "DHE" if taken.dh_bits else suite.key_exchange
    by_port = {"starttls": "starttls", "wrapper": "connect"}.get(PORT_MODES.get(scan.port or 0, ""), "unknown")
    return TlsSession(
        version=taken.version,
        cipher=suite.name,
        key_exchange=exchange,
        authentication=suite.authentication,
        dh_bits=taken.dh_bits if taken.version != "TLSv1.3" else None,
        certificates_visibility="truncated" if leaf or scan.served or scan.issuer else "absent",
        certificates=leaf,
        messages=(TlsMessage("client", "ClientHello", scan.first), TlsMessage("server", "ServerHello", taken.line)),
        client_hello_seen=True,
        server_hello_seen=True,
        started_by="starttls" if scan.smtp else by_port,
        source=source.at_line(taken.line),
    )


def _moment(printed: str | None) -> datetime | None:
    if printed is None:
        return None
    try:
        return datetime.strptime(printed, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return None
