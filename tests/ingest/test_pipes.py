"""A named pipe is read where a program writes to it, and waited for only so long where none does."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from ingest.corpus import LOG
from sestriage.cli.main import cli
from sestriage.cli.secretinput import read_secret_file
from sestriage.engine.reading.key_logs import key_log
from sestriage.errors import InputError
from sestriage.ingest import Limits, pipes, walk
from sestriage.model.source import InputNote


@pytest.fixture
def pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(pipes, "WAIT", 0.2)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def write_soon(path: Path, *parts: bytes) -> threading.Thread:
    def write() -> None:
        with path.open("wb", buffering=0) as stream:
            for part in parts:
                stream.write(part)
                time.sleep(0.02)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("parts", [(LOG,), (LOG[:10], LOG[10:]), (b"", LOG)], ids=["at-once", "in-two", "late"])
def test_what_a_program_writes_is_read_whole(pipe: Path, parts: tuple[bytes, ...]) -> None:
    writer = write_soon(pipe, *parts)
    with pipes.open_named(str(pipe)) as stream:
        assert stream.read() == LOG
    writer.join(10)


def test_more_than_the_first_piece(pipe: Path) -> None:
    data = bytes(range(256)) * 2000
    writer = write_soon(pipe, data)
    with pipes.open_named(str(pipe)) as stream:
        assert stream.read(7) == data[:7]
        assert stream.read() == data[7:]
    writer.join(10)


def test_without_a_writer_it_is_skipped_with_a_finding_and_the_rest_is_used(pipe: Path, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    notes: list[InputNote] = []
    read = [member.ref.path for member in walk([str(pipe), str(tmp_path / "a.log")], Limits(), notes)]
    assert read == [str(tmp_path / "a.log")]
    assert [(n.source.path, str(n.problem)) for n in notes] == [
        (str(pipe), "cannot be opened: no program writes to this pipe")
    ]


def test_no_command_waits_for_it_without_end(pipe: Path) -> None:
    with pytest.raises(InputError, match="no program writes to this pipe"):
        key_log([str(pipe)])
    with pytest.raises(InputError, match="no program writes to this pipe"):
        read_secret_file(str(pipe), "password")


@pytest.mark.parametrize("command", [["mail"], ["settings"], ["redact"], ["settings", "--password-file"]])
def test_commands_say_so(pipe: Path, command: list[str]) -> None:
    with pytest.raises(InputError, match="no program writes to this pipe"):
        cli.main([*command, str(pipe)], standalone_mode=False)


def test_a_file_is_opened_as_ever(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    with pipes.open_named(str(tmp_path / "a.log")) as stream:
        assert stream.read() == LOG
        assert stream.seek(0) == 0
    with pytest.raises(FileNotFoundError):
        pipes.open_named(str(tmp_path / "none"))
