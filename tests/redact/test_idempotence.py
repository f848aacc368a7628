"""What was redacted stays as it is: samples, examples of rules, and (in `test_bench`) what was planted."""

from __future__ import annotations

from pathlib import Path

import pytest

from redact.same_verdict import redacted
from rules.examples import examples_of
from sestriage.redact import Redactor
from support import ROOT, SAMPLES

TEXTS = sorted(path for path in SAMPLES.rglob("*") if path.suffix in (".log", ".txt", ".json", ".csv"))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(SAMPLES)))
def test_a_redacted_sample_stays(path: Path) -> None:
    once = redacted(path)
    if once is not None:
        text = once.decode("utf-8", "surrogateescape")
        assert Redactor(thorough=True).redact(text) == text


def test_redacted_examples_of_rules_stay() -> None:
    files = sorted(path for path in (ROOT / "rules").glob("*/*.toml") if b"[[example" in path.read_bytes())
    logs = [example.log for path in files for example in examples_of(path) if example.log]
    assert len(logs) > 100
    once = [Redactor(thorough=True).redact(log) for log in logs]
    assert [Redactor(thorough=True).redact(log) for log in once] == once
