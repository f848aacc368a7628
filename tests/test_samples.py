"""Every sample gives what its expected.json says: as a whole, by its log alone, and by its capture alone."""

from __future__ import annotations

import base64
import json
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from reports import triaged
from sestriage import triage
from sestriage.cli.main import cli
from sestriage.engine.reading.collect import Options
from sestriage.engine.triage import TriageOptions
from sestriage.model.capture import Stream, TlsSession
from sestriage.model.verdict import Report
from support import SAMPLES

_FILTER: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
"""Debian 12's Python knows none yet; the archives are our own."""


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
                bundle.extractall(scratch, **_FILTER)
        candidates = [*inputs, *(p for p in sorted(scratch.rglob("*")) if p.is_file())]
        found = [str(p) for p in candidates if re.search("|".join(self.wanted), p.name)]
        assert found, f"{self} has no such file"
        return found


VIEWS: dict[str, tuple[str, ...] | None] = {
    "whole": None,
    "log": (r"^sw-response-mgmt\.log",),
    "capture": (r"\.pcap$", r"\.pcapng$"),
    "keyed": (r"\.pcap$", r"\.pcapng$", r"^tls-keys\.txt$"),
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
    report = triaged(*case.paths(tmp_path))
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


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_step_is_said_to_work_that_the_lab_did_not_let_pass(case: Case, tmp_path: Path) -> None:
    verdict = triaged(*case.paths(tmp_path)).verdict
    assert {step.value for step in verdict.cleared} <= set(case.expected["proven"])
    assert not {step.value for step in verdict.not_used} & set(case.expected["proven"])


UNSHOWN = {
    ("double-connect", "tls"),  # the log tells of the second connection, which failed within its handshake
    *((name, "dns") for name in ("close-ehlo", "close-starttls", "reset-greeting", "silence-ehlo", "silence-greeting")),
    *((name, "dns") for name in ("silence-starttls", "starttls-not-offered", "starttls-refused")),
    *((name, "auth") for name in ("close-body", "close-data", "reset-mail", "silence-body", "silence-rcpt")),
    *(("reset-quit", step) for step in ("auth", "mail", "rcpt", "data", "accepted")),
    ("silence-greeting-smtps", "certificate"),  # nothing was said behind the handshake
    # log and capture are not shown to be of one attempt: the log names no address, the capture no failed question
    ("clock-ahead-pkix", "dns"),
    ("clock-ahead-pkix-other", "dns"),
    ("same-seconds-535-other", "dns"),
    ("starttls-on-465-timeout", "dns"),  # no name of a server in the log, and no ClientHello in the capture
}
"""Steps that were passed and that nothing in the evidence shows."""


@pytest.mark.parametrize("case", [case for case in CASES if case.view == "whole"], ids=str)
def test_all_evidence_together_shows_what_was_passed(case: Case, tmp_path: Path) -> None:
    lacking = set(case.expected["proven"]) - {step.value for step in triaged(*case.paths(tmp_path)).verdict.cleared}
    assert {(case.folder.name, step) for step in lacking} <= UNSHOWN


def mail_streams(report: Report) -> list[Stream]:
    return [stream for capture in report.captures for stream in capture.streams]


@pytest.mark.parametrize("case", [c for c in CASES if c.view == "capture"], ids=str)
def test_capture_facts(case: Case, tmp_path: Path) -> None:
    """What the lab configured is what the capture is read as."""
    facts = json.loads((case.folder / "expected.json").read_text(encoding="utf-8"))["facts"]
    streams = mail_streams(triaged(*case.paths(tmp_path)))
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


KEYED = [c for c in CASES if c.view == "keyed"]


def facts_of(case: Case) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((case.folder / "expected.json").read_text(encoding="utf-8"))["facts"]
    return facts


def session_of(stream: Stream) -> TlsSession:
    assert stream.tls is not None
    return stream.tls


def test_there_are_key_logs() -> None:
    assert {"tls13-keylog", "tls13-535-keylog", "tls13-554-keylog"} <= {case.folder.name for case in KEYED}


@pytest.mark.parametrize("by_option", [False, True], ids=["beside", "option"])
@pytest.mark.parametrize("case", KEYED, ids=str)
def test_a_key_log_shows_what_tls_13_hides(case: Case, tmp_path: Path, by_option: bool) -> None:
    """The chain, the client's alert and the mail dialogue, whether the key log lies beside or is named."""
    facts, paths = facts_of(case), case.paths(tmp_path)
    if by_option:
        keylog = next(path for path in paths if path.endswith("tls-keys.txt"))
        options = TriageOptions(reading=Options(keylogs=(keylog,)))
        report = triage([path for path in paths if path != keylog], options)
    else:
        report = triaged(*paths)
    (stream,) = mail_streams(report)
    tls, smtp = session_of(stream), stream.smtp
    assert tls.certificates_visibility == "decrypted"
    assert [c.sha256 for c in tls.certificates] == facts["certificates"]
    hidden = [(a.sender, a.description) for a in tls.alerts if a.decrypted and a.level == "fatal" and a.code]
    assert hidden == [tuple(facts["hidden_alert"].values())] if facts["hidden_alert"] else not hidden
    assert smtp is not None
    assert list(smtp.reply_codes) == facts["replies"]
    assert {r.decrypted for r in smtp.replies[3:]} <= {True}
    assert not any(r.decrypted for r in smtp.replies[:3])


@pytest.mark.parametrize("case", KEYED, ids=str)
def test_without_the_key_log_it_stays_hidden_and_the_report_asks_for_it(case: Case, tmp_path: Path) -> None:
    capture = next(path for path in case.paths(tmp_path) if not path.endswith("tls-keys.txt"))
    report = triage([capture])
    (stream,) = mail_streams(report)
    assert session_of(stream).certificates_visibility == "encrypted"
    assert report.verdict.outcome == "undetermined"
    assert any("-keylogfile" in str(need.command) for need in report.verdict.needs), report.verdict.needs


@pytest.mark.parametrize("form", ["json", "markdown", "text"])
@pytest.mark.parametrize("case", [c for c in CASES if c.folder.name.endswith("keylog") and c.view == "whole"], ids=str)
def test_a_decrypted_password_and_the_secrets_stay_hidden(case: Case, form: str) -> None:
    """AUTH's payload, and the key log itself, are in no report, whatever is asked for."""
    done = CliRunner().invoke(
        cli, ["triage", str(case.folder), "-v", "--no-redact", "--no-save", "--format", form], standalone_mode=False
    )
    assert done.stdout, done.exception
    user, password = "AKIAIOSFODNN7EXAMPLE", "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"
    lines = (case.folder / "tls-keys.txt").read_text().splitlines()
    secrets = [line.split()[2] for line in lines if not line.startswith("#")]
    assert secrets
    for hidden in (
        user,
        password,
        *(base64.b64encode(w.encode()).decode().rstrip("=") for w in (user, password)),
        *secrets,
    ):
        assert hidden not in done.stdout


@pytest.mark.parametrize("bits", [512, 1024, 2048])
def test_the_size_of_a_dh_group_is_read_from_the_wire(bits: int) -> None:
    (stream,) = mail_streams(triage([str(SAMPLES / f"dhe-{bits}" / "test-action.pcap")]))
    tls = session_of(stream)
    assert (tls.key_exchange, tls.dh_bits) == ("DHE", bits)
    assert tls.client_finished == (bits >= 1024)
