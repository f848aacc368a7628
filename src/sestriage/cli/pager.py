"""A pager for long reports on a terminal, as git has it: `SESTRIAGE_PAGER`, else `PAGER`, else less; `cat` for none."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress

SHORTEST = 60
"""Lines of a report that is shown without a pager on any terminal."""
VARIABLES = ("SESTRIAGE_PAGER", "PAGER")
_LINK = re.compile(r"\x1b\]8;;[^\x1b]*+\x1b\\")
"""Begins or ends a link of a terminal: not every pager passes these on, and addresses are shown in full."""


def paged(text: str) -> bool:
    """Shows the text in a pager. False where none is wanted, needed or there: then nothing was shown."""
    if not _is_needed(text) or not (command := _command()):
        return False
    text = _LINK.sub("", text)
    surroundings = {**os.environ, "LESS": os.environ.get("LESS", "FRX")}
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env=surroundings)
    except OSError:
        return False
    with suppress(BrokenPipeError):  # left before the end: that is what pagers are for
        pager.communicate(text.encode(sys.stdout.encoding or "utf-8", "backslashreplace"))
    _wait(pager)
    return True


def _wait(pager: subprocess.Popen[bytes]) -> None:
    """An interrupt is the pager's own business."""
    while True:
        with suppress(KeyboardInterrupt):
            pager.wait()
            return


def _is_needed(text: str) -> bool:
    if not (sys.stdout.isatty() and sys.stdin is not None and sys.stdin.isatty()):
        return False
    if os.environ.get("TERM", "dumb") in ("", "dumb"):
        return False
    count = text.count("\n")
    return count > SHORTEST and count >= shutil.get_terminal_size((80, 24)).lines


def _command() -> list[str]:
    """The words of the pager's command; empty for none."""
    named = next((os.environ[name] for name in VARIABLES if name in os.environ), "less")
    try:
        words = shlex.split(named)
    except ValueError:
        return []
    found = words and words[0] != "cat" and shutil.which(words[0])
    return words if found else []
