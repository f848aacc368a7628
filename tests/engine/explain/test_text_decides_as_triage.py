"""`explain TEXT` and `triage FILE` never disagree on the same text: rule, confidence, failed step, proven steps."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sestriage.engine.explain.text import explain_text
from sestriage.engine.triage import triage
from sestriage.rules import load_rules
from sestriage.rules.ruleset import RuleSet
from support import ROOT


def texts() -> Iterator[tuple[str, str]]:
    for file in sorted((ROOT / "rules").glob("*/*.toml")):
        for number, example in enumerate(tomllib.loads(file.read_text()).get("example", ())):
            if "log" in example:
                yield f"{file.stem}-{number}", example["log"]
    for file in sorted((ROOT / "samples").glob("*/*.log")):
        yield f"{file.parent.name}/{file.name}", file.read_text(errors="replace")


TEXTS = dict(texts())


@cache
def rules() -> RuleSet:
    return load_rules(())


@pytest.mark.campaign(3)
@pytest.mark.parametrize("name", TEXTS)
def test_both_say_the_same(name: str, tmp_path: Path) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text(TEXTS[name])
    report = triage([str(log)])
    found = explain_text(TEXTS[name], "paste", rules(), [], str)
    newest = [match for match in found.matches if not match.earlier]
    primary = report.verdict.primary
    if primary is None or not newest:  # what only one of them has an answer to: a bare word, an unknown error
        assert primary is None or primary.rule == "unclassified-error"
        return
    assert (newest[0].rule, newest[0].confidence) == (primary.rule, primary.confidence.value)
    assert (found.phase, found.cleared) == (report.attempts[-1].phase, report.verdict.cleared)


def test_the_texts_are_many_and_most_have_a_cause() -> None:
    assert len(TEXTS) > 150
