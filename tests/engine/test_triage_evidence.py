"""Every quoted line of evidence stands where the report says it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sestriage import triage
from support import SAMPLES

LOGS = sorted(p for p in SAMPLES.glob("*/sw-response-mgmt.log"))


def readings(line: str) -> str:
    """A line of a log as it stands, and without the JSON around it."""
    if not line.startswith("{"):
        return line
    return " ".join([line, *(str(value) for value in json.loads(line).values())])


@pytest.mark.parametrize("log", LOGS, ids=lambda p: p.parent.name)
def test_quotes_stand_in_their_lines(log: Path) -> None:
    lines = log.read_text(encoding="utf-8").splitlines()
    evidence = [e for e in triage([str(log)]).verdict.evidence if e.kind == "log.event"]
    assert evidence
    for item in evidence:
        assert item.source.line is not None
        here = readings(lines[item.source.line - 1])
        assert " ".join(item.quote.split())[:80] in " ".join(here.split()), item.source.line


def test_a_store_that_is_there_is_not_asked_for() -> None:
    """In TLS 1.3 the chain is hidden, so nothing is compared; the store in evidence is not what is missing."""
    folder = SAMPLES / "tls13"
    log, store = folder / "sw-response-mgmt.log", folder / "truststore.p12"
    for paths, asked in (([folder], False), ([log, store], False), ([log], True)):
        needs = triage([str(path) for path in paths]).verdict.needs
        assert ("the Manager's trust store" in [need.evidence for need in needs]) is asked


def test_a_store_without_a_path_speaks_against_a_mail_that_was_accepted() -> None:
    success = SAMPLES / "success"
    conversation = [str(success / "sw-response-mgmt.log"), str(success / "test-action.pcap")]
    for store, spoken in (("success/truststore.p12", 0), ("pkix-root-missing/truststore.p12", 1)):
        verdict = triage([*conversation, str(SAMPLES / store)]).verdict
        assert verdict.outcome == "accepted"
        assert ["accepted, but the supplied trust store" in c.text for c in verdict.contradictions] == [True] * spoken
