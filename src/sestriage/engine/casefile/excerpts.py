"""What of a case people read beside its report: the logged lines of each attempt, the certificates, the settings."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from sestriage.engine.casefile.packed import Packed
from sestriage.ingest.limits import Limits
from sestriage.ingest.walker import walk
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate
from sestriage.model.verdict import Report
from sestriage.pki.export import pem_text

MAX_ATTEMPTS = 50
"""Attempts whose lines are shown, the newest ones."""
AROUND = 20
"""Lines shown above and below those of an attempt."""
MAX_LINES = 20_000
"""Lines shown of all logs together."""

MAX_LINE = 1 << 20
"""Bytes of a line; a longer one counts as several."""

Lines = list[tuple[int, int]]
"""First and last line of each piece, counted from 1, in their order and without overlap."""


def pieces(reports: Sequence[Report]) -> dict[SourceRef, Lines]:
    """Which lines of which log are around the newest attempts."""
    found: dict[SourceRef, Lines] = {}
    for report in reports:
        for attempt in report.attempts[-MAX_ATTEMPTS:]:
            for event in attempt.events:
                place = event.source
                if place.line is not None:
                    first, last = max(1, place.line - AROUND), (place.end_line or place.line) + AROUND
                    found.setdefault(SourceRef(place.path, place.member), []).append((first, last))
    return {file: _merged(sorted(lines)) for file, lines in found.items()}


def _merged(lines: Lines) -> Lines:
    merged: Lines = []
    for first, last in lines:
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def log_excerpts(paths: Sequence[str], limits: Limits, wanted: Mapping[SourceRef, Lines]) -> Iterator[str]:
    """The wanted lines with their ends as they stand in the logs, not redacted; each piece below its place.

    The logs are read once more, which standard input cannot be.
    """
    if not wanted or "-" in paths:
        return
    budget = MAX_LINES
    for member in walk(paths, limits, []):
        lines = wanted.get(member.ref)
        if not lines or budget <= 0:
            continue
        with member.open() as stream:
            for number, line in _within(io.BufferedReader(stream), lines[-1][1]):  # type: ignore[type-var]
                piece = next((piece for piece in lines if piece[0] <= number <= piece[1]), None)
                if piece is None or budget <= 0:
                    continue
                if number == piece[0]:
                    yield f"\n### {member.ref.at_line(number)}\n"
                budget -= 1
                yield line


def _within(stream: BinaryIO, last: int) -> Iterator[tuple[int, str]]:
    for number in range(1, last + 1):
        raw = stream.readline(MAX_LINE)
        if not raw:
            return
        yield number, raw.decode("utf-8", "replace").replace("\r\n", "\n")


def certificates(facts: Packed) -> str:
    """All certificates that were served or lie in a store, as PEM; those of private hosts are left out."""
    return "".join(pem_text(certificate) for certificate in _certificates(facts))


def _certificates(facts: Packed) -> Iterator[Certificate]:
    streams = [stream for capture in facts.captures for stream in capture.streams]
    streams += [transcript.stream for transcript in facts.transcripts]
    served = (certificate for stream in streams if stream.tls for certificate in stream.tls.certificates)
    stored = (entry.certificate for store in facts.stores for entry in store.entries)
    found = {certificate.sha256: certificate for certificate in (*served, *stored)}
    yield from (certificate for certificate in found.values() if certificate.der)


def settings_text(facts: Packed) -> str:
    """The SMTP form, the e-mail action and the cipher list, without any login."""
    return "".join(f"{line}\n" for line in _settings(facts))


def _settings(facts: Packed) -> Iterator[str]:
    for settings in facts.settings:
        yield f"# {settings.source}"
        for field in ("server", "port", "encryption", "sender", "user_shape", "password_shape", "verified_region"):
            value = getattr(settings, field)
            if value is not None:
                yield f"{field}: {value}"
        for recipient in settings.action.recipients if settings.action else ():
            yield f"recipient: {recipient}"
    for ciphers in facts.cipher_lists:
        yield f"# {ciphers.source}"
        yield ":".join(f"{token.operator}{token.text.removeprefix(token.operator)}" for token in ciphers.tokens)
