"""What runs in a worker of a cluster: bundles in a process of their own, within the limits of the run.

A bundle that takes all memory or ends its process costs that process; the worker goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from sestriage import __version__
from sestriage.fleet.bundle import read_bundle, refuse_other, rules_digest
from sestriage.fleet.pool import Pool
from sestriage.fleet.task import Bounds, Done, OtherVersionError, Task
from sestriage.model.message import said_by

_pools = threading.local()
"""One process for each thread of the worker."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The sestriage of a worker, and its rules."""

    version: str
    rules: str


def identity(rule_dirs: tuple[str, ...]) -> Identity:
    """That of this process."""
    return Identity(__version__, rules_digest(rule_dirs))


def read_limited(task: Task) -> Done:
    """`bundle.read_bundle`, within the limits; `refused` where this worker is not what the task asks for."""
    return limited(task, read_bundle)


def limited(task: Task, read: Callable[[Task], Done]) -> Done:
    """`read`, in a process of its own."""
    where = _address()
    try:
        refuse_other(task.terms)
    except OtherVersionError as error:
        return Done(task.source, "refused", detail=said_by(error), worker=where)
    waiting = [task]
    (done,) = _pool(task.terms.bounds, read).run(lambda: waiting.pop() if waiting else None)
    return replace(done, worker=where)


def _pool(bounds: Bounds, read: Callable[[Task], Done]) -> Pool:
    pool: Pool | None = getattr(_pools, "pool", None)
    if pool is None or _pools.bounds != bounds:
        if pool is not None:
            pool.close()
        pool = _pools.pool = Pool(1, bounds, read)
        _pools.bounds = bounds
    return pool


def _address() -> str:
    from distributed import get_worker

    try:
        return str(get_worker().address)
    except ValueError:  # not in a worker
        return ""
