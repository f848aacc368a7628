"""What 0.1.0 wrote is read by this version: its own files, made by its own code, early and late in its life."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from cli.terminal import Result, Run
from sestriage.cli import language
from sestriage.report.json.saved import read_saved
from sestriage.rules import load_rules
from support import SAMPLES

HERE = Path(__file__).parent / "v0_1_0"
LOG = SAMPLES / "several-attempts-failure" / "sw-response-mgmt.log"
WATCHED = "/srv/upgrade/sw-response-mgmt.log"
"""The log that the states are about."""

each_release = pytest.mark.parametrize("release", ["early", "late"])


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    import sys

    from sestriage.cli.main import main

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))

    def run_command(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["sestriage", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        language.choose([], {})
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Result(ended.value.code, captured.out, captured.err)

    return run_command


@each_release
def test_nothing_in_them_names_a_machine(release: str) -> None:
    for path in (HERE / release).iterdir():
        data = path.read_bytes()
        assert not [word for word in (b"/root", b"/home/", b"/tmp/") if word in data], path


@each_release
def test_a_saved_report(release: str, run: Run) -> None:
    path = HERE / release / "report.json"
    (case,) = read_saved(path.read_bytes(), "x")
    assert (case.version, case.schema_version, case.outcome) == ("0.1.0", 1, "failed")
    assert case.rule == "ca-missing-from-trust-store"
    assert case.newest is not None
    assert case.importable
    assert case.served
    assert case.stores
    result = run("compare", str(path), str(SAMPLES / "pkix-root-missing"))
    assert result.status == 1
    assert "Verdict:" not in result.out, "the same case today"
    assert "The trust store has" not in result.out
    assert "The server" not in result.out


@each_release
def test_keys_that_keep_their_meaning(release: str, run: Run) -> None:
    old = json.loads((HERE / release / "report.json").read_text(encoding="utf-8"))
    new = json.loads(run("triage", "--no-save", "--format", "json", str(SAMPLES / "pkix-root-missing")).out)
    for name in ("outcome", "confidence", "cleared"):
        assert new["verdict"][name] == old["verdict"][name]
    assert new["verdict"]["primary"]["rule"] == old["verdict"]["primary"]["rule"]
    assert [attempt["outcome"] for attempt in new["attempts"]] == [attempt["outcome"] for attempt in old["attempts"]]
    assert all({"rule", "text", "command"} <= fix.keys() for fix in new["fixes"])
    assert set(old) <= set(new)


@each_release
def test_the_state_of_check(release: str, run: Run, tmp_path: Path) -> None:
    state, log = tmp_path / "state", tmp_path / "sw-response-mgmt.log"
    state.mkdir(mode=0o700)
    shutil.copy(HERE / release / "check.sqlite3", state)
    result = run("history", "--log", WATCHED, "--state", str(state))
    assert (result.status, result.err) == (0, "")
    assert "smtp-credentials-invalid" in result.out
    shutil.copy(LOG, log)
    with sqlite3.connect(state / "check.sqlite3") as db:  # the log has moved
        for table in ("cursor", "incident", "condition", "counter", "outbox"):
            db.execute(f"UPDATE {table} SET log = ? WHERE log = ?", (str(log), WATCHED))
    db.close()
    run("check", "--log", str(log), "--state", str(state), "--grace", "0")
    incidents = json.loads(run("history", "--format", "json", "--log", str(log), "--state", str(state)).out)
    assert [incident["rule"] for incident in incidents["incidents"]] == ["smtp-credentials-invalid"]
    assert not list(state.glob("*.v*")), "the state was set aside"


@each_release
def test_a_site_rule(release: str, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    shutil.copy(HERE / release / "corp-relay-quota.toml", folder)
    rules = load_rules((folder,))
    assert rules.problems == ()
    assert "corp-relay-quota" in rules.rules
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text(
        "2026-11-24 09:16:13,771 ERROR [exec-7] Test Action 'email soc' failed\n"
        "javax.mail.MessagingException: corp relay quota: the message\n",
        encoding="utf-8",
    )
    found = json.loads(run("triage", "--no-save", "--format", "json", "--rules", str(folder), str(log)).out)
    assert found["verdict"]["primary"]["rule"] == "corp-relay-quota"


@each_release
def test_settings(release: str, run: Run) -> None:
    result = run("settings", str(HERE / release / "smtp.toml"))
    assert result.status == 0
    assert result.out.startswith("no fault found in the settings\n")


@each_release
def test_a_map_of_pseudonyms(release: str, run: Run, tmp_path: Path) -> None:
    case, text = tmp_path / "case.map", tmp_path / "x.log"
    shutil.copy(HERE / release / "case.map", case)
    text.write_text("soc@corp.example new@corp.example\n", encoding="utf-8")
    assert run("redact", "--map", str(case), str(text)).out == "<address-1> <address-2>\n"


@each_release
def test_the_last_triage(release: str, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "xdg" / "sestriage"
    folder.mkdir(parents=True)
    shutil.copy(HERE / release / "last-triage.json", folder)
    result = run("explain", "--last")
    assert "ca-missing-from-trust-store" in result.out
