"""Whether a quoted line of a log stands at the place that is cited."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sestriage.model.verdict import Evidence, Report

_WORD = re.compile(r"\w+")
_EMPTY = ("unknown versions", "(see the evidence)")
"""Words of a quote that has nothing to quote."""
_NEAR = 1
"""A quote may run on to the next line."""


def wrong_quotes(report: Report) -> Iterator[Evidence]:
    """The citations whose text is not at their place; those of captures whose text says that it knows nothing."""
    for evidence in cited(report):
        empty = any(words in evidence.quote for words in _EMPTY)
        if empty or (evidence.kind == "log.event" and evidence.source.line and not _stands(evidence)):
            yield evidence


def cited(report: Report) -> tuple[Evidence, ...]:
    """Everything that the verdict cites, once."""
    verdict = report.verdict
    findings = (*((verdict.primary,) if verdict.primary else ()), *verdict.contributing)
    found = [*verdict.evidence, *(each for contradiction in verdict.contradictions for each in contradiction.evidence)]
    for finding in findings:
        found += [*finding.evidence, *finding.conflicts]
    return tuple(dict.fromkeys(found))


def _stands(evidence: Evidence) -> bool:
    line = evidence.source.line or 0
    here = " ".join(_lines(evidence.source.path)[line - 1 : line + _NEAR])
    written = _WORD.findall(here.replace("\\n", " ").replace("\\t", " "))
    quoted = _WORD.findall(evidence.quote.replace("\\n", " ").replace("\\t", " "))
    return set(quoted[:-1]) <= set(written)  # the last one may have been cut


@cache
def _lines(path: str) -> list[str]:
    raw = Path(path).read_bytes()
    return (gzip.decompress(raw) if path.endswith(".gz") else raw).decode("utf-8", "replace").split("\n")
