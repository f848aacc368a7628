"""How the whole program ends: by a fault of its own, and by a signal."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import NoReturn

import pytest

from children import usual_signals
from cli.terminal import Run
from sestriage.engine import settings

SECRET = "Zr4-lantern-copper"


@pytest.mark.parametrize("kind", [RuntimeError, KeyError, OSError, BaseException])
def test_a_fault_of_ours_quotes_nothing(kind: type[BaseException], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an exception says may be a piece of the evidence: only its kind and a code are told."""

    def fails(*_: object, **__: object) -> NoReturn:
        raise kind(f"password={SECRET} \x1b[2J")

    monkeypatch.delenv("SESTRIAGE_DEBUG", raising=False)
    monkeypatch.setattr(settings, "check_settings", fails)
    result = run("settings", "--server", "mail.corp.example", "--port", "587")
    assert result.status == 4
    assert f"internal error ({kind.__name__}, code " in result.err
    assert SECRET not in result.out + result.err
    assert "\x1b" not in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_at_once_and_nothing_stays(end: signal.Signals) -> None:
    """Waiting for its input: no handler of ours is in the way, and no child of ours holds the output open."""
    command = [sys.executable, "-m", "sestriage", "redact", "-"]
    with (
        usual_signals(),
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child,
    ):
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(b"10.1.2.3 x\n" * 10_000)  # a block and more, less than the pipes hold
        child.stdin.flush()
        assert child.stdout.read(5) == b"<ip-1"
        child.send_signal(end)
        out, err = child.communicate(timeout=60)
    assert child.returncode == -end
    assert err == b""
    assert b"10.1.2.3" not in out
