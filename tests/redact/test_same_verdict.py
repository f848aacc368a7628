"""A redacted log of a sample says the same as the raw one."""

from __future__ import annotations

from pathlib import Path

import pytest

from redact.same_verdict import differences
from support import SAMPLES

LOGS = sorted(path for path in SAMPLES.glob("*/*.log") if path.is_file())


def test_there_are_logs() -> None:
    assert len(LOGS) >= 20


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.parent.name)
def test_a_redacted_log_says_the_same(path: Path) -> None:
    assert differences(path) == []
