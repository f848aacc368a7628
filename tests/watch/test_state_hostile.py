"""The state may be damaged in any value, holds no secret of the log, and keeps what syslog may not have heard."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from sestriage.cli.history import command as history
from sestriage.errors import InputError
from sestriage.watch.lock import only_run
from sestriage.watch.run import Surroundings, check
from sestriage.watch.settings import resolve, state_folder
from sestriage.watch.state import NAME
from support import SAMPLES
from watch.watching import GrowingLog, Watch, heads, judge

DAMAGE = (
    "UPDATE incident SET started = 9e999",
    "UPDATE incident SET started = 1e300",
    "UPDATE incident SET last = 'Tuesday'",
    "UPDATE incident SET count = 'many'",
    "UPDATE incident SET count = -1",
    "UPDATE incident SET told = 9e999",
    "UPDATE incident SET cause = json_set(cause, '$.title', 5)",
    "UPDATE incident SET cause = json_set(cause, '$.more', 5)",
    "UPDATE incident SET causes = '[[1, 2]]'",
    "UPDATE incident SET scope = CAST(x'ff' AS TEXT)",
    "INSERT INTO counter SELECT log, 'x', 'many' FROM cursor",
    "INSERT INTO counter SELECT log, 'x', 9e999 FROM cursor",
    "INSERT INTO condition SELECT log, 'x', 9e999, '', '', NULL FROM cursor",
    "INSERT INTO condition SELECT log, 'x', 0, 5, x'00', NULL FROM cursor",
    "UPDATE cursor SET offset = -1",
    "UPDATE cursor SET offset = 'far'",
    "UPDATE cursor SET line = 9e999",
    "UPDATE cursor SET looked = 9e999",
    "UPDATE cursor SET head = 5",
    "UPDATE cursor SET known = '[[1, \"zz\"]]'",
    "UPDATE cursor SET known = '5'",
    "UPDATE cursor SET carry = x'05'",
    "INSERT INTO outbox (log, body, sink) SELECT log, 5, '{}' FROM cursor",
    "INSERT INTO outbox (log, body, sink) SELECT log, x'61', '{}' FROM cursor",
    'INSERT INTO outbox (log, body, sink) SELECT log, x\'61\', \'{"regular": 1, "offset": "x"}\' FROM cursor',
)


def damage(watch: Watch, statement: str) -> None:
    with sqlite3.connect(watch.state / NAME) as db:
        db.execute(statement)
    db.close()


@pytest.mark.parametrize("statement", DAMAGE)
def test_a_value_that_means_nothing_begins_a_fresh_state(log: GrowingLog, watch: Watch, statement: str) -> None:
    log.append(log.failure())
    watch.run()
    watch.said()
    damage(watch, statement)
    log.append(log.chatter())
    assert watch.run().status == 1
    text = watch.said()
    assert "is damaged" in text
    assert "this is a fresh start" in text
    assert len(heads(text)) == 1
    assert watch.run().status == 0


def test_what_a_damaged_value_holds_is_not_quoted(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure())
    watch.run()
    watch.said()
    damage(watch, "UPDATE incident SET started = 'hunter2'")
    log.append(log.chatter())
    watch.run()
    assert "hunter2" not in watch.said()


def test_a_damaged_note_on_a_file_is_read_anew(log: GrowingLog, watch: Watch) -> None:
    watch.options["store"] = [str(SAMPLES / "hostname-mismatch-jsse" / "truststore.jks")]
    watch.options["cert_days"] = "10000"
    log.append(log.chatter())
    watch.run()
    expected = watch.said()
    assert "expires on" in expected
    damage(watch, "DELETE FROM condition")
    for content in ("x", "5", '{"endings": [["a", "b", "c"]], "problem": null}', '{"endings": 1e999, "problem": 5}'):
        damage(watch, f"UPDATE file SET content = '{content}'")
        watch.run()
        assert watch.said() == expected
        damage(watch, "DELETE FROM condition")


def test_the_history_of_a_damaged_state_is_an_error(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure() + log.start() + log.success())
    watch.run()
    damage(watch, "UPDATE incident SET started = 9e999, ended = 1, closed_told = 1")
    for form in ("text", "json"):
        arguments = ["--log", str(log.path), "--state", str(watch.state), "--format", form]
        result = CliRunner().invoke(history, arguments, standalone_mode=False)
        assert result.exception is None
        assert result.return_value == 4


SECRET = "hunter2Tr0ub4dor"


def test_the_state_holds_no_secret_of_the_log(log: GrowingLog, watch: Watch) -> None:
    said = f" password={SECRET} AUTH PLAIN AGEAaHVudGVyMlRyMHViNGRvcg=="
    log.append(log.start() + log.failure().replace("Invalid\n", f"Invalid{said}\n") + log.start())
    watch.run()
    with sqlite3.connect(watch.state / NAME) as db:
        (carry,) = db.execute("SELECT carry FROM cursor").fetchone()
    db.close()
    assert "Mail to SOC" in carry, "events are carried"
    stored = b"".join(path.read_bytes() for path in watch.state.iterdir())
    assert SECRET.encode() not in stored
    assert b"AGEAaHVudGVyMlRyMHViNGRvcg" not in stored
    log.append(log.success())
    assert len(heads(watch.said())) == 1
    watch.run()
    assert [head for head, _ in heads(watch.said())] == ["Alarm mail works again"]


class Syslog:
    """Takes lines; the first time it dies with them, as a run that is killed does."""

    def __init__(self, deaths: int) -> None:
        self.deaths = deaths
        self.lines: list[str] = []

    def __call__(self, lines: Sequence[str]) -> None:
        if self.deaths:
            self.deaths -= 1
            raise KeyboardInterrupt
        self.lines += lines


def run_with(watch: Watch, syslog: Syslog | None) -> None:
    handle = os.open(watch.out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        check(watch.settings(), Surroundings(judge=judge, out=handle, wait=0.0, syslog=syslog))
    finally:
        os.close(handle)


def test_syslog_is_told_at_least_once(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure())
    syslog = Syslog(deaths=2)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            run_with(watch, syslog)
    run_with(watch, None)
    assert len(heads(watch.said())) == 1, "the report itself waits for nothing"
    run_with(watch, syslog)
    run_with(watch, syslog)
    assert [line.split(": incident")[0] for line in syslog.lines] == ["Alarm mail fails"]
    assert watch.said() == ""


# --- where it lies -----------------------------------------------------------------------------------------------


def test_without_a_home_no_shared_folder_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    settings, _ = resolve({}, None, {})
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    with pytest.raises(InputError, match="no home folder"):
        state_folder(settings, {})
    with pytest.raises(InputError, match="no home folder"):
        state_folder(settings, {"XDG_STATE_HOME": "relative"})
    monkeypatch.setattr("os.path.expanduser", lambda path: "/home/me")
    assert state_folder(settings, {}) == "/home/me/.local/state/sestriage"


def test_a_state_folder_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(InputError, match="not used"), only_run(str(folder)):
        pass
    folder.chmod(0o775)
    with only_run(str(folder)) as busy:
        assert busy is None


def test_a_state_folder_of_another_account_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = tmp_path.stat().st_uid
    monkeypatch.setattr("os.geteuid", lambda: owner + 1)
    if owner == 0:
        os.chown(tmp_path, 12345, -1)
    with pytest.raises(InputError, match="not used"), only_run(str(tmp_path)):
        pass
