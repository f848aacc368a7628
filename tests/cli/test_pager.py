"""The pager: long reports on a terminal only, chosen as git's is."""

from __future__ import annotations

import io
import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest

from sestriage.cli import pager
from sestriage.report.safe import hyperlink

LONG = "line\n" * 200


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the pager was given, on a terminal of 24 lines."""
    target = tmp_path / "seen"
    streams = SimpleNamespace(stdout=Terminal(io.BytesIO(), encoding="utf-8"), stdin=Terminal(io.BytesIO()))
    monkeypatch.setattr(pager, "sys", streams)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("SESTRIAGE_PAGER", raising=False)
    monkeypatch.setenv("PAGER", f"sh -c {shlex.quote(f'cat > {target}')}")
    return target


def test_a_long_report_is_paged(seen: Path) -> None:
    assert pager.paged(LONG)
    assert seen.read_text(encoding="utf-8") == LONG


def test_a_pager_gets_colours_and_no_links(seen: Path) -> None:
    assert pager.paged(LONG + "\x1b[1mbold\x1b[0m " + hyperlink("a page", "https://a.example/x") + "\n")
    assert seen.read_text(encoding="utf-8") == LONG + "\x1b[1mbold\x1b[0m a page\n"


@pytest.mark.parametrize("lines", [5, 60])
def test_sixty_lines_are_not(seen: Path, lines: int) -> None:
    assert not pager.paged("line\n" * lines)


def test_what_fits_the_terminal_is_not(seen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINES", "300")
    assert not pager.paged(LONG)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("PAGER", "cat"), ("PAGER", ""), ("PAGER", "no-such-program-at-all"), ("PAGER", "'")),
        *(("SESTRIAGE_PAGER", "cat"), ("TERM", "dumb")),
    ],
)
def test_none_is_wanted_or_there(seen: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert not pager.paged(LONG)


def test_ours_goes_before_the_usual_one(seen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESTRIAGE_PAGER", "true")
    assert pager.paged(LONG)
    assert not seen.exists()


def test_a_pager_that_is_left_early(seen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "head -n 1 -c 0")
    assert pager.paged(LONG * 10_000)


def test_a_pipe_has_no_pager(seen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    streams = SimpleNamespace(stdout=io.TextIOWrapper(io.BytesIO()), stdin=Terminal(io.BytesIO()))
    monkeypatch.setattr(pager, "sys", streams)
    assert not pager.paged(LONG)
