"""Processes on this machine: what kills or hangs one costs itself alone."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import slices
from children import usual_signals
from fleet.making import SMALL, Here, content, fleet_of, folder, misbehaving, need_extra, once_each, ran, terms
from sestriage.errors import SestriageError
from sestriage.fleet import pool as pools
from sestriage.fleet.bundle import read_bundle
from sestriage.fleet.pool import Pool
from sestriage.fleet.task import MIB, Bounds, Done, Task
from sestriage.fleet.views import reading
from support import ROOT

need_extra("duckdb", "pebble")


@pytest.mark.timeout(300)
def test_hostile_bundles_cost_themselves_alone(tmp_path: Path) -> None:
    paths = fleet_of(tmp_path / "in", 9, SMALL[:2])
    names = ("hang.tgz", "grow.tgz", "die.tgz", "leave.tgz", "once.tgz")
    for path, name in zip(paths, names, strict=False):
        path.rename(path.with_name(name))
    bounds = Bounds(seconds=8.0, memory=600 * MIB)
    at = folder(tmp_path / "out")
    counts = ran([tmp_path / "in"], at, Pool(2, bounds, misbehaving), terms(bounds=bounds))
    assert (counts.read, counts.failed) == (5, 4)
    with reading(at) as tables:
        found = tables.ask("SELECT parse_filename(name), state, detail FROM bundles WHERE state <> 'read'").rows
    rows, told = {row[0]: row[1] for row in found}, {row[0]: row[2] for row in found}
    assert rows == {"hang.tgz": "time", "grow.tgz": "memory", "die.tgz": "killed", "leave.tgz": "killed"}
    assert told["hang.tgz"] == "it took more than 8 s"
    assert told["grow.tgz"] == "it needs more than 600 MiB of memory"
    assert told["leave.tgz"] == "it ended its process (3 times; the last exit status was 3)"
    assert len(once_each(at.path)) == 9
    assert ran([tmp_path / "in"], at).before == 9, "what is hostile is not tried again"
    assert ran([tmp_path / "in"], at, again=True).read == 4, "unless that is asked for"
    with reading(at) as tables:
        assert tables.ask("SELECT count(*), count(DISTINCT bundle), min(state) FROM bundles").rows == ((9, 9, "read"),)


@pytest.mark.timeout(300)
def test_workers_killed_at_random_instants(tmp_path: Path) -> None:
    """A slice; tests/fleet/kills.py kills 200 of them, and the parent too. On a slow machine each may strike the same
    bundle, which is given up after so many."""
    fleet_of(tmp_path / "in", 24, SMALL[:2])
    at, plain = folder(tmp_path / "out"), folder(tmp_path / "plain")
    pool = Pool(2, Bounds(), read_slowly)
    chance = random.Random(slices.seed())
    counts = ran([tmp_path / "in"], at, Assassin(pool, chance, pools.TRIES - 1))
    assert (counts.read, counts.failed) == (24, 0)
    assert len(set(once_each(at.path))) == len(once_each(at.path)) == 24
    ran([tmp_path / "in"], plain)
    assert content(at.path) == content(plain.path)


def test_processes_that_never_live_end_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with less memory than Python itself needs: it ended in a pool after the other, for ever."""
    fleet_of(tmp_path / "in", 2, SMALL[:1])
    monkeypatch.setattr(pools, "MOST_RENEWALS", 3)
    monkeypatch.setattr(pools, "confine", dies)
    pool = Pool(2, Bounds())
    with pytest.raises(SestriageError, match="end as soon as they begin"):
        ran([tmp_path / "in"], folder(tmp_path / "out"), pool)


def dies(*_: object) -> None:
    os._exit(3)


def read_slowly(task: Task) -> Done:
    """There is time to be killed."""
    time.sleep(0.1)
    return read_bundle(task)


class Assassin:
    """A pool whose workers are killed while it works."""

    def __init__(self, pool: Pool, chance: random.Random, most: int) -> None:
        self.pool = pool
        self.chance = chance
        self.left = most
        self.over = threading.Event()

    def run(self, feed: Callable[[], Task | None]) -> Iterator[Done]:
        killer = threading.Thread(target=self.kill, daemon=True)
        for done in self.pool.run(feed):
            if not killer.ident:
                killer.start()
            yield done

    def kill(self) -> None:
        while self.left and not self.over.wait(self.chance.uniform(0.05, 0.6)):
            workers = self.pool.workers()
            if workers:
                with suppress(ProcessLookupError):
                    os.kill(self.chance.choice(workers), signal.SIGKILL)
                self.left -= 1

    def close(self) -> None:
        self.over.set()
        self.pool.close()


@pytest.mark.timeout(300)
def test_the_parent_killed_at_a_random_instant(tmp_path: Path) -> None:
    """Its workers end with it, and the next run has every bundle once."""
    fleet_of(tmp_path / "in", 12, SMALL[:2])
    chance = random.Random(slices.seed())
    out = tmp_path / "out"
    command = [sys.executable, "-m", "sestriage", "fleet", "run", str(tmp_path / "in"), "--out", str(out)]
    with usual_signals():
        child = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(1.0, 4.0))
        family = descendants(child.pid)
        child.kill()
        child.wait()
    ended = time.monotonic() + 60
    while any(map(alive, family)) and time.monotonic() < ended:
        time.sleep(0.1)
    assert not [pid for pid in family if alive(pid)]
    with usual_signals():
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    assert len(set(once_each(out))) == len(once_each(out)) == 12


def descendants(pid: int) -> list[int]:
    """The processes below one (Linux)."""
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        with suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                below = [int(each) for each in (task / "children").read_text().split()]
                found += below
                waiting += below
    return found


def alive(pid: int) -> bool:
    """It runs; what is only waiting to be counted (a zombie) does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


@pytest.mark.timeout(300)
def test_ctrl_c_ends_cleanly(tmp_path: Path) -> None:
    fleet_of(tmp_path / "in", 400, SMALL[:2])  # more than any machine reads in two seconds
    out = tmp_path / "out"
    command = [sys.executable, "-m", "sestriage", "fleet", "run", str(tmp_path / "in"), "--out", str(out)]
    with usual_signals():
        child = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        waited = time.monotonic() + 100
        while not list(out.glob("fleet.json")) and time.monotonic() < waited:
            time.sleep(0.05)
        time.sleep(2.0)
        child.send_signal(signal.SIGINT)
        said, complained = child.communicate(timeout=100)
    assert child.returncode == 130
    assert "interrupted; what is done is kept" in complained
    assert "Traceback" not in complained
    kept = once_each(out)
    assert said.startswith(f"{len(kept)} bundles read")


def test_the_same_rows_as_in_one_process(tmp_path: Path) -> None:
    fleet_of(tmp_path / "in", 6)
    at, plain = folder(tmp_path / "out"), folder(tmp_path / "plain")
    ran([tmp_path / "in"], at, Pool(2, Bounds()))
    ran([tmp_path / "in"], plain, Here())
    assert content(at.path) == content(plain.path)
