"""A fault of sestriage itself while it worked on one piece of the input (`formats.guard` catches it)."""

from __future__ import annotations

from dataclasses import dataclass

from sestriage.model.message import Message

INTERNAL = Message(
    "internal fault while reading it ({kind}, code {code}); the rest was used; please report it with this code"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """The exception that was raised: the name of its type, and a code that is the same wherever the same functions fail
    alike.

    `reason` is what the system says about a file or device that failed, None for a fault of ours.
    """

    kind: str
    code: str
    reason: str | None = None

    @property
    def sentence(self) -> Message:
        """The finding about the piece, which is named beside it."""
        if self.reason is not None:
            return Message("reading it failed: {reason}; the rest was used", reason=self.reason)
        return Message(INTERNAL, kind=self.kind, code=self.code)
