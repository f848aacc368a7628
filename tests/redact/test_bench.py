"""A slice of the bench: planted secrets go, harmless values stay, lines keep count."""

from __future__ import annotations

import pytest

from redact.harmless import HARMLESS
from redact.measure import MAX_LEFT, MAX_REMOVED, Measured, measure
from redact.planted import kinds
from redact.wrappings import WRAPPINGS

SEED = 20261129


@pytest.fixture(scope="module")
def found() -> Measured:
    return measure(SEED, thin=11)


def test_the_bench_is_as_large_as_it_says() -> None:
    assert len(set(kinds())) >= 300
    assert len(WRAPPINGS) >= 20
    assert len(HARMLESS) >= 100


def test_few_secrets_are_left(found: Measured) -> None:
    assert len(found.left) <= MAX_LEFT * found.secrets, found.left


def test_few_harmless_values_are_removed(found: Measured) -> None:
    assert len(found.removed) <= MAX_REMOVED * found.harmless, found.removed


def test_lines_keep_count(found: Measured) -> None:
    assert found.miscounted == []


def test_what_was_redacted_stays(found: Measured) -> None:
    assert found.unstable == []
