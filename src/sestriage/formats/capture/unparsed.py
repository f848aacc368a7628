"""Certificates that are parsed later, by another process than the one that reads the capture.

Parsing them takes imports that take as long as a hundred megabytes of packets.
"""

from __future__ import annotations

from dataclasses import replace

from sestriage.model.capture import Capture, Stream
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate


def unparsed(der: bytes, source: SourceRef) -> Certificate:
    """A certificate of which nothing but the encoding is known yet."""
    return Certificate(source.sha256 or "", der, source=source)


def parse_all(capture: Capture) -> Capture:
    """The capture with its unparsed certificates parsed, each distinct one once."""
    known: dict[str, Certificate] = {}
    return replace(capture, streams=tuple(_parsed(stream, known) for stream in capture.streams))


def _parsed(stream: Stream, known: dict[str, Certificate]) -> Stream:
    if stream.tls is None or not stream.tls.certificates:
        return stream
    from sestriage.formats.x509 import parse_certificate

    chain = []
    for certificate in stream.tls.certificates:
        found = known.get(certificate.sha256)
        if found is None:
            found = known[certificate.sha256] = parse_certificate(certificate.der, certificate.source)
        chain.append(replace(found, source=certificate.source))
    return replace(stream, tls=replace(stream.tls, certificates=tuple(chain)))
