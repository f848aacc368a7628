"""What is true of a sample, from what the lab configured; never from what sestriage printed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from calibration.evidence import SAMPLES
from sestriage.model.phase import Phase
from sestriage.model.verdict import Outcome, Report
from sestriage.rules import load_rules

_ROOT_MISSING = "ca-missing-from-trust-store"
_BY_CONFIGURATION = {"tls13": _ROOT_MISSING, "reset-quit": "broken-at-quit"} | {
    "same-seconds-535-other": "smtp-credentials-invalid"
}
"""Samples whose cause no evidence at hand can show: `expected.json` names the best that can be said."""


@dataclass(frozen=True, slots=True)
class Truth:
    """`rule` is the cause, None for mail that was accepted; `reached` are the steps that were passed."""

    rule: str | None
    reached: frozenset[Phase]


@cache
def truth_of(sample: str) -> Truth:
    """From the `expected.json` of a sample."""
    described = json.loads((SAMPLES / sample / "expected.json").read_text(encoding="utf-8"))
    whole = described["whole"]
    reached = frozenset(map(Phase, whole["proven"]))
    if whole["outcome"] == "accepted":
        return Truth(None, reached)
    return Truth(_BY_CONFIGURATION.get(sample, whole["rule"]), reached)


@cache
def is_one_sessions(sample: str) -> bool:
    """Log and capture are of one session, and show it: the one answers a need of the other."""
    described = json.loads((SAMPLES / sample / "expected.json").read_text(encoding="utf-8"))
    return "capture" not in described["configured"]


def is_right(report: Report, truth: Truth) -> bool:
    """The verdict names the cause, or the class that the cause is a case of: a rule that the cause's own replaces."""
    verdict = report.verdict
    if truth.rule is None or verdict.outcome is not Outcome.FAILED:
        return truth.rule is None and verdict.outcome is Outcome.ACCEPTED
    named = verdict.primary.rule if verdict.primary is not None else None
    return named is not None and named in {truth.rule, *_classes_of(truth.rule)}


def is_listed(report: Report, truth: Truth) -> bool:
    """The cause is the primary or one of the other readings."""
    verdict = report.verdict
    listed = {other.rule for other in verdict.alternatives} | {finding.rule for finding in verdict.contributing}
    return truth.rule in {*listed, verdict.primary.rule if verdict.primary is not None else None}


@cache
def _classes_of(rule: str) -> tuple[str, ...]:
    return load_rules().rules[rule].supersedes
