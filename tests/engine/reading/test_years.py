"""Time stamps without a year: it is lent by the file, and that is said."""

from __future__ import annotations

import io
import os
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sestriage.engine.reading import log_tail
from sestriage.engine.triage import triage
from sestriage.model.verdict import Report

SAYS = "The time stamps of the log name no year."
FAILED = (
    "{stamp}mgr sw-response-mgmt[7]: ERROR [mail-1] c.x.EmailActionExecutor - Email action failed\n"
    "{stamp}mgr sw-response-mgmt[7]: javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n"
)
YEARLESS = FAILED.format(stamp="Feb 17 06:22:42 ")
WRITTEN = datetime(2024, 2, 17, 8, tzinfo=UTC).timestamp()


def written(path: Path, text: str, when: float = WRITTEN) -> Path:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (when, when))
    return path


def years(report: Report) -> set[int]:
    return {event.time.year for attempt in report.attempts for event in attempt.events if event.time is not None}


def says(report: Report) -> bool:
    return any(SAYS in note for note in report.verdict.notes)


def test_the_file_s_own_date_lends_it(tmp_path: Path) -> None:
    report = triage([str(written(tmp_path / "sw-response-mgmt.log", YEARLESS))])
    assert years(report) == {2024}
    assert says(report)


def test_that_of_a_member_of_an_archive_does(tmp_path: Path) -> None:
    info = tarfile.TarInfo("lancope/var/logs/containers/sw-response-mgmt.log")
    info.size, info.mtime = len(YEARLESS), int(WRITTEN)
    with tarfile.open(tmp_path / "bundle.tgz", "w:gz") as bundle:
        bundle.addfile(info, io.BytesIO(YEARLESS.encode()))
    assert years(triage([str(tmp_path / "bundle.tgz")])) == {2024}


def test_a_log_of_which_only_the_end_is_read_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_tail, "SMALL", 1 << 14)
    monkeypatch.setattr(log_tail, "PROBES", (1 << 11, 1 << 12))
    for limit in ("ENOUGH", "MAX_COMPARED"):
        monkeypatch.setattr(log_tail, limit, 20)
    lines = [
        FAILED.format(stamp=f"Feb {15 + n // 24} {n % 24:02d}:{m:02d}:00 ") for n in range(54) for m in (0, 20, 40)
    ]
    report = triage([str(written(tmp_path / "sw-response-mgmt.log", "".join(lines)))])
    assert years(report) == {2024}
    assert any("were looked at" in (note.problem or "") for note in report.inputs)


@pytest.mark.parametrize("when", [0.0, 315532800.0, 4102444800.0])
def test_a_date_that_cannot_be_true_lends_none(tmp_path: Path, when: float) -> None:
    """1970 and 1980, where an archive knew none, and one in the time to come."""
    found = years(triage([str(written(tmp_path / "sw-response-mgmt.log", YEARLESS, when))]))
    assert found <= {datetime.now(UTC).year, datetime.now(UTC).year - 1}


@pytest.mark.parametrize("stamp", ["2023-02-17T06:22:42+00:00 ", "Feb 17 06:22:42 2023 "])
def test_a_year_in_the_log_counts(tmp_path: Path, stamp: str) -> None:
    report = triage([str(written(tmp_path / "sw-response-mgmt.log", FAILED.format(stamp=stamp)))])
    assert years(report) == {2023}
    assert not says(report)


def test_the_line_s_own_date_is_none_that_a_wrapping_lent(tmp_path: Path) -> None:
    """Without a zone in either the line's own time is shown, and it has a year."""
    inner = YEARLESS.replace(": ERROR", ": 2024-02-17 06:22:41.900 ERROR")
    report = triage([str(written(tmp_path / "sw-response-mgmt.log", inner))])
    assert years(report) == {2024}
    assert not says(report)
