"""Files that commands write: never an input, and whole or as they were."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import click
import pytest

from cli.terminal import Run
from sestriage.cli import output
from sestriage.cli.saving.outfile import written_aside
from support import SAMPLES

LOG = SAMPLES / "credentials-invalid" / "sw-response-mgmt.log"


@pytest.mark.parametrize("spelling", ["{}", "./{}", "link.log"])
@pytest.mark.parametrize("command", [("triage", "--no-save"), ("inspect",)])
def test_an_input_is_never_overwritten(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], spelling: str
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(LOG, "case.log")
    Path("link.log").symlink_to("case.log")
    result = run(*command, "case.log", "-o", spelling.format("case.log"))
    assert result.status == 2
    assert "the output must not be one of the inputs" in result.err
    assert Path("case.log").read_bytes() == LOG.read_bytes()


def test_what_an_option_names_is_an_input_too(run: Run, tmp_path: Path) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("nothing")
    assert run("triage", "--no-save", str(LOG), "--keylog", str(keys), "-o", str(keys)).status == 2
    assert keys.read_text() == "nothing"


def test_another_file_is_written_with_the_mode_of_the_old_one(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "report.txt"
    target.write_text("old")
    target.chmod(0o640)
    run("triage", "--no-save", str(LOG), "-o", str(target))
    assert target.read_text().startswith("FAILED")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["report.txt"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    with written_aside(str(tmp_path / "link")) as stream:
        stream.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_the_old_file_stays_whole(tmp_path: Path, fault: BaseException) -> None:
    target = tmp_path / "report.txt"
    target.write_text("old")

    def write() -> None:
        with written_aside(str(target)) as stream:
            stream.write(b"half of it")
            raise fault

    with pytest.raises(type(fault)):
        write()
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.txt"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_device_is_told() -> None:
    with pytest.raises(click.ClickException, match="No space left"):
        output.write("text" * 10000, "/dev/full")


def test_a_pipe_is_written_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with written_aside(str(pipe)) as stream:
        stream.write(b"through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
