"""Starts processes as a terminal would, whatever started the tests."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

USUAL: Mapping[signal.Signals, Callable[..., Any] | signal.Handlers] = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGTERM: signal.SIG_DFL,
    signal.SIGHUP: signal.SIG_DFL,
    signal.SIGQUIT: signal.SIG_DFL,
}
"""What a process does at the signals that those who started it may have it ignore (`nohup`, a background job)."""


@contextmanager
def usual_signals() -> Iterator[None]:
    """A process that is started in the body heeds Ctrl-C and its like, even where this one ignores them.

    What a process ignores its children ignore too: a test that sends such a signal would wait for ever.
    """
    ignored = [number for number in USUAL if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, USUAL[number])
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)
