"""Read secrets from a file, from standard input, or from a prompt without echo; never from the command line, where
other users and the shell's history would see them."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

import click

from sestriage.cli.language import shown
from sestriage.errors import InputError, reason_of
from sestriage.model.message import Message

MAX_SECRET = 4096
"""Bytes of a file that holds a secret."""


def first_line(data: bytes, what: str) -> str:
    """The first line without its line end; blanks stay, because they may be the fault that is looked for."""
    line = data.split(b"\n", 1)[0].removesuffix(b"\r").removeprefix(b"\xef\xbb\xbf")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(Message("the {what} is not text", what=what)) from None


def read_secret_file(path: str, what: str, stdin: BinaryIO | None = None, owner: int | None = None) -> str:
    """The first line of a file, or the next line of standard input for `-`. With `owner` the file must be a regular one
    of that user.

    Raises `InputError` when it cannot be read; the message never holds what was read.
    """
    if path == "-":
        return first_line((stdin or sys.stdin.buffer).readline(MAX_SECRET), what)
    from sestriage.ingest.pipes import open_named

    try:
        with open_named(path) as file:
            if owner is not None and os.fstat(file.fileno()).st_uid != owner:
                raise InputError(Message("it belongs to another user"))
            return first_line(file.read(MAX_SECRET), what)
    except OSError as error:
        raise InputError(
            Message("cannot read the file with the {what}: {reason}", what=what, reason=reason_of(error))
        ) from error


def ask_secret(what: str) -> str:
    """Asks on the terminal (`what` is the prompt), without echo and without showing anything of it."""
    value: str = click.prompt(what, hide_input=True, err=True, default="", show_default=False)
    return value


def get_secret(path: str | None, what: str) -> str:
    """From the file that was named, else from a prompt, else (no terminal) from the next line of standard input."""
    if path is not None:
        return read_secret_file(path, what)
    if sys.stdin.isatty():
        return ask_secret(shown(what))
    return read_secret_file("-", what)
