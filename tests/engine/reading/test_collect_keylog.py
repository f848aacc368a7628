"""A key log inside a folder, an archive or a pipe is used, wherever it stands."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from sestriage import triage
from support import SAMPLES

FOLDER = SAMPLES / "tls13-535-keylog"
CAPTURE, KEYS = "test-action.pcap", "tls-keys.txt"


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name in names:
            tar.add(FOLDER / name, arcname=name)
    return out.getvalue()


@pytest.mark.parametrize("names", [(CAPTURE, KEYS), (KEYS, CAPTURE)], ids=["behind", "before"])
def test_in_an_archive(tmp_path: Path, names: tuple[str, str]) -> None:
    bundle = tmp_path / "bundle.tgz"
    bundle.write_bytes(archive(*names))
    report = triage([str(bundle)])
    assert report.verdict.primary is not None
    assert report.verdict.primary.rule == "smtp-credentials-invalid"
    assert [capture.packets > 0 for capture in report.captures] == [True]
    assert not [note for note in report.inputs if note.problem]


def test_before_the_capture_on_standard_input() -> None:
    report = triage(["-"], stdin=io.BytesIO(archive(KEYS, CAPTURE)))
    assert report.verdict.primary is not None
    assert report.verdict.primary.rule == "smtp-credentials-invalid"


def test_behind_the_capture_on_standard_input_it_says_what_to_do() -> None:
    report = triage(["-"], stdin=io.BytesIO(archive(CAPTURE, KEYS)))
    assert report.verdict.primary is None
    (note,) = [note for note in report.inputs if note.kind == "keylog"]
    assert not note.used
    assert "give a file instead" in (note.problem or "")


def test_key_logs_without_a_line_end_do_not_run_together(tmp_path: Path) -> None:
    lines = [line for line in (FOLDER / KEYS).read_text().splitlines() if not line.startswith("#")]
    for number, line in enumerate(lines):
        (tmp_path / f"{number}.txt").write_text(line)
    (tmp_path / CAPTURE).write_bytes((FOLDER / CAPTURE).read_bytes())
    report = triage([str(tmp_path)])
    assert report.verdict.primary is not None
    assert report.verdict.primary.rule == "smtp-credentials-invalid"
