"""Certificates that are parsed later, by another process than the one that reads the capture.

Parsing them takes imports that take as long as a hundred megabytes of packets.
"""

from __future__ import annotations

from dataclasses import replace

from sestriage.formats.capture.assemble import Certificates, authentication_by
from sestriage.formats.capture.tls_registry import is_tls13_name
from sestriage.model.capture import Capture, Stream
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate


def unparsed(der: bytes, source: SourceRef) -> Certificate:
    """A certificate of which nothing but the encoding is known yet."""
    return Certificate("", der, source=source)


def parse_all(capture: Capture) -> Capture:
    """The capture with its unparsed certificates parsed, each distinct one once."""
    certificates = Certificates()
    return replace(capture, streams=tuple(_parsed(stream, certificates) for stream in capture.streams))


def _parsed(stream: Stream, certificates: Certificates) -> Stream:
    tls = stream.tls
    if tls is None or not tls.certificates:
        return stream
    chain = tuple(certificates.take(c.der, c.source) for c in tls.certificates if c.source is not None)
    tls = replace(tls, certificates=chain)
    if tls.version is not None and is_tls13_name(tls.version):
        tls = replace(tls, authentication=authentication_by(chain))
    return replace(stream, tls=tls)
