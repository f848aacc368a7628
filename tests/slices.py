"""Slices of the campaigns: tests that try many generated or near-equal inputs try some of them each time.

A slice depends on the seed alone. This is the day unless `SEED` is set, and stands behind the results; whoever sets it
tries the same inputs again. What is taken in turn (`part`) is taken whole within `parts` days that follow each other.
`SESTRIAGE_CAMPAIGNS` says how much: nothing is the suite's slice, `more` that of `.ci/run`, `all` everything.
"""

from __future__ import annotations

import os
import random
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

T = TypeVar("T")

SEED, CAMPAIGNS = "SEED", "SESTRIAGE_CAMPAIGNS"
MORE = 2
"""Slices of the suite that `.ci/run` takes at once."""
WHOLE = os.environ.get(CAMPAIGNS) == "all"
_AT_ONCE = {"": 1, "more": MORE}


def choose_seed() -> None:
    """Settles the seed for this process and those that it starts: all collect the same tests, also at midnight."""
    os.environ.setdefault(SEED, f"{datetime.now(UTC):%Y%m%d}")


def seed() -> int:
    """The seed of this run."""
    choose_seed()
    said = os.environ[SEED]
    return int(said) if said.isdecimal() else zlib.crc32(said.encode())


def part(things: Sequence[T], parts: int) -> list[T]:
    """Of `parts` slices the one whose turn it is, in the order of `things`; with `parts` seeds in a row all come."""
    if WHOLE:
        return list(things)
    turns = {(seed() + turn) % parts for turn in range(_at_once())}
    mixed = random.Random(parts).sample(range(len(things)), len(things))  # neighbours are often alike
    return [things[place] for place in sorted(mixed) if mixed[place] % parts in turns]


def count(whole: int, parts: int) -> int:
    """How many of `whole` generated inputs to try: one of `parts`, at least one."""
    return whole if WHOLE else max(1, min(whole, whole * _at_once() // parts))


def said() -> str:
    """What this run tried of the campaigns, and how to try it again."""
    how_much = "whole" if WHOLE else "a larger slice" if _at_once() > 1 else "a slice"
    return f"campaigns: {how_much}, {SEED}={os.environ.get(SEED)} {CAMPAIGNS}={os.environ.get(CAMPAIGNS, '')}"


def _at_once() -> int:
    return _AT_ONCE[os.environ.get(CAMPAIGNS, "")]
