"""Every command that a triage of the samples prints is one that a shell can read, redacted or not."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports import triaged
from sestriage.model.command import is_command
from sestriage.redact import redact_report
from sestriage.report.json.verdict import render_all
from support import SAMPLES

CASES = sorted(path.parent.name for path in SAMPLES.glob("*/expected.json"))
PLACEHOLDERS = ("CERTIFICATE.pem", "REGION", "<", "FILE")
"""What would have to be filled in before a command can be typed (`<` but for redirections is checked by the shell)."""


def commands(case: str, *, redacted: bool) -> Iterator[str]:
    """Commands, checks and ways back of a case, each once."""
    evidence = sorted(str(path) for path in (SAMPLES / case).iterdir() if path.name != "expected.json")
    report = triaged(*evidence)
    document = json.loads(render_all([redact_report(report) if redacted else report], [1]))
    seen: dict[str, None] = {}
    for step in document["fixes"]:
        if step["command"]:
            seen[step["command"]] = None
        for text in (step["verify"], step["undo"]):
            seen.update(dict.fromkeys(line for line in (text or "").splitlines() if is_command(line.strip())))
    for need in document["verdict"]["needs"]:
        if need["command"]:
            seen[need["command"]] = None
    yield from seen


@pytest.mark.parametrize("redacted", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_a_shell_can_read_it(case: str, redacted: bool) -> None:
    for command in commands(case, redacted=redacted):
        done = subprocess.run(["bash", "-n", "-c", command], capture_output=True, text=True)
        assert done.returncode == 0, f"{command}\n{done.stderr}"


@pytest.mark.parametrize("case", CASES)
def test_nothing_has_to_be_filled_in(case: str) -> None:
    for command in commands(case, redacted=False):
        words = command.replace("</dev/null", "").replace("<<<", "").replace("3<>", "").replace("<&3", "")
        words = words.replace("</proc/1/cmdline", "")
        assert not [mark for mark in PLACEHOLDERS if mark in words], command


def test_the_samples_print_commands() -> None:
    """The tests above would pass with none."""
    assert sum(1 for _ in commands("dh-openssl", redacted=False)) >= 3
    assert Path(SAMPLES, "dh-openssl", "tls-ciphers").is_file()
