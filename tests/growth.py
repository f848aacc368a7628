"""Does work grow with its input as it should? Told by two sizes on the same machine, never by a time that must hold."""

from __future__ import annotations

import time
from collections.abc import Callable

ROUNDS = 8
LARGER = 4
"""The large input is so many times the small one: even work costs 4 times as much, quadratic work 16 times."""
TOO_MUCH = 9.0


def growth(work: Callable[[int], object], size: int) -> float:
    """How many times what a quarter of the size costs the whole size costs, in processor time.

    Other load only ever adds to a cost, so the smallest of several counts, and measuring ends once that is even.
    """
    work(size // LARGER)  # imports and caches
    small = large = float("inf")
    for _ in range(ROUNDS):
        small = min(small, _cost(work, size // LARGER))
        large = min(large, _cost(work, size))
        if large < TOO_MUCH * small:
            break
    return large / small


def _cost(work: Callable[[int], object], size: int) -> float:
    began = time.process_time()
    work(size)
    return time.process_time() - began


def assert_even(work: Callable[[int], object], size: int) -> None:
    """Fails when the work (a call with a size) grows clearly faster than its input."""
    times = growth(work, size)
    assert times < TOO_MUCH, f"{LARGER} times the input costs {times:.1f} times as much"
