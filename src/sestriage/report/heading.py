"""The verdict in one line, and the names in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sestriage.model.phase import Phase
from sestriage.model.verdict import Outcome
from sestriage.report.safe import one_line
from sestriage.report.words import ENGLISH

if TYPE_CHECKING:
    from sestriage.model.verdict import Report

_PHASE_WORDS = {Phase.CERTIFICATE: "phase-certificate", Phase.ACCEPTED: "phase-accepted"}


def headline(report: Report, words: Mapping[str, str] = ENGLISH) -> str:
    """The verdict in one line."""
    verdict = report.verdict
    if verdict.outcome is Outcome.UNDETERMINED:
        return _undetermined(report, words)
    confidence = words[verdict.confidence.value if verdict.confidence else "no-confidence"]
    if verdict.outcome is Outcome.ACCEPTED:
        return words["accepted"].format(confidence=confidence)
    if verdict.primary is None:
        return words["failed-unknown"]
    return words["failed"].format(confidence=confidence, title=one_line(verdict.primary.title))


def _undetermined(report: Report, words: Mapping[str, str]) -> str:
    if report.attempts:
        return words["undetermined"]
    if report.tests:
        return words["undetermined-tests"]
    return words[f"nothing-{report.nothing}" if report.nothing else "undetermined-no-attempt"]


def phase_word(phase: Phase, words: Mapping[str, str] = ENGLISH) -> str:
    """Name of a phase for people."""
    return words[_PHASE_WORDS.get(phase, phase.value)]


def failed_step(phase: Phase, words: Mapping[str, str] = ENGLISH) -> str:
    """Name of a step that failed. A client asks for STARTTLS after its EHLO: a failure between the greeting and the
    answer to STARTTLS is of one of the two."""
    return words["failed-starttls"] if phase is Phase.STARTTLS else phase_word(phase, words)


def server_name(host: str | None, port: int | None) -> str:
    """`host:port` with what is known of it; `-` for nothing."""
    if host is None:
        return "-" if port is None else f":{port}"
    return host if port is None else f"{host}:{port}"


def size_text(size: int) -> str:
    """A number of bytes for people, in units of 1024."""
    if size < 1 << 10:
        return f"{size} B"
    for unit, shift in (("KiB", 10), ("MiB", 20)):
        if size < 1 << (shift + 10):
            return f"{size / (1 << shift):.1f} {unit}"
    return f"{size / (1 << 30):.1f} GiB"
