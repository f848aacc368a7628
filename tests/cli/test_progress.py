"""The progress bar: on a terminal, while work lasts; erased at the end; nothing of it anywhere else."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from children import usual_signals
from sestriage.cli import progress as module
from sestriage.cli.progress import progress
from sestriage.engine.reading.collect import Options
from sestriage.engine.triage import TriageOptions, triage_cases
from sestriage.ingest import Limits, Reading
from support import ROOT, SAMPLES

LINE = b"2026-03-02 04:00:00.001 INFO [main] a.b.C : nothing\n"
FAILURE = (
    b"2026-03-02 04:00:01.001 ERROR [main] c.h.EmailAction : failed\n"
    b"javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n"
)
HIDE_CURSOR = "\x1b[?25l"
ERASE = "\x1b[2K"


@dataclass(frozen=True)
class Session:
    status: int
    screen: str
    out: str


def on_terminal(
    arguments: Sequence[str],
    folder: Path,
    feed: Path | None,
    until: Callable[[bytes], bool],
    interrupt: bool = False,
    environment: Mapping[str, str] | None = None,
    content: bytes = LINE * 5000 + FAILURE,
) -> Session:
    """A command whose standard error is a terminal, and whose input (standard input, or the named pipe `feed`) goes on
    until `until` is content with the screen; then it ends, or Ctrl-C is pressed."""
    ours, theirs = pty.openpty()
    usual = {"PYTHONPATH": str(ROOT / "src"), "PATH": os.environ["PATH"], "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    with (folder / "out").open("wb") as out, usual_signals():
        process = subprocess.Popen(
            [sys.executable, "-m", "sestriage", *arguments],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=theirs,
            env=usual | dict(environment or {}),
        )
    os.close(theirs)
    assert process.stdin is not None
    source = process.stdin if feed is None else feed.open("wb", buffering=0)
    source.write(content)
    source.flush()
    shown = b""
    end = time.monotonic() + 120
    while time.monotonic() < end and not until(shown):
        shown += _more(ours) or b""
    assert until(shown), shown
    if interrupt:
        process.send_signal(2)
    else:
        source.close()
    while time.monotonic() < end and (data := _more(ours)) is not None:
        shown += data
    if time.monotonic() >= end:
        process.kill()
    status = process.wait(60)
    for stream in (source, process.stdin):
        stream.close()
    os.close(ours)
    return Session(status, shown.decode("utf-8", "replace"), (folder / "out").read_text(encoding="utf-8"))


def _more(screen: int) -> bytes | None:
    """What was written to the terminal in the last moment; None when no process has it open any more."""
    if not select.select([screen], [], [], 0.1)[0]:
        return b""
    try:
        return os.read(screen, 1 << 16) or None
    except OSError:
        return None


def last_line_is_empty(screen: str) -> bool:
    """Everything behind the last line break was erased, and so was the bar's line."""
    return screen.rstrip("\n").endswith(ERASE)


def test_a_bar_while_work_lasts_and_then_the_report_alone(tmp_path: Path) -> None:
    session = on_terminal(["triage", "--no-save", "-"], tmp_path, None, lambda shown: b"standard input" in shown)
    assert session.status == 1
    assert session.out.startswith("FAILED")
    assert "KiB" in session.screen or "bytes" in session.screen
    assert last_line_is_empty(session.screen)
    assert HIDE_CURSOR not in session.screen
    assert "\x1b" not in session.out


def test_ctrl_c_leaves_a_clean_terminal(tmp_path: Path) -> None:
    session = on_terminal(
        ["triage", "--no-save", "-"], tmp_path, None, lambda shown: b"standard input" in shown, interrupt=True
    )
    assert session.status == 130
    assert session.screen.split(ERASE)[-1].strip() == "sestriage: interrupted"
    assert HIDE_CURSOR not in session.screen
    assert session.out == ""


@pytest.mark.parametrize("command", ["triage", "inspect"])
def test_a_hostile_name_does_not_reach_the_terminal(tmp_path: Path, command: str) -> None:
    pipe = tmp_path / "a\x1b]0;evil\x07\u202e[red].log"
    os.mkfifo(pipe)
    arguments = [command, str(pipe)]
    session = on_terminal(arguments, tmp_path, pipe, lambda shown: b"[red].log" in shown)
    assert "\\x1b]0;evil\\x07\\u202e[red].log" in session.screen
    assert "\x1b]0" not in session.screen
    assert "\u202e" not in session.screen
    assert session.out


