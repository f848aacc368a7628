"""Reports on committed evidence, each made once in a process: what several tests ask of the same sample."""

from __future__ import annotations

from functools import cache

from sestriage.engine.triage import TriageOptions, triage
from sestriage.model.verdict import Report


@cache
def triaged(*paths: str, language: str = "en") -> Report:
    """The report on files that no test changes, with the usual options."""
    return triage(paths, TriageOptions(language=language))
