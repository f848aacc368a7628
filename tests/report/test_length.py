"""The text report stays short, and its advice stands near the top, for all samples at 80 columns."""

from __future__ import annotations

import math
import statistics
import sys
from pathlib import Path

import pytest

from sestriage.model.verdict import Outcome

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))

from bench_report import Length, lengths

ADVICE_AT = 12
"""The line at which the advice begins at the latest, in most reports of a failure."""
MOST = 0.9
MEDIAN_LINES = 40


@pytest.fixture(scope="module")
def measured() -> list[Length]:
    return list(lengths())


def test_the_advice_begins_near_the_top(measured: list[Length]) -> None:
    failed = [length for length in measured if length.outcome is Outcome.FAILED]
    early = [length for length in failed if length.advice is not None and length.advice <= ADVICE_AT]
    assert len(early) >= math.ceil(MOST * len(failed)), [length for length in failed if length not in early]


def test_most_reports_fit_on_a_page(measured: list[Length]) -> None:
    assert statistics.median(length.lines for length in measured) <= MEDIAN_LINES


def test_no_heading_of_a_fix_without_a_failure(measured: list[Length]) -> None:
    assert not [length for length in measured if length.outcome is not Outcome.FAILED and length.advice is not None]
