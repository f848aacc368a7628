"""docs/mail-lines.md says what counts: each of its rows holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from formats.log.helpers import only

PAGE = Path(__file__).resolve().parents[4] / "docs" / "mail-lines.md"
_ROW = re.compile(r"\| `(?P<line>[^`]+)` \| (?P<level>[A-Z]+) \| (?P<rest>.+) \|$")


def rows(heading: str) -> list[tuple[str, str, str]]:
    """Line, level and third column of the rows under a heading."""
    section = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    found = [match for text in section.splitlines() if (match := _ROW.match(text))]
    return [(match["line"], match["level"], match["rest"].split(" | ")[0]) for match in found]


def said(line: str, level: str) -> tuple[str, bool, str | None]:
    event = only(f"2026-11-24 03:31:33.244 {level} [main] c.h.response.email.EmailAction - {line}")
    return event.outcome, event.mail, event.perhaps


def test_the_page_has_rows() -> None:
    assert [len(rows(name)) > 5 for name in ("Counts", "May be either: remarked, not counted", "Does not count")] == [
        True,
        True,
        True,
    ]


@pytest.mark.parametrize(("line", "level", "outcome"), rows("Counts"))
def test_counts(line: str, level: str, outcome: str) -> None:
    assert said(line, level) == (outcome, True, None)


@pytest.mark.parametrize(("line", "level", "perhaps"), rows("May be either: remarked, not counted"))
def test_may_be_either(line: str, level: str, perhaps: str) -> None:
    assert said(line, level) == ("other", False, perhaps)


@pytest.mark.parametrize(("line", "level", "_why"), rows("Does not count"))
def test_does_not_count(line: str, level: str, _why: str) -> None:
    assert said(line, level) == ("other", False, None)
