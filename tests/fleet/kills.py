"""Kills runs over a fleet at random instants, workers and parents, and holds that every bundle is in the tables once.

    PYTHONPATH=src:tests python -m fleet.kills --count 200 --seed 1

Prints its figures; the status is 1 where a bundle is not there once, or a table has not what one undisturbed process
makes. A bundle that is hit three times is blamed, as it should be: it is read once more in the end.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from fleet.making import content, fleet_of, folder, once_each, ran, terms
from fleet.test_pool import alive, descendants
from sestriage.cli.saving.pseudonyms import read_key

BUNDLES = 60


def attack(bundles: Path, out: Path, chance: random.Random, left: int) -> tuple[int, int, bool]:
    """One run that is attacked: how many workers were killed, whether the parent was (1), and whether it came to its
    end."""
    command = [sys.executable, "-m", "sestriage", "fleet", "run", str(bundles), "--out", str(out), "--max-workers", "2"]
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    workers = 0
    while left > workers and child.poll() is None:
        time.sleep(chance.uniform(0.0, 1.5))
        family = descendants(child.pid)
        if chance.random() < (0.1 if len(family) > 2 else 0.01):
            child.kill()
            child.wait()
            _wait_for(family)
            return workers, 1, False
        if len(family) > 2:  # the first two serve the others
            with suppress(ProcessLookupError):
                os.kill(chance.choice(family[2:]), signal.SIGKILL)
                workers += 1
    return workers, 0, child.wait() == 0


def _wait_for(family: list[int]) -> None:
    """What a killed parent leaves behind ends by itself."""
    ended = time.monotonic() + 60
    while any(map(alive, family)):
        if time.monotonic() > ended:
            raise SystemExit(f"left behind: {[pid for pid in family if alive(pid)]}")
        time.sleep(0.05)


def main() -> int:
    """The campaign."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    workers = parents = fleets = wrong = twice = blamed = 0
    with tempfile.TemporaryDirectory() as at:
        bundles, plain = Path(at) / "in", Path(at) / "plain"
        fleet_of(bundles, BUNDLES, ("refused", "unknown-host"))
        ran([bundles], folder(plain, None))
        wanted = {table: rows for table, rows in content(plain).items() if table not in ("names",)}
        while workers + parents < asked.count:
            out, done = Path(at) / f"out-{fleets}", False
            while not done:
                killed, parent, done = attack(bundles, out, chance, asked.count - workers - parents)
                workers, parents = workers + killed, parents + parent
                key = read_key(f"{out}.key")
                print(f"{workers} workers and {parents} parents killed", flush=True)
            fleets += 1
            names = once_each(out)
            twice += len(names) != BUNDLES or len(set(names)) != BUNDLES
            blamed += ran([bundles], folder(out, key), asked=terms(key), again=True).read
            found = {table: rows for table, rows in content(out).items() if table in wanted}
            hidden = {table: len(rows) for table, rows in found.items()}
            wrong += hidden != {table: len(rows) for table, rows in wanted.items()}
            told = f"{fleets} fleets, {twice} with a bundle not once, {wrong} with other rows; {blamed} bundles blamed"
            print(f"{workers} workers and {parents} parents killed: {told}", flush=True)
    return 1 if wrong or twice else 0


if __name__ == "__main__":
    sys.exit(main())
