"""Every log of the lab through rsyslogd and the journal, as they are: outcome and primary rule never change."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from matrix.daemons import JOURNAL_FORMS, TEMPLATES, journal, journalctl, log_through, rsyslogd, written
from matrix.lablogs import Tally, answer, answers, lab_logs

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def syslog_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """All logs, written by rsyslogd in each of its formats."""
    folder = tmp_path_factory.mktemp("rsyslog")
    with rsyslogd(folder) as socket:
        for log in lab_logs():
            log_through(socket, log, folder)
        for template in TEMPLATES:
            written(folder, template, lab_logs())
        yield folder


@pytest.mark.campaign(10)
@pytest.mark.parametrize("template", TEMPLATES)
def test_rsyslogd(template: str, syslog_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the log alone: rsyslogd stamps the lines with the time of this test, when no capture was made."""
    tally = Tally(f"rsyslogd, {TEMPLATES[template]}")
    for name, path in written(syslog_folder, template, lab_logs()).items():
        (log,) = [log for log in lab_logs() if log.name == name]
        tally.add(name, answer(str(path)), log.expected["log"])
    with capsys.disabled():
        sys.stdout.write(f"\n{tally}")
    assert tally.differing is None


@pytest.fixture(scope="module", params=[False, True], ids=["line-by-line", "whole-events"])
def journals(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[bool, dict[str, Path]]:
    """Whether an entry holds a whole event, and a journal file for each log."""
    whole_events = bool(request.param)
    folder = tmp_path_factory.mktemp("journal")
    return whole_events, {log.name: journal(log, folder, whole_events=whole_events) for log in lab_logs()}


@pytest.mark.campaign(10)
@pytest.mark.parametrize("form", JOURNAL_FORMS)
def test_journal(
    form: str, journals: tuple[bool, dict[str, Path]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole_events, files = journals
    tally = Tally(f"journalctl -o {form}{', events of several lines' if whole_events else ''}")
    for log in lab_logs():
        path = tmp_path / "sw-response-mgmt.log"
        path.write_bytes(journalctl(files[log.name], form))
        if form == "cat":  # no time but the lines' own
            tally.add(log.name, answer(str(path)), log.expected["log"])
            continue
        for view, got in answers(log, path).items():
            tally.add(f"{log.name}, {view}", got, log.expected[view])
    with capsys.disabled():
        sys.stdout.write(f"\n{tally}")
    assert tally.differing is None
