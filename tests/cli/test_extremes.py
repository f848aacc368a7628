"""Inputs that are too large, empty or senseless, through the whole command: bounded, told, and no traceback."""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from support import ROOT, SAMPLES

pytestmark = [pytest.mark.slow, pytest.mark.campaign(16)]

MIB = 1 << 20
MAX_MEMORY = 150 * MIB
MAX_SECONDS = 60
LOG = (SAMPLES / "pkix-root-missing" / "sw-response-mgmt.log").read_bytes()
HEAD = b"2026-11-24 03:47:00.000  INFO 7 --- [    scheduler-1] com.harbor.response.Bootstrap            : "

Content = Callable[[], Iterator[bytes]]

# A process starts with the peak of the one that started it (getrusage(2): the test runner's own size would be
# reported), so a small one stands between.
LAUNCHER = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[2:])
_, state, usage = os.wait4(process.pid, 0)
with open(sys.argv[1], "w") as file:
    file.write(str(usage.ru_maxrss * 1024))
sys.exit(os.waitstatus_to_exitcode(state))
"""


@dataclass(frozen=True)
class Ended:
    status: int
    report: dict[str, Any]
    memory: int
    seconds: float

    @property
    def problems(self) -> str:
        return " | ".join(str(note["problem"]) for note in self.report["inputs"])


def triaged(content: Content) -> Ended:
    """`triage -` with the content piped in, so that gigabytes never lie on a disk; peak memory in bytes."""
    command = [sys.executable, "-m", "sestriage", "triage", "--format", "json", "-"]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.NamedTemporaryFile("r") as peak:
        began = time.monotonic()
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        process = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, peak.name, *command],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=err,
            env=environment,
        )
        assert process.stdin is not None
        feeder = threading.Thread(target=_feed, args=(process.stdin, content), daemon=True)
        feeder.start()
        process.wait()
        seconds = time.monotonic() - began
        feeder.join()
        out.seek(0)
        err.seek(0)
        said = err.read().decode()
        assert said == ""
        return Ended(process.returncode, json.loads(out.read()), int(peak.read()), seconds)


def _feed(pipe: Any, content: Content) -> None:
    with suppress(BrokenPipeError), pipe:  # the command may have read enough
        for piece in content():
            pipe.write(piece)


def endless_line_behind_a_failure() -> Iterator[bytes]:
    yield LOG + HEAD
    yield from (b"x" * MIB for _ in range(2048))
    yield b"\n"


def endless_line_before_a_failure() -> Iterator[bytes]:
    yield HEAD
    yield from (b"x" * MIB for _ in range(2048))
    yield b"\n" + LOG


def nuls() -> Iterator[bytes]:
    yield from (bytes(MIB) for _ in range(1024))


def nuls_before_a_failure() -> Iterator[bytes]:
    yield from (bytes(MIB) for _ in range(200))
    yield LOG


def noise() -> Iterator[bytes]:
    dice = random.Random(8)
    yield from (dice.randbytes(MIB) for _ in range(100))


def noise_behind_a_failure() -> Iterator[bytes]:
    yield LOG
    yield from noise()


def cut_exception() -> Iterator[bytes]:
    yield LOG[: LOG.index(b"Caused by: sun.security.validator") + 20]


def frames_without_end() -> Iterator[bytes]:
    yield LOG
    yield from (b"\tat com.sun.mail.smtp.SMTPTransport.startTLS(SMTPTransport.java:2140)\n" * 10_000 for _ in range(30))


def causes_without_end() -> Iterator[bytes]:
    yield LOG
    yield from (b"Caused by: javax.mail.MessagingException: again;\n" * 10_000 for _ in range(10))


def deep_json() -> Iterator[bytes]:
    yield LOG
    yield from (b'{"a":' * 80_000 + b"\n" + b"[" * 200_000 + b"\n" for _ in range(20))


def bomb() -> Iterator[bytes]:
    yield gzip.compress(bytes(64 * MIB), 9) * 64


@dataclass(frozen=True)
class Extreme:
    content: Content
    outcome: str
    said: str


EXTREMES = (
    Extreme(endless_line_behind_a_failure, "failed", "the line is longer than"),
    Extreme(endless_line_before_a_failure, "failed", "the line is longer than"),
    Extreme(lambda: iter(()), "undetermined", "empty"),
    Extreme(nuls, "undetermined", "NUL bytes"),
    Extreme(nuls_before_a_failure, "failed", "NUL bytes"),
    Extreme(noise, "undetermined", "not recognised"),
    Extreme(noise_behind_a_failure, "failed", "not UTF-8"),
    Extreme(cut_exception, "failed", "ends in the middle of an exception"),
    Extreme(frames_without_end, "failed", ""),
    Extreme(causes_without_end, "failed", "too long"),
    Extreme(deep_json, "failed", "the line is longer than"),
    Extreme(bomb, "undetermined", "decompression bomb"),
)
STATUS = {"failed": 1, "undetermined": 3}


@pytest.mark.parametrize("extreme", EXTREMES, ids=lambda e: e.content.__name__.replace("<lambda>", "nothing"))
def test_extreme(extreme: Extreme, capsys: pytest.CaptureFixture[str]) -> None:
    ended = triaged(extreme.content)
    with capsys.disabled():
        name = extreme.content.__name__.replace("<lambda>", "nothing")
        sys.stdout.write(f"\n{name:32} {ended.seconds:5.1f} s {ended.memory // MIB:4} MiB")
    assert ended.status == STATUS[extreme.outcome]
    assert ended.report["verdict"]["outcome"] == extreme.outcome
    assert extreme.said in ended.problems
    assert ended.memory < MAX_MEMORY
    assert ended.seconds < MAX_SECONDS
