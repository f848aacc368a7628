"""Every example of every rule that is a text: what triage and explain claim of it has its ground in the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from grounds.claims import of_explanation, of_report, without_ground
from rules.examples import examples_of
from sestriage import triage
from support import ROOT

RULES = sorted((ROOT / "rules").glob("*/*.toml"))
TEXTS = [
    pytest.param(example.log, id=f"{path.stem}-{example.line}")
    for path in RULES
    for example in examples_of(path)
    if example.log is not None
]


def test_there_are_texts() -> None:
    assert len(TEXTS) > 300


@pytest.mark.campaign(4)
@pytest.mark.parametrize("text", TEXTS)
def test_triage_claims_nothing_without_a_ground(text: str, tmp_path: Path) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text(text, encoding="utf-8")
    assert not list(without_ground(of_report(triage([str(log)])), text))


@pytest.mark.campaign(4)
@pytest.mark.parametrize("text", TEXTS)
def test_explain_claims_nothing_without_a_ground(text: str) -> None:
    assert not list(without_ground(of_explanation(text), text))
