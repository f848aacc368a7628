"""Blocks are looked at in threads: the search for gates lets other threads run."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from queue import SimpleQueue

from sestriage.formats.log.lines.finder import SOON, Finder, hyperscan_finder
from sestriage.formats.log.lines.physical import Block, Numbering
from sestriage.formats.log.lines.relevant_lines import Looker
from sestriage.formats.log.lines.weigh import SaysNothing

THREADS = 2
SMALL = 1 << 14
"""Blocks of fewer bytes cost less than the trouble of handing them over."""
IN_FLIGHT = 12
"""Blocks that are looked at at the same time, or wait for it."""


def looked_at(
    blocks: Iterable[Block], finder: Finder | None = None, says_nothing: SaysNothing | None = None
) -> Iterator[tuple[Block, list[int]]]:
    """Each block, in order and numbered, with the offsets in its lines that matter (`Looker.hot`).

    `finder` is used in this thread; without one the fastest that is installed looks, in threads of its own where that
    helps.
    """
    numbering = Numbering()
    for block, hot in _looked_at(iter(blocks), finder, says_nothing):
        yield numbering.number(block), hot


def _looked_at(
    source: Iterator[Block], finder: Finder | None, says_nothing: SaysNothing | None
) -> Iterator[tuple[Block, list[int]]]:
    looker = Looker(finder, says_nothing)
    seen = 0
    for block in source:
        yield block, looker.hot(block)
        seen += block.end - block.start
        if finder is None and seen > SOON and hyperscan_finder() is not None:
            yield from _in_threads(source, looker, says_nothing)
            return


class _Job:
    """A block that a thread looks at; `done` is released when `hot` is there."""

    __slots__ = ("block", "done", "hot", "problem")

    def __init__(self, block: Block) -> None:
        self.block = block
        self.hot: list[int] = []
        self.problem: BaseException | None = None
        self.done = threading.Lock()
        self.done.acquire()


def _in_threads(
    source: Iterator[Block], looker: Looker, says_nothing: SaysNothing | None
) -> Iterator[tuple[Block, list[int]]]:
    """The next blocks are read and looked at while this one is used."""
    waiting: deque[_Job] = deque()
    todo: SimpleQueue[_Job | None] = SimpleQueue()
    threads = 0
    try:
        for block in source:
            job = _Job(block)
            waiting.append(job)
            small = block.end - block.start < SMALL
            if not small and threads < THREADS and _started(todo, says_nothing):
                threads += 1
            if small or not threads:
                job.hot = looker.hot(block)
                job.done.release()
            else:
                todo.put(job)
            if len(waiting) >= IN_FLIGHT:
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())
    finally:
        for _ in range(threads):
            todo.put(None)


def _started(todo: SimpleQueue[_Job | None], says_nothing: SaysNothing | None) -> bool:
    """One more thread works; False when there can be no more."""
    try:
        threading.Thread(target=_work, args=(todo, says_nothing), daemon=True).start()
    except RuntimeError:
        return False
    return True


def _result(job: _Job) -> tuple[Block, list[int]]:
    job.done.acquire()
    if job.problem is not None:
        raise job.problem
    return job.block, job.hot


def _work(todo: SimpleQueue[_Job | None], says_nothing: SaysNothing | None) -> None:
    looker = Looker(None, says_nothing)
    while (job := todo.get()) is not None:
        try:
            job.hot = looker.hot(job.block)
        except BaseException as error:
            job.problem = error
        job.done.release()
