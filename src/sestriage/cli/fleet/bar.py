"""How far a run over a fleet has come: bundles, their rate, and the rest, on a terminal only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sestriage.cli.language import say
from sestriage.cli.progress import bar_console, is_terminal

if TYPE_CHECKING:
    from sestriage.fleet.run import Counts


@contextmanager
def bar(names: Sequence[str] | None, since: float | None, *, off: bool = False) -> Iterator[Callable[[Counts], object]]:
    """Shows a bar while the body runs; what it yields is told how far that is. `names` None: the end is not known."""
    if off or not is_terminal():
        yield lambda counts: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=bar_console(), transient=True, redirect_stdout=False, redirect_stderr=False
    ) as made:
        task = made.add_task(say("bundles"), total=None, rate="")
        if names is not None:
            _count_aside(names, since, lambda total: made.update(task, total=total))

        def tell(counts: Counts) -> None:
            speed = made.tasks[0].speed
            rate = f"{speed:.1f}/s" if speed else ""
            made.update(task, completed=counts.over, rate=rate)

        yield tell


def _count_aside(names: Sequence[str], since: float | None, told: Callable[[int], object]) -> None:
    """The bundles are counted while the first ones are read already."""
    from sestriage.fleet.sources import find

    def count() -> None:
        with suppress(Exception):
            told(sum(1 for _ in find(names, since)))

    with suppress(RuntimeError):  # there can be no more threads
        threading.Thread(target=count, daemon=True).start()
