"""One log: as a file and through a pipe it is the same, and what is lost while it is read is said."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest

from sestriage.engine.reading import log_file
from sestriage.engine.reading.collect import Options, collect
from sestriage.engine.reading.log_tail import SMALL
from support import SAMPLES

SAMPLE = SAMPLES / "pkix-root-missing" / "sw-response-mgmt.log"
CHATTER = b"2026-11-01 03:31:33.000 INFO [y] c.h.P - poll\n"


def test_a_large_log_gives_the_same_events_as_a_file_and_through_a_pipe(tmp_path: Path) -> None:
    """The sample with so much chatter before and behind it that the file is not small."""
    chatter = CHATTER * (SMALL // len(CHATTER) + 1)
    path = tmp_path / "sw-response-mgmt.log"
    path.write_bytes(chatter + SAMPLE.read_bytes() + chatter)
    (file,) = collect([str(path)], Options()).logs
    (pipe,) = collect(["-"], Options(), io.BytesIO(path.read_bytes())).logs
    assert [event.source.line for event in file.events] == [event.source.line for event in pipe.events]
    assert [event.text for event in file.events] == [event.text for event in pipe.events]
    assert any("PKIX path building failed" in event.text for event in file.events)


def test_a_log_that_is_truncated_while_it_is_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rotation that copies and truncates: nobody may take what is left for the whole."""
    path = tmp_path / "sw-response-mgmt.log"
    path.write_bytes(SAMPLE.read_bytes() + CHATTER * 5000)
    begin = log_file._read_newest

    def truncated(*arguments: Any) -> bool:
        os.truncate(path, 100)
        return begin(*arguments)

    assert [note.problem for note in collect([str(path)], Options()).notes] == [None]
    monkeypatch.setattr(log_file, "_read_newest", truncated)
    (note,) = collect([str(path)], Options()).notes
    assert note.problem is not None
    assert note.problem.startswith("the file became shorter while it was read")
