"""The key logs that the user named."""

from __future__ import annotations

from collections.abc import Iterable

from sestriage.errors import InputError, reason_of
from sestriage.formats.tls.keylog import KeyLog
from sestriage.ingest.pipes import open_named
from sestriage.model.message import Message


def key_log(paths: Iterable[str]) -> KeyLog:
    """The secrets of these files; those of key logs among the evidence may be added.

    Raises:
        InputError: one cannot be read.
    """
    found = KeyLog()
    for path in paths:
        try:
            with open_named(path) as file:
                found.add(file.read(found.room))
        except OSError as error:
            raise InputError(
                Message("cannot read the key log {file}: {reason}", file=path, reason=reason_of(error))
            ) from error
    return found
