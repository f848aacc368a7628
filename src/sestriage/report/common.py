"""What all renderers read out of a report in the same way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sestriage.model.message import Message

if TYPE_CHECKING:
    from sestriage.model.trust import Comparison, TrustPath
    from sestriage.model.verdict import FixStep, Report, Verdict


CONFIDENCES = {
    "confirmed": Message("confirmed"),
    "likely": Message("likely"),
    "suspected": Message("suspected"),
}
"""How sure a finding is, in words."""


def iso_time(moment: datetime | None) -> str | None:
    """ISO 8601: `Z` for UTC, the offset for another zone, no zone at all when none is known; None for None."""
    if moment is None:
        return None
    text = moment.isoformat()
    if moment.utcoffset() == timedelta(0):
        return text.removesuffix("+00:00") + "Z"
    return text


def clock(moment: datetime | None) -> str:
    """Date and time to the second, `Z` for UTC, the offset for other zones; `-` without time."""
    if moment is None:
        return "-"
    text = moment.strftime("%Y-%m-%d %H:%M:%S")
    offset = moment.utcoffset()
    if offset is None:
        return text
    return text + ("Z" if offset == timedelta(0) else moment.strftime("%z"))


def fixes_in_order(verdict: Verdict) -> tuple[FixStep, ...]:
    """The steps of the primary finding, then those of the contributing ones; a step that repeats is given once."""
    findings = ((verdict.primary,) if verdict.primary else ()) + verdict.contributing
    return tuple(dict.fromkeys(step for finding in findings for step in finding.fixes))


def path_of_verdict(report: Report) -> TrustPath | None:
    """The path decision for the attempt that the verdict is about; the engine puts it first."""
    return report.paths[0] if report.paths else None


def comparisons(report: Report) -> tuple[Comparison, ...]:
    """Served certificates held against stores, each pair once although several conversations may show it."""
    seen: dict[tuple[str, str], Comparison] = {}
    for path in report.paths:
        for comparison in path.comparisons:
            seen.setdefault((comparison.certificate.sha256, comparison.store.file), comparison)
    return tuple(seen.values())
