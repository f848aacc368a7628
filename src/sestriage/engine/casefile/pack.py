"""The zip of a case: the facts first, then what people read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence

from sestriage.engine.casefile.packed import Packed
from sestriage.engine.reading.inputs import Inputs
from sestriage.engine.triage import Triaged, reports_of
from sestriage.ingest.limits import Limits
from sestriage.ingest.walker import walk
from sestriage.model.verdict import Report

FACTS = "facts.json"
"""Name of the file of facts; it is the first one, so that a reader knows what the others are."""
_STAMP = (1980, 1, 1, 0, 0, 0)
"""Equal cases make equal files."""


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files, in their order, as a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def same_verdict(facts: Packed, triaged: Triaged) -> bool:
    """The facts alone are judged as the evidence was: the same outcome, cause and confidence for each case."""
    collected = Inputs()
    facts.into(collected)
    again = reports_of((), collected, triaged.options)
    return [_judged(report) for report in again] == [_judged(report) for report in triaged.reports]


def _judged(report: Report) -> tuple[object, ...]:
    verdict = report.verdict
    return verdict.outcome, verdict.confidence, verdict.primary.rule if verdict.primary else None, verdict.cleared


def captures(paths: Sequence[str], limits: Limits) -> Iterator[tuple[str, bytes]]:
    """The captures as they are, by a name for the zip."""
    number = 0
    for member in walk(paths, limits, []):
        if member.kind == "capture":
            number += 1
            with member.open() as stream:
                yield f"captures/{number}-{_plain(member.ref.name)}", stream.read()


def _plain(name: str) -> str:
    """The last part of a name, in letters that every zip program takes."""
    last = name.rpartition("/")[2]
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in last)[-80:] or "capture"
