"""A short run of each fuzz target; longer ones are started by hand (fuzz/run.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

import slices
from fuzz.run import fuzz
from fuzz.targets import TARGETS

COUNTS = {"logs": slices.count(1000, 10), "archives": slices.count(1000, 10), "triage": slices.count(60, 6)}


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_nothing_escapes_and_nothing_hangs(name: str, tmp_path: Path) -> None:
    figures = fuzz(TARGETS[name], seed=slices.seed(), first=0, count=COUNTS[name], folder=tmp_path / "case")
    assert figures.ran == COUNTS[name]
    assert not figures.failures, f"seed {slices.seed()}: {figures}"


def test_an_input_depends_on_its_seed_and_number_only(tmp_path: Path) -> None:
    import random

    for target in TARGETS.values():
        assert target.make(random.Random("1/7")) == target.make(random.Random("1/7"))
        assert target.make(random.Random("1/7")) != target.make(random.Random("1/8"))
