"""The worker of `golden`: runs command lines of the tree on its path, each in a child of a process that is warm.

Arguments: the tree, the folder in which commands run, a scratch folder. A job a line on standard input, what it
printed a line on standard output, both JSON.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import re
import shutil
import signal
import sys
import time
import tomllib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

MOST_SECONDS = 120
"""That a command may take; after that it is ended, and its exit status says so."""
_WARM = (
    *(["triage", "--no-save", "samples/success", "--format", form] for form in ("text", "markdown", "json")),
    *(["inspect", "samples/bundle"], ["inspect", "samples/dh-jsse", "--format", "json"], ["explain", "535 no"]),
    *(["explain", "dh-key-too-small"], ["redact", "samples/success/sw-response-mgmt.log"], ["rules", "list"]),
    *(["certs", "compare", "samples/dh-jsse"], ["mail", "samples/mail/us-east-1-gmail.eml"], ["guide"]),
    *(["settings", "samples/settings/smtp.toml"], ["credentials"], ["certs", "show", "samples/dh-jsse/truststore.jks"]),
    ["check", "--state", "{home}", "--log", "samples/success/sw-response-mgmt.log"],
)
"""Commands that are run once in the worker itself: what they import and load, children need not."""
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?)(\.\d+)?( ?(Z|UTC|[+-]\d\d:?\d\d))?")
_SECONDS = re.compile(r"\b1[6-9]\d{8}(\.\d+)?\b")
_AGE = re.compile(r"\blog_age=\d+s")
_AROUND = 3600
"""Seconds around now that a moment is taken for now."""


def program(tree: Path) -> Callable[[], object]:
    """What the command `sestriage` runs in the tree."""
    table = tomllib.loads((tree / "pyproject.toml").read_text("utf-8"))
    module, _, name = table["project"]["scripts"]["sestriage"].partition(":")
    found: Callable[[], object] = getattr(importlib.import_module(module), name)
    return found


def warm_up(main: Callable[[], object], home: Path) -> None:
    """Runs commands in this process; what they print is lost."""
    leave, streams = os._exit, (sys.stdin, sys.stdout, sys.stderr)

    def stay(status: int) -> NoReturn:
        raise SystemExit(status)

    os._exit = stay  # some commands leave without taking themselves apart
    try:
        for words in _WARM:
            sys.argv = ["sestriage", *(word.replace("{home}", str(home)) for word in words)]
            sys.stdin, sys.stdout, sys.stderr = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(3))
            with suppress(SystemExit):
                main()
    finally:
        os._exit = leave
        sys.stdin, sys.stdout, sys.stderr = streams
    gc.enable()
    gc.collect()
    gc.freeze()  # children look through what is theirs alone


def child(main: Callable[[], object], words: list[str], given: bytes, where: Path) -> int:
    """Runs a command in a child; the exit status, 256 or more for the signal that ended it."""
    (where / "stdin").write_bytes(given)
    number = os.fork()
    if number:
        status = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
        return status if status >= 0 else 256 - status
    try:
        signal.alarm(MOST_SECONDS)
        for target, name, flags in ((0, "stdin", os.O_RDONLY), (1, "stdout", os.O_WRONLY), (2, "stderr", os.O_WRONLY)):
            os.dup2(os.open(where / name, flags | (os.O_CREAT | os.O_TRUNC if target else 0), 0o600), target)
        sys.stdin, sys.stdout, sys.stderr = (os.fdopen(n, "w" if n else "r", encoding="utf-8") for n in range(3))
        sys.argv = ["sestriage", *words]
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else bool(end.code)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    except BaseException:
        import traceback

        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(255)


def timeless(text: str) -> str:
    """Moments around now are made equal: both sides run at the same time, but not in the same second."""
    now = time.time()

    def moment(found: re.Match[str]) -> str:
        try:
            at = datetime.fromisoformat(found[1]).replace(tzinfo=UTC).timestamp()
        except ValueError:
            return found[0]
        return "<now>" if abs(at - now) < _AROUND else found[0]

    def stamp(found: re.Match[str]) -> str:
        return "<now>" if abs(float(found[0]) - now) < _AROUND else found[0]

    return _AGE.sub("log_age=<age>", _SECONDS.sub(stamp, _MOMENT.sub(moment, text)))


class Worker:
    """Runs jobs of one tree."""

    def __init__(self, tree: Path, inputs: Path, scratch: Path) -> None:
        self._places = ((str(scratch), "<scratch>"), (str(inputs), "<inputs>"), (str(tree), "<tree>"))
        self._streams = scratch / "streams"
        self._home = scratch / "home"
        self._streams.mkdir()
        os.environ.update(HOME=str(self._home), XDG_STATE_HOME=str(self._home / "state"))
        self._main = program(tree)
        warm_up(self._main, self._home)

    def run(self, job: dict[str, Any]) -> str:
        """Everything that the steps of a job printed and wrote, and their exit statuses."""
        shutil.rmtree(self._home, ignore_errors=True)
        self._home.mkdir()
        os.environ.update(job["env"])
        parts = []
        for words in job["steps"]:
            filled = [word.replace("{home}", str(self._home)) for word in words]
            status = child(self._main, filled, job["stdin"].encode("utf-8", "surrogateescape"), self._streams)
            parts += [f"$ sestriage {' '.join(words)}", self._text(self._streams / "stdout"), "--- standard error"]
            parts += [self._text(self._streams / "stderr"), f"--- exit status {status}"]
        for name in job["env"]:
            del os.environ[name]
        for file in sorted(self._home.rglob("*")):
            if file.is_file() and self._home / "state" not in file.parents:
                parts += [f"--- {file.relative_to(self._home)}", self._text(file)]
        return "\n".join(parts)

    def _text(self, file: Path) -> str:
        text = file.read_bytes().decode("utf-8", "backslashreplace")
        for place, name in self._places:
            text = text.replace(place, name)
        return timeless(text)


def main() -> None:
    """Answers until standard input ends."""
    worker = Worker(*map(Path, sys.argv[1:4]))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for line in sys.stdin:
        answers.write(json.dumps(worker.run(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
