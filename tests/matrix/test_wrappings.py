"""Every log of the lab in every wrapping: outcome and primary rule never change."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from matrix.lablogs import Tally, answers, lab_logs
from matrix.wrappings import WRAPS, Wrap


def test_there_are_logs() -> None:
    assert len(lab_logs()) >= 30
    assert all(log.starts and len(log.times) == len(log.lines) for log in lab_logs())


@pytest.mark.slow
@pytest.mark.campaign(10)
@pytest.mark.parametrize("wrap", WRAPS, ids=lambda wrap: wrap.__name__.replace(" ", "-"))
def test_a_wrapping_changes_no_verdict(wrap: Wrap, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally(wrap.__name__)
    for log in lab_logs():
        path = tmp_path / "sw-response-mgmt.log"
        path.write_bytes(wrap(log))
        for view, got in answers(log, path).items():
            tally.add(f"{log.name}, {view}", got, log.expected[view])
    with capsys.disabled():
        sys.stdout.write(f"\n{tally}")
    assert tally.differing is None
