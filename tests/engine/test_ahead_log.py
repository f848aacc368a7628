"""Logs that other processes search ahead: the same result as without them, and no process is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from engine.processes import none_left
from sestriage.engine import ahead_log as module
from sestriage.engine import logread
from sestriage.engine.ahead import Ahead
from sestriage.engine.ahead_log import LogsAhead
from sestriage.engine.collect import Options, collect
from sestriage.formats.log import LogReader
from sestriage.formats.log.places import Selection
from sestriage.model.source import SourceRef
from support import SAMPLES

SAMPLE = SAMPLES / "pkix-root-missing" / "sw-response-mgmt.log"
SOURCE = SourceRef(str(SAMPLE))
CHATTER = b"2026-11-01 03:31:33.000 INFO [y] c.h.P - poll\n"


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Iterator[LogsAhead]:
    monkeypatch.setattr(module, "WORTH_IT", 1000)
    readings = LogsAhead()
    with none_left():
        yield readings
        readings.stop()


def opened() -> BinaryIO:
    return SAMPLE.open("rb")


def searched(ahead: LogsAhead, path: Path, chatter: int, samples: int) -> tuple[SourceRef, Selection]:
    """A large log of so many samples, behind so many lines of chatter each, and what is found of it."""
    path.write_bytes((CHATTER * chatter + SAMPLE.read_bytes()) * samples)
    source = SourceRef(str(path))
    ahead.begin([str(path)])
    selection = ahead.take(source, lambda: path.open("rb"))
    assert selection is not None
    return source, selection


def test_the_events_are_those_that_are_read_here(ahead: LogsAhead) -> None:
    ahead.begin(["--format", "json", str(SAMPLE)])
    assert ahead.busy
    selection = ahead.take(SOURCE, opened)
    assert selection is not None
    assert not ahead.busy
    assert list(LogReader(SOURCE).events(selection)) == list(LogReader(SOURCE).events([SAMPLE.read_bytes()]))
    assert ahead.take(SOURCE, opened) is None, "taken once"


def test_what_is_not_asked_for_is_ended(ahead: LogsAhead) -> None:
    ahead.begin([str(SAMPLE)])
    assert ahead.take(SourceRef(str(SAMPLE), member="inner.log"), opened) is None
    assert ahead.take(SourceRef("other.log"), opened) is None


@pytest.mark.parametrize("killed", [0, -1], ids=["the first", "the last"])
def test_a_process_that_is_killed_is_made_up_for(ahead: LogsAhead, tmp_path: Path, killed: int) -> None:
    large = tmp_path / "large.log"
    source, selection = searched(ahead, large, 20_000, 20)
    os.kill(ahead._processes[killed], signal.SIGKILL)
    assert list(LogReader(source).events(selection)) == list(LogReader(source).events([large.read_bytes()]))


def test_a_search_that_is_left_early_leaves_nothing_behind(ahead: LogsAhead, tmp_path: Path) -> None:
    source, selection = searched(ahead, tmp_path / "large.log", 2000, 9)
    events = LogReader(source).events(selection)
    next(events)
    events.close()  # type: ignore[attr-defined]


def test_an_interrupt_while_it_waits_is_no_end_of_the_search(ahead: LogsAhead) -> None:
    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    ours, theirs = os.pipe()
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(KeyboardInterrupt):
            next(module._received(module._Search([ours], 1, (0, 0))))
    finally:
        signal.signal(signal.SIGALRM, before)
        os.close(theirs)


def test_only_large_texts_that_are_read_whole(
    ahead: LogsAhead, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = tmp_path / "large.gz"
    binary.write_bytes(b"\x1f\x8b\x08" + b"x" * 5000)
    words = ["", "-", "--output", str(binary), str(tmp_path), str(tmp_path / "absent"), "a\0b"]
    ahead.begin(words)
    ahead.begin([str(SAMPLE), "--since", "yesterday"])
    ahead.begin([str(SAMPLE), "--until=2026-11-24"])
    assert not ahead.busy
    monkeypatch.setattr(module, "WORTH_IT", 1 << 30)
    ahead.begin([str(SAMPLE)])
    assert not ahead.busy


def test_it_is_begun_and_ended_with_the_captures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WORTH_IT", 1000)
    both = Ahead()
    with none_left():
        both.begin([str(SAMPLE)])
        assert both.busy
        both.stop()
        assert not both.busy


def test_the_command_gives_the_same_report_either_way(tmp_path: Path) -> None:
    """The sample behind so much chatter that it is worth processes, and as a pipe, which never is."""
    large = tmp_path / "sw-response-mgmt.log"
    large.write_bytes(CHATTER * (module.WORTH_IT // len(CHATTER) + 1) + SAMPLE.read_bytes())
    command = [sys.executable, "-m", "sestriage", "triage", "--format", "json", "--no-save"]
    ahead = subprocess.run([*command, str(large)], capture_output=True, check=False)
    with large.open("rb") as file:
        piped = subprocess.run([*command, "-"], stdin=file, capture_output=True, check=False)
    assert (ahead.returncode, ahead.stderr) == (piped.returncode, piped.stderr) == (1, b"")
    reports = [json.loads(text.replace(str(large).encode(), b"-")) for text in (ahead.stdout, piped.stdout)]
    for report in reports:
        report.pop("inputs")
    assert reports[0] == reports[1]


def test_a_log_that_is_truncated_while_it_is_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rotation that copies and truncates: nobody may take what is left for the whole."""
    path = tmp_path / "sw-response-mgmt.log"
    path.write_bytes(SAMPLE.read_bytes() + CHATTER * 5000)
    begin = logread._read_newest

    def truncated(*arguments: Any) -> bool:
        os.truncate(path, 100)
        return begin(*arguments)

    assert [note.problem for note in collect([str(path)], Options()).notes] == [None]
    monkeypatch.setattr(logread, "_read_newest", truncated)
    (note,) = collect([str(path)], Options()).notes
    assert note.problem is not None
    assert note.problem.startswith("the file became shorter while it was read")
