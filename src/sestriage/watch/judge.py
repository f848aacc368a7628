"""The interface to the engine. The command line supplies it: this room does not import the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sestriage.model.log import LogEvent
from sestriage.model.verdict import Attempt


@dataclass(frozen=True, slots=True)
class Judged:
    """An attempt as the engine sees it, and the same attempt without private data, for showing."""

    attempt: Attempt
    shown: Attempt


Judge = Callable[[Sequence[LogEvent]], Sequence[Judged]]
"""From events with times that carry a zone, in the order of the log, to attempts, oldest first."""
