"""What all renderers read out of a report in the same way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sestriage.model.message import Message, clock

if TYPE_CHECKING:
    from sestriage.model.trust import Comparison, TrustPath
    from sestriage.model.verdict import FixStep, Report, Verdict


__all__ = [
    "CONFIDENCES",
    "clock",
    "comparisons",
    "fixes_in_order",
    "iso_time",
    "log_clock",
    "path_of_verdict",
]

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


def log_clock(moment: datetime | None, words: Mapping[str, str]) -> str:
    """The same, and that it is the log's own time where its zone is not known."""
    shown = clock(moment)
    return shown if moment is None or moment.tzinfo is not None else words["log-time"].format(time=shown)


def fixes_in_order(verdict: Verdict) -> tuple[FixStep, ...]:
    """The steps of the primary finding, then those of the contributing ones; a step that repeats is given once."""
    findings = ((verdict.primary,) if verdict.primary else ()) + verdict.contributing
    return tuple(dict.fromkeys(step for finding in findings for step in finding.fixes))


def path_of_verdict(report: Report) -> TrustPath | None:
    """The path decision that the verdict is about: over the store that its evidence cites, where there are several;
    else the first, which the engine makes that of the newest attempt. None without any."""
    primary = report.verdict.primary
    cited = {item.source.file for item in primary.evidence} if primary else set()
    return next((path for path in report.paths if path.store.file in cited), report.paths[0] if report.paths else None)


def comparisons(report: Report) -> tuple[Comparison, ...]:
    """Served certificates held against stores, each pair once although several conversations may show it."""
    seen: dict[tuple[str, str], Comparison] = {}
    for path in report.paths:
        for comparison in path.comparisons:
            seen.setdefault((comparison.certificate.sha256, comparison.store.file), comparison)
    return tuple(seen.values())
