"""Bundles on this machine: a pool of processes, each bundle within its limits (pebble).

A bundle that takes too long, or too much memory, or ends its process, costs itself alone. One whose process ended is
tried again before it is blamed: the system may have killed an innocent one.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import forkserver
from typing import TYPE_CHECKING, Any, cast

from sestriage.errors import SestriageError
from sestriage.fleet.bundle import digest_of, read_bundle, stopped_rows
from sestriage.fleet.confine import confine
from sestriage.fleet.tables import State
from sestriage.fleet.task import MIB, Bounds, Done, OtherVersionError, Task
from sestriage.formats.guard import DEBUG_VARIABLE, fault_of
from sestriage.model.message import Message

if TYPE_CHECKING:
    from pebble import ProcessPool

Feed = Callable[[], Task | None]
"""The next bundle; None when there is none now (one that is being read may turn out to hold more)."""

TRIES = 3
"""Processes that a bundle may end before it is named as what ends them."""
TASKS_OF_A_PROCESS = 1000
"""Bundles after which a process is replaced: nothing can pile up."""
STUCK = 30.0
"""Seconds without any result, while fewer processes work than could, after which the pool is made anew: a process that
was killed in the wrong instant takes a lock with it."""
MOST_RENEWALS = 50
"""Pools made anew without a single result between them, after which no other would do better."""
NO_WORKERS = Message(
    "the processes that read bundles end as soon as they begin; with {variable}=1 they say why", variable=DEBUG_VARIABLE
)
TOOK_TIME = Message("it took more than {seconds} s")
TOOK_MEMORY = Message("it needs more than {mib} MiB of memory")
ENDED_PROCESS = Message("it ended its process ({count} times; the last exit status was {status})")


@dataclass(frozen=True, slots=True)
class _Work:
    """A bundle in the pool. `failed` and `state` are how its reading ended, when only its digest is still
    wanted."""

    task: Task
    tries: int = 1
    failed: Done | None = None
    state: State = "read"


class Pool:
    """Processes that read bundles. To be closed in any case."""

    def __init__(self, workers: int, bounds: Bounds, read: Callable[[Task], Done] = read_bundle) -> None:
        self._workers = workers
        self._bounds = bounds
        self._read = read
        self._pool: ProcessPool | None = None
        self._open: dict[Future[Done], _Work] = {}
        self._last = time.monotonic()
        self._renewals = 0

    def run(self, feed: Feed) -> Iterator[Done]:
        """All bundles that the feed gives, as they are done.

        Raises:
            SestriageError: no process stays alive to read them.
        """
        self._last = time.monotonic()
        while True:
            while len(self._open) < 2 * self._workers and (task := feed()) is not None:
                self._submit(_Work(task))
            if not self._open:
                return
            done, _ = wait(self._open, timeout=1.0, return_when=FIRST_COMPLETED)
            for future in done:
                self._last = time.monotonic()
                work = self._open.pop(future, None)  # None: the pool was made anew meanwhile
                if work is not None and (result := self._ended(future, work)) is not None:
                    self._renewals = 0
                    yield result
            if not done and self._is_stuck():
                self._renew()

    def workers(self) -> tuple[int, ...]:
        """The processes that read, by their ids."""
        children = multiprocessing.active_children() if self._pool is not None else []
        return tuple(child.pid for child in children if child.pid is not None)

    def close(self) -> None:
        """End all processes, at once."""
        self._open.clear()
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()
            with suppress(TimeoutError, RuntimeError):  # nobody waits for what is dying
                pool.join(10)

    # --- inside --------------------------------------------------------------------------------------------------

    def _submit(self, work: _Work) -> None:
        if self._pool is None:
            self._pool = _pebble(self._workers, self._bounds)
        function = self._read if work.failed is None else digest_of
        try:
            future = self._pool.schedule(function, args=(work.task,), timeout=self._bounds.seconds)
        except RuntimeError:  # it is broken, and has not told its tasks yet
            self._renew()
            future = self._pool.schedule(function, args=(work.task,), timeout=self._bounds.seconds)
        self._open[cast("Future[Done]", future)] = work

    def _ended(self, future: Future[Done], work: _Work) -> Done | None:
        """The result; None where the bundle is in the pool again."""
        from pebble import ProcessExpired

        try:
            done = future.result()
        except TimeoutError:
            return self._failed(work, "time", Message(TOOK_TIME, seconds=round(self._bounds.seconds)))
        except ProcessExpired as error:
            if work.tries < TRIES:
                self._submit(replace(work, tries=work.tries + 1))
                return None
            return self._failed(work, "killed", Message(ENDED_PROCESS, count=TRIES, status=error.exitcode))
        except (BrokenProcessPool, CancelledError):  # not of this bundle
            self._renew()
            self._submit(work)
            return None
        except MemoryError:
            return self._failed(work, "memory", Message(TOOK_MEMORY, mib=self._bounds.memory // MIB))
        except OtherVersionError:
            raise
        except Exception as error:
            return self._failed(work, "failed", fault_of(error).sentence)
        if work.failed is not None:
            return _settled(work, done.digest, work.failed)
        if done.ending == "memory":
            return self._failed(work, "memory", Message(TOOK_MEMORY, mib=self._bounds.memory // MIB))
        if done.ending == "failed":
            return self._failed(work, "failed", done.detail or "")
        return done

    def _failed(self, work: _Work, state: State, detail: str) -> Done | None:
        """A bundle that could not be read: its digest is still wanted, unless that is what failed."""
        if work.failed is not None:
            return _settled(work, "", work.failed)
        failed = Done(work.task.source, state, detail=str(detail))
        self._submit(_Work(work.task, failed=failed, state=state))
        return None

    def _is_stuck(self) -> bool:
        running = sum(future.running() for future in self._open)
        return time.monotonic() - self._last > STUCK and running < min(self._workers, len(self._open))

    def _renew(self) -> None:
        """A new pool for what is still open."""
        self._renewals += 1
        if self._renewals > MOST_RENEWALS:
            raise SestriageError(NO_WORKERS)
        works = list(self._open.values())
        self.close()
        self._last = time.monotonic()
        self._pool = _pebble(self._workers, self._bounds)
        for work in works:
            self._submit(work)


def _settled(work: _Work, digest: str, failed: Done) -> Done:
    """The result for a bundle that could not be read: its row, where its digest is known."""
    if not digest:
        return failed
    if digest in work.task.known:
        return replace(failed, ending="known", digest=digest)
    rows = stopped_rows(failed.source, digest, work.state, failed.detail or "", work.task.terms)
    return replace(failed, digest=digest, rows=rows)


def _pebble(workers: int, bounds: Bounds) -> ProcessPool:
    from pebble import ProcessPool

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sestriage.fleet.warm"])
    _may_have_children()
    with _silent():
        forkserver.ensure_running()
    return ProcessPool(
        max_workers=workers,
        max_tasks=TASKS_OF_A_PROCESS,
        initializer=confine,
        initargs=(bounds.memory, os.getpid()),
        context=cast(Any, context),
    )


@contextmanager
def _silent() -> Iterator[None]:
    """What is started in the body has no standard error: what a process says there while it is ended is for nobody, and
    what goes wrong with a bundle comes as its result."""
    if os.environ.get(DEBUG_VARIABLE):
        yield
        return
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _may_have_children() -> None:
    """Dask's nanny starts its workers as daemons, to which the standard library denies children. Ours end with their
    parent (`confine`), which is what that is about."""
    config = getattr(multiprocessing.current_process(), "_config", {})
    config["daemon"] = False
