"""Ready-made files for systemd, cron and logrotate, filled in for this installation."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from sestriage.formats.spans import write_span
from sestriage.watch.settings import DEFAULT_LOG, Value

FOLDER = Path(__file__).parent / "units"
LEFT_OUT = ("state", "since")
"""Settings that belong to the one run that prints, not to the timer's."""


def program() -> str:
    """The command that runs sestriage here, by its absolute path."""
    script = sys.argv[0]
    if os.path.basename(script) == "sestriage":  # noqa: PTH119
        return os.path.abspath(script)  # noqa: PTH100
    return f"{sys.executable} -m sestriage"


def options(values: tuple[Value, ...]) -> str:
    """The options that were given, so that the timer's runs behave as the one that printed it."""
    parts: list[str] = []
    for value in values:
        if not value.origin.startswith("option ") or value.name in LEFT_OUT:
            continue
        name = f"--{value.name.replace('_', '-')}"
        if value.name in ("syslog", "redact"):
            parts.append({"syslog": "--syslog", "redact": "--no-redact"}[value.name])
        elif isinstance(value.value, tuple):
            parts.extend(f"{name}={shlex.quote(str(item))}" for item in value.value)
        else:
            parts.append(f"{name}={shlex.quote(_text(value.value))}")
    return " ".join(parts)


def _text(value: object) -> str:
    if isinstance(value, float):
        return write_span(value)
    return "off" if value is None else str(value)


def units(values: tuple[Value, ...], log: str) -> str:
    """Service and timer, each with the place it belongs to as a comment."""
    command = f"{program()} check {options(values)}".replace("%", "%%").rstrip()
    parts = []
    for name in ("sestriage-check.service", "sestriage-check.timer"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        parts.append(f"# /etc/systemd/system/{name}\n{_fill(text, command, log)}")
    return "\n".join(parts) + "\n" + (FOLDER / "systemd-notes.txt").read_text(encoding="utf-8")


def cron(values: tuple[Value, ...], log: str) -> str:
    """A crontab line with its explanation, and how logrotate fits in."""
    command = f"{program()} check {options(values)}".rstrip().replace("%", "\\%")
    return "\n".join(
        _fill((FOLDER / name).read_text(encoding="utf-8"), command, log) for name in ("crontab", "logrotate")
    )


def _fill(text: str, command: str, log: str) -> str:
    return text.replace("@COMMAND@", command).replace("@LOG@", log or DEFAULT_LOG)
