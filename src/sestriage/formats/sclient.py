"""Transcripts of `openssl s_client` (1.0 to 3.x): the certificates that the server sent, and when.

With `-showcerts` all of them stand there, else only the server's own. The name that was asked for is not part of a
transcript.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from sestriage.formats import pem
from sestriage.formats.x509 import parse_certificate
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate

MAX_CERTIFICATES = 200
_LISTED = re.compile(rb"^ ?\d{1,3} s:", re.M)
_START = re.compile(rb"^\s*Start Time: (\d{9,11})\b", re.M)
_VERIFY = re.compile(rb"^\s*Verify return code: (\d{1,5}) \(([^)\r\n]{0,100})\)", re.M)


@dataclass(frozen=True, slots=True)
class Transcript:
    """What one transcript tells. `listed` is how many certificates the server sent by the transcript's own list, of
    which `certificates` are those whose encoding was kept. `verify` is the verify return code with its text, None
    without one; it says nothing when there is no certificate."""

    source: SourceRef
    certificates: tuple[Certificate, ...]
    listed: int
    started: datetime | None = None
    verify: str | None = None
    problem: str | None = None


def parse_transcript(data: bytes, source: SourceRef) -> Transcript:
    """Read a transcript; never raises. Bytes that are none give no certificate and a problem."""
    found: dict[str, Certificate] = {}
    problem: str | None = None
    for block in pem.blocks(data):
        if block.problem is not None:
            problem = problem or block.problem
        if block.content is None or block.label not in pem.CERTIFICATE_LABELS or len(found) >= MAX_CERTIFICATES:
            continue
        certificate = parse_certificate(block.content, source.at_line(block.line))
        found.setdefault(certificate.sha256, certificate)
    text = pem.plain_text(data)
    listed = len(_LISTED.findall(text))
    if not found:
        problem = problem or "no certificate in it: the connection failed before the server sent one"
    verify = _VERIFY.search(text)
    return Transcript(
        source,
        tuple(found.values()),
        max(listed, len(found)),
        _moment(text),
        None if verify is None else f"{int(verify[1])} ({verify[2].decode('ascii', 'replace')})",
        problem,
    )


def _moment(text: bytes) -> datetime | None:
    match = _START.search(text)
    if match is None:
        return None
    try:
        return datetime.fromtimestamp(int(match[1]), UTC)
    except (ValueError, OverflowError, OSError):
        return None
