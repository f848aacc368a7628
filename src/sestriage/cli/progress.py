"""A progress bar on standard error while long work lasts, on a terminal only, with the rest of what is being done.

It is drawn by a thread that first waits: short work, and work whose standard error is no terminal, does without the
thread's imports. The bar is erased at the end, so that the report stands alone.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

import click

from sestriage.cli.language import say

if TYPE_CHECKING:
    from rich.console import Console

    from sestriage.ingest import Limits, Reading

_Command = TypeVar("_Command", bound=Callable[..., Any])

PATIENCE = 0.6
"""Seconds that work may last without a bar."""
PAUSE = 0.2
"""Seconds between two looks."""
MAX_FILES = 50_000
"""Files whose sizes are added up; with more of them the end is not known."""
NAME_WIDTH = 40


def progress_option(command: _Command) -> _Command:
    """Give a command the option that switches the bar off."""
    return click.option(
        "--no-progress",
        is_flag=True,
        envvar="SESTRIAGE_NO_PROGRESS",
        help="No progress bar on standard error. It is shown only on a terminal, and only for long runs.",
    )(command)


@contextmanager
def progress(paths: Sequence[str], limits: Limits | None = None, *, off: bool = False) -> Iterator[Reading | None]:
    """Shows a bar while the body runs and reads `paths`; it must hand the reading to what reads. None: no bar.

    `limits` are those of the walk, None the usual ones.
    """
    if off or not is_terminal():
        yield None
        return
    from sestriage.ingest import Reading

    reading = Reading()
    over = threading.Event()
    thread = threading.Thread(target=_show, args=(reading, paths, limits, over), daemon=True)
    try:
        thread.start()
    except RuntimeError:  # there can be no more threads
        yield None
        return
    try:
        yield reading
    finally:
        over.set()
        thread.join()


def is_terminal() -> bool:
    """True if standard error is a terminal that can take back what was written."""
    try:
        return os.environ.get("TERM", "dumb") not in ("", "dumb") and sys.stderr is not None and sys.stderr.isatty()
    except ValueError:  # closed
        return False


def _show(reading: Reading, paths: Sequence[str], limits: Limits | None, over: threading.Event) -> None:
    """The life of the thread. Nothing that goes wrong here may disturb the work."""
    with suppress(Exception):
        # a signal that this thread got would not wake the main one, which waits for input
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        if not over.wait(PATIENCE):
            _draw(reading, _total(paths, limits, over), over)


class Stage(NamedTuple):
    """What the bar shows: `total` is None where the end is not known. The rest is that of the stage."""

    name: Literal["reading", "judging", "redacting"]
    said: str
    done: int
    total: int | None
    amount: str


def stage_of(reading: Reading, total: int | None) -> Stage:
    """Files are read first (`total`: their bytes), then each attempt is judged, then private data goes."""
    from sestriage.report.heading import size_text

    name = reading.name
    if name is not None or not reading.started:
        read = reading.done + reading.position
        amount = size_text(read) if total is None else f"{size_text(min(read, total))}/{size_text(total)}"
        return Stage("reading", _shown(name), min(read, total or 1 << 62), total, amount)
    if reading.judged < reading.to_judge:
        amount = f"{reading.judged}/{reading.to_judge}"
        return Stage("judging", say("judging attempts"), reading.judged, reading.to_judge, amount)
    return Stage("redacting", "", 0, None, "")


def _draw(reading: Reading, total: int | None, over: threading.Event) -> None:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[amount]}", markup=False),
        TimeRemainingColumn(),
        console=bar_console(),
        transient=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with bar:
        task = bar.add_task("", total=total, amount="")
        before = "reading"
        while True:
            stage = stage_of(reading, total)
            if stage.name != before:
                bar.reset(task, total=stage.total)  # the speed of one stage tells nothing of the next
                before = stage.name
            bar.update(task, description=stage.said, completed=stage.done, total=stage.total, amount=stage.amount)
            bar.refresh()
            if over.wait(PAUSE):
                return


def bar_console() -> Console:
    """Standard error. The cursor stays visible: then it is so too when the process is killed."""
    from rich.console import Console

    class Visible(Console):
        def show_cursor(self, show: bool = True) -> bool:
            return False

    return Visible(stderr=True, highlight=False, markup=False, emoji=False)


def _shown(name: str | None) -> str:
    """The end of a file's name, harmless on a terminal."""
    from sestriage.report.safe import visible

    if name is None:
        return ""
    text = visible(say("standard input") if name == "-" else name, ascii_only=not _writes_utf8())
    return text if len(text) <= NAME_WIDTH else "..." + text[3 - NAME_WIDTH :]


def _writes_utf8() -> bool:
    return (sys.stderr.encoding or "ascii").lower().replace("-", "") == "utf8"


def _total(paths: Sequence[str], limits: Limits | None, over: threading.Event) -> int | None:
    """Bytes of all files on disk; None when something else is among them, or too many, or the work is over."""
    from sestriage.ingest import Limits
    from sestriage.ingest.files import find_files

    limits = limits or Limits()
    total = 0
    count = 0
    for path in paths:
        for file in find_files(path, limits):
            count += 1
            if count > MAX_FILES or over.is_set():
                return None
            if file.refused is None:
                if file.size is None:
                    return None
                total += file.size
    return total
