"""How much processor time one piece of the input may take. Whatever a hostile file costs, the rest is still read.

Patterns and parsers are linear; this is for what was overlooked. It is asked between two portions of a file and between
two detectors over a text, and never inside of them.
"""

from __future__ import annotations

from time import thread_time

from sestriage.model.message import Message


class Effort:
    """The processor time that the thread may spend on one piece from now on, in seconds."""

    __slots__ = ("_until", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until = thread_time() + seconds

    @property
    def spent(self) -> bool:
        """True if all of it was used."""
        return thread_time() > self._until


TOOK_LONG = Message(
    "only the first {bytes} bytes were read: they took more than {seconds} s of processor time"
    " (--max-seconds raises this)"
)
"""The note on a file that was given up. `bytes` are those that were asked for, after decompression."""

HIDDEN = "<hidden: {size} characters took more than {seconds} s of processor time to redact>"
"""Replaces a text that was given up: nothing of it can be shown."""


class EffortSpentError(Exception):
    """A text took too much processor time."""
