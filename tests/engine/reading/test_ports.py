"""Which ports of a large capture are looked at follows from the other evidence, and the report says it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from formats.capture.test_scope import CROWD, FEW, mail
from formats.capture.wire import pcap
from sestriage.cli.main import cli
from sestriage.engine.conversations.notes import ports_note
from sestriage.engine.reading.collect import Options, collect
from sestriage.formats.capture import scope

LOG = """\
2023-11-14 22:13:50,000 ERROR [main] com.lancope.EmailAction - Failed to send mail
javax.mail.MessagingException: Could not connect to SMTP host: relay.example.com, port: 8025;
"""


@pytest.fixture
def capture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Mail at a mail port, a crowd, and mail at another port."""
    monkeypatch.setattr(scope, "MAX_FOLLOWED", FEW)
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap([frame for talk in (mail(), *CROWD, mail(8025, 20)) for frame in talk.frames()]))
    return path


def ports(*paths: Path, options: Options | None = None) -> list[int]:
    (read,) = collect([str(path) for path in paths], options or Options()).captures
    return [stream.port for stream in read.streams if stream.port != 443]


def test_a_port_that_a_log_names_is_looked_at_whatever_came_first(capture: Path) -> None:
    log = capture.with_name("z.log")
    log.write_text(LOG, encoding="utf-8")
    assert ports(capture) == [587]
    assert ports(capture, log) == ports(log, capture) == [587, 8025]


def test_all_ports_if_asked_for(capture: Path) -> None:
    assert ports(capture, options=Options(all_ports=True)) == [587, 8025]


def test_the_report_says_what_was_not_looked_at(capture: Path) -> None:
    args = ["triage", str(capture), "--no-save"]
    short = json.loads(CliRunner().invoke(cli, [*args, "--format", "json"]).output)
    whole = json.loads(CliRunner().invoke(cli, [*args, "--format", "json", "--all-ports"]).output)
    assert [note for note in short["verdict"]["notes"] if "--all-ports" in note and "from frame 26 on" in note]
    assert not [note for note in whole["verdict"]["notes"] if "--all-ports" in note]
    told = CliRunner().invoke(cli, [*args, "--lang", "de"]).output
    assert "--all-ports" in told
    assert "ist groß" in told


def test_inspect_says_it_too(capture: Path) -> None:
    (item,) = json.loads(CliRunner().invoke(cli, ["inspect", str(capture), "--format", "json"]).output)["inputs"]
    assert "from frame 26 on" in item["capture"]["passed_over"]
    assert "--all-ports" in CliRunner().invoke(cli, ["inspect", str(capture)]).output


def test_nothing_is_said_of_a_capture_of_which_all_was_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap(mail().frames()))
    (read,) = collect([str(path)], Options()).captures
    assert ports_note(read) is None
