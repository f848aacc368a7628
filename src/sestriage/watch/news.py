"""The news of the log."""

from __future__ import annotations

from dataclasses import dataclass

from sestriage.watch.cursor import Cursor
from sestriage.watch.incidents import Seen


@dataclass(frozen=True, slots=True)
class News:
    """The news: finished attempts, oldest first, the cursor after them, events that may continue, and how much.

    `mail_seen`: an event about mail was among them. `lost`: the place where reading had stopped was not found.
    """

    attempts: tuple[Seen, ...]
    cursor: Cursor
    carry: str
    bytes_read: int
    files: tuple[str, ...]
    mail_seen: bool
    lost: bool
    faults: tuple[str, ...] = ()
    """Sentences on new lines that could not be judged, for a fault of ours."""
    unsure: str | None = None
    """Place of the newest line that may report a mail that was sent, and does not show that it is about mail."""
