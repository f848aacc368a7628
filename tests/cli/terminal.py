"""Runs a command on a terminal of its own, answers its questions, and gives back all that the terminal showed; and the
types of the `run` fixture."""

from __future__ import annotations

import os
import pty
import select
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from children import usual_signals
from support import ROOT


@dataclass(frozen=True)
class Result:
    """What a command in this process gave."""

    status: int
    out: str
    err: str


Run = Callable[..., Result]
"""`run("settings", "--port", "25", stdin=b"…")`, the fixture of conftest.py."""


@dataclass(frozen=True)
class Session:
    status: int
    screen: str
    out: str


def on_terminal(arguments: list[str], answers: list[tuple[str, str]], folder: Path, *, split: bool = True) -> Session:
    """`answers` are (prompt, answer) pairs. With `split` standard output goes to a file, as in `… > password`."""
    target = folder / "out"
    with usual_signals():
        child, screen = pty.fork()
    if child == 0:  # pragma: no cover - another process
        if split:
            os.dup2(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": os.environ["PATH"], "TERM": "dumb", "LC_ALL": "C.UTF-8"}
        os.execve(sys.executable, [sys.executable, "-m", "sestriage", *arguments], environment)
    shown = b""
    waiting = list(answers)
    seen = 0
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([screen], [], [], 0.2)[0]:
            try:
                data = os.read(screen, 4096)
            except OSError:  # the child closed the terminal
                break
            if not data:
                break
            shown += data
        if waiting and waiting[0][0].encode() in shown[seen:]:
            _, answer = waiting.pop(0)
            seen = len(shown)
            time.sleep(0.1)  # getpass switches the echo off after it has written the prompt
            os.write(screen, answer.encode() + b"\n")
    os.close(screen)
    _, state = os.waitpid(child, 0)
    out = target.read_text(encoding="utf-8") if split else ""
    return Session(os.waitstatus_to_exitcode(state), shown.decode("utf-8", "replace"), out)
