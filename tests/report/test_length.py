"""The text report stays short, and its advice stands near the top, for all samples at 80 columns; pages stay small."""

from __future__ import annotations

import math
import statistics

import pytest

from report.lengths import ADVICE_AT, MEDIAN_LINES, MOST, USUAL_PAGE, Length, lengths
from sestriage.model.verdict import Outcome


@pytest.fixture(scope="module")
def measured() -> list[Length]:
    return list(lengths(pages=True))


def test_the_advice_begins_near_the_top(measured: list[Length]) -> None:
    failed = [length for length in measured if length.outcome is Outcome.FAILED]
    early = [length for length in failed if length.advice is not None and length.advice <= ADVICE_AT]
    assert len(early) >= math.ceil(MOST * len(failed)), [length for length in failed if length not in early]


def test_most_reports_fit_on_a_page(measured: list[Length]) -> None:
    assert statistics.median(length.lines for length in measured) <= MEDIAN_LINES


def test_no_heading_of_a_fix_without_a_failure(measured: list[Length]) -> None:
    assert not [length for length in measured if length.outcome is not Outcome.FAILED and length.advice is not None]


def test_the_first_line_says_what_failed_and_how_sure_that_is(measured: list[Length]) -> None:
    for length in measured:
        if length.outcome is Outcome.FAILED:
            assert length.answers[:2] == (1, 1), length


def test_every_failure_says_what_to_type_and_what_to_send(measured: list[Length]) -> None:
    for length in measured:
        assert length.answers.send is not None, length
        if length.outcome is Outcome.FAILED:
            assert length.answers.type is not None, length


def test_pages_of_the_samples_are_small(measured: list[Length]) -> None:
    assert max(length.page or 0 for length in measured) < USUAL_PAGE
