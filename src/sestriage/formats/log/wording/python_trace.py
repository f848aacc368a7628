"""Tracebacks of Python in a logged message: the lines of source that they print are no words of the log."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FRAME = re.compile(
    r"(?P<indent>[ \t]*)File \"(?P<file>[^\"\n]{1,400})\", line \d{1,7}(?:, in (?P<function>[\w<>.]{1,120}))?\s*$"
)
_AROUND = (
    "Traceback (most recent call last):",
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
)
_MARKS = re.compile(r"\s{0,200}[\^~][\s^~]{0,400}$|\s{0,8}\[Previous line repeated \d{1,9} more times?\]$")
_RAISED = re.compile(r"[A-Za-z_][\w.]{0,120}(?::\s|$)")
"""What ends a traceback: the exception, which stands at the frames' own depth or before it."""
_PLUMBING = frozenset(("getreply", "docmd", "putcmd", "send", "__init__", "__enter__", "sendmail", "send_message"))
_STEPS: dict[str, str] = {
    "_get_socket": "connect",
    "connect": "greeting",
    "ehlo": "ehlo",
    "helo": "ehlo",
    "ehlo_or_helo_if_needed": "ehlo",
    "starttls": "starttls",
    "login": "auth",
    "auth": "auth",
    "mail": "mail",
    "rcpt": "rcpt",
    "data": "data",
    "quit": "quit",
}
"""Methods of `smtplib.SMTP` that tell what was being done."""


@dataclass(frozen=True, slots=True)
class PythonFrame:
    """A line of a traceback: `File "/usr/lib/python3.11/smtplib.py", line 405, in getreply`."""

    file: str
    function: str


def is_frame(line: str) -> bool:
    """A line of a traceback that names a place in code, or the line that begins one."""
    return line.strip() == _AROUND[0] or _FRAME.match(line) is not None


def without_traceback(message: str) -> tuple[str, tuple[PythonFrame, ...]]:
    """A message without the places and the source of its tracebacks, and the places, innermost call last."""
    if 'File "' not in message:
        return message, ()
    kept: list[str] = []
    frames: list[PythonFrame] = []
    below: re.Match[str] | None = None
    """The place whose source may follow."""
    for line in message.split("\n"):
        if (match := _FRAME.match(line)) is not None:
            frames.append(PythonFrame(re.split(r"[/\\]", match["file"])[-1], match["function"] or ""))
            below = match
        elif not (frames and _MARKS.match(line)) and not _is_source(line, below):
            below = None
            if line.strip() not in _AROUND:
                kept.append(line)
    return ("\n".join(kept), tuple(frames)) if frames else (message, ())


def _is_source(line: str, place: re.Match[str] | None) -> bool:
    """A line below a place is its source: deeper than it, or in a paste that lost its blanks no exception."""
    if place is None:
        return False
    if len(line) - len(line.lstrip()) > len(place["indent"]):
        return True
    return not place["indent"] and _RAISED.match(line) is None and line.strip() not in _AROUND


def smtplib_step(frames: tuple[PythonFrame, ...]) -> str | None:
    """What smtplib was doing, from its innermost telling frame; None without one."""
    replying = False
    for frame in reversed(frames):
        if frame.file != "smtplib.py":
            continue
        replying = replying or frame.function == "getreply"
        if frame.function in _PLUMBING or frame.function.startswith("auth_"):
            continue
        step = _STEPS.get(frame.function)
        return "connect" if step == "greeting" and not replying else step
    return None
