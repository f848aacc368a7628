"""What can go wrong around a run: disks, states, files in the log's place, other runs, other users."""

from __future__ import annotations

import os
import resource
import sqlite3
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sestriage.errors import InputError
from sestriage.watch.lock import only_run
from sestriage.watch.output.deliver import REPEATED
from sestriage.watch.run import Busy
from sestriage.watch.state import NAME, StateError
from watch.watching import GrowingLog, Watch, heads

pytestmark = pytest.mark.filterwarnings("ignore:This process.*multi-threaded:DeprecationWarning")


def in_child(work: Callable[[], object]) -> str:
    """Run something in a process of its own; the name of the exception that it ended with, and its text."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            work()
            os.write(write, b"done")
        except BaseException as error:
            os.write(write, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text


def test_the_state_is_for_its_owner_only(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure())
    old = os.umask(0)
    try:
        watch.run()
    finally:
        os.umask(old)
    assert stat.S_IMODE(watch.state.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in watch.state.iterdir()}
    assert modes == {NAME: 0o600, "lock": 0o600}


def test_a_state_that_was_opened_to_others_is_closed_again(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure())
    watch.run()
    (watch.state / NAME).chmod(0o644)
    log.append(log.success())
    watch.run()
    assert stat.S_IMODE((watch.state / NAME).stat().st_mode) == 0o600


def test_what_a_link_in_the_place_of_the_state_points_to_keeps_its_rights(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure())
    watch.run()
    elsewhere = (watch.state / NAME).rename(watch.state.parent / "elsewhere")
    elsewhere.chmod(0o644)
    (watch.state / NAME).symlink_to(elsewhere)
    log.append(log.success())
    watch.run()
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o644


def test_two_runs_at_once(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure())
    with only_run(str(watch.state)) as busy:
        assert busy is None
        with pytest.raises(Busy):
            watch.run()
    assert watch.run().status == 1


def test_disk_full_while_the_state_is_written(log: GrowingLog, watch: Watch) -> None:
    log.append(log.chatter())
    watch.run()
    log.append(log.failure())
    size = (watch.state / NAME).stat().st_size

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, size // 2))
        watch.run()

    assert in_child(full).startswith("StateError: cannot keep the state in ")
    assert watch.said() == "", "what could not be kept was not said either"
    assert watch.run().status == 1
    assert len(heads(watch.said())) == 1
    assert watch.run().status == 0


def test_a_full_database(log: GrowingLog, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    log.append(log.chatter())
    watch.run()
    log.append(log.failure())
    connect = sqlite3.connect

    def small(*args: object, **options: object) -> sqlite3.Connection:
        db = connect(*args, **options)  # type: ignore[call-overload]
        db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")
        return db  # type: ignore[no-any-return]

    monkeypatch.setattr(sqlite3, "connect", small)
    monkeypatch.setattr("sestriage.watch.pending.dump", lambda events: "x" * 100_000)
    with pytest.raises(StateError, match="database or disk is full"):
        watch.run()
    monkeypatch.undo()
    assert watch.run().status == 1
    assert len(heads(watch.said())) == 1


def test_a_full_disk_under_the_report(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure())
    good = watch.out
    watch.out = Path("/dev/full")
    with pytest.raises(InputError, match="cannot write the report to standard output: No space left"):
        watch.run()
    watch.out = good
    assert watch.run().status == 1
    assert len(heads(watch.said())) == 1
    assert watch.run().status == 0


@pytest.mark.parametrize("damage", [b"", b"\0" * 5000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_state_is_kept_and_begun_anew(log: GrowingLog, watch: Watch, damage: bytes) -> None:
    log.append(log.failure())
    watch.run()
    watch.said()
    (watch.state / NAME).write_bytes(damage)
    assert watch.run().status == 1
    text = watch.said()
    assert len(heads(text)) == 1
    if damage:
        assert "is damaged" in text
        assert "this is a fresh start" in text
        kept = [path for path in watch.state.iterdir() if ".damaged-" in path.name]
        assert [path.read_bytes() for path in kept] == [damage]
    assert watch.run().status == 0
    assert watch.said() == ""


@pytest.mark.parametrize("cut", [100, 1000, 4096, 9000, 20000])
def test_a_state_cut_short(log: GrowingLog, watch: Watch, cut: int) -> None:
    log.append(log.failure())
    watch.run()
    watch.said()
    whole = (watch.state / NAME).read_bytes()
    (watch.state / NAME).write_bytes(whole[:cut])
    watch.run()
    assert len(heads(watch.said())) == 1
    assert watch.run().status == 0


@pytest.mark.parametrize("column", ["cause = '{'", "cause = '{}'", "causes = '[1]'", "started = 'x'"])
def test_a_state_with_wrong_content(log: GrowingLog, watch: Watch, column: str) -> None:
    log.append(log.failure())
    watch.run()
    watch.said()
    with sqlite3.connect(watch.state / NAME) as db:
        db.execute(f"UPDATE incident SET {column}")
    db.close()
    watch.run()
    assert "is damaged" in watch.said()


def test_a_newer_state_is_kept_and_begun_anew(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure())
    watch.run()
    watch.said()
    with sqlite3.connect(watch.state / NAME) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    assert watch.run().status == 1
    assert "was written by another version (schema 99, not 1)" in watch.said()
    kept = [path for path in watch.state.iterdir() if ".v99-" in path.name]
    with sqlite3.connect(kept[0]) as db:
        assert db.execute("SELECT count(*) FROM incident").fetchone() == (1,)
    db.close()


def replace_with_folder(path: Path) -> None:
    path.mkdir()


def replace_with_pipe(path: Path) -> None:
    os.mkfifo(path)


def replace_with_dangling_link(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def replace_with_loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("replace", "words"),
    [
        (replace_with_folder, "is a folder, not a log"),
        (replace_with_pipe, "is a named pipe, not a log"),
        (replace_with_dangling_link, "is a link that leads nowhere"),
        (replace_with_loop, "Too many levels of symbolic links"),
        (lambda path: None, "does not exist"),
    ],
)
def test_something_else_in_the_place_of_the_log(
    log: GrowingLog, watch: Watch, replace: Callable[[Path], None], words: str
) -> None:
    log.append(log.chatter() + log.failure())
    watch.run()
    watch.said()
    log.path.rename(log.folder / "aside")
    replace(log.path)
    assert watch.run().status == 3
    assert words in watch.said()
    assert watch.run().status == 3, "it stays unreadable"
    assert watch.said() == "", "but is told once"
    assert watch.run(format="plugin").status in (2, 3)
    watch.said()
    if log.path.is_dir():
        log.path.rmdir()
    else:
        log.path.unlink(missing_ok=True)
    (log.folder / "aside").rename(log.path)
    log.skip(20)
    log.append(log.failure())
    result = watch.run()
    assert result.status == 0
    assert watch.said().startswith("No longer so: ")
    assert sum(incident.count for incident in result.summary.open) == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_permission_denied_and_group_adm() -> None:
    """As nobody the log cannot be read; as nobody in the log's group it can."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        log = GrowingLog(folder)
        log.append(log.failure())
        os.chown(log.path, 0, 4)
        log.path.chmod(0o640)
        open_folder = folder / "nobody"
        open_folder.mkdir()
        os.chown(open_folder, 65534, 65534)
        # everything is loaded before: nobody may not read the interpreter's own files either, where root installed them
        Watch(log, folder / "state", folder / "out.txt").run()
        watch = Watch(log, open_folder / "state", open_folder / "out.txt")

        def as_nobody(groups: list[int]) -> Callable[[], None]:
            def run() -> None:
                os.setgroups(groups)
                os.setgid(65534)
                os.setuid(65534)
                raise SystemExit(watch.run().status)

            return run

        assert in_child(as_nobody([])) == "SystemExit: 3"
        assert "Permission denied" in watch.said()
        assert in_child(as_nobody([4])) == "SystemExit: 1"
        assert "Alarm mail fails" in watch.said()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_state_folder_that_may_not_be_written(log: GrowingLog, watch: Watch) -> None:
    watch.state.mkdir(mode=0o500)
    with pytest.raises(InputError, match="cannot use the state folder"):
        watch.run()


