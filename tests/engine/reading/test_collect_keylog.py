"""A key log inside a folder, an archive or a pipe is used, wherever it stands."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from growth import assert_even
from sestriage import triage
from sestriage.engine.reading.collect import Options, collect
from sestriage.formats.tls import keylog
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


def packed(members: dict[str, bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return io.BytesIO(out.getvalue())


def test_each_key_log_is_read_once_however_many_captures_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    parse = keylog.parse_keylog

    def counting(text: bytes) -> dict[tuple[bytes, bytes], bytes]:
        sizes.append(len(text))
        return parse(text)

    monkeypatch.setattr(keylog, "parse_keylog", counting)
    keys, capture = (FOLDER / KEYS).read_bytes(), (FOLDER / CAPTURE).read_bytes()
    captures = {f"{number}.pcap": capture for number in range(5)}
    read = collect(["-"], Options(), packed({"a-keys.txt": keys, **captures}))
    assert sizes == [len(keys)]
    assert [len(each.streams) for each in read.captures] == [1] * 5


def test_many_key_logs_cost_no_more_than_one_of_their_size() -> None:
    line = b"CLIENT_RANDOM " + b"ab" * 32 + b" " + b"cd" * 48 + b"\n"
    body = line + b"# a comment\n" * 40_000
    assert_even(lambda count: collect(["-"], Options(), packed({f"{n}.txt": body for n in range(count)})), 100)
