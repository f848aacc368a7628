"""Captures that another process reads ahead: the same result as without it, and no process is left behind."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.processes import none_left
from formats.capture.wire import pcapng
from sestriage.engine import ahead as module
from sestriage.engine.ahead import Ahead
from sestriage.engine.collect import Options, collect
from sestriage.formats.capture import read_capture
from sestriage.model.source import SourceRef
from support import SAMPLES

SAMPLE = SAMPLES / "pkix-root-missing" / "test-action.pcap"


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ahead]:
    monkeypatch.setattr(module, "WORTH_IT", 1000)
    readings = Ahead()
    with none_left():
        yield readings
        readings.stop()


def test_the_capture_is_the_one_that_is_read_here(ahead: Ahead) -> None:
    path = str(SAMPLE)
    ahead.begin(["--format", "json", path])
    source = SourceRef(path)
    with SAMPLE.open("rb") as file:
        assert ahead.take(source) == read_capture(file, source)
    assert ahead.take(source) is None, "taken once"


def test_a_certificate_that_only_keys_show_tells_how_the_server_authenticated(ahead: Ahead, tmp_path: Path) -> None:
    """The suites of TLS 1.3 do not say it, and the process that reads does not parse certificates."""
    sample = SAMPLES / "tls13-554-keylog"
    records = (sample / "test-action.pcap").read_bytes()
    frames, pos = [], 24
    while pos < len(records):
        end = pos + 16 + int.from_bytes(records[pos + 8 : pos + 12], "little")
        frames.append(records[pos + 16 : end])
        pos = end
    link = int.from_bytes(records[20:24], "little")
    path = tmp_path / "keys-inside.pcapng"
    path.write_bytes(pcapng(frames, link, secrets=(sample / "tls-keys.txt").read_bytes()))
    ahead.begin([str(path)])
    capture = ahead.take(SourceRef(str(path)))
    assert capture is not None
    assert [stream.tls.authentication for stream in capture.streams if stream.tls] == ["RSA"]
    with path.open("rb") as file:
        assert capture == read_capture(file, SourceRef(str(path)))


def test_what_is_not_asked_for_is_ended(ahead: Ahead) -> None:
    ahead.begin([str(SAMPLE)])
    assert ahead.take(SourceRef(str(SAMPLE), member="inner.pcap")) is None
    assert ahead.take(SourceRef("other.pcap")) is None


def test_not_with_a_key_log(ahead: Ahead) -> None:
    for option in (["--keylog", "keys.txt"], ["--keylog=keys.txt"]):
        ahead.begin([*option, str(SAMPLE)])
        assert ahead.take(SourceRef(str(SAMPLE))) is None


def test_only_large_captures(ahead: Ahead, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = tmp_path / "large.log"
    text.write_bytes(bytes(5000))
    words = ["", "-", "--output", str(text), str(tmp_path), str(tmp_path / "absent"), "a\0b"]
    ahead.begin(words)
    assert all(ahead.take(SourceRef(word)) is None for word in words)
    monkeypatch.setattr(module, "WORTH_IT", 1 << 30)
    ahead.begin([str(SAMPLE)])
    assert ahead.take(SourceRef(str(SAMPLE))) is None


def test_a_process_that_fails_gives_nothing(ahead: Ahead, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(stream: io.BufferedReader, source: SourceRef) -> None:
        raise MemoryError

    monkeypatch.setattr("sestriage.formats.capture.read_capture", broken)
    ahead.begin([str(SAMPLE)])
    assert ahead.take(SourceRef(str(SAMPLE))) is None


def test_the_command_gives_the_same_report_either_way(tmp_path: Path) -> None:
    """The sample, blown up by records that are no packets of interest."""
    data = SAMPLE.read_bytes()
    noise = (1_772_000_000).to_bytes(4, "little") + bytes(4) + (60_000).to_bytes(4, "little") * 2 + bytes(60_000)
    large = tmp_path / "large.pcap"
    large.write_bytes(data + noise * (module.WORTH_IT // len(noise) + 1))
    environment = os.environ | {"XDG_STATE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "sestriage", "triage", "--format", "json", "--no-save", str(large)]
    plain = subprocess.run(command, env=environment, capture_output=True, check=False)
    other = [
        sys.executable,
        "-c",
        "import os, runpy, sys; del os.fork; runpy.run_module('sestriage', run_name='__main__')",
    ]
    alone = subprocess.run([*other, *command[3:]], env=environment, capture_output=True, check=False)
    assert plain.stderr == alone.stderr == b""
    assert plain.stdout == alone.stdout
    (capture,) = json.loads(plain.stdout)["captures"]
    assert capture["packets"] > module.WORTH_IT // len(noise)
    assert [len(stream["tls"]["certificates"]) for stream in capture["streams"]] == [4]


def test_a_fault_in_the_process_is_met_here_again_and_becomes_a_finding(
    ahead: Ahead, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise BaseException("no Exception, as a panic of Rust is none")

    monkeypatch.setattr("sestriage.formats.capture.read_capture", fails)
    ahead.begin([str(SAMPLE)])
    assert ahead.busy
    (note,) = collect([str(SAMPLE)], Options(ahead=ahead)).notes
    assert note.fault is not None
    assert note.fault.kind == "BaseException"
    assert capfd.readouterr() == ("", "")