def test_a_file_as_state_folder(log: GrowingLog, watch: Watch) -> None:
    log.append(log.chatter())
    watch.state.write_text("")
    with pytest.raises(InputError, match="cannot use the state folder"):
        watch.run()


# --- reports that were cut off ------------------------------------------------------------------------------------


def cut_off(watch: Watch, written: int) -> bytes:
    """A run that is killed after it wrote `written` bytes of its report; the whole report."""
    from sestriage.watch import run
    from sestriage.watch.output import deliver

    body = b""

    def write(handle: int, data: bytes) -> None:
        nonlocal body
        body = bytes(data)
        os.write(handle, data[:written])
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deliver, "write", write)
        with pytest.raises(KeyboardInterrupt):
            watch.run()
    assert run is not None
    return body


@pytest.mark.parametrize("written", [0, 1, 17, 200, 100_000])
def test_what_is_missing_of_a_report_is_added(log: GrowingLog, watch: Watch, written: int) -> None:
    watch.out.write_text("earlier output of cron\n")
    log.append(log.failure())
    body = cut_off(watch, written)
    watch.run()
    watch.run()
    assert watch.out.read_bytes() == b"earlier output of cron\n" + body


def test_a_report_that_another_program_wrote_after_is_not_repeated(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure())
    body = cut_off(watch, 100_000)
    with watch.out.open("ab") as file:
        file.write(b"another job\n")
    watch.run()
    assert watch.out.read_bytes() == body + b"another job\n"


def test_a_report_whose_file_was_rotated_is_looked_for_there(log: GrowingLog, watch: Watch, tmp_path: Path) -> None:
    log.append(log.failure())
    cut_off(watch, 0)
    watch.out.rename(tmp_path / "out.1")
    assert watch.run().status == 1
    assert len(heads(watch.said())) == 1
    assert watch.run().status == 0


def test_a_report_into_a_pipe_is_repeated_and_says_so(log: GrowingLog, watch: Watch) -> None:
    from sestriage.watch.output.deliver import Sink, missing

    read, write = os.pipe()
    body = b"report\n"
    assert missing(body, Sink.of(write), write) == REPEATED + body
    os.close(read)
    os.close(write)
