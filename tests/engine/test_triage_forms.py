"""The verdict on a log does not depend on what shipped it, nor on how the file begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from formats.log.test_shipped import FORMS, LOG
from sestriage.engine.triage import triage
from sestriage.model.verdict import Outcome

XML = ["2026-11-24 03:00:00.000 DEBUG [m] c.h.Dump - details:", "<flow>", *["  <ip>198.51.100.7</ip>"] * 270, "</flow>"]


def verdict(folder: Path, lines: list[str], name: str = "sw-response-mgmt.log") -> tuple[object, ...]:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = triage([str(path)])
    primary = report.verdict.primary
    assert len(report.attempts) == 1
    return report.verdict.outcome, primary.rule if primary is not None else None


@pytest.mark.parametrize("form", FORMS)
def test_the_verdict_is_that_of_the_plain_log(form: str, tmp_path: Path) -> None:
    assert verdict(tmp_path, FORMS[form]) == (Outcome.FAILED, "pkix-path-not-found")


@pytest.mark.parametrize("name", ["sw-response-mgmt.log", "from-the-customer.txt"])
def test_a_file_is_not_refused_for_its_beginning(name: str, tmp_path: Path) -> None:
    assert verdict(tmp_path, [*XML[1:], *LOG], name) == (Outcome.FAILED, "pkix-path-not-found")


def test_a_text_that_tells_of_no_mail_is_refused_for_that(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("bread\nbutter\n" * 50, encoding="utf-8")
    (note,) = triage([str(path)]).inputs
    assert not note.used
    assert note.problem is not None
    assert "no line of this text tells of a mail" in note.problem
