"""Files that a command writes: none of its inputs, and whole or as they were."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO

import click

from sestriage import system
from sestriage.cli.language import say


def refuse_over_inputs(output: str | None, inputs: Iterable[str | None]) -> None:
    """Raises `click.UsageError` where the output would be written over one of the files that are read."""
    if output is None or output == "-":
        return
    if any(path is not None and path != "-" and same_file(path, output) for path in inputs):
        raise click.UsageError(say("the output must not be one of the inputs"))


def named_files(written: str = "output") -> Iterator[str]:
    """Every value of the command line that runs, but that of the option `written`: which of them name files, the files
    tell."""
    context = click.get_current_context(silent=True)
    for name, value in (context.params if context is not None else {}).items():
        if name != written:
            yield from (each for each in (value if isinstance(value, tuple) else (value,)) if isinstance(each, str))


def same_file(one: str, other: str) -> bool:
    """Both paths lead to one file that is there."""
    try:
        return os.path.samefile(one, other)  # noqa: PTH121
    except OSError:
        return False


@contextmanager
def written_aside(path: str) -> Iterator[IO[bytes]]:
    """A file to write: it takes the place of the old one, with its mode, when all is written.

    Until then, and after an error or a signal, the old one stays whole. A device, a pipe, or a file in a folder that
    takes no new ones is written as it is. Raises OSError.
    """
    target = os.path.realpath(path)  # a link stays a link
    aside = f"{target}.{os.getpid()}.part"
    old = _mode(target)
    if old is not None and not stat.S_ISREG(old):
        with open(target, "wb") as stream:  # noqa: PTH123
            yield stream
        return
    try:
        handle = system.create(aside, 0o666)
    except PermissionError:
        with open(target, "wb") as stream:  # noqa: PTH123
            yield stream
        return
    try:
        with os.fdopen(handle, "wb") as stream:
            if old is not None:
                system.give_mode(stream.fileno(), stat.S_IMODE(old))
            yield stream
        os.replace(aside, target)  # noqa: PTH105
    except BaseException:
        with suppress(OSError):
            os.unlink(aside)  # noqa: PTH108
        raise


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode  # noqa: PTH116
    except OSError:
        return None