def test_certs_shows_it(tmp_path: Path) -> None:
    """A capture that goes on and on, as `tcpdump -w -` writes one."""
    pipe = tmp_path / "x.pcap"
    os.mkfifo(pipe)
    (sample,) = (SAMPLES / "pkix-root-missing").glob("*.pcap*")
    arguments = ["certs", "show", str(pipe)]
    session = on_terminal(arguments, tmp_path, pipe, lambda shown: b"x.pcap" in shown, content=sample.read_bytes())
    assert session.status == 0
    assert "Starfield Class 2 Certification Authority" in session.out
    assert last_line_is_empty(session.screen)


def test_redact_shows_it_where_its_text_goes_elsewhere(tmp_path: Path) -> None:
    pipe = tmp_path / "x.log"
    os.mkfifo(pipe)
    session = on_terminal(["redact", str(pipe)], tmp_path, pipe, lambda shown: b"x.log" in shown)
    assert session.status == 0
    assert session.out == (LINE * 5000 + FAILURE).decode()
    assert last_line_is_empty(session.screen)


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["--no-progress"], {}),
        ([], {"SESTRIAGE_NO_PROGRESS": "1"}),
        ([], {"TERM": "dumb"}),
    ],
)
def test_switched_off(tmp_path: Path, arguments: list[str], environment: Mapping[str, str]) -> None:
    asked = time.monotonic()
    session = on_terminal(
        ["triage", "--no-save", *arguments, "-"],
        tmp_path,
        None,
        lambda shown: time.monotonic() - asked > 3 * module.PATIENCE,
        environment=environment,
    )
    assert session.screen == ""
    assert session.out.startswith("FAILED")


def test_nothing_of_it_in_a_pipe() -> None:
    """Neither a byte nor an import, however long it lasts."""
    program = (
        "import sys, threading; from sestriage.cli import progress, main; progress.PATIENCE = 0\n"
        "sys.argv = ['sestriage', 'triage', '--no-save', '--format', 'json', '-']\n"
        "try: main.main()\n"
        "except SystemExit: pass\n"
        "assert 'rich' not in sys.modules; assert threading.active_count() == 1"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=FAILURE,
        capture_output=True,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": os.environ["PATH"], "TERM": "xterm"},
        check=True,
    )
    assert done.stderr == b""
    assert done.stdout.startswith(b"{")


# --- parts -------------------------------------------------------------------------------------------------------


def test_no_thread_without_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with progress(["x"], Limits()) as reading:
        assert reading is None
    assert capsys.readouterr().err == ""


def test_names_are_shown_by_their_ends() -> None:
    assert module._shown("-") == "standard input"
    assert module._shown("/short/x.log") == "/short/x.log"
    long = module._shown("/very/long/" + "x" * 100 + "/end.log")
    assert len(long) == module.NAME_WIDTH
    assert long.startswith("...x")
    assert long.endswith("x/end.log")


def test_each_stage_has_its_own_amount() -> None:
    """Bytes while files are read, then attempts; the rest of what nobody counted is not guessed."""
    reading = Reading()
    assert module.stage_of(reading, 3 << 20)[:1] + module.stage_of(reading, 3 << 20)[2:] == (
        *("reading", 0, 3 << 20, "0 B/3.0 MiB"),
    )
    reading.begin("x.pcap", 3 << 20)
    assert module.stage_of(reading, None).total is None
    reading.end()
    attempts = reading.judging(["first", "second", "third"])
    assert [next(attempts), next(attempts)] == ["first", "second"]
    assert module.stage_of(reading, 3 << 20) == ("judging", "judging attempts", 1, 3, "1/3")
    assert list(attempts) == ["third"]
    assert module.stage_of(reading, 3 << 20) == ("redacting", "", 0, None, "")


def test_attempts_of_several_cases_are_counted_together() -> None:
    reading = Reading()
    reading.begin("x", 1)
    reading.end()
    for case in (["first"], ["second", "third"]):
        for number, _ in enumerate(reading.judging(case)):
            assert reading.judged + 1 == reading.to_judge - (len(case) - 1 - number)


def test_a_triage_tells_the_bar_of_every_attempt() -> None:
    reading = Reading()
    options = TriageOptions(reading=Options(reading=reading))
    reports = triage_cases([str(SAMPLES / "several-attempts-failure")], options)
    assert reading.judged == reading.to_judge == sum(len(report.attempts) for report in reports) > 1


def test_the_size_of_everything(tmp_path: Path) -> None:
    for name, size in (("a", 10), ("b/c", 20)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * size)
    assert module._total([str(tmp_path), str(tmp_path / "a")], Limits(), threading.Event()) == 40
    assert module._total([str(tmp_path), "-"], Limits(), threading.Event()) is None


def test_where_there_can_be_no_more_threads_there_is_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(module, "is_terminal", lambda: True)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with progress([]) as reading:
        assert reading is None
