"""The errors that sestriage raises on purpose. Everything else is a bug."""

from __future__ import annotations

from sestriage.model.message import Message

SYSTEM_WORDS = (
    Message("No such file or directory"),
    Message("Permission denied"),
    Message("Operation not permitted"),
    Message("Is a directory"),
    Message("Not a directory"),
    Message("File exists"),
    Message("File name too long"),
    Message("No space left on device"),
    Message("Disk quota exceeded"),
    Message("Read-only file system"),
    Message("Input/output error"),
    Message("Too many levels of symbolic links"),
    Message("Too many open files"),
    Message("Bad file descriptor"),
)
"""What the system says of files, so that the catalogues translate it; it speaks English to a Python program."""


def reason_of(error: BaseException) -> Message:
    """Why a call failed, without its place: what the system says, or else what the error itself says."""
    said = error.args[0] if error.args and isinstance(error.args[0], Message) else str(error)
    return Message((error.strerror if isinstance(error, OSError) else None) or said or type(error).__name__)


class SestriageError(Exception):
    """Base of all errors that are meant to reach a user as one sentence."""


class InputError(SestriageError):
    """A path that the user named cannot be used at all (missing, no permission)."""


class MissingPackageError(SestriageError):
    """A Python package that sestriage needs is not there, or does not load: an installation that is not whole."""


class ParseError(SestriageError):
    """Bytes that are not what they claim to be.

    `offset` counts bytes from the start of what was parsed, None when there is no one place.
    """

    def __init__(self, message: str, offset: int | None = None) -> None:
        placed = Message("{problem} (at byte {offset})", problem=message, offset=offset)
        super().__init__(message if offset is None else placed)
        self.reason = message
        self.offset = offset


class RuleError(SestriageError):
    """A rule file that cannot be used; `line` and `column` count from 1, None when there is no one place."""

    def __init__(self, path: str, message: str, line: int | None = None, column: int | None = None) -> None:
        place = path if line is None else f"{path}:{line}:{column if column is not None else 1}"
        super().__init__(Message("{place}: {problem}", place=place, problem=message))
        self.path = path
        self.reason = message
        self.line = line
        self.column = column
