"""What a worker may cost: limits that the system enforces, and an end with the process that started it."""

from __future__ import annotations

import gc

from sestriage import system


def confine(memory: int, owner: int) -> None:
    """Limit this process for good: `memory` is in bytes. It ends when its parent or the process `owner` does.

    Nobody would read its result. The parent of a worker is only a server of forks, which lives as long as its children;
    and a worker may wait for a lock that a killed one took with it.
    """
    system.limit_memory(memory)
    system.end_with_parent()
    system.end_with(owner)
    gc.freeze()
