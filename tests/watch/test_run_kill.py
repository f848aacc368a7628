"""kill -9 at random instants, over a log that grows and rotates: every incident is reported exactly once."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest

import slices
from watch.test_rotation import ROTATIONS
from watch.watching import GrowingLog, Watch, heads, judge

KILLS = slices.count(200, 16)
BEGUN = ("Alarm mail fails", "Alarm mail failed for a time and works again")
OVER = ("Alarm mail works again", "Alarm mail failed for a time and works again")


def run_and_kill(watch: Watch, after: float, meanwhile: Callable[[], None]) -> bool:
    """Run in a process of its own and kill that after some seconds; True when the run was cut off.

    `meanwhile` happens at some moment of it.
    """
    child = os.fork()
    if child == 0:
        try:
            watch.run(grace="10s")
        finally:
            os._exit(0)
    time.sleep(after / 3)
    meanwhile()
    time.sleep(after * 2 / 3)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def usual_time(watch: Watch) -> float:
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        try:
            watch.run(grace="10s")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    return time.perf_counter() - began


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:This process.*multi-threaded:DeprecationWarning")
def test_exactly_once(log: GrowingLog, watch: Watch) -> None:
    rng = random.Random(slices.seed())
    judge()  # loaded once, before the forks
    log.append(log.chatter(20))
    planted: list[datetime] = []
    rest = ""
    kills = 0
    takes = 0.0
    while kills < KILLS:
        text = rest
        for _ in range(rng.randrange(3)):
            log.skip(30)
            text += log.start() + log.failure(rng.choice(["auth", "dh"]))
            planted.append(log.second)
            log.skip(30)
            text += log.chatter(rng.randrange(4)) + log.start() + log.success() + log.chatter(rng.randrange(4))
        cut = rng.randrange(len(text) + 1)
        log.append(text[:cut])
        rest = text[cut:]
        rotate = rng.choice(list(ROTATIONS.values())) if rng.random() < 0.5 else None
        if rotate is not None and rng.random() < 0.5:
            rotate(log)
            rotate = None
        if not takes:
            takes = usual_time(watch)
        more = len(rest) // 2

        def meanwhile(text: str = rest[:more], rotate: Callable[[GrowingLog], None] | None = rotate) -> None:
            log.append(text)
            if rotate is not None:
                rotate(log)

        kills += run_and_kill(watch, rng.uniform(0, takes * 1.1), meanwhile)
        rest = rest[more:]
        if rng.random() < 0.1:
            takes = 0.0
    log.append(rest + log.chatter())
    watch.run()
    watch.run()
    told = heads(watch.said())
    assert Counter(since for head, since in told if head in BEGUN) == Counter(planted)
    assert Counter(since for head, since in told if head in OVER) == Counter(planted)
    assert len(planted) > KILLS / 2
