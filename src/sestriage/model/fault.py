"""A fault of sestriage itself while it worked on one piece of the input (`formats.guard` catches it)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What was raised: the name of its type, and a code that is the same wherever the same functions fail alike.

    `reason` is what the system says about a file or device that failed, None for a fault of ours.
    """

    kind: str
    code: str
    reason: str | None = None

    def while_reading(self, what: str) -> str:
        """The finding about the piece of this name."""
        if self.reason is not None:
            return f"reading {what} failed: {self.reason}; the rest was used"
        return (
            f"internal fault while reading {what} ({self.kind}, code {self.code}); the rest was used; please report it "
            "with this code"
        )
