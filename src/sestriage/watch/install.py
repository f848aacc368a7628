"""Ready-made files for systemd, cron and logrotate, filled in for this installation."""

from __future__ import annotations

import os
import shlex
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from sestriage.delivery import delivery
from sestriage.errors import InputError
from sestriage.model.message import Message
from sestriage.times.spans import write_span
from sestriage.watch.settings import DEFAULT_LOG, Value

FOLDER = Path(__file__).parent / "units"
FIRST_RUN = ("since",)
"""Settings that belong to the one run that prints, not to the timer's."""
PATHS = ("log", "state", "store", "chain", "output", "rules")
HIDDEN = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # noqa: S108 - compared, not written to
"""Folders that the service does not see (ProtectHome, PrivateTmp)."""


def program() -> tuple[str, ...]:
    """The command that runs sestriage here, by its absolute path."""
    tree = delivery()
    if tree is not None:
        return (tree.command,)
    script = sys.argv[0]
    if os.path.basename(script) == "sestriage":  # noqa: PTH119
        return (os.path.abspath(script),)  # noqa: PTH100
    return (sys.executable, "-m", "sestriage")


FLAGS = {"syslog": "--syslog", "forecast": "--forecast", "redact": "--no-redact"}


def options(values: tuple[Value, ...], config: str | None, left_out: Sequence[str]) -> Iterator[str]:
    """The options and variables that were given, so that the timer's runs behave as the one that printed them.

    Neither systemd nor cron knows the variables or the folder of the shell that printed this.
    """
    if config is not None:
        yield f"--config={os.path.abspath(config)}"  # noqa: PTH100
    for value in values:
        if not value.origin.startswith(("option ", "variable ")) or value.name in left_out:
            continue
        name = f"--{value.name.replace('_', '-')}"
        if value.name in FLAGS:
            # each is an option for one direction only, and that differs from the default
            if value.value is (value.name != "redact"):
                yield FLAGS[value.name]
            continue
        for item in value.value if isinstance(value.value, tuple) else (value.value,):
            yield f"{name}={os.path.abspath(str(item)) if value.name in PATHS else _text(item)}"  # noqa: PTH100


def _text(value: object) -> str:
    if isinstance(value, float):
        return write_span(value)
    return "off" if value is None else str(value)


def _checked(words: Sequence[str]) -> Sequence[str]:
    """The words of a command, each of which stands on one line.

    Raises:
        InputError: one holds a control character: neither a unit nor a crontab can have it.
    """
    for word in words:
        if any(unicodedata.category(character) == "Cc" for character in word):
            raise InputError(
                Message(
                    "{word} holds a control character: it cannot stand in a unit or a crontab",
                    word=repr(word),
                )
            )
    return words


def units(values: tuple[Value, ...], log: str, config: str | None = None) -> str:
    """Service and timer, each with the place it belongs to as a comment."""
    # the service keeps its state in the StateDirectory: no other folder may be written
    words = _checked((*program(), "check", *options(values, config, (*FIRST_RUN, "state"))))
    parts = [*_unseen(words)]
    for name in ("sestriage-check.service", "sestriage-check.timer"):
        text = (FOLDER / name).read_text(encoding="utf-8").replace("@OUTPUT@\n", _output(values))
        parts.append(f"# /etc/systemd/system/{name}\n{_fill(text, ' '.join(map(_systemd_word, words)), log)}")
    return "\n".join(parts) + "\n" + (FOLDER / "systemd-notes.txt").read_text(encoding="utf-8")


def _systemd_word(word: str) -> str:
    """A word of a command as systemd reads it: like a path, and variables are replaced in any quotes."""
    return _systemd_path(word).replace("$", "$$")


def _systemd_path(path: str) -> str:
    """A path as systemd reads it: it knows the shell's quotes, but takes escapes and specifiers in any of them."""
    return shlex.quote(path.replace("\\", "\\\\")).replace("%", "%%")


def _unseen(words: Sequence[str]) -> Iterator[str]:
    """A remark when the service would not see what it is to run or to read."""
    tree = delivery()
    if tree is not None and tree.form == "run":
        yield (
            f"# CAUTION: {words[0]} unpacks itself at each start that cannot keep\n"
            "# a folder of its own, as the service below cannot. Unpack it once, for all accounts:\n"
            f"#   sh {shlex.quote(words[0])} --extract /opt/sestriage\n"
            "# and print this with /opt/sestriage/bin/sestriage check --print-unit\n"
        )
        return
    program_file = os.path.realpath(sys.executable) if tree is None else tree.root
    named = (words[0], program_file, *(word.split("=", 1)[-1] for word in words[1:]))
    for path in dict.fromkeys(named):
        if path.startswith(tuple(f"{folder}/" for folder in HIDDEN)):
            yield (
                f"# CAUTION: the service below does not see {path}\n"
                "# (ProtectHome, PrivateTmp). Move it, or install sestriage for all accounts:\n"
                "#   /usr/bin/python3 -m venv /opt/sestriage && /opt/sestriage/bin/pip install .\n"
            )
            return


def _output(values: tuple[Value, ...]) -> str:
    """The rights that -o/--output takes: the folder may be written, and others may read the file."""
    output = next((value.value for value in values if value.name == "output"), None)
    if output is None:
        return ""
    folder = os.path.dirname(os.path.abspath(str(output)))  # noqa: PTH100, PTH120
    return (
        "# The folder of --output must let group adm write (chgrp adm, chmod g+w), and others may read the file.\n"
        f"ReadWritePaths={_systemd_path(folder)}\nUMask=0022\n"
    )


def cron(values: tuple[Value, ...], log: str, config: str | None = None) -> str:
    """A crontab line with its explanation, and how logrotate fits in."""
    words = _checked((*program(), "check", *options(values, config, FIRST_RUN)))
    command = shlex.join(words).replace("%", "\\%")
    return "\n".join(
        _fill((FOLDER / name).read_text(encoding="utf-8"), command, log) for name in ("crontab", "logrotate")
    )


def _fill(text: str, command: str, log: str) -> str:
    return text.replace("@COMMAND@", command).replace("@LOG@", log or DEFAULT_LOG)
