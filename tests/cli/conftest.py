"""Runs commands in this process, as the entry point does."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import pytest

from cli.terminal import Result, Run
from sestriage.cli import language
from sestriage.cli.main import main


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """`run("settings", "--port", "25", stdin=b"…")`; no input is a terminal, nothing says how wide one is."""
    monkeypatch.delenv("COLUMNS", raising=False)

    def run_command(*arguments: str, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "argv", ["sestriage", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Result(ended.value.code, captured.out, captured.err)

    yield run_command
    language.choose([], {})
