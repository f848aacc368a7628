"""Every sample gives what its expected.json says: as a whole, by its log alone, and by its capture alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support import SAMPLES

from sestriage import triage
from sestriage.model.capture import Stream
from sestriage.model.verdict import Report


@dataclass(frozen=True)
class Case:
    """One way to look at one sample."""

    folder: Path
    view: str
    paths: tuple[str, ...]
    expected: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.folder.name}-{self.view}"


def cases() -> list[Case]:
    found: list[Case] = []
    for file in sorted(SAMPLES.glob("*/expected.json")):
        folder = file.parent
        expected = json.loads(file.read_text(encoding="utf-8"))
        inputs = [p for p in sorted(folder.iterdir()) if p.name != "expected.json"]
        by_view = {
            "whole": inputs,
            "log": [p for p in inputs if p.name.endswith(".log")],
            "capture": [p for p in inputs if p.suffix in (".pcap", ".pcapng")],
        }
        for view, paths in by_view.items():
            if expected.get(view) is not None:
                assert paths, f"{folder.name} expects {view} and has no such file"
                found.append(Case(folder, view, tuple(map(str, paths)), expected[view]))
    return found


CASES = cases()


def test_there_are_samples() -> None:
    assert len({case.folder for case in CASES}) >= 20


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    report = triage(case.paths)
    verdict = report.verdict
    expected = case.expected
    primary = verdict.primary
    assert verdict.outcome == expected["outcome"]
    assert (primary.rule if primary else None) == expected["rule"]
    assert verdict.confidence == expected["confidence"]
    assert set(expected["alternatives"]) <= {a.rule for a in verdict.alternatives}
    if expected["outcome"] == "failed":
        assert primary is not None
        assert report.attempts[-1].phase == expected["phase"]
        assert verdict.evidence, "a verdict without evidence"


def mail_streams(report: Report) -> list[Stream]:
    return [stream for capture in report.captures for stream in capture.streams]


@pytest.mark.parametrize("case", [c for c in CASES if c.view == "capture"], ids=str)
def test_capture_facts(case: Case) -> None:
    """What the lab configured is what the capture is read as."""
    facts = json.loads((case.folder / "expected.json").read_text(encoding="utf-8"))["facts"]
    streams = mail_streams(triage(case.paths))
    sessions = [stream.tls for stream in streams if stream.tls is not None]
    if facts["port"] is not None and streams:
        assert facts["port"] in {stream.port for stream in streams}
    if facts["tls_version"] is not None:
        assert any(
            (tls.version, tls.cipher, tls.dh_bits) == (facts["tls_version"], facts["cipher"], facts["dh_bits"])
            for tls in sessions
        )
    if facts["sni"] is not None:
        assert facts["sni"] in {tls.sni for tls in sessions}
    if facts["certificates"] and any(tls.certificates for tls in sessions):
        assert facts["certificates"] in [[c.sha256 for c in tls.certificates] for tls in sessions]
    if facts["alert"] is not None:
        alerts = {(a.sender, a.description) for tls in sessions for a in tls.alerts}
        assert (facts["alert"]["sender"], facts["alert"]["description"]) in alerts
