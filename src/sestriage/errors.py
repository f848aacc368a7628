"""The errors that sestriage raises on purpose. Everything else is a bug."""

from __future__ import annotations

from sestriage.model.message import Message


class SestriageError(Exception):
    """Base of all errors that are meant to reach a user as one sentence."""


class InputError(SestriageError):
    """A path that the user named cannot be used at all (missing, no permission)."""


class ParseError(SestriageError):
    """Bytes that are not what they claim to be.

    `offset` counts bytes from the start of what was parsed, None when there is no one place.
    """

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(
            message if offset is None else Message("{message} (at byte {offset})", message=message, offset=offset)
        )
        self.reason = message
        self.offset = offset


class RuleError(SestriageError):
    """A rule file that cannot be used; `line` and `column` count from 1, None when there is no one place."""

    def __init__(self, path: str, message: str, line: int | None = None, column: int | None = None) -> None:
        place = path if line is None else f"{path}:{line}:{column if column is not None else 1}"
        super().__init__(f"{place}: {message}")
        self.path = path
        self.reason = message
        self.line = line
        self.column = column
