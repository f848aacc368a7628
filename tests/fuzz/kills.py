"""`kill -9` of `check` at random instants, over a log that grows and rotates: `python -m fuzz.kills --count 3000`.

Every incident must be told exactly once. What was planted, and in which order the log rotates, depends on the seed; the
instants also on the machine.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from watch.test_rotation import ROTATIONS
from watch.test_run_kill import BEGUN, OVER, run_and_kill, usual_time
from watch.watching import GrowingLog, Watch, heads, judge

ANEW = 0.1
"""How often the usual time of a run is measured again."""


@dataclass
class Kills:
    """What a campaign gave: runs that were cut off, runs that ended before, and the incidents that were planted."""

    cut_off: int = 0
    ended: int = 0
    planted: list[datetime] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        cells = (self.cut_off, self.ended, len(self.planted), len(self.problems), f"{self.seconds:.0f}")
        head = "| runs killed | runs that ended before | incidents | failures | seconds |"
        rows = [head, "| ---: | ---: | ---: | ---: | ---: |", "| " + " | ".join(map(str, cells)) + " |"]
        return "\n".join([*rows, *self.problems[:20]])


def campaign(folder: Path, count: int, seed: int, most_seconds: float = float("inf")) -> Kills:
    """Kill so many runs (fewer when the time is over), let one end, and compare what was told with what happened."""
    (folder / "logs").mkdir(parents=True)
    log = GrowingLog(folder / "logs")
    watch = Watch(log, folder / "state", folder / "out.txt")
    dice, found, began = random.Random(seed), Kills(), time.perf_counter()
    judge()  # loaded once, before the forks
    log.append(log.chatter(20))
    rest, takes = "", 0.0
    while found.cut_off < count and time.perf_counter() - began < most_seconds:
        text = rest + _events(log, dice, found.planted)
        cut = dice.randrange(len(text) + 1)
        log.append(text[:cut])
        rest = text[cut:]
        rotate = dice.choice(list(ROTATIONS.values())) if dice.random() < 0.5 else None
        if rotate is not None and dice.random() < 0.5:
            rotate(log)
            rotate = None
        takes = takes or usual_time(watch)
        more = len(rest) // 2
        killed = run_and_kill(watch, dice.uniform(0, takes * 1.1), _meanwhile(log, rest[:more], rotate))
        found.cut_off += killed
        found.ended += not killed
        rest = rest[more:]
        if dice.random() < ANEW:
            takes = 0.0
    log.append(rest + log.chatter())
    watch.run()
    watch.run()
    found.problems = list(_wrong(heads(watch.said()), found.planted))
    found.seconds = time.perf_counter() - began
    return found


def _events(log: GrowingLog, dice: random.Random, planted: list[datetime]) -> str:
    """Up to two incidents, each begun and over."""
    text = ""
    for _ in range(dice.randrange(3)):
        log.skip(30)
        text += log.start() + log.failure(dice.choice(["auth", "dh"]))
        planted.append(log.second)
        log.skip(30)
        text += log.chatter(dice.randrange(4)) + log.start() + log.success() + log.chatter(dice.randrange(4))
    return text


def _meanwhile(log: GrowingLog, text: str, rotate: Callable[[GrowingLog], None] | None) -> Callable[[], None]:
    def happens() -> None:
        log.append(text)
        if rotate is not None:
            rotate(log)

    return happens


def _wrong(told: list[tuple[str, datetime]], planted: list[datetime]) -> list[str]:
    """What was told not once; empty when all is well."""
    wrong: list[str] = []
    for name, kinds in (("begin", BEGUN), ("end", OVER)):
        counted = Counter(since for head, since in told if head in kinds)
        for at in sorted({*counted, *planted}):
            if counted[at] != planted.count(at):
                wrong.append(f"the {name} of the incident of {at} was told {counted[at]} times")
    return wrong


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=3000, help="runs that are killed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no run after so many seconds")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = campaign(Path(folder), given.count, given.seed, given.seconds)
    sys.stdout.write(f"{found}\nseed {given.seed}\n")
    sys.exit(bool(found.problems))


if __name__ == "__main__":
    main()
