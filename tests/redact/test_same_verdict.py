"""A redacted log says the same as the raw one."""

from __future__ import annotations

from pathlib import Path

import pytest

import slices
from redact.same_verdict import differences
from support import ROOT, SAMPLES

LOGS = sorted(path for path in SAMPLES.glob("*/*.log") if path.is_file())
PUBLIC = ROOT.parent / "shared" / "cases" / "cases"
"""Cases that others told of; they lie beside the checkout and are never committed."""


def test_there_are_logs() -> None:
    assert len(LOGS) >= 20


@pytest.mark.campaign(3)
@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.parent.name)
def test_a_redacted_log_says_the_same(path: Path) -> None:
    assert differences(path) == []


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public cases are not here")
def test_a_redacted_public_case_says_the_same() -> None:
    files = [path for path in sorted(PUBLIC.glob("*/*")) if path.is_file()]
    assert [line for path in slices.part(files, 14) for line in differences(path)] == []
