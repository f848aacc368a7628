"""What could not be read of a log, one sentence a kind."""

from __future__ import annotations

from sestriage.model.message import Message

MAX_KINDS = 32


class Problems:
    """Collects problems while a log is read: the first place of each kind, and how often it was met."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int | None, int]] = {}

    def add(self, sentence: str, line: int | None) -> None:
        """Note a problem; `line` counts from 1, None when there is no one place. Equal sentences count once."""
        first, count = self._seen.get(sentence, (line, 0))
        if count or len(self._seen) < MAX_KINDS:
            self._seen[sentence] = (first, count + 1)

    def listed(self) -> list[tuple[int | None, str]]:
        """(first line, sentence) for every kind, in the order of the lines: blocks are cut ahead of their parsing."""
        told = [
            (line, sentence if count == 1 else Message("{problem} ({count} places)", problem=sentence, count=count))
            for sentence, (line, count) in self._seen.items()
        ]
        return sorted(told, key=lambda problem: problem[0] or 0)
