"""Every sample gives what its expected.json says: as a whole, by its log alone, and by its capture alone."""

from __future__ import annotations

import json
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sestriage import triage
from sestriage.model.capture import Stream
from sestriage.model.verdict import Report
from support import SAMPLES


@dataclass(frozen=True)
class Case:
    """One way to look at one sample. `wanted` are the endings of the files that make the view; None: all files."""

    folder: Path
    view: str
    wanted: tuple[str, ...] | None
    expected: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.folder.name}-{self.view}"

    def paths(self, scratch: Path) -> list[str]:
        """The files of the view; those that lie in an archive are taken out of it first."""
        inputs = [p for p in sorted(self.folder.iterdir()) if p.name != "expected.json"]
        if self.wanted is None:
            return [str(p) for p in inputs]
        for archive in (p for p in inputs if p.name.endswith(".tar.gz")):
            with tarfile.open(archive) as bundle:
                bundle.extractall(scratch, filter="data")
        candidates = [*inputs, *(p for p in sorted(scratch.rglob("*")) if p.is_file())]
        found = [str(p) for p in candidates if re.search("|".join(self.wanted), p.name)]
        assert found, f"{self} has no such file"
        return found


VIEWS: dict[str, tuple[str, ...] | None] = {
    "whole": None,
    "log": (r"^sw-response-mgmt\.log",),
    "capture": (r"\.pcap$", r"\.pcapng$"),
}


def cases() -> list[Case]:
    found: list[Case] = []
    for file in sorted(SAMPLES.glob("*/expected.json")):
        expected = json.loads(file.read_text(encoding="utf-8"))
        found += [Case(file.parent, v, wanted, expected[v]) for v, wanted in VIEWS.items() if expected.get(v)]
    return found


CASES = cases()


def test_there_are_samples() -> None:
    assert len({case.folder for case in CASES}) >= 20


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case, tmp_path: Path) -> None:
    report = triage(case.paths(tmp_path))
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
def test_capture_facts(case: Case, tmp_path: Path) -> None:
    """What the lab configured is what the capture is read as."""
    facts = json.loads((case.folder / "expected.json").read_text(encoding="utf-8"))["facts"]
    streams = mail_streams(triage(case.paths(tmp_path)))
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
