"""Standard streams and output files that do not work: one sentence, and never the exit status of a verdict."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.terminal import Run
from support import ROOT, SAMPLES

FAILED = str(SAMPLES / "refused" / "sw-response-mgmt.log")
ACCEPTED = str(SAMPLES / "success" / "sw-response-mgmt.log")


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Runs `command` in bash; `$S` is the program."""
    program = f"{sys.executable} -m sestriage"
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command.replace("$S", program)],
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment},
    )


@pytest.mark.parametrize("log", [ACCEPTED, FAILED])
def test_output_file_that_cannot_be_written_is_wrong_usage(log: str, tmp_path: Path) -> None:
    for target in (tmp_path, tmp_path / "missing" / "report.txt"):
        ended = shell(f"$S triage -o '{target}' '{log}'")
        assert ended.returncode == 2
        assert ended.stdout == b""
        assert str(target) in ended.stderr.decode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("form", ["text", "json"])
def test_full_disk_behind_standard_output(form: str) -> None:
    ended = shell(f"$S triage --format {form} '{ACCEPTED}' >/dev/full")
    assert ended.returncode == 2
    assert ended.stderr.decode().splitlines() == ["sestriage: cannot write to standard output: No space left on device"]


def test_closed_streams() -> None:
    assert shell(f"$S triage '{ACCEPTED}' >&-").returncode == 0
    assert shell(f"$S triage '{FAILED}' >&-").returncode == 1
    assert shell(f"$S triage '{ACCEPTED}' 2>&-").returncode == 0
    assert shell(f"$S triage '{ACCEPTED}' <&- >&- 2>&-").returncode == 0
    assert shell("$S triage /nonexistent 2>&-").returncode == 2
    ended = shell("$S triage - <&-")
    assert (ended.returncode, ended.stderr) == (3, b"")
    assert b"empty" in ended.stdout


def test_reader_that_goes_away_is_no_success() -> None:
    ended = shell(f"$S triage --format json '{FAILED}' | true")
    assert ended.returncode in (1, 141)  # 1 where all of it fitted into the pipe
    assert ended.stderr == b""


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_letters_that_the_terminal_does_not_know(form: str, tmp_path: Path) -> None:
    log = tmp_path / "pasted.log"
    log.write_text(
        "javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n"
        "\tSunCertPathBuilderAusnahme: kein gültiger Zertifizierungspfad zum angeforderten Ziel gefunden\n"
    )
    for language in ("en", "de"):
        ended = shell(f"$S triage --lang {language} --format {form} '{log}'", PYTHONIOENCODING="ascii")
        assert (ended.returncode, ended.stderr) == (1, b"")
        assert ended.stdout.isascii()
        assert b"Zertifizierungspfad" in ended.stdout


@pytest.mark.parametrize("command", ["triage", "certs show", "explain", "redact"])
def test_a_hostile_name_in_an_error_message_is_written_out(run: Run, tmp_path: Path, command: str) -> None:
    name = str(tmp_path / "a\x1b]0;evil\x07.log")
    option = ["--rules"] if command == "explain" else []
    result = run(*command.split(), *option, name)
    assert result.status == 2
    assert "\x1b" not in result.err
    assert "\x07" not in result.err
