from __future__ import annotations

import json
from pathlib import Path

from cli.test_check import ACCEPTED, FAILED, run


def test_text_and_json(tmp_path: Path) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    # days before the accepted mail: the failed one is logged without zone, so its hour is a guess
    log.write_bytes(FAILED.read_bytes().replace(b"2026-11-2", b"2026-11-1") + ACCEPTED.read_bytes())
    run("--log", str(log), "--since", "2000-01-01", "--grace", "0", state=tmp_path / "s")
    text = run("--log", str(log), state=tmp_path / "s", command="history").stdout
    assert text.startswith("#1  ")
    assert "[dh-key-too-small]" in text
    assert "failed 1 time" in text
    assert "a mail was accepted: " in text
    data = json.loads(run("--log", str(log), "--format", "json", state=tmp_path / "s", command="history").stdout)
    assert data["schema_version"] == 1
    assert data["incidents"][0]["resolution"].startswith(str(log))


def test_another_log_has_a_history_of_its_own(tmp_path: Path) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    log.write_bytes(FAILED.read_bytes())
    run("--log", str(log), "--since", "2000-01-01", "--grace", "0", state=tmp_path / "s")
    shown = run("--log", str(tmp_path / "other.log"), state=tmp_path / "s", command="history")
    assert shown.stdout == ""
    assert "other.log was never read" in shown.stderr


def test_a_log_that_was_never_readable_has_no_history_of_none(tmp_path: Path) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    run("--log", str(log), state=tmp_path / "s")
    shown = run("--log", str(log), state=tmp_path / "s", command="history")
    assert (shown.returncode, shown.stdout) == (0, "")
    assert "was never read" in shown.stderr
    log.write_bytes(ACCEPTED.read_bytes())
    run("--log", str(log), state=tmp_path / "s")
    shown = run("--log", str(log), state=tmp_path / "s", command="history")
    assert shown.stdout == "No incident: no failed alarm mail was seen.\n"
    assert shown.stderr == ""


def test_reading_changes_nothing_even_of_a_damaged_state(tmp_path: Path) -> None:
    state = tmp_path / "s" / "check.sqlite3"
    state.parent.mkdir()
    state.write_bytes(b"no database at all" * 100)
    shown = run(state=tmp_path / "s", command="history")
    assert shown.returncode == 4
    assert "is damaged" in shown.stderr
    assert state.read_bytes() == b"no database at all" * 100
