"""Children that a test sends signals to heed them, also where the tests run with these signals ignored."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from children import USUAL, usual_signals

WAITS = "import sys; print(flush=True); sys.stdin.read()"


@pytest.fixture(params=sorted(USUAL))
def ignored(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    """A signal that this process ignores, as below `nohup` or in the background of a script."""
    number = signal.Signals(request.param)
    before = signal.signal(number, signal.SIG_IGN)
    yield number
    signal.signal(number, before)


def test_a_child_heeds_what_its_parent_ignores(ignored: signal.Signals) -> None:
    with usual_signals():
        child = subprocess.Popen([sys.executable, "-c", WAITS], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert signal.getsignal(ignored) is signal.SIG_IGN
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(ignored)
    child.communicate(timeout=60)
    assert child.returncode == -ignored


def test_what_is_not_ignored_stays_as_it_is() -> None:
    def own(_number: int, _frame: object) -> None:
        raise AssertionError

    before = signal.signal(signal.SIGINT, own)
    try:
        with usual_signals():
            assert signal.getsignal(signal.SIGINT) is own
    finally:
        signal.signal(signal.SIGINT, before)
